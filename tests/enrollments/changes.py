"""What plays about changes begin with: sessions of several meetings, and one-line changes."""

from typing import Any

from academy.models import Notice, User
from courses.models import Meeting, Session
from courses.rescheduling import Wanted
from enrollments.impact import Impact
from enrollments.models import Enrollment
from enrollments.operations import changes
from enrollments.operations.changes import Action, Rescheduling, Resolution
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import open_session

DAYS = (
    ("2022-07-14 14:00", "2022-07-14 16:00"),
    ("2022-07-15 14:00", "2022-07-15 16:00"),
    ("2022-07-19 14:00", "2022-07-19 16:00"),
)


def times(begins: str, ends: str) -> dict[str, Any]:
    return {"starts_at": stage.tokyo(begins), "ends_at": stage.tokyo(ends)}


def new(begins: str, ends: str, **more: Any) -> Wanted:
    return Wanted(None, {**times(begins, ends), **more})


def stays(meeting: Meeting) -> Wanted:
    return Wanted(meeting.public_id)


def to(meeting: Meeting, begins: str, ends: str, **more: Any) -> Wanted:
    return Wanted(meeting.public_id, {**times(begins, ends), **more})


def meetings_of(session: Session) -> list[Meeting]:
    return list(session.meetings.live().order_by("position"))


def three_days(**fields: Any) -> Session:
    return open_session(**{"times": DAYS, **fields})


def asked(session: Session, *meetings: Wanted, **more: Any) -> Rescheduling:
    given = {"meetings": meetings} if meetings else {}
    return Rescheduling(**{"session_id": session.pk, "reason": "会場の都合", **given, **more})


def reschedule(cast: Cast, session: Session, *meetings: Wanted, by: User | None = None, **more: Any) -> Session:
    confirmed = more.pop("confirmed", None)
    return changes.reschedule_session(asked=asked(session, *meetings, **more), confirmed=confirmed, by=by or cast.hr)


def preview(cast: Cast, session: Session, *meetings: Wanted, by: User | None = None, **more: Any) -> Impact:
    return changes.preview_reschedule(asked=asked(session, *meetings, **more), by=by or cast.hr)


def withdrawn(enrollment: Enrollment, reason: str = "業務の都合") -> Resolution:
    return Resolution(enrollment.public_id, Action.WITHDRAW, reason)


def exempted(enrollment: Enrollment, reason: str = "議会対応") -> Resolution:
    return Resolution(enrollment.public_id, Action.EXEMPT, reason)


def busy(enrollment: Enrollment) -> list[tuple[str, str]]:
    """The times an enrolment binds its person to, in Tokyo."""
    enrollment.refresh_from_db()
    return spans(enrollment.busy)


def spans(value: Any) -> list[tuple[str, str]]:
    return [
        tuple(f"{each.astimezone(stage.TOKYO):%m-%d %H:%M}" for each in (span.lower, span.upper))  # type: ignore[misc]
        for span in value or ()
    ]


def told() -> list[tuple[str | None, str]]:
    """Who was told what kind of thing, by staff number."""
    rows = Notice.objects.values_list("recipient__staff_number", "kind")
    return sorted(rows, key=lambda row: (row[0] or "", row[1]))
