"""`lessons/{id}/progress/` and `lesson-progress/`: one's own watching, and what HR sees of it."""

from collections.abc import Callable

import pytest
from psycopg.types.multirange import Multirange
from rest_framework.test import APIClient

from courses.models import Course, Lesson
from enrollments.models import Enrollment, LessonProgress
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.records import enrolled, lessons
from tests.stage import tokyo

ClientOf = Callable[[object], APIClient]


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    policy = stage.policy(certifies=True, attendance_numerator=0, all_lessons=True)
    course: Course = stage.course(policy=policy)
    return lessons(course, 600)[0]


@pytest.fixture
def learner(cast: Cast, lesson: Lesson) -> Enrollment:
    return enrolled(stage.session(lesson.module.version.course, status="published"), cast.ict)[0]


def address(lesson: Lesson) -> str:
    return f"/api/v1/lessons/{lesson.public_id}/progress/"


def test_before_the_first_report_there_is_nothing(
    cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment
) -> None:
    assert client_of(cast.ict).get(address(lesson)).json() == {
        "id": None,
        "enrollment": str(learner.public_id),
        "staff": str(cast.ict.public_id),
        "lesson": str(lesson.public_id),
        "title_ja": "第1話",
        "title_en": "",
        "seconds": 600,
        "seconds_watched": 0,
        "stretches": [],
        "opened_at": None,
        "viewed_at": None,
    }
    assert LessonProgress.objects.count() == 0


def test_a_person_reports_what_they_watched(
    cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment
) -> None:
    client = client_of(cast.ict)
    answer = client.post(address(lesson), {"stretches": [[0, 100], [300, 400], [50, 120]]})
    body = answer.json()
    progress = LessonProgress.objects.get()
    assert body.pop("opened_at").startswith("2022-06-28T10:00:")
    assert (answer.status_code, body) == (
        200,
        {
            "id": str(progress.public_id),
            "enrollment": str(learner.public_id),
            "staff": str(cast.ict.public_id),
            "lesson": str(lesson.public_id),
            "title_ja": "第1話",
            "title_en": "",
            "seconds": 600,
            "seconds_watched": 220,
            "stretches": [[0, 120], [300, 400]],
            "viewed_at": None,
        },
    )
    shown = client.get(address(lesson)).json()
    del shown["opened_at"]
    assert shown == body


def test_watching_the_whole_lesson_completes(
    cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment, at: Clock
) -> None:
    client = client_of(cast.ict)
    assert client.post(address(lesson), {}).json()["viewed_at"] is None
    at(tokyo("2022-06-28 10:05"))  # ten minutes of video in five, at double speed
    answer = client.post(address(lesson), {"stretches": [[0, 600]]})
    assert (answer.status_code, answer.json()["viewed_at"] is None) == (200, False)
    learner.refresh_from_db()
    assert learner.status == "completed"


def test_faster_than_time_is_refused(cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment) -> None:
    client = client_of(cast.ict)
    client.post(address(lesson), {})
    answer = client.post(address(lesson), {"stretches": [[0, 600]]})
    assert (answer.status_code, answer.json()["code"]) == (409, "watched_faster_than_time")
    assert answer.json()["detail"] == "600 new seconds are more than the 5 that the time since allows."


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"stretches": [[0, 601]]}, [("/stretches/0", "out_of_bounds")]),
        ({"stretches": [[0, 1], [9, 9]]}, [("/stretches/1", "reversed")]),
        ({"stretches": [[0]]}, [("/stretches/0", "min_length")]),
        ({"viewed": True}, [("/viewed", "unknown_field")]),
        ({"seconds_watched": 600}, [("/seconds_watched", "unknown_field")]),
    ],
)
def test_forged_reports_are_refused(
    cast: Cast,
    client_of: ClientOf,
    lesson: Lesson,
    learner: Enrollment,
    body: dict[str, object],
    faults: list[tuple[str, str]],
) -> None:
    answer = client_of(cast.ict).post(address(lesson), body)
    assert answer.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults


def test_nobody_else_reports_or_sees_ones_own_page(
    cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment
) -> None:
    for somebody in (cast.ict2, cast.head, cast.trainer):
        assert client_of(somebody).get(address(lesson)).status_code == 404
        assert client_of(somebody).post(address(lesson), {"stretches": [[0, 10]]}).status_code == 404
    assert client_of(cast.hr).post(address(lesson), {}).status_code == 404


def test_progress_is_listed_for_the_person_and_todays_hr(
    cast: Cast, client_of: ClientOf, lesson: Lesson, learner: Enrollment
) -> None:
    client_of(cast.ict).post(address(lesson), {"stretches": [[0, 60]]})
    (other,) = enrolled(learner.session, cast.staff)
    LessonProgress.objects.create(enrollment=other, lesson=lesson, watched=Multirange())

    def listed(somebody: object, query: str = "") -> list[tuple[str, int]]:
        rows = client_of(somebody).get(f"/api/v1/lesson-progress/?order=opened_at{query}").json()["results"]
        return [(row["staff"], row["seconds_watched"]) for row in rows]

    own, others = (str(cast.ict.public_id), 60), (str(cast.staff.public_id), 0)
    assert listed(cast.hr) == [own, others]
    assert listed(cast.hr, f"&enrollment={other.public_id}") == [others]
    assert listed(cast.hr, f"&lesson={lesson.public_id}&session={learner.session.public_id}") == [own, others]
    assert listed(cast.bureau_hr) == [own]
    assert listed(cast.ict) == [own]
    assert listed(cast.head) == []
