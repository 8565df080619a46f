"""The names on a person's row are those of today: they follow the dated names, when a roster is applied and every day."""

from django.db.models import F, Q, QuerySet

from academy import clock
from academy.models import Staff, StaffName, User
from academy.operations.base import note, operation

_PARTS = ("family_name", "given_name", "family_kana", "given_kana")


@operation
def follow_names(*, by: User | None) -> None:
    """Take up the names that begin today; told of in advance, they wait for their day."""
    note(renamed=bring_names_up_to_date())


def names_of_today() -> QuerySet[StaffName]:
    """The names of today that are not yet on their person's row."""
    differs = Q()
    for part in _PARTS:
        differs |= ~Q(**{f"staff__{part}": F(part)})
    return StaffName.objects.on(clock.today()).filter(differs)


def bring_names_up_to_date() -> int:
    """Give everybody the name of today, with its search keys; returns how many had another one."""
    renamed = []
    for name in names_of_today().select_related("staff").order_by("staff_id"):
        for part in _PARTS:
            setattr(name.staff, part, getattr(name, part))
        name.staff.fold_names()
        renamed.append(name.staff)
    keys = ["name_folded", "kana_folded", "romaji_folded"]
    Staff.objects.bulk_update(renamed, [*_PARTS, *keys], batch_size=1000)
    return len(renamed)
