"""When a session takes place: slots as they are asked for, checked, and turned into days. Reads and writes nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from academy.clock import business_date
from academy.errors import Faults
from courses.models import Venue

MOST_MEETINGS = 200
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Slot:
    """A meeting as it is asked for: with its times, or with the first day of its month where only that is known."""

    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    month: dt.date | None = None
    title_ja: str = ""
    title_en: str = ""
    venue: Venue | None = None


@dataclass(frozen=True)
class Span:
    """First and last day, both inclusive."""

    starts_on: dt.date
    ends_on: dt.date


def check_slots(slots: Sequence[Slot], faults: Faults, *, at: str = "/meetings") -> None:
    """Every slot has aware times in order, or a month; no two of a session overlap."""
    if len(slots) > MOST_MEETINGS:
        faults.add(
            at, "too_many", f"コマは{MOST_MEETINGS}個までです。", f"A session has at most {MOST_MEETINGS} meetings."
        )
        return
    sound = [_check_slot(slot, faults, f"{at}/{index}") for index, slot in enumerate(slots)]
    if all(sound):
        _refuse_overlaps(slots, faults, at)


def _check_slot(slot: Slot, faults: Faults, at: str) -> bool:
    before = len(faults.found)
    if slot.month is not None:
        if slot.starts_at or slot.ends_at:
            faults.add(at, "time_and_month", "日時か月のどちらかです。", "Either times or a month.")
        if slot.month.day != 1:
            faults.add(f"{at}/month", "not_first_day", "月の初日で指定します。", "A month is given by its first day.")
        _check_day(slot.month, faults, f"{at}/month")
    elif slot.starts_at is None or slot.ends_at is None:
        faults.add(at, "no_time", "開始と終了の日時、または月が必要です。", "Begin and end, or a month, are needed.")
    elif slot.starts_at.tzinfo is None or slot.ends_at.tzinfo is None:
        faults.add(at, "no_offset", "日時には時差が必要です。", "A time needs its offset.")
    elif slot.starts_at >= slot.ends_at:
        faults.add(f"{at}/ends_at", "before_start", "終了は開始より後です。", "The end comes after the start.")
    else:
        _check_day(business_date(slot.starts_at), faults, f"{at}/starts_at")
        _check_day(business_date(slot.ends_at), faults, f"{at}/ends_at")
    return len(faults.found) == before


def _check_day(day: dt.date, faults: Faults, at: str) -> None:
    if not EARLIEST <= day <= LATEST:
        faults.add(at, "out_of_range", "2000年から2100年までです。", "From the year 2000 to 2100.")


def _refuse_overlaps(slots: Sequence[Slot], faults: Faults, at: str) -> None:
    timed = sorted(
        (slot.starts_at, slot.ends_at, index) for index, slot in enumerate(slots) if slot.starts_at and slot.ends_at
    )
    latest_end = None
    for starts_at, ends_at, index in timed:
        if latest_end is not None and starts_at < latest_end:
            faults.add(
                f"{at}/{index}",
                "meetings_overlap",
                "同じ回のコマと時間が重なっています。",
                "It overlaps another meeting of the session.",
            )
        latest_end = max(latest_end or ends_at, ends_at)


def span_of(slots: Sequence[Slot], starts_on: dt.date | None, ends_on: dt.date | None, faults: Faults) -> Span | None:
    """The days of a session: those of its meetings, or the given ones where it has none. None with faults added.

    A meeting that is known by its month counts with the whole month; one that ends at midnight ends the day before.
    """
    if slots:
        if starts_on or ends_on:
            text = "コマがある回の日付はコマから決まります。", "The meetings decide the days of a session that has any."
            faults.add("/starts_on" if starts_on else "/ends_on", "derived", *text)
            return None
        return Span(min(_first_day(slot) for slot in slots), max(_last_day(slot) for slot in slots))
    if starts_on is None or ends_on is None:
        at = "/starts_on" if starts_on is None else "/ends_on"
        faults.add(at, "required", "コマのない回には日付が必要です。", "A session without meetings needs its days.")
        return None
    _check_day(starts_on, faults, "/starts_on")
    _check_day(ends_on, faults, "/ends_on")
    if ends_on < starts_on:
        faults.add("/ends_on", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    return Span(starts_on, ends_on)


def _first_day(slot: Slot) -> dt.date:
    return business_date(slot.starts_at) if slot.starts_at else _month(slot)


def _last_day(slot: Slot) -> dt.date:
    if slot.ends_at:
        return business_date(slot.ends_at - _INSTANT)
    return (_month(slot) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _month(slot: Slot) -> dt.date:
    if slot.month is None:
        raise ValueError("a slot has a time or a month: check it first")
    return slot.month


def check_window(apply_from: dt.datetime | None, apply_until: dt.datetime | None, faults: Faults) -> None:
    """Applications begin before they end, and an end alone is no window."""
    if apply_until is None:
        return
    if apply_from is None:
        faults.add("/apply_from", "required", "申込開始の日時が必要です。", "The window needs its beginning.")
    elif apply_until <= apply_from:
        faults.add("/apply_until", "before_start", "終了は開始より後です。", "The end comes after the start.")
