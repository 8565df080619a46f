"""Times of day, moments and months as Japanese offices write them, and how a schedule writes its own.

Written: 2022-07-14, 14:00, 2022-07-14 14:00, 2022-09; seconds and their parts only where there are any. Times are those of Tokyo.
"""

import datetime as dt
import re
import unicodedata

from django.conf import settings

from academy.tables.cells import day_of, text_of
from academy.tables.characters import Unacceptable, visible
from academy.tables.dates import date_of
from academy.tables.workbooks import DATE, ERROR, MARKS, NUMBER, TEXT, TRUTH

_TIME = re.compile(
    r"(?P<half>午前|午後)?(?P<hour>\d{1,2})(?:時(?:(?P<minute>\d{1,2})分?)?|:(?P<minutes>\d{2})(?::(?P<second>\d{2})(?P<part>\.\d{1,6})?)?)",
    re.ASCII,
)
_MOMENT = re.compile(r"(?P<day>.*?[\d日])(?:T| +|(?<=日))(?P<time>(?:午前|午後)?\d{1,2}[:時].*)", re.ASCII)
_MONTH = re.compile(r"(?P<year>.*?)[-/.年] ?(?P<month>\d{1,2}) ?月?", re.ASCII)
_PLAIN_MONTH = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})", re.ASCII)
MIDNIGHT_AFTER = dt.timedelta(days=1)


def instant(day: dt.date, since_midnight: dt.timedelta) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=settings.BUSINESS_TIME_ZONE) + since_midnight


def local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(settings.BUSINESS_TIME_ZONE)


# Reading.


def plain(cell: str) -> str:
    """The text of a cell, normalised; a date or time cell as Excel keeps it."""
    if cell[:1] in (ERROR, TEXT):
        text_of(cell)
    text = cell[1:] if cell[:1] in MARKS else cell
    return " ".join(unicodedata.normalize("NFKC", visible(text)).split())


def time_of(cell: str) -> dt.timedelta:
    """A time of day since midnight; 24:00 is the midnight after."""
    if cell[:1] in (NUMBER, TRUTH):
        raise Unacceptable("not_a_time")
    text = plain(cell)
    if cell[:1] == DATE:  # Excel keeps a time of day as a time, a length of time, or a moment of its first days
        text = re.sub(r"^(1899-12-3[01]|1900-01-0[01])?T", "", text)
    return _time(text.replace(" ", ""), "not_a_time")


def _time(text: str, code: str) -> dt.timedelta:
    found = _TIME.fullmatch(text)
    if not found:
        raise Unacceptable(code)
    hour = int(found["hour"]) + (12 if found["half"] == "午後" else 0)
    minute, second = int(found["minute"] or found["minutes"] or 0), int(found["second"] or 0)
    parts = int(((found["part"] or "")[1:] or "0").ljust(6, "0"))
    since = dt.timedelta(hours=hour, minutes=minute, seconds=second, microseconds=parts)
    if minute > 59 or second > 59 or since > MIDNIGHT_AFTER or (found["half"] and int(found["hour"]) > 12):
        raise Unacceptable(code)
    return since


def moment_of(cell: str) -> dt.datetime:
    """A day and a time of day."""
    if cell[:1] in (NUMBER, TRUTH):
        raise Unacceptable("not_a_moment")
    found = _MOMENT.fullmatch(plain(cell))
    if not found:
        raise Unacceptable("not_a_moment")
    day = date_of(found["day"])
    if isinstance(day, str):
        raise Unacceptable(day)
    return instant(day, _time(found["time"].replace(" ", ""), "not_a_moment"))


def end_of(cell: str) -> dt.timedelta | dt.datetime:
    """When a meeting is over: a time of its day, or a moment of another day."""
    text = plain(cell)
    if _MOMENT.fullmatch(text) and not text.startswith(("1899-12-3", "1900-01-0")):
        return moment_of(cell)
    return time_of(cell)


def month_of(cell: str) -> dt.date:
    """The first day of a month; Excel makes the first day of what is typed as 2022/9."""
    if cell[:1] == DATE:
        day: dt.date | str = day_of(cell)
    else:
        text = plain(cell)
        found = _PLAIN_MONTH.fullmatch(text) or _MONTH.fullmatch(text)
        day = date_of(text)
        if isinstance(day, str) and found:
            day = date_of(
                f"{found['year']}-{found['month']}-1" if "年" not in text else f"{found['year']}年{found['month']}月1日"
            )
    if isinstance(day, str) or day.day != 1:
        raise Unacceptable("not_a_month")
    return day


def year_of(cell: str) -> int:
    """A fiscal year: 2022, 2022年度, 令和4年度, R4."""
    text = plain(cell).removesuffix("度").removesuffix("年").replace(" ", "")
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return int(text)
    days = [
        date_of(f"{text}年{day}") for day in ("4月1日", "5月1日")
    ]  # 平成31年度 began in one era, 令和元年度 in another
    years = [day.year for day in days if not isinstance(day, str)]
    if not years:
        raise Unacceptable("not_a_year")
    return years[0]


# Writing.


def time_text(since: dt.timedelta) -> str:
    hours, rest = divmod(since, dt.timedelta(hours=1))
    minutes, rest = divmod(rest, dt.timedelta(minutes=1))
    text = f"{hours:02}:{minutes:02}"
    if rest:
        text += f":{rest.seconds:02}"
    return text + (f".{rest.microseconds:06}" if rest.microseconds else "")


def moment_text(moment: dt.datetime) -> str:
    at = local(moment)
    return f"{at.date()} {time_text(at - instant(at.date(), dt.timedelta()))}"


def end_text(ends: dt.datetime, day: dt.date) -> str:
    """The end of a meeting that begins on a day; with its own day where that is another, but for the midnight after."""
    since = local(ends) - instant(day, dt.timedelta())
    return time_text(since) if dt.timedelta() < since <= MIDNIGHT_AFTER else moment_text(ends)


def month_text(month: dt.date) -> str:
    return f"{month:%Y-%m}"
