"""Applying for a seat. Leaving is in `enrollments.operations.leaving`."""

from academy.models import User
from academy.operations.base import note, operation
from courses.entry import policy_of
from courses.models import SELF_SERVICE, ApprovalChain, Session
from enrollments import eligibility
from enrollments.evidence import Evidence, evidence_for
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
    person = evidence.facts[staff_id]
    if evidence.seats.why_not(person):  # most often in a rush: the queue is not asked for whom there is no seat anyway
        return Status.WAITLISTED
    seats = queue.seats_for_newcomers(session, by=by) if evidence.waiting else evidence.seats
    return Status.WAITLISTED if seats.why_not(person) else Status.ENROLLED
