"""免除: that somebody with a seat need not complete, from a day on, and taking that back."""

import datetime as dt

from academy import clock
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session
from enrollments.errors import NotTakingPart, OwnRecord
from enrollments.errors.leaving import CompletedAlready, NotExempt
from enrollments.models import PARTICIPATING, Enrollment, Exemption, ExemptionKind, Status

FULFILLED = (Status.COMPLETED, Status.ATTENDED)


@operation
def exempt(
    *, enrollment_id: int, kind: ExemptionKind, reason: str, from_on: dt.date | None = None, by: User | None
) -> Exemption:
    """Exempt somebody who has a seat from completing, from today or another day on; nobody exempts themselves.

    The seat and the result stay what they are. A further exemption takes the place of the one that holds.
    """
    session, enrollment = _locked(enrollment_id, by)
    if enrollment.status not in PARTICIPATING:
        raise NotTakingPart
    if enrollment.status in FULFILLED:
        raise CompletedAlready
    replaced = _supersede(session, enrollment, by)
    made = Exemption.objects.create(
        enrollment=enrollment,
        kind=kind,
        reason=reason,
        from_on=from_on or clock.business_date(session.now),
        by=by,
    )
    note(made, kind=kind, replaced=replaced)
    return made


@operation
def end_exemption(*, enrollment_id: int, by: User | None) -> Enrollment:
    """Take an exemption back: the enrolment counts like any other again. What was said until then stays on record."""
    session, enrollment = _locked(enrollment_id, by)
    if not _supersede(session, enrollment, by):
        raise NotExempt
    return enrollment


def _locked(enrollment_id: int, by: User | None) -> tuple[Session, Enrollment]:
    session = Session.objects.locked().get(pk__in=Session.objects.filter(enrollments=enrollment_id).values("pk"))
    enrollment = Enrollment.objects.select_related("staff").get(pk=enrollment_id)
    if by is not None and enrollment.staff.user_id == by.pk:
        raise OwnRecord
    return session, enrollment


def _supersede(session: Session, enrollment: Enrollment, by: User | None) -> int:
    held = Exemption.objects.filter(enrollment=enrollment, superseded_at=None)
    return held.update(superseded_at=session.now, superseded_by=by)
