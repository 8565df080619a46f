"""The reference date (基準日) of a session: the day for which the rules about people are evaluated. Reads and writes nothing."""

import datetime as dt

from academy.clock import business_date


def reference_date(begins_at: dt.datetime | None, month: dt.date | None) -> dt.date | None:
    """The day of the first live meeting in Tokyo, the first of a month that only is known; None without any meeting."""
    days = [day for day in (business_date(begins_at) if begins_at else None, month) if day]
    return min(days, default=None)
