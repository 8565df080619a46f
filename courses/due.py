"""By when whom a course is for should have completed it: a decision that reads and writes nothing.

`due_days` are calendar days, counted from a day that `due_from` names: the day of hiring, the first day in the grade, the
first day of the fiscal year, or the day the seat was given. The day that many days later is the last that is in time.
Completed is completed in this fiscal year for a course of every year, and ever for a course that is taken once.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from academy.calendar import fiscal_year
from courses.models import DueFrom, Recurrence

PERSONAL = frozenset({DueFrom.HIRING, DueFrom.GRADE})
"""Where the due day tells when somebody was hired or promoted."""


@dataclass(frozen=True)
class Beginnings:
    """The days from which days may be counted for one person; None where there is no such day, or nobody knows it."""

    fiscal_year: int
    hired_on: dt.date | None = None
    grade_since: dt.date | None = None
    seated_on: dt.date | None = None

    def of(self, due_from: str) -> dt.date | None:
        if not due_from:
            return None
        first, _ = fiscal_year(self.fiscal_year)
        return {
            DueFrom.HIRING: self.hired_on,
            DueFrom.GRADE: self.grade_since,
            DueFrom.FISCAL_YEAR: first,
            DueFrom.SEAT: self.seated_on,
        }[DueFrom(due_from)]


def due_on(due_from: str, due_days: int | None, beginnings: Beginnings) -> dt.date | None:
    """The last day that is in time; None without a rule, or without the day that it counts from."""
    begins = beginnings.of(due_from)
    return None if begins is None or due_days is None else begins + dt.timedelta(days=due_days)


def is_completed(recurrence: str, completed: Collection[int], year: int) -> bool:
    """Whether somebody who completed a course in these fiscal years has done so as far as this one is concerned."""
    return year in completed if recurrence == Recurrence.FISCAL_YEAR else bool(completed)
