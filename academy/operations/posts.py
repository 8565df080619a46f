"""Posts by hand, between two rosters: a post begins or ends; what was known before is superseded, never changed."""

import datetime as dt
from collections.abc import Sequence

from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access, clock
from academy.access import Viewer
from academy.errors import DatesOverlap, Faults, Forbidden, NotFound, OutsideScope
from academy.models import Assignment, AssignmentKind, Grade, JobFamily, Organization, Staff, User
from academy.operations.base import note, operation

DAY = dt.timedelta(days=1)


@operation
def add_post(
    *,
    staff_id: int,
    kind: AssignmentKind,
    organization: Organization,
    grade: Grade,
    job_family: JobFamily,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    work_place: Organization | None = None,
    post: str = "",
    head_of_unit: bool = False,
    deputy_of_unit: bool = False,
    headquarters: bool = True,
    by: User,
) -> Assignment:
    """HR whose scope covers the person and both ends of the move gives a post; a primary one ends the one before it.

    The primary post that is held on the first day ends the day before; one that begins later may not be overlapped. A
    further post of a kind is held once at a time in an organisation.
    """
    staff = administered_staff(staff_id, by)
    during = DateRange(valid_from, valid_to + DAY if valid_to else None)
    _refuse_faults(kind, organization, work_place, during)
    _refuse_outside(organization, by, valid_from)
    same = Assignment.objects.live().filter(staff=staff, kind=kind, organization=organization, during__overlap=during)
    if kind == AssignmentKind.PRIMARY:
        _make_way(staff, during, by)
    elif same.exists():  # rosters tell further posts by their kind and organisation
        raise DatesOverlap
    made = Assignment.objects.create(
        staff=staff,
        kind=kind,
        organization=organization,
        work_place=work_place,
        grade=grade,
        job_family=job_family,
        post=post,
        head_of_unit=head_of_unit,
        deputy_of_unit=deputy_of_unit,
        headquarters=headquarters,
        during=during,
    )
    note(made, staff=staff.public_id, kind=made.kind)
    return made


@operation
def end_post(*, assignment_id: int, last_day: dt.date, by: User) -> Assignment:
    """A post ends with a day. With the last primary post service ends, and with it every further post."""
    held = Assignment.objects.select_related("organization").get(pk=assignment_id)
    staff = administered_staff(held.staff_id, by)
    if not Assignment.objects.live().filter(pk=held.pk).exists():
        raise NotFound
    _refuse_outside(held.organization, by)
    refuse_last_day(held.during, last_day)
    ending = [held, *_further(held, last_day)]
    made = _cut(ending, last_day + DAY)
    note(made[0], staff=staff.public_id, posts=len(ending))
    return made[0]


def refuse_last_day(during: DateRange, last_day: dt.date) -> None:
    """What is known for a time may turn out to end earlier, not before it began and not later."""
    faults = Faults()
    if last_day < during.lower:
        faults.add("/last_day", "before_start", "最終日が開始日より前です。", "The last day lies before the first.")
    if during.upper is not None and last_day + DAY >= during.upper:
        faults.add("/last_day", "after_end", "その日までに終わることになっています。", "It ends by that day already.")
    faults.refuse()


def administered_staff(staff_id: int, by: User) -> Staff:
    """The person, locked against other changes of their posts. Who may is asked again under the lock."""
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff_id)
    if not access.administers(Viewer(by), staff):
        raise Forbidden
    return staff


def _refuse_faults(
    kind: AssignmentKind, organization: Organization, work_place: Organization | None, during: DateRange
) -> None:
    faults = Faults()
    if during.upper is not None and during.upper <= during.lower:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
        faults.refuse()
    for pointer, body in (("/organization", organization), ("/work_place", work_place)):
        if body is not None and not _lives(body, during):
            faults.add(
                pointer,
                "not_alive",
                "その期間を通じてある組織ではありません。",
                "The organisation does not exist all that time.",
            )
    if kind == AssignmentKind.SECONDMENT and work_place is None:
        faults.add("/work_place", "required", "派遣には勤務先が必要です。", "A secondment needs a work place.")
    if kind != AssignmentKind.SECONDMENT and work_place is not None:
        faults.add("/work_place", "not_seconded", "勤務先は派遣だけのものです。", "Only a secondment has a work place.")
    faults.refuse()


def _lives(body: Organization, during: DateRange) -> bool:
    """Whether an organisation exists as long as the post does."""
    same = Organization.objects.filter(pk=body.pk, during__contains=during)
    return same.exists()


def _refuse_outside(organization: Organization, by: User, begins: dt.date | None = None) -> None:
    """The scope has to cover the organisation as the tree stands today, and on a later first day; while it exists."""
    today = clock.today()
    days = {_while_alive(organization, day) for day in (today, max(begins or today, today))}
    if not access.administers_organization(Viewer(by), organization, *days):
        raise OutsideScope


def _while_alive(organization: Organization, day: dt.date) -> dt.date:
    first, after = organization.during.lower or day, organization.during.upper
    return max(first, min(day, after - DAY) if after else day)


def _make_way(staff: Staff, during: DateRange, by: User) -> None:
    """End the primary post that the new one follows; it has to lie in the scope too."""
    primary = Assignment.objects.live().primary().filter(staff=staff, during__overlap=during)
    held = list(primary.select_related("organization"))
    if any(each.during.lower > during.lower for each in held):
        raise DatesOverlap
    for each in held:
        _refuse_outside(each.organization, by)
    _cut(held, during.lower)


def _further(ended: Assignment, last_day: dt.date) -> list[Assignment]:
    """The posts that end with a primary one: whatever goes on after it, unless another primary post does."""
    after = (
        Assignment.objects.live()
        .filter(staff_id=ended.staff_id, during__overlap=DateRange(last_day + DAY, None))
        .exclude(pk=ended.pk)
    )
    if ended.kind != AssignmentKind.PRIMARY or after.primary().exists():
        return []
    return list(after)


# What a post says besides its dates.
_TERMS = (
    "staff_id", "kind", "organization_id", "work_place_id", "grade_id", "job_family_id", "post",
    "head_of_unit", "deputy_of_unit", "headquarters",
)  # fmt: skip


def _cut(posts: Sequence[Assignment], end: dt.date) -> list[Assignment]:
    """Supersede posts by what they were until a day; what has not begun by then never comes to be."""
    Assignment.objects.filter(pk__in=[each.pk for each in posts]).supersede()
    return Assignment.objects.bulk_create(
        Assignment(**{name: getattr(each, name) for name in _TERMS}, during=DateRange(each.during.lower, end))
        for each in posts
        if each.during.lower < end
    )
