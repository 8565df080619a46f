"""Sessions in which a bench seats people, and their removal: a set is left as it was found."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.clock import start_of
from courses.models import Audience, Course, Meeting, Session
from enrollments.models import Enrollment

DAY = dt.date(2023, 2, 1)
RULE = {"any": [{"grade_at_most": "tmg.g3"}, {"headquarters": True}]}
_REMOVAL = """
    CREATE TEMPORARY TABLE bench_gone ON COMMIT DROP AS
        SELECT id, public_id FROM enrollments_enrollment WHERE session_id = ANY(%(sessions)s);
    DELETE FROM academy_notice USING bench_gone WHERE subject = bench_gone.public_id;
    DELETE FROM enrollments_decisionline USING enrollments_decision AS decision
        WHERE decision_id = decision.id AND decision.course_id = %(course)s;
    DELETE FROM enrollments_decidedsession WHERE session_id = ANY(%(sessions)s);
    DELETE FROM enrollments_decisionstep USING enrollments_decision AS decision
        WHERE subject_id = decision.id AND decision.course_id = %(course)s;
    DELETE FROM enrollments_decision WHERE course_id = %(course)s;
    DELETE FROM enrollments_enrollmentstep USING bench_gone WHERE subject_id = bench_gone.id;
    DELETE FROM enrollments_enrollment WHERE session_id = ANY(%(sessions)s);
    DELETE FROM enrollments_seatbatch WHERE session_id = ANY(%(sessions)s);
    DELETE FROM courses_meeting WHERE session_id = ANY(%(sessions)s);
    DELETE FROM courses_session WHERE id = ANY(%(sessions)s);
    DELETE FROM courses_course WHERE id = %(course)s;
    DELETE FROM courses_audience WHERE id = %(audience)s;
"""


@contextmanager
def sessions(number: int, *, capacity: int | None, **fields: Any) -> Iterator[Sequence[Session]]:
    """Published sessions of a course of their own, on the same evening; they take applications unless `fields` say otherwise."""
    course = Course.objects.create(
        program_id=1, policy_id=1, code="hot", title_ja="講座", audience=Audience.objects.create(rule=RULE)
    )
    usual = {"status": "published", "apply_from": start_of(dt.date(2022, 1, 1)), "starts_on": DAY, "ends_on": DAY}
    evening = start_of(DAY) + dt.timedelta(hours=19)
    made = [
        Session.objects.create(
            course=course, title_ja="回", fiscal_year=2022, ordinal=ordinal, capacity=capacity, **usual | fields
        )
        for ordinal in range(1, number + 1)
    ]
    for each in made:
        Meeting.objects.create(
            session=each, position=1, during=DateTimeTZRange(evening, evening + dt.timedelta(hours=2))
        )
    try:
        yield made
    finally:
        _remove(course, made)


@contextmanager
def session(*, capacity: int | None, **fields: Any) -> Iterator[Session]:
    """One of them."""
    with sessions(1, capacity=capacity, **fields) as made:
        yield made[0]


def refuse_miscount(sessions: Sequence[Session], seated: int) -> None:
    """A fast answer that oversells, or loses a seat, is no figure: the seats of each session are counted again."""
    keys = [each.pk for each in sessions]
    counted = dict.fromkeys(keys, 0)
    for key in Enrollment.objects.filter(session__in=keys).seated().values_list("session_id", flat=True):
        counted[key] += 1
    told = dict(Session.objects.filter(pk__in=keys).values_list("pk", "seats_taken"))
    if not counted == told == dict.fromkeys(keys, seated):
        raise RuntimeError(f"{seated} ought to sit in each session: {counted} do, {told} are told")


def _remove(course: Course, made: Sequence[Session]) -> None:
    params: dict[str, Any] = {
        "sessions": [each.pk for each in made],
        "course": course.pk,
        "audience": course.audience_id,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _REMOVAL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, params)


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE enrollments_enrollment, enrollments_enrollmentstep, courses_session")
