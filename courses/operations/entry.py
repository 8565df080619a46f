"""What getting into the sessions of a programme takes: its policy, written as a whole."""

from typing import TypedDict, Unpack

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import ApprovalChain, EnrollmentPolicy, Overdue, Program

MOST_DAYS = 365
MOST_HOURS = 24 * 60
MOST_MONTHS = 60
# Field: the least and the most of it.
_BOUNDS = {
    "unit_head_days": (1, MOST_DAYS),
    "bureau_days": (1, MOST_DAYS),
    "offer_hours": (1, MOST_HOURS),
    "absences_allowed": (0, MOST_DAYS),
    "absence_months": (1, MOST_MONTHS),
    "blocked_days": (1, MOST_DAYS),
}
_NO_SHOW = ("absences_allowed", "absence_months", "blocked_days")


class EntryFields(TypedDict, total=False):
    approval: ApprovalChain
    unit_head_days: int | None
    unit_head_overdue: Overdue
    bureau_days: int | None
    bureau_overdue: Overdue
    offer_hours: int | None
    withdrawal_reason: bool
    absences_allowed: int | None
    absence_months: int | None
    blocked_days: int | None


@operation
def set_enrollment_policy(*, program_id: int, by: User | None, **fields: Unpack[EntryFields]) -> EnrollmentPolicy:
    """Replace the policy of a programme; what is not given is as in a programme without one.

    Approvals under way stay where they are: what is pending is decided, and what follows on it is asked of the policy then.
    """
    program = Program.objects.select_for_update(no_key=True).get(pk=program_id)
    before = EnrollmentPolicy.objects.filter(program=program).first()
    policy = EnrollmentPolicy(program=program, **fields)
    _check(policy)
    if before is not None:
        policy.pk, policy.public_id = before.pk, before.public_id
    policy.save(force_insert=before is None, force_update=before is not None)
    names = [each.name for each in EnrollmentPolicy._meta.concrete_fields]
    note(program, changed=sorted(name for name in names if getattr(before, name, None) != getattr(policy, name)))
    return policy


def _check(policy: EnrollmentPolicy) -> None:
    faults = Faults()
    for name, (least, most) in _BOUNDS.items():
        value = getattr(policy, name)
        if value is not None and not least <= value <= most:
            faults.add(
                f"/{name}", "out_of_range", f"{least}から{most}までです。", f"A whole number from {least} to {most}."
            )
    given = [name for name in _NO_SHOW if getattr(policy, name) is not None]
    for name in _NO_SHOW:
        if given and name not in given:
            faults.add(
                f"/{name}",
                "required",
                "無断欠席の規則は三つの数をすべて指定します。",
                "The no-show rule takes all three numbers.",
            )
    faults.refuse()
