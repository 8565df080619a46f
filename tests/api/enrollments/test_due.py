"""The due day of an enrolment, and `course_due` in `me/tasks/`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, User
from courses.models import SessionInstructor
from tests import records, stage
from tests.cast import ALWAYS, Cast

ClientOf = Callable[[User | Staff], APIClient]
TASKS = "/api/v1/me/tasks/"


def test_a_course_that_is_due_waits_among_the_tasks(cast: Cast, client_of: ClientOf) -> None:
    course = stage.course(
        due_from="fiscal_year", due_days=87, title_ja="情報", title_en="Security", rule={"job_family": ["ict"]}
    )
    days: dict[str, Any] = {"starts_on": dt.date(2022, 8, 1), "ends_on": dt.date(2022, 8, 1)}
    session = stage.session(course, status="published", apply_from=stage.tokyo("2022-06-01 09:00"), **days)
    later = stage.course(due_from="hiring", due_days=1000, title_ja="新任", recurrence="once")
    assert client_of(cast.ict).get(TASKS).json() == {
        "results": [
            {
                "kind": "course_due",
                "id": str(later.public_id),
                "title": "Complete “新任” by 2023-12-27",
                "since": "2021-04-01T00:00:00+09:00",
                "waits_until": None,
                "due_on": "2023-12-27",
                "due_at": None,
                "overdue": False,
                "next_session": None,
                "next_session_starts_on": None,
                "href": f"/api/v1/courses/{later.public_id}/",
            },
            {
                "kind": "course_due",
                "id": str(course.public_id),
                "title": "Complete “Security” by 2022-06-27",
                "since": "2022-04-01T00:00:00+09:00",
                "waits_until": None,
                "due_on": "2022-06-27",
                "due_at": None,
                "overdue": True,
                "next_session": str(session.public_id),
                "next_session_starts_on": "2022-08-01",
                "href": f"/api/v1/courses/{course.public_id}/",
            },
        ]
    }
    assert [task["id"] for task in client_of(cast.staff).get(TASKS).json()["results"]] == [str(later.public_id)]
    assert client_of(cast.hr).get(TASKS).json() == {"results": []}  # no member of staff
    in_japanese = client_of(cast.ict).get(TASKS, headers={"accept-language": "ja"}).json()["results"]
    assert in_japanese[1]["title"] == "「情報」を2022-06-27までに修了"


@pytest.mark.parametrize(
    ("due_from", "day", "told_to_all"),
    [
        ("fiscal_year", "2022-05-01", True),
        ("seat", "2022-07-01", True),
        ("hiring", "2021-05-01", False),
        ("grade", "2021-05-01", False),
    ],
)
def test_when_somebody_was_hired_or_promoted_is_not_told_by_the_due_day(
    cast: Cast, client_of: ClientOf, due_from: str, day: str, told_to_all: bool
) -> None:
    session = stage.session(stage.course(due_from=due_from, due_days=30), status="published")
    (enrollment,) = records.enrolled(session, cast.ict)
    SessionInstructor.objects.create(session=session, instructor=stage.instructor("佐藤 四郎", staff=cast.trainer))
    manager = cast.user("industry_head")
    program = session.course.program.public_id
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    everybody: dict[str, Any] = {"self": cast.ict, "hr": cast.hr, "bureau": cast.bureau_hr}
    others = {"head": cast.head, "instructor": cast.trainer, "manager": manager}
    told = {
        name: client_of(somebody).get(f"/api/v1/enrollments/{enrollment.public_id}/").json()["due_on"]
        for name, somebody in (everybody | others).items()
    }
    assert told == {**dict.fromkeys(everybody, day), **dict.fromkeys(others, day if told_to_all else None)}
