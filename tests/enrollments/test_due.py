"""Which courses a person should complete, and by when. Today is 2022-06-28; everybody was hired on 2021-04-01."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy import clock
from academy.models import Assignment, Staff
from courses.models import Course
from enrollments.due import DueCourse, NextSession, due_courses_of, seat_due_on
from enrollments.models import Enrollment, Status
from tests import records, stage
from tests.cast import SINCE, Cast, post, repost

D = dt.date


def course(due_from: str = "fiscal_year", days: int = 88, **fields: Any) -> Course:
    return stage.course(due_from=due_from, due_days=days, **fields)


def due(staff: Staff) -> list[DueCourse]:
    return due_courses_of(staff.pk, now=clock.now())


def days_of(staff: Staff) -> list[dt.date]:
    return [each.due_on for each in due(staff)]


def held(of: Course, year: int = 2022, **fields: Any) -> Any:
    return stage.session(of, fiscal_year=year, status="published", **fields)


def test_a_course_is_due_for_its_audience_until_it_is_completed(cast: Cast) -> None:
    made = course(rule={"job_family": ["ict"]}, title_ja="情報セキュリティ", title_en="Security")
    (found,) = due(cast.ict)
    assert found == DueCourse(made.public_id, found.title, D(2022, 4, 1), D(2022, 6, 28), False, None)
    assert (found.title.ja, found.title.en) == ("情報セキュリティ", "Security")
    assert due(cast.staff) == []  # not of its audience
    records.enrolled(held(made), cast.ict, status=Status.ATTENDED)
    assert due(cast.ict) == []


@pytest.mark.parametrize(("days", "overdue"), [(88, False), (87, True)])
def test_the_due_day_itself_is_in_time(cast: Cast, days: int, overdue: bool) -> None:
    course(days=days)
    (found,) = due(cast.ict)
    assert (found.due_on, found.overdue) == (D(2022, 6, 28) - dt.timedelta(days=88 - days), overdue)


@pytest.mark.parametrize(
    ("recurrence", "status", "year", "is_due"),
    [
        ("fiscal_year", Status.ATTENDED, 2021, True),
        ("fiscal_year", Status.ATTENDED, 2022, False),
        ("once", Status.ATTENDED, 2021, False),
        ("once", Status.ABSENT, 2021, True),
        ("once", Status.IN_PROGRESS, 2022, True),
    ],
)
def test_completed_this_year_or_ever(cast: Cast, recurrence: str, status: Status, year: int, is_due: bool) -> None:
    made = course(recurrence=recurrence)
    records.enrolled(held(made, year), cast.ict, status=status)
    assert bool(due(cast.ict)) is is_due


def test_from_hiring_from_the_grade_and_from_the_seat(cast: Cast) -> None:
    course("hiring", 500)
    course("grade", 30)
    seat = course("seat", 14)
    repost(cast.ict, during=DateRange(SINCE, D(2022, 6, 1)))
    post(cast.ict, cast.skills, cast.grades["shunin"], cast.ict_family, during=DateRange(D(2022, 6, 1), None))
    hired, promoted = D(2022, 8, 14), D(2022, 7, 1)  # 500 days after 2021-04-01, 30 after 2022-06-01
    assert days_of(cast.ict) == [promoted, hired]  # without a seat nothing counts from it
    records.enrolled(held(seat), cast.ict)  # given on 2022-06-01
    assert days_of(cast.ict) == [D(2022, 6, 15), promoted, hired]


def test_a_seat_of_another_year_counts_only_for_a_course_that_is_taken_once(cast: Cast) -> None:
    for recurrence, expected in (("fiscal_year", []), ("once", [D(2022, 6, 15)])):
        made = course("seat", 14, recurrence=recurrence)
        records.enrolled(held(made, 2021), cast.ict, status=Status.NOT_COMPLETED)
        assert days_of(cast.ict) == expected
        Course.objects.update(due_from="", due_days=None)


def test_the_next_session_is_one_that_takes_applications(cast: Cast) -> None:
    made = course()
    open_now: dict[str, Any] = {"apply_from": stage.tokyo("2022-06-01 09:00")}
    held(made, starts_on=D(2022, 7, 1), ends_on=D(2022, 7, 1))  # no applications yet
    later = held(made, starts_on=D(2022, 9, 1), ends_on=D(2022, 9, 1), **open_now)
    first = held(made, starts_on=D(2022, 8, 1), ends_on=D(2022, 8, 1), **open_now)
    held(course(rule={"job_family": ["jimu"]}), starts_on=D(2022, 7, 2), ends_on=D(2022, 7, 2), **open_now)
    (found,) = due(cast.ict)
    assert found.next_session == NextSession(first.public_id, D(2022, 8, 1))
    assert found.next_session.id != later.public_id


def test_who_holds_no_post_has_nothing_due(cast: Cast) -> None:
    course()
    Assignment.objects.live().filter(staff=cast.ict).supersede()
    assert due(cast.ict) == []


def test_many_courses_take_as_many_statements_as_one(cast: Cast) -> None:
    counts = []
    for number in (1, 20):
        for _ in range(number):
            made = course(rule={"all": [{"job_family": ["ict"]}, {"grade_at_least": "tmg.shuji"}]})
            records.enrolled(held(made, apply_from=stage.tokyo("2022-06-01 09:00")), cast.ict)
        with CaptureQueriesContext(connection) as captured:
            found = due(cast.ict)
        counts.append(len(captured))
    assert (len(found), counts[0]) == (21, counts[1])


def seat(made: Course, staff: Staff, status: Status = Status.ENROLLED) -> Enrollment:
    (row,) = records.enrolled(held(made), staff, status=status)
    return Enrollment.objects.select_related("course", "staff").get(pk=row.pk)


def test_a_seat_has_its_due_day(cast: Cast) -> None:
    days = {
        "fiscal_year": D(2022, 4, 11),
        "hiring": D(2021, 4, 11),
        "grade": D(2021, 4, 11),
        "seat": D(2022, 6, 11),
    }
    assert {name: seat_due_on(seat(course(name, 10), cast.ict)) for name in days} == days
    assert seat_due_on(seat(stage.course(), cast.ict)) is None
    assert seat_due_on(seat(course("seat", 10), cast.ict, Status.WITHDRAWN)) is None
    waiting = seat(course("seat", 10), cast.ict, Status.WAITLISTED)
    waiting.decided_at = None
    assert seat_due_on(waiting) is None
