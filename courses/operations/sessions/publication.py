"""Publishing a session, and closing its books."""

from academy.clock import business_date
from academy.models import User
from academy.operations.base import operation
from courses.errors import SessionHasNoMeeting, SessionStillRuns
from courses.errors.sessions import VenueTooSmall
from courses.models import SELF_PACED, Session, SessionStatus, Venue
from courses.operations.content import content_for_publication
from courses.operations.places import take_places
from courses.operations.rounds import keep_round
from courses.operations.sessions.standing import locked


@operation
def publish_session(*, session_id: int, by: User | None) -> Session:
    """Publish a draft that has a meeting, a course taken at one's own pace, or a session without a date to ask for demand.

    Rooms and instructors are taken for it, and its rooms hold as many as its capacity: see `_refuse_small_venue`.
    """
    session = locked(session_id)
    if session.status == SessionStatus.DRAFT:
        _refuse_without_meeting(session)
        _refuse_small_venue(session)
        keep_round(session)
    Session.objects.filter(pk=session.pk).move_to(
        SessionStatus.PUBLISHED, by=by, content_id=content_for_publication(session.course)
    )
    take_places(session.pk)
    return session


@operation
def finish_session(*, session_id: int, by: User | None) -> Session:
    """Close the books of a published session, from its last day on."""
    session = locked(session_id)
    if session.status == SessionStatus.PUBLISHED and business_date(session.now) < session.ends_on:
        raise SessionStillRuns(ends_on=session.ends_on.isoformat())
    Session.objects.filter(pk=session.pk).move_to(SessionStatus.FINISHED, by=by)
    return session


def _refuse_without_meeting(session: Session) -> None:
    needs_none = session.undated or session.course.program.mode in SELF_PACED
    if not needs_none and not session.meetings.live().exists():
        raise SessionHasNoMeeting


def _refuse_small_venue(session: Session) -> None:
    """The smallest room of the live meetings holds the capacity.

    An online place holds anybody, and so does a session with an online address: whoever finds no chair joins there. A room
    whose seats are not known is not compared, nor a session without a limit.
    """
    if session.capacity is None or session.online_address:
        return
    rooms = Venue.objects.filter(meetings__in=session.meetings.live(), online=False, seats__lt=session.capacity)
    smallest = rooms.order_by("seats", "pk").first()
    if smallest is not None:
        raise VenueTooSmall(capacity=session.capacity, venue=smallest.name_ja, seats=smallest.seats)
