"""`report_progress`: the union of what was watched, no faster than time, never less."""

import datetime as dt
from collections.abc import Callable, Iterable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.multirange import Multirange

from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.models import Course, Lesson
from enrollments.errors import NotTakingPart, WatchedFasterThanTime
from enrollments.models import Enrollment, LessonProgress, Status
from enrollments.models.records import SecondsIn, watched_with
from enrollments.operations import lessons as operation
from enrollments.operations.lessons import report_progress
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.records import after_both, at_once, enrolled, lessons, steps_of, unlocked
from tests.stage import tokyo

LATER = tokyo("2022-06-28 11:00")


@pytest.fixture
def on_demand(cast: Cast) -> Course:
    return stage.course(policy=stage.policy(certifies=True, attendance_numerator=0, all_lessons=True))


@pytest.fixture
def learner(cast: Cast, on_demand: Course) -> Enrollment:
    return enrolled(stage.session(on_demand, status="published"), cast.ict)[0]


def watch(learner: Enrollment, lesson: Lesson, *stretches: tuple[int, int]) -> LessonProgress:
    report_progress(lesson_id=lesson.pk, staff_id=learner.staff_id, stretches=stretches, by=learner.staff.user)
    return LessonProgress.objects.get(enrollment=learner, lesson=lesson)


def watched(progress: LessonProgress) -> list[tuple[int | None, int | None]]:
    assert progress.watched is not None
    return [(stretch.lower, stretch.upper) for stretch in progress.watched]


def test_all_lessons_viewed_complete_the_course(cast: Cast, on_demand: Course, learner: Enrollment, at: Clock) -> None:
    first, second = lessons(on_demand, 600, 300)
    assert watch(learner, first, (0, 600)).viewed_at is not None
    assert steps_of(learner) == [("enrolled", "in_progress", "")]
    at(LATER)
    watch(learner, second, (0, 150), (150, 300))
    assert steps_of(learner)[1:] == [("in_progress", "completed", "")]
    events = AuditEvent.objects.order_by("pk").values_list("action", "detail")
    assert list(events) == [
        ("enrollments.report_progress", {"lesson": str(first.public_id), "opened": True, "viewed": True}),
        ("enrollments.report_progress", {"lesson": str(second.public_id), "opened": True, "viewed": True}),
    ]


def test_the_first_report_opens_the_lesson(cast: Cast, on_demand: Course, learner: Enrollment) -> None:
    (lesson,) = lessons(on_demand, 600)
    progress = watch(learner, lesson)
    assert (progress.seconds_watched, watched(progress), progress.viewed_at) == (0, [], None)
    assert steps_of(learner) == [("enrolled", "in_progress", "")]


def test_what_was_watched_twice_counts_once(cast: Cast, on_demand: Course, learner: Enrollment, at: Clock) -> None:
    (lesson,) = lessons(on_demand, 600)
    watch(learner, lesson, (100, 200), (0, 50))
    at(LATER)
    before = watch(learner, lesson, (150, 250), (40, 60))
    assert (before.seconds_watched, watched(before)) == (210, [(0, 60), (100, 250)])
    again = watch(learner, lesson, (150, 250), (0, 60))
    assert (again.seconds_watched, again.reported_at) == (210, before.reported_at)


def test_seeking_to_the_end_is_not_viewing(cast: Cast, on_demand: Course, learner: Enrollment, at: Clock) -> None:
    (lesson,) = lessons(on_demand, 1000)
    assert watch(learner, lesson, (0, 10), (990, 1000)).viewed_at is None
    at(LATER)
    assert watch(learner, lesson, (0, 989)).viewed_at is not None
    assert Enrollment.objects.get().status == Status.COMPLETED


def test_one_per_cent_may_be_missing_and_no_more(cast: Cast, on_demand: Course, learner: Enrollment, at: Clock) -> None:
    (lesson,) = lessons(on_demand, 1000)
    assert watch(learner, lesson, (0, 989)).viewed_at is None
    at(LATER)
    viewed = watch(learner, lesson, (0, 990)).viewed_at
    assert viewed is not None
    assert watch(learner, lesson, (990, 994)).viewed_at == viewed


