"""The session as the operations on it find it: locked, and published or refused."""

import datetime as dt

from django.db.models import Min

from academy.clock import start_of
from academy.text import in_both
from courses.errors import SessionNotPublished
from courses.models import Session, SessionStatus


def locked(session_id: int) -> Session:
    return Session.objects.locked().select_related("course__program").get(pk=session_id)


def refuse_unpublished(session: Session) -> None:
    if session.status != SessionStatus.PUBLISHED:
        raise SessionNotPublished(status=in_both(SessionStatus(session.status).label))


def begin_of(session: Session) -> dt.datetime | None:
    """When the first live meeting begins, one of which only the month is known with the month; None without any."""
    found = session.meetings.live().aggregate(time=Min("during__startswith"), month=Min("month"))
    begins = [found["time"], start_of(found["month"]) if found["month"] else None]
    return min((each for each in begins if each), default=None)
