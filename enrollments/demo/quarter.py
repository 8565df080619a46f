"""Who took part in what in April to June 2022. The figures are invented: the source gives no number of participants."""

import datetime as dt
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from academy.models import StatusKind, User
from courses import audiences
from courses.models import Session
from enrollments.completion import Evidence
from enrollments.demo.accounts import CAST
from enrollments.demo.catalogue import Catalogue
from enrollments.demo.people import Person
from enrollments.demo.repeatable import moment
from enrollments.demo.stories import Story
from enrollments.demo.timetable import Timetable
from enrollments.models import Mark, Status

HOUR = dt.timedelta(hours=1)


@dataclass
class Quarter:
    """What the parts of the story share."""

    people: Mapping[str, Person]
    catalogue: Catalogue
    timetable: Timetable
    office: User
    chance: random.Random
    stories: list[Story] = field(default_factory=list)

    def pool(self, session: Session, on: dt.date, *, without: Collection[str] = CAST) -> list[Person]:
        """The session's audience on a day, without the cast and without people on leave."""
        keys = set(audiences.people(session.applicable_audience, on).values_list("pk", flat=True))
        return [
            person
            for person in self.people.values()
            if person.staff.pk in keys
            and person.key not in without
            and all(status.kind != StatusKind.ON_LEAVE for status in person.statuses)
        ]

    def choose(self, session: Session, count: int, on: dt.date, *also: str) -> list[Person]:
        """Some of the audience, and people of the cast by name."""
        pool = self.pool(session, on)
        return self.chance.sample(pool, min(count, len(pool))) + [self.people[key] for key in also]

    def tell(self, person: Person, session: Session, reference_date: dt.date) -> Story:
        story = Story(person, session, reference_date)
        self.stories.append(story)
        return story

    def application_time(self, first: dt.date, last: dt.date) -> dt.datetime:
        """Some minute of office hours on a working day within the days given; both included."""
        days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
        working = [day for day in days if day.weekday() < 5 and day not in self.timetable.holidays]
        return moment(self.chance.choice(working), self.chance.randint(9, 16), self.chance.randint(0, 59))


def play_live_sessions(quarter: Quarter) -> None:
    """What happened at a time and place: seminars, study session, executives, recruits."""
    sessions = quarter.catalogue.sessions
    _assigned(quarter, sessions["exec-seminar", 1], absent=2)
    _recruits(quarter, sessions["ict-new", 1])
    _live(quarter, sessions["innov-seminar", 1], 190, ("ict", "staff"))
    _live(quarter, sessions["innov-seminar", 2], 210, ("ict2", "staff"), held=False)
    _live(quarter, sessions["ict-study", 1], 33, ("ict", "ict2"))


def _assigned(quarter: Quarter, session: Session, *, absent: int) -> None:
    """Everybody meant is named by the office at 10:00 of the day on which the session was published."""
    everybody = quarter.pool(session, session.starts_on)
    missing = set(quarter.chance.sample(range(len(everybody)), absent))
    for index, person in enumerate(everybody):
        story = _named(quarter, person, session)
        marks = [Mark.ABSENT if index in missing else Mark.PRESENT] * len(quarter.timetable.dated(session))
        _mark(quarter, story, marks)


def _named(quarter: Quarter, person: Person, session: Session) -> Story:
    named = moment(quarter.timetable.announced[session.pk], 10)
    return quarter.tell(person, session, session.starts_on).then(Status.ENROLLED, named, quarter.office)


def _recruits(quarter: Quarter, session: Session) -> None:
    """14 days: one person missed three of them, one exactly two (allowed), a few came late once."""
    for index, person in enumerate(quarter.pool(session, session.starts_on)):
        story = _named(quarter, person, session)
        marks = [Mark.PRESENT] * len(quarter.timetable.dated(session))
        for missed in quarter.chance.sample(range(len(marks)), {3: 3, 7: 2}.get(index, 0)):
            marks[missed] = Mark.ABSENT
        if index % 5 == 1:
            marks[quarter.chance.randrange(len(marks))] = Mark.LATE
        _mark(quarter, story, marks)


