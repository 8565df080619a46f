"""Year-round courses: who enrolled, how far they watched, and who sat the IT Passport."""

import datetime as dt

from courses.models import Lesson
from enrollments import exams
from enrollments.completion import Evidence
from enrollments.demo.quarter import HOUR, Quarter, enrol_year_round
from enrollments.demo.repeatable import STORY_DAY, moment
from enrollments.demo.stories import Sitting, Story, Viewing
from enrollments.models import Status

LAST_DAY = STORY_DAY - dt.timedelta(days=1)
# The official notice of a month comes in the middle of the next one; of June, people report themselves, which decides nothing yet.
NOTICE = dt.date(2022, 6, 15)
_DAY = dt.timedelta(days=1)


def play_year_round(quarter: Quarter) -> None:
    """Figures per course: how many, until which day they enrolled, the shares of finishers and of those who began."""
    _rules_of_conduct(quarter)
    for code, count, last, finished, begun in (
        ("ondemand", 360, dt.date(2022, 6, 20), 0.35, 0.75),
        ("mgr-online-tool", 120, dt.date(2022, 6, 10), 0.2, 0.8),
        ("ict-online", 38, dt.date(2022, 6, 10), 0.15, 0.85),
    ):
        session = quarter.catalogue.sessions[code, 1]
        for story in enrol_year_round(quarter, code, quarter.choose(session, count, session.starts_on), last):
            luck = quarter.chance.random()
            _watch(quarter, story, 1.0 if luck < finished else luck if luck < begun else 0.0)


def _rules_of_conduct(quarter: Quarter) -> None:
    """Assigned to everybody meant on the first day; a part of them stands here. `staff` has begun."""
    session = quarter.catalogue.sessions["conduct10-video", 1]
    for person in quarter.choose(session, 520, session.starts_on, "staff"):
        story = quarter.tell(person, session, session.starts_on)
        story.then(Status.ENROLLED, moment(session.starts_on, 9), quarter.office)
        luck = quarter.chance.random()
        share = 0.5 if person.key == "staff" else 1.0 if luck < 0.45 else luck if luck < 0.8 else 0.0
        _watch(quarter, story, share)


def _watch(quarter: Quarter, story: Story, share: float, *, until: dt.date = LAST_DAY) -> None:
    """Watch a share of the lessons in their order; of the last one opened, a part."""
    lessons = quarter.catalogue.lessons[story.session.course.code]
    whole = int(share * len(lessons))
    opened = lessons if share == 1.0 else lessons[: whole + 1] if share else []
    for number, (lesson, at) in enumerate(zip(opened, _times(quarter, story, len(opened), until), strict=True)):
        story.viewings.append(Viewing(lesson, at, _seconds(quarter, lesson, whole=number < whole)))
    if story.viewings:
        story.then(Status.IN_PROGRESS, story.viewings[0].opened_at, story.person.staff.user)
        story.settle(_evidence(quarter, story), max(viewing.reported_at for viewing in story.viewings))


def _times(quarter: Quarter, story: Story, count: int, until: dt.date) -> list[dt.datetime]:
    """Increasing times on days after the enrolment's."""
    first = story.trail[-1].at.date() + _DAY
    days = max(1, (until - first).days)
    drawn = sorted((quarter.chance.randrange(days), quarter.chance.randint(9, 19)) for _ in range(count))
    return [
        moment(first + day * _DAY, hour, 0) + dt.timedelta(minutes=number) for number, (day, hour) in enumerate(drawn)
    ]


def _seconds(quarter: Quarter, lesson: Lesson, *, whole: bool) -> int:
    return lesson.seconds if whole else quarter.chance.randint(30, lesson.seconds - 1)


def _evidence(quarter: Quarter, story: Story) -> Evidence:
    return Evidence(
        lessons=len(quarter.catalogue.lessons[story.session.course.code]),
        lessons_viewed=sum(viewing.complete for viewing in story.viewings),
        exam_passed=any(sitting.passed and sitting.official for sitting in story.sittings),
    )


def play_it_passport(quarter: Quarter) -> None:
    """More applied than there are seats: the later ones wait, two of them gave up. Some finished and sat the exam.

    `staff` came first, has watched everything and has not sat the exam yet.
    """
    session = quarter.catalogue.sessions["itpass", 1]
    capacity = session.capacity or 0
    first, last = session.starts_on, dt.date(2022, 5, 31)
    chosen = [quarter.people["staff"], *quarter.choose(session, capacity + 7, first)]
    times = sorted(quarter.application_time(first, last) for _ in chosen)
    for index, (person, at) in enumerate(zip(chosen, times, strict=True)):
        # Nobody arrives in the same instant: the order of arrival is the order of the queue.
        at += dt.timedelta(milliseconds=index)
        story = quarter.tell(person, session, at.date()).then(Status.APPLIED, at)
        if index >= capacity:
            story.then(Status.WAITLISTED, at)
            if index % 4 == 1:
                story.then(Status.WITHDRAWN, at + 26 * HOUR, reason="業務都合")
            continue
        story.then(Status.ENROLLED, at)
        luck = quarter.chance.random()
        if person.key == "staff":
            _watch(quarter, story, 1.0)
        elif luck < 0.38:
            _sit(quarter, story)
        else:
            _watch(quarter, story, luck if luck < 0.8 else 0.0)


def _sit(quarter: Quarter, story: Story) -> None:
    """Watch everything within a fortnight, sit the exam within ten days more, and perhaps sit it again."""
    _watch(quarter, story, 1.0, until=story.reference_date + 14 * _DAY)
    ready = max(viewing.reported_at for viewing in story.viewings).date()
    days = sorted(quarter.chance.sample(range(1, 11), 2))
    story.sittings.append(_sitting(quarter, ready + days[0] * _DAY))
    if not story.sittings[0].passed and quarter.chance.random() < 0.4:
        story.sittings.append(_sitting(quarter, ready + days[1] * _DAY))
    story.settle(_evidence(quarter, story), max(sitting.recorded_at for sitting in story.sittings))


def _sitting(quarter: Quarter, day: dt.date) -> Sitting:
    """Scores around the pass mark; the total is marked on its own and near the mean of the fields, never its mean."""
    chance, catalogue = quarter.chance, quarter.catalogue
    level = chance.gauss(620, 110)
    scores = {part.code: _bounded(chance.gauss(level, 110)) for part in catalogue.exam_fields}
    total = _bounded(sum(scores.values()) / len(scores) + chance.gauss(0, 25))
    passed = exams.passes(catalogue.scheme, catalogue.exam_fields, total, scores)
    official = day < NOTICE.replace(day=1)
    return Sitting(day, moment(NOTICE if official else day, 18), total, scores, passed, official)


def _bounded(score: float) -> int:
    return max(0, min(1000, 5 * round(score / 5)))
