"""Business time is one time, in SQL and in Python, and moves the date at midnight in Tokyo."""

import datetime as dt

import pytest
from django.db import connection

from academy import clock
from tests.conftest import Clock
from tests.stage import tokyo


def in_the_database() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT academy_now()")
        found = cursor.fetchone()[0]
    assert isinstance(found, dt.datetime)
    return found


def test_sql_and_python_agree(db: None, at: Clock) -> None:
    at(tokyo("2022-06-28 10:00"))
    # The statement's time is the start of the test's transaction: the two differ by the age of that, no more.
    assert abs(in_the_database() - clock.now()) < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2022-06-28 00:00:01", "2022-06-28"),
        ("2022-06-28 08:59:59", "2022-06-28"),
        ("2022-06-28 09:00:00", "2022-06-28"),
        ("2022-06-28 23:59:30", "2022-06-28"),
        ("2022-04-01 00:00:01", "2022-04-01"),
        ("2024-02-29 12:00:00", "2024-02-29"),
    ],
)
def test_the_business_date_is_that_of_tokyo(db: None, at: Clock, instant: str, day: str) -> None:
    at(tokyo(instant))
    assert clock.today().isoformat() == day
    assert clock.business_date(tokyo(instant).astimezone(dt.UTC)).isoformat() == day


def test_a_day_begins_at_midnight_in_tokyo() -> None:
    assert clock.start_of(dt.date(2022, 4, 1)) == dt.datetime(2022, 3, 31, 15, tzinfo=dt.UTC)


def test_real_time_stays_real(db: None, at: Clock) -> None:
    at(tokyo("2022-06-28 10:00"))
    assert abs(clock.real_now() - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
