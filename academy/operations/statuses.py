"""What a person is for a time besides the post, written by hand between two rosters."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.errors import DatesOverlap, Faults, NotFound
from academy.models import Sensitivity, StaffStatus, StatusKind, User
from academy.operations.base import note, operation
from academy.operations.posts import DAY, administered_staff, refuse_last_day


@operation
def add_status(
    *,
    staff_id: int,
    kind: StatusKind,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    reason: str = "",
    sensitivity: Sensitivity = Sensitivity.SENSITIVE,
    by: User,
) -> StaffStatus:
    """HR whose scope covers the person says what they are for a time; the same thing once at a time."""
    staff = administered_staff(staff_id, by)
    faults = Faults()
    if valid_to is not None and valid_to < valid_from:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    faults.refuse()
    during = DateRange(valid_from, valid_to + DAY if valid_to else None)
    if StaffStatus.objects.live().filter(staff=staff, kind=kind, during__overlap=during).exists():
        raise DatesOverlap
    made = StaffStatus.objects.create(staff=staff, kind=kind, reason=reason, sensitivity=sensitivity, during=during)
    note(made, staff=staff.public_id)
    return made


@operation
def end_status(*, status_id: int, last_day: dt.date, by: User) -> StaffStatus:
    """A status ends with a day, earlier than was known."""
    held = StaffStatus.objects.get(pk=status_id)
    staff = administered_staff(held.staff_id, by)
    if not StaffStatus.objects.filter(pk=held.pk).supersede():
        raise NotFound
    refuse_last_day(held.during, last_day)
    made = StaffStatus.objects.create(
        staff=staff,
        kind=held.kind,
        reason=held.reason,
        sensitivity=held.sensitivity,
        during=DateRange(held.during.lower, last_day + DAY),
    )
    note(made, staff=staff.public_id)
    return made
