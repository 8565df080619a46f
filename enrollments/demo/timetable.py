"""The sessions of the catalogue with their meetings, rooms, lecturers and the steps by which they came about."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg.types.multirange import Multirange

from academy.folding import fold
from academy.models import User
from academy.operations.reference_data import data_file
from courses.models import (
    ApplicationRound,
    DatePrecision,
    Deadline,
    Instructor,
    Meeting,
    Selection,
    Session,
    SessionInstructor,
    SessionStatus,
    SessionStep,
    Venue,
)
from courses.operations.places import take_places
from enrollments.demo.catalogue import Catalogue
from enrollments.demo.people import Person
from enrollments.demo.repeatable import FISCAL_YEAR, moment, story_id

DRAFTED = dt.date(2022, 4, 1)
PLANNED = dt.date(2022, 6, 20)  # drafts for the next quarter
_DAY = dt.timedelta(days=1)


@dataclass
class Timetable:
    """Meetings and days of publication by session key; busy times as enrolments and instructors copy them."""

    holidays: frozenset[dt.date]
    venues: Mapping[str, Venue]
    meetings: dict[int, list[Meeting]] = field(default_factory=dict)
    announced: dict[int, dt.date] = field(default_factory=dict)

    def busy(self, session: Session) -> "Multirange[Any] | None":
        """The times of the session's meetings that have one."""
        times = [meeting.during for meeting in self.meetings[session.pk] if meeting.during is not None]
        return Multirange(times) if times else None

    def dated(self, session: Session) -> list[Meeting]:
        return [meeting for meeting in self.meetings[session.pk] if meeting.during is not None]


def working_days(first: dt.date, holidays: frozenset[dt.date]) -> Iterator[dt.date]:
    """From a day on, without Saturdays, Sundays and holidays."""
    day = first
    while True:
        if day.weekday() < 5 and day not in holidays:
            yield day
        day += _DAY


def load_timetable(catalogue: Catalogue, people: Mapping[str, Person], by: User) -> Timetable:
    content = data_file("courses", "programs_fy2022.yaml")
    timetable = Timetable(frozenset(content["holidays"]), _load_venues(content["venues"]))
    for code, entry in catalogue.entries.items():
        for plan in entry.get("sessions", ()):
            meetings = list(_meetings_of(timetable, plan))
            session = _load_session(catalogue, code, plan, meetings)
            _write_meetings(timetable, session, meetings)
            _write_instructors(session, plan.get("instructors", ()), people)
            announced = _announced(plan)
            if announced:
                timetable.announced[session.pk] = announced
            _write_steps(session, announced, by)
            if session.status != SessionStatus.DRAFT:
                take_places(session.pk)
    return timetable


def _load_venues(entries: Sequence[Mapping[str, Any]]) -> dict[str, Venue]:
    rows = [
        Venue(
            public_id=story_id("venue", entry["code"]),
            code=entry["code"],
            name_ja=entry["ja"],
            name_en=entry["en"],
            seats=entry.get("seats"),
            online=entry.get("online", False),
        )
        for entry in entries
    ]
    for row in rows:
        row.fold_names()
    return {row.code: row for row in Venue.objects.bulk_create(rows)}


def _meetings_of(timetable: Timetable, plan: Mapping[str, Any]) -> Iterator[Meeting]:
    """Meetings as listed, or a series on the working days from a day on."""
    series = plan.get("series")
    if series:
        for day, title in zip(working_days(series["from"], timetable.holidays), series["titles"], strict=False):
            yield _meeting(timetable, {**series, "day": day, "ja": title})
    for entry in plan.get("meetings", ()):
        yield _meeting(timetable, entry)


def _meeting(timetable: Timetable, entry: Mapping[str, Any]) -> Meeting:
    titles = {"title_ja": entry.get("ja", ""), "title_en": entry.get("en", "")}
    if "month" in entry:
        return Meeting(precision=DatePrecision.MONTH, month=entry["month"], **titles)
    start, end = (dt.time.fromisoformat(entry[name]) for name in ("start", "end"))
    day = entry["day"]
    during = DateTimeTZRange(moment(day, start.hour, start.minute), moment(day, end.hour, end.minute))
    return Meeting(during=during, venue=timetable.venues[entry["venue"]], **titles)


