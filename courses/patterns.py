"""What the meetings of a session look like whatever their days: to copy them to other days, and to keep as a template.

A part of a pattern is a meeting and how far it lies from the first day:

    business_day  so many business days after the first day
    day           so many calendar days after it
    month         of a meeting of which only the month is known: so many months after that of the first day

Distances are business days where all live meetings begin on business days (a series of weekdays then skips the holidays
of its new weeks), else calendar days. A recording goes with its meeting: so many calendar days after it. Times of day are
those of Tokyo. Reads and writes nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings

from academy.business_days import business_days_after, business_days_between, is_business_day
from academy.clock import business_date
from courses.models import MeetingForm, Venue
from courses.scheduling import Slot


class Distance(StrEnum):
    BUSINESS_DAY = "business_day"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Part:
    """A meeting of a pattern; it ends `days` calendar days after it begins, 0 on the same day."""

    offset: int
    unit: Distance = Distance.BUSINESS_DAY
    starts: dt.time | None = None
    ends: dt.time | None = None
    days: int = 0
    title_ja: str = ""
    title_en: str = ""
    form: MeetingForm = MeetingForm.LIVE
    archive_of: int | None = None  # the position, from 1, of the part that is recorded
    venue: Venue | None = None


def shifted(slots: Sequence[Slot], first_day: dt.date) -> list[Slot]:
    """The same meetings with the first live one on `first_day`: the same times of day, the same distances."""
    return slots_on(parts_of(slots), first_day)


def parts_of(slots: Sequence[Slot]) -> list[Part]:
    """The pattern of meetings."""
    days = [_day(slot) for slot in slots if slot.live]
    first = min(days, default=None) or min((_day(slot) for slot in slots), default=dt.date.min)
    timed = [business_date(slot.starts_at) for slot in slots if slot.live and slot.starts_at]
    business = bool(timed) and all(is_business_day(day) for day in [*timed, first])
    return [_part(slot, slots, first, business) for slot in slots]


def slots_on(parts: Sequence[Part], first_day: dt.date) -> list[Slot]:
    """The meetings of a pattern that begins on `first_day`."""
    days = [_shifted_day(part, first_day) for part in parts]
    for index, part in enumerate(parts):
        if part.archive_of is not None and part.unit == Distance.DAY:
            days[index] = days[part.archive_of - 1] + dt.timedelta(days=part.offset)
    return [_slot(part, day) for part, day in zip(parts, days, strict=True)]


def _part(slot: Slot, slots: Sequence[Slot], first: dt.date, business: bool) -> Part:
    part = Part(
        0, title_ja=slot.title_ja, title_en=slot.title_en, form=slot.form, archive_of=slot.archive_of, venue=slot.venue
    )
    day = _day(slot)
    if slot.starts_at is None or slot.ends_at is None:
        return replace(part, unit=Distance.MONTH, offset=_months(day) - _months(first))
    starts, ends = (instant.astimezone(settings.BUSINESS_TIME_ZONE) for instant in (slot.starts_at, slot.ends_at))
    part = replace(part, starts=starts.time(), ends=ends.time(), days=(ends.date() - starts.date()).days)
    if business and slot.live:
        return replace(part, offset=business_days_between(first, day))
    since = first if slot.archive_of is None else _day(slots[slot.archive_of - 1])
    return replace(part, unit=Distance.DAY, offset=(day - since).days)


def _day(slot: Slot) -> dt.date:
    if slot.starts_at is not None:
        return business_date(slot.starts_at)
    if slot.month is None:
        raise ValueError("a slot has a time or a month: check it first")
    return slot.month


def _months(day: dt.date) -> int:
    return 12 * day.year + day.month - 1


def _shifted_day(part: Part, first_day: dt.date) -> dt.date:
    if part.unit == Distance.BUSINESS_DAY:
        return business_days_after(first_day, part.offset) if part.offset else first_day
    if part.unit == Distance.DAY:
        return first_day + dt.timedelta(days=part.offset)
    year, month = divmod(_months(first_day) + part.offset, 12)
    return dt.date(year, month + 1, 1)


def _slot(part: Part, day: dt.date) -> Slot:
    slot = Slot(
        title_ja=part.title_ja, title_en=part.title_en, form=part.form, archive_of=part.archive_of, venue=part.venue
    )
    if part.starts is None or part.ends is None:
        return replace(slot, month=day.replace(day=1))
    return replace(slot, starts_at=_at(day, part.starts), ends_at=_at(day + dt.timedelta(days=part.days), part.ends))


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=settings.BUSINESS_TIME_ZONE)
