"""On which day a fiscal year is planned: the tree of organisations changes, and a plan asks it once."""

import datetime as dt

from academy.calendar import fiscal_year as days_of
from academy.clock import today


def planning_day(fiscal_year: int) -> dt.date:
    """Today, or the day of the fiscal year that is nearest to it."""
    first, last = days_of(fiscal_year)
    return min(max(today(), first), last)