def test_nobody_watches_faster_than_time_allows(cast: Cast, on_demand: Course, learner: Enrollment, at: Clock) -> None:
    (lesson,) = lessons(on_demand, 600)
    LessonProgress.objects.create(
        enrollment=learner, lesson=lesson, watched=Multirange(), reported_at=tokyo("2022-06-28 10:00")
    )
    at(tokyo("2022-06-28 10:01"))  # sixty seconds and a few hundredths later
    with pytest.raises(WatchedFasterThanTime):
        watch(learner, lesson, (0, 130))
    assert watch(learner, lesson, (0, 120)).seconds_watched == 120
    with pytest.raises(WatchedFasterThanTime):
        watch(learner, lesson, (120, 130))
    assert watch(learner, lesson, (120, 124)).seconds_watched == 124


def test_many_small_reports_gain_nothing(cast: Cast, on_demand: Course, learner: Enrollment) -> None:
    (lesson,) = lessons(on_demand, 600)
    watch(learner, lesson)
    assert watch(learner, lesson, (0, 3)).seconds_watched == 3
    assert watch(learner, lesson, (0, 4)).seconds_watched == 4
    with pytest.raises(WatchedFasterThanTime):
        watch(learner, lesson, (0, 9))
    assert LessonProgress.objects.get().seconds_watched == 4


def test_lessons_at_once_share_the_time_there_was(
    cast: Cast, on_demand: Course, learner: Enrollment, at: Clock
) -> None:
    """Four windows, a minute: together they play two minutes and the grace, however the reports are split."""
    four = lessons(on_demand, 600, 600, 600, 600)
    for lesson in four:
        watch(learner, lesson)
    at(tokyo("2022-06-28 10:01"))
    LessonProgress.objects.update(reported_at=tokyo("2022-06-28 10:00"))
    assert watch(learner, four[0], (0, 120)).seconds_watched == 120
    for lesson in four[1:]:
        with pytest.raises(WatchedFasterThanTime):
            watch(learner, lesson, (0, 60))
    assert sum(LessonProgress.objects.values_list("seconds_watched", flat=True)) == 120


def test_a_lesson_that_is_opened_later_has_no_time_of_its_own(
    cast: Cast, on_demand: Course, learner: Enrollment
) -> None:
    first, second = lessons(on_demand, 600, 600)
    watch(learner, first, (0, 600))
    with pytest.raises(WatchedFasterThanTime):
        watch(learner, second, (0, 600))
    assert LessonProgress.objects.get().lesson == first


def test_the_time_of_an_earlier_enrolment_is_another_account(cast: Cast, on_demand: Course) -> None:
    (lesson,) = lessons(on_demand, 600)
    (earlier,) = enrolled(stage.session(on_demand, status="published"), cast.ict)
    watch(earlier, lesson, (0, 600))
    (now,) = enrolled(stage.session(on_demand, status="published"), cast.ict)
    assert watch(now, lesson, (0, 600)).seconds_watched == 600


def test_the_first_stretches_are_held_against_the_time_since_the_seat_was_given(
    cast: Cast, on_demand: Course, learner: Enrollment
) -> None:
    (lesson,) = lessons(on_demand, 600)
    Enrollment.objects.update(decided_at=tokyo("2022-06-28 09:59"))
    with pytest.raises(WatchedFasterThanTime) as refused:
        watch(learner, lesson, (0, 600))
    assert refused.value.code == "watched_faster_than_time"
    assert LessonProgress.objects.count() == 0
    assert watch(learner, lesson, (0, 60)).seconds_watched == 60


@pytest.mark.parametrize(
    ("stretch", "code"),
    [((10, 10), "reversed"), ((20, 10), "reversed"), ((-1, 10), "out_of_bounds"), ((0, 601), "out_of_bounds")],
)
def test_impossible_stretches_are_refused(
    cast: Cast, on_demand: Course, learner: Enrollment, stretch: tuple[int, int], code: str
) -> None:
    (lesson,) = lessons(on_demand, 600)
    with pytest.raises(InvalidInput) as refused:
        watch(learner, lesson, (0, 10), stretch)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/stretches/1", code)]
    assert LessonProgress.objects.count() == 0


