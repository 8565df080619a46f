"""The records behind the stories: marks, watched lessons and sat examinations, each with the time it was recorded."""

import datetime as dt
from collections.abc import Iterable, Sequence

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from academy.models import User
from courses.models import Meeting
from enrollments.demo.catalogue import Catalogue
from enrollments.demo.repeatable import story_id
from enrollments.demo.stories import Sitting, Story, Viewing
from enrollments.demo.timetable import Timetable
from enrollments.models import Attendance, ExamAttempt, ExamScore, ExamSource, LessonProgress

AFTER_THE_MEETING = dt.timedelta(minutes=15)


def write_attendance(stories: Iterable[Story], timetable: Timetable, by: User) -> None:
    Attendance.objects.bulk_create(
        [_attendance(story, meeting, by) for story in stories for meeting in _marked(story, timetable)],
        batch_size=1000,
    )


def _marked(story: Story, timetable: Timetable) -> Sequence[Meeting]:
    return [meeting for meeting in timetable.dated(story.session) if meeting.position in story.marks]


def _attendance(story: Story, meeting: Meeting, by: User) -> Attendance:
    if meeting.during is None:
        raise ValueError("a meeting that was marked has a time")
    return Attendance(
        public_id=story_id("attendance", f"{story.name}/{meeting.position}"),
        enrollment=story.row,
        meeting=meeting,
        mark=story.marks[meeting.position],
        by=by,
        recorded_at=meeting.during.upper + AFTER_THE_MEETING,
    )


def write_progress(stories: Iterable[Story]) -> None:
    LessonProgress.objects.bulk_create(
        [_progress(story, viewing) for story in stories for viewing in story.viewings], batch_size=1000
    )


def _progress(story: Story, viewing: Viewing) -> LessonProgress:
    return LessonProgress(
        public_id=story_id("lesson_progress", f"{story.name}/{viewing.lesson.public_id}"),
        enrollment=story.row,
        lesson=viewing.lesson,
        watched=Multirange([Range(0, viewing.seconds)]),
        seconds_watched=viewing.seconds,
        opened_at=viewing.opened_at,
        reported_at=viewing.reported_at,
        viewed_at=viewing.reported_at if viewing.complete else None,
    )


def write_exams(stories: Iterable[Story], catalogue: Catalogue) -> None:
    attempts = [(_attempt(story, sitting, catalogue), sitting) for story in stories for sitting in story.sittings]
    ExamAttempt.objects.bulk_create([attempt for attempt, _ in attempts])
    ExamScore.objects.bulk_create(
        [
            ExamScore(attempt=attempt, field=part, score=sitting.scores[part.code])
            for attempt, sitting in attempts
            for part in catalogue.exam_fields
        ]
    )


def _attempt(story: Story, sitting: Sitting, catalogue: Catalogue) -> ExamAttempt:
    return ExamAttempt(
        public_id=story_id("exam_attempt", f"{story.name}/{sitting.taken_on}"),
        enrollment=story.row,
        scheme=catalogue.scheme,
        taken_on=sitting.taken_on,
        total=sitting.total,
        passed=sitting.passed,
        source=ExamSource.OFFICIAL if sitting.official else ExamSource.SELF_REPORTED,
        recorded_at=sitting.recorded_at,
    )
