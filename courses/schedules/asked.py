"""Which rows of a schedule are one session, and what they ask of it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from academy.tables.columns import Column
from academy.tables.faults import Fault
from courses.models import Venue
from courses.schedules.columns import DATES, MEETING_NAMES, SESSION_NAMES
from courses.schedules.times import instant
from courses.schedules.values import Row, says_a_meeting
from courses.scheduling import Slot

KEYS = frozenset({"course", "fiscal_year", "ordinal", "status"})


@dataclass(frozen=True)
class Asked:
    """A session as the file has it: its rows, those of its meetings in their order, and how the columns are headed."""

    rows: tuple[Row, ...]
    headings: Mapping[str, str]
    meetings: tuple[Row, ...] = ()

    @property
    def line(self) -> int:
        return self.rows[0].line

    @property
    def course(self) -> str:
        return str(self.rows[0]["course"])

    @property
    def ordinal(self) -> int | None:
        number: int | None = self.rows[0]["ordinal"]
        return number

    @property
    def fields(self) -> dict[str, Any]:
        """The values of the session's own columns that the file has."""
        first = self.rows[0].values
        return {name: first[name] for name in SESSION_NAMES if name in first and name not in KEYS}

    def fault(self, name: str, code: str, line: int | None = None) -> Fault:
        return Fault(line or self.line, self.headings.get(name, ""), code)


@dataclass
class Grouping:
    """All sessions of a file, and what is wrong with how its rows go together."""

    sessions: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def grouped(rows: Iterable[Row], columns: Sequence[Column]) -> Grouping:
    """Rows of one course and number are one session, wherever they stand; without a number, those that follow each other.

    A row without a number begins a new session, unless its meeting number says that it goes on.
    """
    found = Grouping()
    headings = {column.name: column.heading for column in columns}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    open_key: tuple[Any, ...] = ()
    for row in rows:
        if row["ordinal"] is not None:
            groups.setdefault((row["course"], row["ordinal"]), []).append(row)
            continue
        goes_on = (row["position"] or 1) > 1
        if not goes_on:
            open_key = (row["course"], None, row.line)
        elif open_key[:1] != (row["course"],) or (groups[open_key][-1]["position"] or 1) >= row["position"]:
            found.faults.append(Fault(row.line, headings["position"], "meeting_without_first"))
            continue
        groups.setdefault(open_key, []).append(row)
    for group in groups.values():
        faults = [*_differing(group, headings), *_numbers(group, headings)]
        found.faults += faults
        if not faults:
            found.sessions.append(Asked(tuple(group), headings, tuple(_in_order(group))))
    found.sessions.sort(key=lambda asked: asked.line)
    return found


def _differing(group: Sequence[Row], headings: Mapping[str, str]) -> list[Fault]:
    """The columns of a session say the same on each of its rows."""
    first = group[0].values
    return [
        Fault(row.line, headings[name], "differs_within_session")
        for row in group[1:]
        for name in SESSION_NAMES
        if name in row.values and name in first and row.values[name] != first[name]
    ]


def _numbers(group: Sequence[Row], headings: Mapping[str, str]) -> list[Fault]:
    """Either every row of a session has its meeting number, once, or none has one."""
    numbers = [row["position"] for row in group]
    if len(group) == 1 or not any(numbers):
        return []
    faults = [Fault(row.line, headings["position"], "missing_value") for row in group if row["position"] is None]
    twice = [row for place, row in enumerate(group) if row["position"] in numbers[:place]]
    return faults or [Fault(row.line, headings["position"], "duplicate_meeting") for row in twice]


def _in_order(group: Sequence[Row]) -> list[Row]:
    return sorted((row for row in group if says_a_meeting(row)), key=lambda row: row["position"] or 0)


def slots_of(
    asked: Asked, stored: Sequence[Slot], venue_of: Callable[[Row], Venue | None]
) -> list[Slot] | list[Fault] | None:
    """The meetings that are asked for; None where the file has no column of meetings.

    Without the columns of dates the stored meetings stay, and the other columns change what they say.
    """
    headings = asked.headings
    if not any(name in headings for name in MEETING_NAMES if name != "position"):
        return None
    if any(name in headings for name in DATES):
        places = {row["position"]: place for place, row in enumerate(asked.meetings, start=1) if row["position"]}
        return [
            _slot(row, stored[place] if place < len(stored) else Slot(), venue_of, places)
            for place, row in enumerate(asked.meetings)
        ]
    found, faults = list(stored), []
    same = {place: place for place in range(1, len(stored) + 1)}
    for order, row in enumerate(asked.meetings, start=1):
        place = row["position"] or order
        if place > len(stored):
            faults.append(asked.fault("position", "no_such_meeting", row.line))
        else:
            found[place - 1] = _slot(row, stored[place - 1], venue_of, same)
    return faults or found


def _slot(row: Row, stored: Slot, venue_of: Callable[[Row], Venue | None], places: Mapping[int, int]) -> Slot:
    """A stored meeting with what its row says; places of recorded meetings are counted from 1, whatever their numbers."""
    values = row.values
    given: dict[str, Any] = {}
    for name, of in (("meeting_title_ja", "title_ja"), ("meeting_title_en", "title_en"), ("form", "form")):
        if name in values:
            given[of] = values[name]
    if "archive_of" in values:
        recorded = values["archive_of"]
        given["archive_of"] = None if recorded is None else places.get(recorded, 0 if places else recorded)
    if "venue" in values:
        given["venue"] = venue_of(row)
    if "date" in values or "month" in values:
        given |= _times(values)
    return replace(stored, **given)


def _times(values: Mapping[str, Any]) -> dict[str, Any]:
    day: dt.date | None = values.get("date")
    begins, ends = values.get("begins"), values.get("finishes")
    if day is None or begins is None or ends is None:
        return {"starts_at": None, "ends_at": None, "month": values.get("month")}
    return {
        "starts_at": instant(day, begins),
        "ends_at": ends if isinstance(ends, dt.datetime) else instant(day, ends),
        "month": None,
    }
