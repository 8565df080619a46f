"""Whole years: the anniversary, 29 February, and the two ways to ask."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.anniversaries import full_on, latest_beginning, whole_years

days = st.dates(dt.date(1960, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("since", "day", "years"),
    [
        ("2021-04-01", "2022-03-31", 0),
        ("2021-04-01", "2022-04-01", 1),
        ("2020-02-29", "2021-02-28", 0),
        ("2020-02-29", "2021-03-01", 1),
        ("2020-02-29", "2024-02-29", 4),
        ("2023-02-28", "2024-02-28", 1),
        ("2022-04-01", "2022-03-31", -1),
    ],
)
def test_a_year_is_full_on_its_anniversary(since: str, day: str, years: int) -> None:
    assert whole_years(dt.date.fromisoformat(since), dt.date.fromisoformat(day)) == years


@given(since=days, day=days, years=st.integers(0, 60))
def test_full_years_are_the_same_however_they_are_asked(since: dt.date, day: dt.date, years: int) -> None:
    full = whole_years(since, day) >= years
    assert full == (day >= full_on(since, years))
    assert full == (since <= latest_beginning(day, years))
