"""The limit of a session that people sit in. Other changes to it are in `enrollments.operations.changes`."""

from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session, SessionStatus
from courses.rescheduling import unchanged
from enrollments.errors import CapacityBelowSeatsTaken, SessionOver
from enrollments.impact import waiting_in
from enrollments.models import Enrollment
from enrollments.operations import queue
from enrollments.operations.changes.telling import Letters, all_places

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
        raise CapacityBelowSeatsTaken(taken=taken, excess=taken - capacity)
    before, session.capacity = session.capacity, capacity
    session.save(update_fields=["capacity"])
    session.refresh_from_db(fields=["seats_taken"])
    waiting = waiting_in(session)
    queue.reconcile(session, by=by)
    promoted = waiting - waiting_in(session)
    _tell(session, promoted)
    note(session, before=before, after=capacity, promoted=len(promoted))
    return session


def _tell(session: Session, promoted: set[int]) -> None:
    """Whoever got a seat by the change is told."""
    if not promoted:
        return
    plan = unchanged(list(session.meetings.live().select_related("venue").order_by("position")))
    letters = Letters.about(session, plan, "")
    people = Enrollment.objects.filter(pk__in=promoted).values_list("staff_id", flat=True)
    letters.add("seat_given", people, meetings=all_places(plan))
    letters.send()
