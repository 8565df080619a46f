"""Sessions in which a bench seats people, and their removal: a set is left as it was found."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.clock import start_of
from courses.models import Audience, Course, Meeting, Session

FIRST_DAY = dt.date(2023, 2, 1)
RULE = {"any": [{"grade_at_most": "tmg.g3"}, {"headquarters": True}]}
_REMOVAL = """
    DELETE FROM enrollments_enrollmentstep USING enrollments_enrollment AS each
        WHERE subject_id = each.id AND each.session_id = %(session)s;
    DELETE FROM enrollments_enrollment WHERE session_id = %(session)s;
    DELETE FROM enrollments_seatbatch WHERE session_id = %(session)s;
    DELETE FROM courses_meeting WHERE session_id = %(session)s;
    DELETE FROM courses_session WHERE id = %(session)s;
    DELETE FROM courses_course WHERE id = %(course)s;
    DELETE FROM courses_audience WHERE id = %(audience)s;
"""


@contextmanager
def session(number: int, *, capacity: int | None) -> Iterator[Session]:
    """A published session that takes applications, one evening in February; the `number` says which evening."""
    day = FIRST_DAY + dt.timedelta(days=number)
    course = Course.objects.create(
        program_id=1,
        policy_id=1,
        code=f"hot-{number}",
        title_ja="講座",
        audience=Audience.objects.create(rule=RULE),
    )
    made = Session.objects.create(
        course=course,
        title_ja="回",
        fiscal_year=2022,
        ordinal=1,
        status="published",
        capacity=capacity,
        apply_from=start_of(dt.date(2022, 1, 1)),
        starts_on=day,
        ends_on=day,
    )
    evening = start_of(day) + dt.timedelta(hours=19)
    Meeting.objects.create(session=made, position=1, during=DateTimeTZRange(evening, evening + dt.timedelta(hours=2)))
    try:
        yield made
    finally:
        _remove(made)


def _remove(made: Session) -> None:
    params = {"session": made.pk, "course": made.course_id, "audience": made.course.audience_id}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _REMOVAL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, params)


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE enrollments_enrollment, enrollments_enrollmentstep, courses_session")
