"""What becomes of the meetings of a session that is rescheduled: a plan from the meetings as they are and as they are wanted.

Reads and writes nothing. A wanted meeting that names one of the session's changes it in place, so that calendars follow;
one without a name is new; a meeting that is not wanted any more is cancelled and stays as a row. What was held stays.
"""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, Literal
from uuid import UUID

from academy.clock import business_date
from academy.errors import Faults
from courses.models import Meeting
from courses.scheduling import Days, Slot, Span, check_slots, slot_of, span_of


class Unchanged(Enum):
    """What is not given and stays as it is, where `None` is a value."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
Capacity = int | None | Literal[Unchanged.UNCHANGED]


@dataclass(frozen=True)
class Wanted:
    """A meeting as it is wanted; `fields` are those of a `Slot` that are given."""

    id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class Fate(Enum):
    KEPT = "kept"
    RETITLED = "retitled"
    MOVED = "moved"
    ADDED = "added"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Planned:
    """One meeting: the row where there is one, as it was and as it will be."""

    fate: Fate
    meeting: Meeting | None
    before: Slot | None
    after: Slot | None

    @property
    def told(self) -> bool:
        """Whether it changes when or where somebody has to be."""
        return self.fate in {Fate.MOVED, Fate.ADDED, Fate.CANCELLED}


@dataclass(frozen=True)
class Plan:
    """All meetings that are not cancelled already; `live` those that will take place, numbered by their place in it."""

    meetings: tuple[Planned, ...]

    @property
    def live(self) -> tuple[Planned, ...]:
        return tuple(each for each in self.meetings if each.after is not None)

    def of(self, fate: Fate) -> list[Planned]:
        return [each for each in self.meetings if each.fate is fate]

    @property
    def changes(self) -> bool:
        return any(each.fate is not Fate.KEPT for each in self.meetings)

    @property
    def told(self) -> bool:
        return any(each.told for each in self.meetings)

    @property
    def span(self) -> Span | None:
        """First and last day; None where no meeting is left to decide them."""
        slots = [each.after for each in self.live if each.after is not None]
        return span_of(slots, Days(), Faults()) if slots else None

    @property
    def first_day(self) -> dt.date | None:
        return self.span.starts_on if self.span else None


def over(slot: Slot, now: dt.datetime) -> bool:
    """Whether a meeting has ended, one of which only the month is known with the month."""
    if slot.ends_at is not None:
        return slot.ends_at <= now
    return slot.month is not None and slot.month < business_date(now).replace(day=1)


def unchanged(meetings: Sequence[Meeting]) -> Plan:
    """The plan that leaves every meeting as it is."""
    return Plan(tuple(Planned(Fate.KEPT, each, slot_of(each), slot_of(each)) for each in meetings))


def all_cancelled(meetings: Sequence[Meeting], now: dt.datetime) -> Plan:
    """The plan of a session that does not take place: what was held stays, the rest is cancelled."""
    slots = [(each, slot_of(each)) for each in meetings]
    return Plan(
        tuple(
            Planned(Fate.KEPT, each, slot, slot) if over(slot, now) else Planned(Fate.CANCELLED, each, slot, None)
            for each, slot in slots
        )
    )


def plan_of(
    meetings: Sequence[Meeting],
    wanted: Sequence[Wanted],
    *,
    held: Set[int],
    needs_meeting: bool,
    now: dt.datetime,
    faults: Faults,
) -> Plan:
    """Match what is wanted with the live meetings (archives are not in question); faults are added for what cannot be.

    `held` are the keys of meetings that have marks: like those that are over, they are neither moved nor cancelled.
    """
    known = {each.public_id: each for each in meetings}
    fixed = {each.pk for each in meetings if each.pk in held or over(slot_of(each), now)}
    planned = [_planned(index, each, known, faults) for index, each in enumerate(wanted)]
    _refuse_repeated(wanted, faults)
    before = len(faults.found)
    check_slots([each.after for each in planned if each.after is not None], faults)
    if len(faults.found) == before:
        for index, each in enumerate(planned):
            _check_move(each, fixed, now, faults, f"/meetings/{index}")
    named = {each.meeting.pk for each in planned if each.meeting is not None}
    dropped = [Planned(Fate.CANCELLED, each, slot_of(each), None) for each in meetings if each.pk not in named]
    if any(each.meeting and each.meeting.pk in fixed for each in dropped):
        _held(faults, "/meetings")
    if needs_meeting and not planned:
        faults.add("/meetings", "required", "コマが一つは必要です。", "At least one meeting must remain.")
    return Plan(tuple(sorted([*planned, *dropped], key=_position)))


def _planned(index: int, wanted: Wanted, known: Mapping[UUID, Meeting], faults: Faults) -> Planned:
    if wanted.id is None:
        return Planned(Fate.ADDED, None, None, _merged(Slot(), wanted.fields))
    meeting = known.get(wanted.id)
    if meeting is None:
        text = "この回の(中止していない)コマではありません。", "No meeting of this session that takes place."
        faults.add(f"/meetings/{index}/id", "not_found", *text)
        return Planned(Fate.ADDED, None, None, None)
    before = slot_of(meeting)
    after = _merged(before, wanted.fields)
    if after == before:
        fate = Fate.KEPT
    elif replace(after, title_ja=before.title_ja, title_en=before.title_en) == before:
        fate = Fate.RETITLED
    else:
        fate = Fate.MOVED
    return Planned(fate, meeting, before, after)


def _merged(slot: Slot, fields: Mapping[str, Any]) -> Slot:
    """What is not given stays; a time given takes the place of a month, and the other way round."""
    if fields.get("month"):
        slot = replace(slot, starts_at=None, ends_at=None)
    if "starts_at" in fields or "ends_at" in fields:
        slot = replace(slot, month=None)
    return replace(slot, **fields)


def _refuse_repeated(wanted: Sequence[Wanted], faults: Faults) -> None:
    seen: set[UUID] = set()
    for index, each in enumerate(wanted):
        if each.id is not None and each.id in seen:
            faults.add(f"/meetings/{index}/id", "repeated", "同じコマが二度あります。", "A meeting is named twice.")
        if each.id is not None:
            seen.add(each.id)


def _check_move(planned: Planned, fixed: Set[int], now: dt.datetime, faults: Faults, at: str) -> None:
    """What is over or has marks stays where it is; what moves or is added lies in the future."""
    if planned.fate not in {Fate.MOVED, Fate.ADDED} or planned.after is None:
        return
    if planned.meeting is not None and planned.meeting.pk in fixed:
        _held(faults, at)
        return
    slot = planned.after
    past = over(slot, now) if slot.starts_at is None else slot.starts_at <= now
    same_time = planned.before is not None and _times(planned.before) == _times(slot)
    if past and not same_time:
        place = f"{at}/month" if slot.starts_at is None else f"{at}/starts_at"
        faults.add(place, "past", "現在より後の日時です。", "The new time lies in the future.")


def _times(slot: Slot) -> tuple[object, ...]:
    return slot.starts_at, slot.ends_at, slot.month


def _held(faults: Faults, at: str) -> None:
    text = "終わったコマ、出欠のあるコマは移動・中止できません。", "A meeting that is over or has marks stays."
    faults.add(at, "meeting_held", *text)


def _position(planned: Planned) -> int:
    """Existing meetings by their position, then the new ones in the order given."""
    return planned.meeting.position if planned.meeting is not None else 1_000_000
