"""Business days, against a calendar made by hand: Golden Week, the turn of the year, a holiday on a Sunday."""

import datetime as dt

import pytest

from academy.business_days import (
    business_days_after,
    business_days_before,
    business_days_between,
    is_business_day,
    is_holiday,
)
from academy.operations.reference_data import data_file


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-04-28", True),  # Thursday before Golden Week
        ("2022-04-29", False),  # 昭和の日
        ("2022-04-30", False),  # Saturday
        ("2022-05-02", True),  # the Monday within Golden Week
        ("2022-05-05", False),  # こどもの日
        ("2022-05-06", True),
        ("2022-12-28", True),  # 御用納め
        ("2022-12-29", False),
        ("2023-01-03", False),
        ("2023-01-04", True),  # 御用始め
        ("2023-01-02", False),  # a Monday: 元日 fell on a Sunday, and it is the turn of the year anyhow
        ("2019-04-30", False),  # between two holidays
        ("2019-10-22", False),  # 即位礼正殿の儀, of that year only
        ("2020-10-22", True),
        ("2021-07-23", False),  # スポーツの日, moved for the Games
        ("2021-10-11", True),  # where it would have been
        ("2027-03-22", False),  # the equinox on a Sunday moves its holiday
    ],
)
def test_a_day_is_a_business_day_or_not(text: str, expected: bool) -> None:
    assert is_business_day(day(text)) is expected


@pytest.mark.parametrize(
    ("start", "number", "before", "after"),
    [
        ("2022-07-14", 0, "2022-07-14", "2022-07-14"),
        ("2022-07-14", 1, "2022-07-13", "2022-07-15"),
        ("2022-07-19", 1, "2022-07-15", "2022-07-20"),  # over 海の日 and the weekend
        ("2022-05-06", 1, "2022-05-02", "2022-05-09"),
        ("2022-05-06", 3, "2022-04-27", "2022-05-11"),
        ("2023-01-04", 1, "2022-12-28", "2023-01-05"),
        ("2022-05-01", 0, "2022-04-28", "2022-05-02"),  # a Sunday
        ("2022-05-01", 1, "2022-04-28", "2022-05-02"),
    ],
)
def test_business_days_are_counted_without_the_day_itself(start: str, number: int, before: str, after: str) -> None:
    assert business_days_before(day(start), number) == day(before)
    assert business_days_after(day(start), number) == day(after)


def test_counting_between_is_the_inverse_of_counting_after() -> None:
    first = day("2022-04-28")
    for number in range(40):
        assert business_days_between(first, business_days_after(first, number)) == number


def test_counting_goes_one_way() -> None:
    with pytest.raises(ValueError, match="one way"):
        business_days_before(day("2022-07-14"), -1)


def test_the_holidays_of_the_demo_are_those_of_the_library() -> None:
    """2022 whole: the demo's list was copied from the Cabinet Office's."""
    listed = set(data_file("courses", "programs_fy2022.yaml")["holidays"])
    days = [dt.date(2022, 1, 1) + dt.timedelta(days=passed) for passed in range(365)]
    assert {each for each in days if is_holiday(each)} == listed
