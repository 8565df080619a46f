"""Every list holds its committed number of statements, at 10 sessions and at 2,000."""

import datetime as dt
import json

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from rest_framework.test import APIClient

from courses.models import Instructor, Meeting, Session, SessionInstructor, Venue
from tests import stage
from tests.api import props
from tests.api.crowded import crowd
from tests.api.matrix import Route, address
from tests.api.test_query_counts import READS, TABLE, reader_of, statements
from tests.cast import Cast

LISTS = [route for route in READS if not route.path.endswith(("<uuid:id>/", "/file/", ".ics"))]

WHOLE = {"reports/"}  # the definitions, answered all at once


def add_sessions(up_to: int) -> None:
    """Published sessions of several courses, each with two meetings, a room of its own and an instructor."""
    missing = up_to - Session.objects.count()
    courses = [stage.course() for _ in range(5)]
    first = stage.tokyo("2022-09-01 09:00")
    sessions = Session.objects.bulk_create(
        Session(
            course=courses[number % 5],
            title_ja=f"第{number}回",
            fiscal_year=2022,
            ordinal=10_000 + number,
            status="published",
            capacity=30,
            apply_from=stage.tokyo("2022-06-01 09:00"),
            starts_on=(first + dt.timedelta(days=number % 90)).date(),
            ends_on=(first + dt.timedelta(days=number % 90)).date(),
        )
        for number in range(missing)
    )
    rooms = Venue.objects.bulk_create(
        Venue(code=f"hall-{session.pk}", name_ja=f"会場{session.pk}", name_folded=f"会場{session.pk}", seats=30)
        for session in sessions
    )
    teachers = Instructor.objects.bulk_create(
        Instructor(name=f"講師{session.pk}", name_folded=f"講師{session.pk}") for session in sessions
    )
    SessionInstructor.objects.bulk_create(
        SessionInstructor(session=session, instructor=teacher)
        for session, teacher in zip(sessions, teachers, strict=True)
    )
    Meeting.objects.bulk_create(
        Meeting(
            session=session,
            position=position,
            venue=room,
            during=DateTimeTZRange(
                first + dt.timedelta(days=number % 90, hours=4 * position),
                first + dt.timedelta(days=number % 90, hours=4 * position + 2),
            ),
        )
        for number, (session, room) in enumerate(zip(sessions, rooms, strict=True))
        for position in (1, 2)
    )


@pytest.fixture
def ten(cast: Cast) -> props.Props:
    laid = props.lay_out(cast)
    add_sessions(10)
    return laid


def asked(cast: Cast, laid: props.Props) -> dict[str, int]:
    """The statements of each list, read by who sees the most; the longest pages there are."""
    found = {}
    for route in LISTS:
        client = reader_of(route, cast)
        found[route.path] = statements(client, address(route, laid) + longest_page(client, route, laid))
    return found


def longest_page(client: APIClient, route: Route, laid: props.Props) -> str:
    """Where an address answers page by page, the most rows that a page may have."""
    if route.path in WHOLE:
        return ""
    answer = client.get(address(route, laid))
    paged = answer.headers["Content-Type"].startswith("application/json") and "previous" in answer.json()
    return "?page_size=500" if paged else ""


def test_every_list_at_10_and_at_2000_sessions(cast: Cast, ten: props.Props) -> None:
    committed = json.loads(TABLE.read_text())
    few = asked(cast, ten)
    assert few == {path: committed[path] for path in few}
    crowd(cast, ten)
    add_sessions(2000)
    assert Session.objects.count() == 2000
    assert asked(cast, ten) == few
