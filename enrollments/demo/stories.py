"""Enrolments as they happened: each is a story of changes and evidence, written with its own times."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from academy.facts import Facts, facts_of
from academy.models import User
from courses.models import Lesson, Session
from enrollments.completion import Evidence, judge
from enrollments.demo.people import Person
from enrollments.demo.repeatable import story_id
from enrollments.demo.timetable import Timetable
from enrollments.endings import withdrawn_as
from enrollments.models import JUDGED, EndedAs, Enrollment, EnrollmentStep, Mark, Status


@dataclass(frozen=True)
class Change:
    status: Status
    at: dt.datetime
    by: User | None
    reason: str = ""


@dataclass(frozen=True)
class Viewing:
    """A lesson that was opened; `seconds` are watched of it from the beginning."""

    lesson: Lesson
    opened_at: dt.datetime
    seconds: int

    @property
    def complete(self) -> bool:
        return self.seconds == self.lesson.seconds

    @property
    def reported_at(self) -> dt.datetime:
        return self.opened_at + dt.timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Sitting:
    """An outside examination that was sat; the scores are by field code."""

    taken_on: dt.date
    recorded_at: dt.datetime
    total: int
    scores: Mapping[str, int]
    passed: bool
    official: bool


@dataclass
class Story:
    """One person in one session. `marks` are by position of the meeting."""

    person: Person
    session: Session
    reference_date: dt.date
    trail: list[Change] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    viewings: list[Viewing] = field(default_factory=list)
    sittings: list[Sitting] = field(default_factory=list)
    row: Enrollment = field(default_factory=Enrollment)

    def then(self, status: Status, at: dt.datetime, by: User | None = None, reason: str = "") -> "Story":
        self.trail.append(Change(status, at, by, reason))
        return self

    def settle(self, evidence: Evidence, at: dt.datetime, by: User | None = None) -> None:
        """Judge under the course's policy, as the server would; an undecided story goes on."""
        status = judge(self.session.course.policy, evidence).status
        if status is not None:
            self.then(status, at, by)

    def first(self, *statuses: Status) -> dt.datetime | None:
        return next((change.at for change in self.trail if change.status in statuses), None)

    @property
    def name(self) -> str:
        return f"{self.session.public_id}/{self.person.key}"


def write_stories(stories: Iterable[Story], timetable: Timetable) -> None:
    """Insert the enrolments with queue numbers in the order of application, then their steps."""
    ordered = sorted(stories, key=lambda story: (story.session.pk, story.trail[0].at, story.person.key))
    facts = _facts(ordered)
    last: dict[int, int] = defaultdict(int)
    for story in ordered:
        last[story.session.pk] += 1
        story.row = _enrollment(story, last[story.session.pk], facts, timetable)
    Enrollment.objects.bulk_create([story.row for story in ordered], batch_size=1000)
    EnrollmentStep.objects.bulk_create([step for story in ordered for step in _steps(story)], batch_size=2000)
    for key, number in last.items():
        Session.objects.filter(pk=key).update(last_queue_no=number)


def _facts(stories: Sequence[Story]) -> dict[tuple[int, dt.date], Facts]:
    """What each person was on the reference date of each story."""
    days: dict[dt.date, set[int]] = defaultdict(set)
    for story in stories:
        days[story.reference_date].add(story.person.staff.pk)
    return {(key, day): facts for day, keys in days.items() for key, facts in facts_of(keys, on=day).items()}


def _enrollment(
    story: Story, queue_no: int, facts: Mapping[tuple[int, dt.date], Facts], timetable: Timetable
) -> Enrollment:
    session, then = story.session, facts[story.person.staff.pk, story.reference_date]
    return Enrollment(
        public_id=story_id("enrollment", story.name),
        session=session,
        course=session.course,
        staff=story.person.staff,
        fiscal_year=session.fiscal_year,
        status=story.trail[-1].status,
        queue_no=queue_no,
        applied_at=story.trail[0].at,
        decided_at=story.first(Status.ENROLLED),
        judged_at=story.first(*JUDGED),
        reference_date=story.reference_date,
        organization_id=then.organization_id,
        bureau_id=then.bureau_id,
        grade_id=then.grade_id,
        job_family_id=then.job_family_id,
        new_recruit=then.new_recruit,
        ended_as=_ended_as(story),
        busy=timetable.busy(session),
        one_seat_key=None if session.course.repeatable else True,
    )


def _ended_as(story: Story) -> str:
    """What an end was: the stories of the demonstration end by not being selected, or by withdrawing."""
    last = story.trail[-1].status
    if last == Status.WITHDRAWN:
        return withdrawn_as(story.trail[-2].status)
    return EndedAs.NOT_SELECTED if last == Status.REJECTED else ""


def _steps(story: Story) -> list[EnrollmentStep]:
    olds = ["", *(change.status for change in story.trail)]
    return [
        EnrollmentStep(subject=story.row, old=old, new=change.status, by=change.by, at=change.at, reason=change.reason)
        for old, change in zip(olds, story.trail, strict=False)
    ]
