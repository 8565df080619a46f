"""The limit of a session that people sit in. Other changes to it are in `enrollments.operations.changes`."""

from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session, SessionStatus
from enrollments.errors import CapacityBelowSeatsTaken, SessionOver
from enrollments.impact import waiting_in
from enrollments.models import Enrollment
from enrollments.operations import queue
from enrollments.seating import lowered, refuse_broken_promises

OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)


@operation
def change_capacity(*, session_id: int, capacity: int | None, by: User | None) -> Session:
    """Change the limit, or lift it (None); never below the seats taken and those that quotas still keep, and more seats go
    to the queue.

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
        raise CapacityBelowSeatsTaken(taken=taken, excess=taken - capacity)
    before, session.capacity = session.capacity, capacity
    session.save(update_fields=["capacity"])
    session.refresh_from_db(fields=["seats_taken"])
    if lowered(before, capacity):
        refuse_broken_promises(session)
    note(session, before=before, after=capacity, promoted=promote(session, by=by))
    return session


def promote(session: Session, *, by: User | None) -> int:
    """Give what a decision of the office freed to the queue of a locked session; says how many got a seat."""
    waiting = waiting_in(session)
    queue.reconcile(session, by=by)
    return len(waiting - waiting_in(session))
