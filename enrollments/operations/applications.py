"""Applying for a seat, and withdrawing."""

from academy import clock
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session, SessionStatus
from enrollments import eligibility
from enrollments.errors import SessionBegun, SessionOver
from enrollments.evidence import Evidence, evidence_for, timetable_of
from enrollments.models import Enrollment, Status
from enrollments.operations import queue


@operation
def apply(*, session_id: int, staff_id: int, by: User | None) -> Enrollment:
    """Apply for a seat; who finds none free, or finds somebody waiting for it, waits in the queue.

    A session without a date has no seats yet: everybody waits, in the order of the applications.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    evidence = evidence_for(session, [staff_id], now=session.now)
    eligibility.refuse(eligibility.findings(evidence, staff_id))
    status = Status.WAITLISTED if _must_wait(evidence, by) else Status.ENROLLED
    queue_no = Enrollment.objects.enroll(
        [evidence.facts[staff_id]], session=session, status=status, busy=evidence.timetable.busy, by=by
    )
    enrollment = Enrollment.objects.get(session=session, queue_no=queue_no)
    note(enrollment, status=status)
    return enrollment


def _must_wait(evidence: Evidence, by: User | None) -> bool:
    if evidence.session.undated:
        return True
    if evidence.waiting == 0:
        return evidence.session.free_seats == 0
    return queue.seats_for_newcomers(evidence.session, by=by) == 0


@operation
def withdraw(*, enrollment_id: int, reason: str = "", by: User | None) -> Enrollment:
    """Give up an application, a place in the queue or a seat, until the first meeting begins; the queue moves up.

    Where there is no meeting: until the last day. What a session that is not published came to stays.
    """
    at = Session.objects.filter(enrollments=enrollment_id).values("pk")
    session = Session.objects.locked().with_audience().get(pk__in=at)
    if session.status != SessionStatus.PUBLISHED or clock.business_date(session.now) > session.ends_on:
        raise SessionOver
    if timetable_of(session, session.now).begun(session.now):
        raise SessionBegun
    Enrollment.objects.filter(pk=enrollment_id).move_to(Status.WITHDRAWN, by=by, reason=reason)
    promoted = queue.reconcile(session, by=by)
    enrollment = Enrollment.objects.get(pk=enrollment_id)
    note(enrollment, promoted=promoted)
    return enrollment
