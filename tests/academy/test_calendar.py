"""Fiscal years and quarters, by hand-made tables."""

import datetime as dt

import pytest

from academy.calendar import Quarter, fiscal_year, fiscal_year_of, in_japanese


@pytest.mark.parametrize(
    ("day", "year"),
    [("2022-03-31", 2021), ("2022-04-01", 2022), ("2023-01-01", 2022), ("2023-03-31", 2022), ("2024-02-29", 2023)],
)
def test_a_fiscal_year_begins_on_1_april(day: str, year: int) -> None:
    assert fiscal_year_of(dt.date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("year", "number", "first", "last"),
    [
        (2022, 1, "2022-04-01", "2022-06-30"),
        (2022, 2, "2022-07-01", "2022-09-30"),
        (2022, 3, "2022-10-01", "2022-12-31"),
        (2022, 4, "2023-01-01", "2023-03-31"),
        (2023, 4, "2024-01-01", "2024-03-31"),
    ],
)
def test_the_days_of_a_quarter(year: int, number: int, first: str, last: str) -> None:
    quarter = Quarter(year, number)
    assert (quarter.first.isoformat(), quarter.last.isoformat()) == (first, last)
    assert Quarter.of(quarter.first) == Quarter.of(quarter.last) == quarter


def test_every_day_of_four_years_lies_in_its_quarter() -> None:
    day = dt.date(2020, 4, 1)
    while day < dt.date(2024, 4, 1):
        quarter = Quarter.of(day)
        assert quarter.first <= day <= quarter.last
        assert fiscal_year(quarter.year)[0] <= day <= fiscal_year(quarter.year)[1]
        day += dt.timedelta(days=1)


def test_there_is_no_fifth_quarter() -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        Quarter(2022, 5)


@pytest.mark.parametrize(
    ("year", "text"),
    [(1988, "1988年度"), (1989, "平成元年度"), (2018, "平成30年度"), (2019, "令和元年度"), (2022, "令和4年度")],
)
def test_a_fiscal_year_by_its_era(year: int, text: str) -> None:
    assert in_japanese(year) == text