def _live(quarter: Quarter, session: Session, count: int, also: Sequence[str], *, held: bool = True) -> None:
    """Applications until the day before; some withdraw, some do not come. Not yet held: nobody is marked."""
    first, last = _window(session)
    for person in quarter.choose(session, count, session.starts_on, *also):
        at = quarter.application_time(first, last)
        story = quarter.tell(person, session, session.starts_on)
        story.then(Status.APPLIED, at, person.staff.user).then(Status.ENROLLED, at)
        luck = 1.0 if person.key in CAST else quarter.chance.random()
        if luck < 0.03:
            story.then(Status.WITHDRAWN, max(at + HOUR, moment(last, 16, 59)), reason="業務都合")
        elif held:
            _mark(quarter, story, [Mark.ABSENT if luck < 0.1 else Mark.LATE if luck < 0.13 else Mark.PRESENT])


def _window(session: Session) -> tuple[dt.date, dt.date]:
    if session.apply_from is None or session.apply_until is None:
        raise ValueError("a session with a window is needed")
    return session.apply_from.date(), session.apply_until.date()


def _mark(quarter: Quarter, story: Story, marks: Sequence[Mark]) -> None:
    """Mark every meeting; the result follows an hour after the last one."""
    meetings = quarter.timetable.dated(story.session)
    story.marks = {meeting.position: mark for meeting, mark in zip(meetings, marks, strict=True)}
    evidence = Evidence(meetings=len(meetings), over=len(meetings), marks=story.marks)
    last = meetings[-1].during
    if last is not None:
        story.settle(evidence, last.upper + HOUR, quarter.office)


def play_leaders(quarter: Quarter) -> list[Story]:
    """The leader training: more were nominated than there are seats; the first two meetings were held.

    `ict2` has the last seat and was nominated in the last minute, hence is in the last team: one without a proposal yet.
    """
    session = quarter.catalogue.sessions["ds-leader", 1]
    first, last = _window(session)
    seats = session.capacity or 0
    nominated = quarter.choose(session, 36, session.starts_on)
    nominated[seats - 1] = quarter.people["ict2"]
    decided, begun = moment(dt.date(2022, 6, 1), 15), moment(session.starts_on, 13, 30)
    leaders = []
    for index, person in enumerate(nominated):
        story = quarter.tell(person, session, session.starts_on)
        at = quarter.application_time(first, last)
        story.then(Status.APPLIED, moment(last, 16, 59) if person.key == "ict2" else at)
        if index >= seats:
            story.then(Status.REJECTED, decided, quarter.office, "not_selected")
            continue
        story.then(Status.ENROLLED, decided, quarter.office).then(Status.IN_PROGRESS, begun, quarter.office)
        story.marks = {
            meeting.position: Mark.ABSENT if quarter.chance.random() < 0.06 else Mark.PRESENT
            for meeting in quarter.timetable.dated(session)
        }
        leaders.append(story)
    return leaders


def play_community(quarter: Quarter) -> None:
    """Membership has no result."""
    session = quarter.catalogue.sessions["ict-community", 1]
    for person in quarter.choose(session, 38, session.starts_on):
        at = quarter.application_time(session.starts_on, dt.date(2022, 5, 31))
        story = quarter.tell(person, session, at.date()).then(Status.APPLIED, at)
        story.then(Status.ENROLLED, at).then(Status.IN_PROGRESS, at + HOUR)


def enrol_year_round(quarter: Quarter, code: str, people: Iterable[Person], last: dt.date) -> list[Story]:
    """Seats in a year-round run, taken by oneself: the reference date is the day of enrolment."""
    session = quarter.catalogue.sessions[code, 1]
    stories = []
    for person in people:
        at = quarter.application_time(session.starts_on, last)
        story = quarter.tell(person, session, at.date()).then(Status.APPLIED, at, person.staff.user)
        stories.append(story.then(Status.ENROLLED, at))
    return stories
