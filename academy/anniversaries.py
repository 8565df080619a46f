"""Whole years between days. A year is full on its anniversary; that of 29 February is 1 March where there is none
(民法 第143条). Reads no clock.
"""

import datetime as dt


def whole_years(since: dt.date, day: dt.date) -> int:
    """The years that are full on a day, negative before `since`."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def full_on(since: dt.date, years: int) -> dt.date:
    """The first day on which so many years are full."""
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        return dt.date(since.year + years, 3, 1)


def latest_beginning(day: dt.date, years: int) -> dt.date:
    """The latest day from which so many years are full on `day`: the twin of `whole_years` for a query."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)
