"""Writing the plan of a reschedule: meetings, days, number in the year, instructors, rooms. Part of an operation above.

The caller holds the locks of the course, then of the session, and has checked the plan (`courses.rescheduling`).
"""

import datetime as dt
from collections.abc import Sequence

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from academy.calendar import fiscal_year_of
from courses.models import DatePrecision, Instructor, Meeting, Session, SessionInstructor
from courses.operations.places import take_places
from courses.operations.sessions.numbers import next_ordinal
from courses.rescheduling import Fate, Plan
from courses.scheduling import Slot

_MOVED = ("during", "month", "precision", "venue", "title_ja", "title_en", "sequence", "changed_at")


def write_plan(session: Session, plan: Plan) -> dict[int, Meeting]:
    """Move, add and cancel the meetings, and take rooms and instructors anew; gives the live meetings by their number.

    Rooms are given back first, so that two meetings of the session may change places.
    """
    Meeting.objects.filter(session=session).update(exclusive_venue_id=None)
    cancel_meetings([each.meeting.pk for each in plan.of(Fate.CANCELLED) if each.meeting], session.now)
    changed = [each for each in plan.meetings if each.fate in {Fate.MOVED, Fate.RETITLED}]
    for each in changed:
        if each.meeting is not None and each.after is not None:
            _set(each.meeting, each.after)
            each.meeting.sequence += 1
            each.meeting.changed_at = session.now
    Meeting.objects.bulk_update([each.meeting for each in changed if each.meeting], _MOVED)
    found = _added(session, plan)
    take_places(session.pk)
    return found


def cancel_meetings(keys: Sequence[int], now: dt.datetime) -> int:
    """Cancel meetings and the archives of what they would have recorded; each counts as changed. Returns how many."""
    meetings = Meeting.objects.filter(cancelled_at=None)
    both = meetings.filter(pk__in=keys) | meetings.filter(archive_of__in=keys)
    return both.update(cancelled_at=now, changed_at=now, sequence=F("sequence") + 1)


def _added(session: Session, plan: Plan) -> dict[int, Meeting]:
    last = Meeting.objects.filter(session=session).order_by("-position").values_list("position", flat=True).first()
    position, found, new = last or 0, {}, []
    for number, each in enumerate(plan.live):
        meeting = each.meeting
        if meeting is None and each.after is not None:
            position += 1
            meeting = Meeting(session=session, position=position, changed_at=session.now)
            _set(meeting, each.after)
            new.append(meeting)
        if meeting is not None:
            found[number] = meeting
    Meeting.objects.bulk_create(new)
    return found


def _set(meeting: Meeting, slot: Slot) -> None:
    meeting.precision = DatePrecision.DAY if slot.month is None else DatePrecision.MONTH
    meeting.during = DateTimeTZRange(slot.starts_at, slot.ends_at) if slot.month is None else None
    meeting.month, meeting.venue = slot.month, slot.venue
    meeting.title_ja, meeting.title_en = slot.title_ja, slot.title_en


def write_instructors(session: Session, instructors: Sequence[Instructor]) -> tuple[list[Instructor], list[Instructor]]:
    """Name exactly these instructors; gives who was added and who was taken off."""
    held = {row.instructor_id: row.instructor for row in session.session_instructors.select_related("instructor")}
    wanted = {each.pk: each for each in instructors}
    gone = [each for key, each in held.items() if key not in wanted]
    new = [each for key, each in wanted.items() if key not in held]
    SessionInstructor.objects.filter(session=session, instructor__in=gone).delete()
    SessionInstructor.objects.bulk_create(SessionInstructor(session=session, instructor=each) for each in new)
    return new, gone


def move_days(session: Session, plan: Plan) -> list[str]:
    """Days, fiscal year and number follow the meetings; a session that gets its dates is undated no longer.

    Gives the names of the columns to save. In another fiscal year it gets the next number of that year.
    """
    span = plan.span
    if span is None:
        return []
    session.starts_on, session.ends_on, session.undated = span.starts_on, span.ends_on, False
    year = fiscal_year_of(span.starts_on)
    if year != session.fiscal_year:
        session.fiscal_year, session.ordinal = year, next_ordinal(session.course, year)
    return ["starts_on", "ends_on", "undated", "fiscal_year", "ordinal"]
