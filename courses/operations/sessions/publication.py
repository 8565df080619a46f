"""Publishing a session, and closing its books."""

from academy.clock import business_date
from academy.models import User
from academy.operations.base import operation
from courses.errors import SessionHasNoMeeting, SessionStillRuns
from courses.models import SELF_PACED, Session, SessionStatus
from courses.operations.content import content_for_publication
from courses.operations.places import take_places
from courses.operations.sessions.standing import locked


@operation
def publish_session(*, session_id: int, by: User | None) -> Session:
    """Publish a draft that has a meeting, or a course taken at one's own pace; rooms and instructors are taken for it."""
    session = locked(session_id)
    has_meeting = session.meetings.live().exists()
    self_paced = session.course.program.mode in SELF_PACED
    if session.status == SessionStatus.DRAFT and not has_meeting and not self_paced:
        raise SessionHasNoMeeting
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