def _announced(plan: Mapping[str, Any]) -> dt.date | None:
    """The day of publication: where people apply, the first of the window."""
    opens: dt.date | None = plan.get("window", (plan.get("announced"), None))[0]
    return opens


def _load_session(catalogue: Catalogue, code: str, plan: Mapping[str, Any], meetings: Sequence[Meeting]) -> Session:
    """Times of the application window: from 9:00 of its first day to 17:00 of its last."""
    opens, closes = plan.get("window", (None, None))
    days = [_days_of(meeting) for meeting in meetings]
    session = catalogue.sessions[code, plan["ordinal"]] = Session.objects.create(
        public_id=story_id("session", f"{code}/{plan['ordinal']}"),
        course=catalogue.courses[code],
        title_ja=plan["ja"],
        title_en=plan["en"],
        fiscal_year=FISCAL_YEAR,
        ordinal=plan["ordinal"],
        status=SessionStatus(plan["status"]),
        content=catalogue.versions.get(code) if plan["status"] != SessionStatus.DRAFT else None,
        selection=Selection(plan.get("selection", Selection.FIRST_COME)),
        capacity=plan.get("capacity"),
        apply_from=moment(opens, 9) if opens else None,
        apply_until=moment(closes, 17) if closes else None,
        fixed_deadlines=[Deadline.APPLY.value] if closes else [],
        starts_on=plan.get("starts_on") or min(first for first, _ in days),
        ends_on=plan.get("ends_on") or max(last for _, last in days),
        synthetic=plan.get("synthetic", False),
        created_at=moment(DRAFTED if _announced(plan) else PLANNED, 10),
    )
    if session.apply_from is not None:
        ApplicationRound.objects.create(
            public_id=story_id("application_round", f"{code}/{plan['ordinal']}/1"),
            session=session,
            number=1,
            apply_from=session.apply_from,
            apply_until=session.apply_until,
        )
    return session


def _days_of(meeting: Meeting) -> tuple[dt.date, dt.date]:
    if meeting.during is not None:
        return meeting.during.lower.date(), meeting.during.upper.date()
    first = meeting.month
    if first is None:
        raise ValueError("a meeting has a time or a month")
    return first, (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def _write_meetings(timetable: Timetable, session: Session, meetings: Sequence[Meeting]) -> None:
    for position, meeting in enumerate(meetings, start=1):
        meeting.session, meeting.position, meeting.changed_at = session, position, session.created_at
        meeting.public_id = story_id("meeting", f"{session.public_id}/{position}")
    timetable.meetings[session.pk] = Meeting.objects.bulk_create(meetings)


def _write_instructors(session: Session, entries: Iterable[Mapping[str, str]], people: Mapping[str, Person]) -> None:
    """A lecturer from outside is a name; one of the house is a person."""
    for entry in entries:
        person = people[entry["user"]] if "user" in entry else None
        name = person.staff.name if person else entry["name"]
        instructor, _ = Instructor.objects.get_or_create(
            name=name,
            staff=person.staff if person else None,
            defaults={
                "public_id": story_id("instructor", name),
                "name_folded": fold(name),
                "affiliation": entry.get("affiliation", "デジタルサービス局"),
            },
        )
        SessionInstructor.objects.create(
            public_id=story_id("session_instructor", f"{session.public_id}/{name}"),
            session=session,
            instructor=instructor,
        )


def _write_steps(session: Session, announced: dt.date | None, by: User) -> None:
    """Drafted, published at 8:30 of its day, finished on the day after the last meeting."""
    steps = [SessionStep(subject=session, old="", new=SessionStatus.DRAFT, by=by, at=session.created_at)]
    if session.status != SessionStatus.DRAFT and announced:
        published = moment(announced, 8, 30)
        steps.append(
            SessionStep(subject=session, old=SessionStatus.DRAFT, new=SessionStatus.PUBLISHED, by=by, at=published)
        )
    if session.status == SessionStatus.FINISHED:
        finished = moment(session.ends_on + _DAY, 10)
        steps.append(
            SessionStep(subject=session, old=SessionStatus.PUBLISHED, new=SessionStatus.FINISHED, by=by, at=finished)
        )
    SessionStep.objects.bulk_create(steps)
