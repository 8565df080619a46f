"""Business days (営業日) of the metropolis, its bureaus and the municipalities.

No business day is a Saturday, a Sunday, a holiday (国民の祝日に関する法律: the named days, the Monday or next day that stands
in for one on a Sunday, and a day between two holidays), or a day from 29 December to 3 January (東京都の休日に関する条例,
as 行政機関の休日に関する法律 第1条).

The holidays come from the library `jpholiday`, which computes them from the law as it stands. For the years that the
Cabinet Office has announced (up to the next) they are the official ones; beyond, the two equinoxes are the astronomical
forecast and a later change of the law is not known. Nothing here reads a clock.
"""

import datetime as dt

import jpholiday

SATURDAY = 5
_DAY = dt.timedelta(days=1)


def is_holiday(day: dt.date) -> bool:
    """Whether the day is a holiday by the act on national holidays."""
    return bool(jpholiday.is_holiday(day))


def is_business_day(day: dt.date) -> bool:
    turn_of_the_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < SATURDAY and not turn_of_the_year and not is_holiday(day)


def business_days_before(day: dt.date, number: int) -> dt.date:
    """The business day so many business days before a day, which itself is not counted.

    Of none: the day itself, or the last business day before it where it is none.
    """
    return _counted(day, number, -_DAY)


def business_days_after(day: dt.date, number: int) -> dt.date:
    """The business day so many business days after a day, which itself is not counted.

    Of none: the day itself, or the first business day after it where it is none.
    """
    return _counted(day, number, _DAY)


def _counted(day: dt.date, number: int, step: dt.timedelta) -> dt.date:
    if number < 0:
        raise ValueError("business days are counted one way")
    if number == 0:
        while not is_business_day(day):
            day += step
        return day
    for _ in range(number):
        day += step
        while not is_business_day(day):
            day += step
    return day


def business_days_between(first: dt.date, last: dt.date) -> int:
    """How many business days after `first` the day `last` is; both are business days, `first` not after `last`."""
    return sum(is_business_day(first + _DAY * passed) for passed in range(1, (last - first).days + 1))
