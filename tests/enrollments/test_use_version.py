"""A session that runs moves to another version, while nobody in it has opened a lesson."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.errors import SessionNotPublished
from courses.models import ContentVersion, Course, Lesson, Session
from courses.operations.versions import publish_version
from enrollments.errors.content import ContentIsWatched
from enrollments.models import Enrollment, LessonProgress, Status
from enrollments.operations import content as operation
from enrollments.operations.content import use_version
from enrollments.operations.lessons import report_progress
from tests import stage
from tests.cast import Cast
from tests.records import at_once, draft, enrolled, lessons, unlocked


@pytest.fixture
def course(cast: Cast) -> Course:
    return stage.course(policy=stage.policy(certifies=True, attendance_numerator=0, all_lessons=True))


@pytest.fixture
def lesson(course: Course) -> Lesson:
    return lessons(course, 600)[0]


@pytest.fixture
def session(course: Course, lesson: Lesson) -> Session:
    return stage.session(course, status="published")


@pytest.fixture
def later(course: Course, lesson: Lesson) -> ContentVersion:
    return publish_version(version_id=draft(course, 300).pk, by=None)


def move(session: Session, version: ContentVersion) -> Session:
    return use_version(session_id=session.pk, version_id=version.pk, by=None)


def test_the_session_is_held_with_the_other_version(
    cast: Cast, session: Session, lesson: Lesson, later: ContentVersion
) -> None:
    (learner,) = enrolled(session, cast.ict)
    assert move(session, later).content == later
    new = Lesson.objects.get(module__version=later)
    report_progress(lesson_id=new.pk, staff_id=cast.ict.pk, stretches=[(0, 300)], by=cast.ict.user)
    learner.refresh_from_db()
    assert learner.status == Status.COMPLETED
    event = AuditEvent.objects.get(action="enrollments.use_version")
    assert (event.target, event.detail) == (
        session.public_id,
        {"before": str(lesson.module.version.public_id), "after": str(later.public_id)},
    )


def test_not_once_somebody_has_opened_a_lesson(
    cast: Cast, session: Session, lesson: Lesson, later: ContentVersion
) -> None:
    learners = enrolled(session, cast.ict, cast.ict2)
    report_progress(lesson_id=lesson.pk, staff_id=cast.ict.pk, by=cast.ict.user)
    with pytest.raises(ContentIsWatched) as refused:
        move(session, later)
    assert "1 so far" in refused.value.detail.en
    move(session, lesson.module.version)  # where it is already
    Enrollment.objects.filter(pk=learners[0].pk).move_to(Status.WITHDRAWN, by=None)
    assert move(session, later).content == later  # who left does not hold the others


def test_only_to_a_published_version_of_the_course(session: Session, course: Course, lesson: Lesson) -> None:
    unpublished = draft(course, 60)
    other = lessons(stage.course(), 60)[0].module.version
    for version in (unpublished, other):
        with pytest.raises(InvalidInput) as refused:
            move(session, version)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/version", "not_found")]


@pytest.mark.parametrize("status", ["draft", "cancelled", "finished"])
def test_only_of_a_published_session(course: Course, later: ContentVersion, status: str) -> None:
    with pytest.raises(SessionNotPublished):
        move(stage.session(course, status=status), later)


@pytest.fixture
def both(
    transactional_db: None, cast: Cast, session: Session, lesson: Lesson, later: ContentVersion
) -> Callable[[], list[str]]:
    """Somebody opens a lesson while the session is moved."""
    enrolled(session, cast.ict)
    return lambda: at_once(
        partial(move, session, later),
        partial(report_progress, lesson_id=lesson.pk, staff_id=cast.ict.pk, by=cast.ict.user),
    )


def lost(session: Session) -> bool:
    """Whether somebody has watched what the session is not held with."""
    session.refresh_from_db()
    return LessonProgress.objects.exclude(lesson__module__version=session.content_id).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_watches_what_the_session_is_no_longer_held_with(
    both: Callable[[], list[str]], session: Session
) -> None:
    outcomes = both()
    assert outcomes in (["content_is_watched", "done"], ["done", "not_taking_part"])
    assert not lost(session)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_lesson_is_opened_between_the_look_and_the_write(
    both: Callable[[], list[str]],
    cast: Cast,
    session: Session,
    lesson: Lesson,
    later: ContentVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    look = operation._refuse_watched
    watch = partial(report_progress, lesson_id=lesson.pk, staff_id=cast.ict.pk, by=cast.ict.user)

    def look_while_somebody_opens(learners: Sequence[Enrollment]) -> None:
        look(learners)
        assert at_once(watch) == ["done"]

    monkeypatch.setattr(operation, "lock_participants", unlocked)
    monkeypatch.setattr(operation, "_refuse_watched", look_while_somebody_opens)
    move(session, later)
    assert lost(session)
