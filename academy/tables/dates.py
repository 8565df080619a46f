"""Dates as Japanese offices write them: 2023-04-01, 2023/4/1, 20230401, 令和5年4月1日, R5.4.1, full-width or not.

An era contains the day, or the date is wrong: 平成31年5月1日 never was. Source of the days: 元号を改める詔書 of 1912-07-30 and
1926-12-25 (the day itself is already of the new era), 元号を改める政令 of 1989 and 2019.
"""

import datetime as dt
import re
import unicodedata
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1900, 2100

# The first day of each era; the one before ended on the day before.
_ERAS = (
    ("明治", "M", dt.date(1868, 1, 25)),
    ("大正", "T", dt.date(1912, 7, 30)),
    ("昭和", "S", dt.date(1926, 12, 25)),
    ("平成", "H", dt.date(1989, 1, 8)),
    ("令和", "R", dt.date(2019, 5, 1)),
)
_TIME = r"(?:[T ]*(?P<time>\d{1,2}[:時]\d{1,2}.*))?"
_MONTH_AND_DAY = r"[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?(?P<day>\d{1,2}) ?日?"
_WRITTEN = (
    re.compile(rf"(?P<year>\d{{4}}) ?{_MONTH_AND_DAY}{_TIME}", re.ASCII),
    re.compile(rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_TIME}", re.ASCII),
    re.compile(
        rf"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])[. ]?(?P<year>元|\d{{1,2}}) ?{_MONTH_AND_DAY}{_TIME}", re.ASCII
    ),
    re.compile(
        rf"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d){_TIME}", re.ASCII
    ),
)
_SHORT_YEAR = re.compile(rf"'?\d{{1,2}} ?{_MONTH_AND_DAY}", re.ASCII)
_TIME_ALONE = re.compile(r"T.*|\d{1,2}[:時]\d{1,2}.*", re.ASCII)
_MIDNIGHT = re.compile(r"0?0[:時]0?0(:00(\.0+)?|分(0?0秒)?)?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


@lru_cache(maxsize=50_000)
def date_of(text: str) -> dt.date | str:
    """The day, or the code of what is wrong with it."""
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())
    for pattern in _WRITTEN:
        found = pattern.fullmatch(plain)
        if found:
            return _checked(found.groupdict())
    if _TIME_ALONE.fullmatch(plain):
        return "time_in_date"
    return "two_digit_year" if _SHORT_YEAR.fullmatch(plain) else "not_a_date"


def _checked(parts: dict[str, str | None]) -> dt.date | str:
    if parts["time"] and not _MIDNIGHT.fullmatch(parts["time"]):
        return "time_in_date"
    year = 1 if parts["year"] == "元" else int(parts["year"] or 0)
    month, day = int(parts["month"] or 0), int(parts["day"] or 0)
    if era := parts.get("era"):
        return _in_era(era, year, month, day)
    found = _day(year, month, day)
    if found is None:
        return "no_such_day"
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else "date_out_of_range"


def _in_era(name: str, year: int, month: int, day: int) -> dt.date | str:
    place = next(place for place, (full, letter, _) in enumerate(_ERAS) if name in (full, letter))
    first = _ERAS[place][2]
    found = _day(first.year + year - 1, month, day)
    if found is None or year == 0:
        return "no_such_day"
    if found < first or (place + 1 < len(_ERAS) and found >= _ERAS[place + 1][2]):
        return "outside_era"
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else "date_out_of_range"


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
