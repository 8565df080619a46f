"""Applying for a seat, and withdrawing."""

from academy import clock
from academy.models import User
from academy.operations.base import note, operation
from courses.entry import policy_of
from courses.models import SELF_SERVICE, ApprovalChain, Session, SessionStatus
from enrollments import eligibility
from enrollments.endings import withdrawn_as
from enrollments.errors import SessionBegun, SessionOver
from enrollments.evidence import Evidence, evidence_for, timetable_of
from enrollments.models import Enrollment, Status
from enrollments.operations import approvals, queue


@operation
def apply(*, session_id: int, staff_id: int, by: User | None) -> Enrollment:
    """Apply for a seat. Where nobody has to agree or decide, it is taken at once; who finds none free, or finds somebody
    waiting for it, waits in the queue.

    A session without a date has no seats yet: everybody waits, in the order of the applications.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    evidence = evidence_for(session, [staff_id], now=session.now)
    eligibility.refuse(eligibility.findings(evidence, staff_id))
    status = first_status(evidence, staff_id, by=by)
    queue_no = Enrollment.objects.enroll(
        [evidence.facts[staff_id]], session=session, status=status, busy=evidence.timetable.busy, by=by
    )
    enrollment = Enrollment.objects.get(session=session, queue_no=queue_no)
    if status == Status.APPLIED:
        approvals.begin([enrollment.pk], session, by=by)
    note(enrollment, status=status)
    return enrollment


def first_status(evidence: Evidence, staff_id: int, *, by: User | None) -> Status:
    """Where an application to a locked session stands at first: undecided, waiting, or with a seat."""
    session = evidence.session
    if policy_of(session).approval != ApprovalChain.NONE or session.selection not in SELF_SERVICE:
        return Status.APPLIED
    seats = queue.seats_for_newcomers(session, by=by) if evidence.waiting else evidence.seats
    return Status.WAITLISTED if seats.why_not(evidence.facts[staff_id]) else Status.ENROLLED


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
    held = Enrollment.objects.filter(pk=enrollment_id)
    before = held.values_list("status", flat=True).get()
    held.move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=withdrawn_as(before))
    if before == Status.APPLIED:
        approvals.close([enrollment_id], by=by)
    promoted = queue.reconcile(session, by=by)
    enrollment = Enrollment.objects.get(pk=enrollment_id)
    note(enrollment, promoted=promoted)
    return enrollment
