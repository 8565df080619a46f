"""When a session takes place: slots as they are asked for, checked, and turned into days. Reads and writes nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from academy.calendar import fiscal_year, fiscal_year_of
from academy.clock import business_date, start_of
from academy.errors import Faults
from courses.models import Meeting, MeetingForm, Venue

MOST_MEETINGS = 200
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Slot:
    """A meeting as it is asked for: with its times, or with the first day of its month where only that is known.

    An archive is the time in which a recording can be watched; `archive_of` is the position of the recorded meeting among
    the slots, counted from 1.
    """

    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    month: dt.date | None = None
    title_ja: str = ""
    title_en: str = ""
    venue: Venue | None = None
    form: MeetingForm = MeetingForm.LIVE
    archive_of: int | None = None

    @property
    def live(self) -> bool:
        return self.form == MeetingForm.LIVE


def slot_of(meeting: Meeting, *, archive_of: int | None = None) -> Slot:
    """A meeting as it would be asked for."""
    return Slot(
        starts_at=meeting.during.lower if meeting.during else None,
        ends_at=meeting.during.upper if meeting.during else None,
        month=meeting.month,
        title_ja=meeting.title_ja,
        title_en=meeting.title_en,
        venue=meeting.venue,
        form=MeetingForm(meeting.form),
        archive_of=archive_of,
    )


def slots_in_places(meetings: Sequence[Meeting]) -> list[Slot]:
    """The meetings of a session in their order, recordings with the place of what they show."""
    places = {meeting.pk: place for place, meeting in enumerate(meetings, start=1)}
    return [
        slot_of(each, archive_of=places.get(each.archive_of_id) if each.archive_of_id else None) for each in meetings
    ]


@dataclass(frozen=True)
class Span:
    """First and last day, both inclusive; without a date, both are the last day of the fiscal year."""

    starts_on: dt.date
    ends_on: dt.date
    undated: bool = False

    @property
    def fiscal_year(self) -> int:
        return fiscal_year_of(self.starts_on)


@dataclass(frozen=True)
class Days:
    """When a session takes place as it is asked for, beside its meetings: days, or the year of a session without a date."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    fiscal_year: int | None = None
    undated: bool = False


def check_slots(slots: Sequence[Slot], faults: Faults, *, at: str = "/meetings") -> None:
    """Every slot has aware times in order, or a month; no two live ones overlap, and an archive is of one of them."""
    if len(slots) > MOST_MEETINGS:
        faults.add(
            at, "too_many", f"コマは{MOST_MEETINGS}個までです。", f"A session has at most {MOST_MEETINGS} meetings."
        )
        return
    sound = [_check_slot(slot, faults, f"{at}/{index}") for index, slot in enumerate(slots)]
    if all(sound):
        _refuse_overlaps(slots, faults, at)
        for index, slot in enumerate(slots):
            _check_archive(slot, slots, faults, f"{at}/{index}/archive_of")


def _check_archive(slot: Slot, slots: Sequence[Slot], faults: Faults, at: str) -> None:
    """A recording is of a live meeting of the session, and is not watched before that is over."""
    if slot.archive_of is None:
        return
    if slot.live:
        faults.add(at, "not_an_archive", "アーカイブ配信だけの項目です。", "Only an archive has it.")
        return
    recorded = slots[slot.archive_of - 1] if 1 <= slot.archive_of <= len(slots) else None
    if recorded is None or not recorded.live:
        faults.add(
            at, "not_found", "この回の実施のコマではありません。", "No live meeting of the session has this position."
        )
    elif slot.starts_at and recorded.ends_at and slot.starts_at < recorded.ends_at:
        faults.add(at, "before_the_meeting", "元のコマが終わる前です。", "It begins before the meeting is over.")


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
        (slot.starts_at, slot.ends_at, index)
        for index, slot in enumerate(slots)
        if slot.live and slot.starts_at and slot.ends_at
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


def span_of(slots: Sequence[Slot], days: Days, faults: Faults) -> Span | None:
    """The days of a session: those of its live meetings, or the given ones where it has none. None with faults added.

    A meeting that is known by its month counts with the whole month; one that ends at midnight ends the day before.
    An archive decides nothing: it is shown with its own times.
    """
    live = [slot for slot in slots if slot.live]
    if days.undated:
        return _span_of_a_year(slots, days, faults)
    if days.fiscal_year is not None:
        faults.add("/fiscal_year", "derived", "年度は日付から決まります。", "The days decide the fiscal year.")
    if live:
        if days.starts_on or days.ends_on:
            text = "コマがある回の日付はコマから決まります。", "The meetings decide the days of a session that has any."
            faults.add("/starts_on" if days.starts_on else "/ends_on", "derived", *text)
            return None
        return Span(min(_first_day(slot) for slot in live), max(_last_day(slot) for slot in live))
    return _given_span(days.starts_on, days.ends_on, faults)


def _span_of_a_year(slots: Sequence[Slot], days: Days, faults: Faults) -> Span | None:
    """A session without a date has a fiscal year, and neither meetings nor days."""
    for given, at in ((slots, "/meetings"), (days.starts_on, "/starts_on"), (days.ends_on, "/ends_on")):
        if given:
            faults.add(at, "undated", "日程未定の回にはありません。", "A session without a date has none.")
    if days.fiscal_year is None:
        faults.add("/fiscal_year", "required", "日程未定の回には年度が必要です。", "It needs its fiscal year.")
        return None
    if not EARLIEST.year <= days.fiscal_year < LATEST.year:
        faults.add("/fiscal_year", "out_of_range", "2000年度から2099年度までです。", "From 2000 to 2099.")
        return None
    last = fiscal_year(days.fiscal_year)[1]
    return Span(last, last, undated=True)


def _given_span(starts_on: dt.date | None, ends_on: dt.date | None, faults: Faults) -> Span | None:
    if starts_on is None or ends_on is None:
        at = "/starts_on" if starts_on is None else "/ends_on"
        faults.add(at, "required", "コマのない回には日付が必要です。", "A session without meetings needs its days.")
        return None
    _check_day(starts_on, faults, "/starts_on")
    _check_day(ends_on, faults, "/ends_on")
    if ends_on < starts_on:
        faults.add("/ends_on", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    return Span(starts_on, ends_on)


def begin_of(slots: Sequence[Slot]) -> dt.datetime | None:
    """When the first live meeting begins, one of which only the month is known with the month; None without any."""
    begins = [slot.starts_at or start_of(_month(slot)) for slot in slots if slot.live]
    return min(begins, default=None)


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


def check_window(
    apply_from: dt.datetime | None, apply_until: dt.datetime | None, faults: Faults, *, by_hand: bool = True
) -> None:
    """Applications begin before they end. An end that is set by hand is no window alone; a rule may give one ahead."""
    if apply_until is None:
        return
    if apply_from is None:
        if by_hand:
            faults.add("/apply_from", "required", "申込開始の日時が必要です。", "The window needs its beginning.")
    elif apply_until <= apply_from:
        faults.add("/apply_until", "before_start", "終了は開始より後です。", "The end comes after the start.")
