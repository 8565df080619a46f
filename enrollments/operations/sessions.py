"""What HR does to a session that people sit in: change its limit, or cancel it."""

from django.db.models import F

from academy.models import User
from academy.operations.base import note, operation
from courses.models import Meeting, Session, SessionInstructor, SessionStatus
from enrollments.errors import CapacityBelowSeatsTaken, SessionOver
from enrollments.models import Enrollment, Status
from enrollments.operations import queue

OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)


@operation
def change_capacity(*, session_id: int, capacity: int | None, by: User | None) -> Session:
    """Change the limit, or lift it (None); never below the seats taken, and more seats go to the queue.

    The database counts anew when a limit is set where there was none; the full lock waits for every seat change under
    way, so that what is said about a limit that is too low is true as well.
    """
    session = Session.objects.locked_whole().with_audience().get(pk=session_id)
    if session.status in OVER:
        raise SessionOver
    taken = session.seats_taken
    if session.capacity is None:
        taken = Enrollment.objects.filter(session=session).seated().count()
    if capacity is not None and capacity < taken:
        raise CapacityBelowSeatsTaken(taken=taken)
    before, session.capacity = session.capacity, capacity
    session.save(update_fields=["capacity"])
    session.refresh_from_db(fields=["seats_taken"])
    promoted = queue.reconcile(session, by=by)
    note(session, before=before, after=capacity, promoted=promoted)
    return session


@operation
def cancel_session(*, session_id: int, reason: str, by: User | None) -> Session:
    """Cancel a session: everybody in it is told by the step, instructors and rooms are free again."""
    session = Session.objects.locked().get(pk=session_id)
    Session.objects.filter(pk=session_id).move_to(SessionStatus.CANCELLED, by=by, reason=reason)
    ended = Enrollment.objects.filter(session=session).live().move_to(Status.CANCELLED, by=by, reason=reason)
    SessionInstructor.objects.filter(session=session).update(busy=None)
    standing = Meeting.objects.filter(session=session, cancelled_at=None)
    meetings = standing.update(cancelled_at=session.now, changed_at=session.now, sequence=F("sequence") + 1)
    session.refresh_from_db(fields=["status", "seats_taken"])
    note(session, enrollments=len(ended), meetings=meetings)
    return session