@pytest.mark.parametrize("status", [Status.APPLIED, Status.WAITLISTED, Status.OFFERED, Status.WITHDRAWN])
def test_only_who_takes_part_reports(cast: Cast, on_demand: Course, learner: Enrollment, status: Status) -> None:
    (lesson,) = lessons(on_demand, 600)
    (other,) = enrolled(learner.session, cast.ict2, status=status)
    with pytest.raises(NotTakingPart):
        watch(other, lesson)


def test_watching_counts_for_the_enrolment_under_way(cast: Cast, on_demand: Course) -> None:
    (lesson,) = lessons(on_demand, 600)
    (earlier,) = enrolled(stage.session(on_demand, status="published"), cast.ict, status=Status.COMPLETED)
    (now,) = enrolled(stage.session(on_demand, status="published"), cast.ict)
    (next_,) = enrolled(stage.session(on_demand, status="published"), cast.ict, status=Status.APPLIED)
    assert watch(now, lesson, (0, 10)).seconds_watched == 10
    assert (earlier.lesson_progress.count(), next_.lesson_progress.count()) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollments_lessonprogress SET watched = '{[0,5)}'",
        "UPDATE enrollments_lessonprogress SET seconds_watched = 5",
        "UPDATE enrollments_lessonprogress SET viewed_at = NULL",
        "DELETE FROM enrollments_lessonprogress",
    ],
)
def test_the_database_lets_no_progress_shrink(
    cast: Cast, on_demand: Course, learner: Enrollment, statement: str
) -> None:
    (lesson,) = lessons(on_demand, 60)
    watch(learner, lesson, (0, 60))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


STRETCHES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda s: (s[0], s[0] + s[1])), max_size=6)


@pytest.mark.django_db
@settings(max_examples=50, deadline=None)
@given(reports=st.lists(STRETCHES, max_size=5), data=st.data())
def test_reports_in_any_order_any_number_of_times_give_the_same_union(
    reports: list[list[tuple[int, int]]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*reports, *reports]))
    expected = {second for report in reports for begin, end in report for second in range(begin, end)}
    assert _seconds_of(reports) == _seconds_of(shuffled) == len(expected)


def _seconds_of(reports: Iterable[list[tuple[int, int]]]) -> int:
    """The union as the database makes it, of a row that is not kept."""
    stretches = [stretch for report in reports for stretch in report]
    expression = watched_with(stretches)
    sql, params = (
        SecondsIn(expression)
        .resolve_expression(LessonProgress.objects.all().query)
        .as_sql(LessonProgress.objects.all().query.get_compiler("default"), connection)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sql} FROM (SELECT '{{}}'::int4multirange AS watched) AS enrollments_lessonprogress",
            params,
        )
        (seconds,) = cursor.fetchone()
    return int(seconds)


@pytest.fixture
def two_players(transactional_db: None, cast: Cast, on_demand: Course, learner: Enrollment) -> Callable[[], list[str]]:
    """Two windows report 150 seconds each, of a time that allows for little more than 200."""
    (lesson,) = lessons(on_demand, 600)
    watch(learner, lesson)
    LessonProgress.objects.update(reported_at=F("reported_at") - dt.timedelta(seconds=100))
    return lambda: at_once(lambda: watch(learner, lesson, (0, 150)), lambda: watch(learner, lesson, (300, 450)))


@pytest.mark.django_db(transaction=True)
def test_two_players_at_once_share_the_time_there_was(two_players: Callable[[], list[str]]) -> None:
    assert two_players() == ["done", "watched_faster_than_time"]
    assert LessonProgress.objects.get().seconds_watched == 150


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_each_player_has_all_the_time(
    two_players: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. The union itself is made by the database, so that even so no stretch is lost."""
    monkeypatch.setattr(operation, "lock_participants", unlocked)
    monkeypatch.setattr(operation, "_refuse_too_fast", after_both(operation._refuse_too_fast))
    assert two_players() == ["done", "done"]
    progress = LessonProgress.objects.get()
    assert (progress.seconds_watched, watched(progress)) == (300, [(0, 150), (300, 450)])
