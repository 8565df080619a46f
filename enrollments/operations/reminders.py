"""Reminding people of what they take part in: see `enrollments.reminding` for when."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy import clock
from academy.models import Notice, User
from academy.operations.base import note, operation
from academy.operations.notices import tell
from courses.models import Meeting, Session
from courses.rescheduling import unchanged
from enrollments.models import AbsenceNotice, Enrollment, MeetingExemption, Status
from enrollments.operations.changes.telling import all_places
from enrollments.reminding import DAY, WEEK, Reminder, reminders_of


@operation
def remind(*, session_id: int, by: User | None) -> Session:
    """Remind everybody with a seat of the meetings of a session that are due, each once.

    Under the session's lock: a meeting that is being moved is reminded of by its new day, or not at all.
    """
    session = Session.objects.published().locked().filter(pk=session_id).first()
    if session is None:
        return Session.objects.get(pk=session_id)
    told = sum(_tell(reminder, session) for reminder in reminders_of(_meetings(session.pk), session.now))
    note(session, reminded=told)
    return session


def sessions_to_remind() -> list[int]:
    """The sessions of which somebody is to be reminded now."""
    now = clock.now()
    soon = Meeting.objects.live().filter(
        session__status="published",
        during__startswith__gt=now,
        during__startswith__lt=clock.start_of(clock.business_date(now) + WEEK + DAY),
    )
    keys = soon.order_by("session").values_list("session", flat=True).distinct()
    return [key for key in keys if any(_to_remind(each, key).exists() for each in reminders_of(_meetings(key), now))]


def _meetings(session_id: int) -> list[Meeting]:
    return list(Meeting.objects.live().filter(session=session_id).select_related("venue").order_by("position"))


def _to_remind(reminder: Reminder, session_id: int) -> QuerySet[Enrollment]:
    """Whoever has a seat since before, is neither excused nor said to be absent, and was not reminded yet."""
    first = reminder.meetings[0]
    given: Q = Q(decided_at=None) | Q(decided_at__lte=reminder.since)
    excused = MeetingExemption.objects.filter(enrollment=OuterRef("pk"), meeting=first)
    absent = AbsenceNotice.objects.filter(enrollment=OuterRef("pk"), meeting=first, withdrawn_at=None)
    told = Notice.objects.filter(recipient=OuterRef("staff"), occasion=reminder.occasion)
    seated = Enrollment.objects.filter(given, session=session_id, status__in=(Status.ENROLLED, Status.IN_PROGRESS))
    return seated.filter(~Exists(excused), ~Exists(absent), ~Exists(told))


def _tell(reminder: Reminder, session: Session) -> int:
    return tell(
        kind=reminder.kind,
        occasion=reminder.occasion,
        recipients=_to_remind(reminder, session.pk).values_list("staff_id", flat=True),
        subject=session,
        facts={
            "session_ja": session.title_ja,
            "session_en": session.title_en,
            "meetings": all_places(unchanged(reminder.meetings)),
        },
    )
