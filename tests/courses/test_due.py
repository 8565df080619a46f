"""By when a course should be completed: calendar days from a day that its rule names."""

import datetime as dt

import pytest

from courses.due import Beginnings, due_on, is_completed
from courses.models import DueFrom

D = dt.date
ALL = Beginnings(2022, hired_on=D(2020, 10, 1), grade_since=D(2021, 4, 1), seated_on=D(2022, 6, 28))


@pytest.mark.parametrize(
    ("due_from", "days", "expected"),
    [
        ("hiring", 90, D(2020, 12, 30)),
        ("hiring", 0, D(2020, 10, 1)),
        ("grade", 365, D(2022, 4, 1)),
        ("fiscal_year", 0, D(2022, 4, 1)),
        ("fiscal_year", 364, D(2023, 3, 31)),
        ("seat", 14, D(2022, 7, 12)),
        ("", None, None),
    ],
)
def test_days_are_counted_from_the_day_that_is_named(due_from: str, days: int | None, expected: dt.date | None) -> None:
    assert due_on(due_from, days, ALL) == expected


@pytest.mark.parametrize("due_from", ["hiring", "grade", "seat"])
def test_without_the_day_nothing_is_due(due_from: str) -> None:
    assert due_on(due_from, 30, Beginnings(2022)) is None


def test_days_run_over_a_leap_day() -> None:
    assert due_on(DueFrom.HIRING, 29, Beginnings(2023, hired_on=D(2024, 2, 1))) == D(2024, 3, 1)


@pytest.mark.parametrize(
    ("recurrence", "years", "expected"),
    [
        ("fiscal_year", {2021}, False),
        ("fiscal_year", {2021, 2022}, True),
        ("once", {2010}, True),
        ("once", set(), False),
    ],
)
def test_what_was_completed_before(recurrence: str, years: set[int], expected: bool) -> None:
    assert is_completed(recurrence, years, 2022) is expected
