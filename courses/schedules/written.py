"""How a stored session is written in the columns of a schedule, and what of it a file may change."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from academy.folding import fold
from academy.tables.writing import encoded
from academy.text import in_both
from courses.deadlines import COLUMNS
from courses.models import Instructor, MeetingForm, Selection, SessionStatus
from courses.schedules.columns import MEETING_NAMES, SESSION_NAMES
from courses.schedules.times import end_text, instant, local, moment_text, month_text, time_text
from courses.schedules.values import KEPT, NONE, RULED, Follows
from courses.scheduling import Slot

DEADLINES: Mapping[str, str] = {column: kind.value for kind, column in COLUMNS.items()}
YES = "○"
LONGEST_RULE = 32_000  # of the characters that a cell of XLSX holds


@dataclass(frozen=True)
class Stored:
    """A session as it is, by the names of the columns; a deadline that the course's rules give is `Follows.RULE`."""

    course: str
    fiscal_year: int
    ordinal: int
    status: str
    counts_all: bool  # whether the course gives its sessions a number of all
    values: Mapping[str, Any]
    ruled: Mapping[str, dt.datetime | None]
    instructors: Sequence[Instructor]
    slots: Sequence[Slot]


def as_cp932(text: str) -> str:
    """A text as it comes back from a file of CP932."""
    return encoded(text, "cp932")[0].decode("cp932")


def label(instructor: Instructor) -> str:
    """氏名(所属), without the mark that separates several."""
    name, affiliation = (
        " ".join(part.replace(";", "；").split()) for part in (instructor.name, instructor.affiliation)
    )
    return f"{name}({affiliation})" if affiliation else name


def key(text: str) -> str:
    """Equal keys are one instructor's label."""
    return fold(text)


def rows(stored: Stored) -> Iterator[tuple[str, ...]]:
    """A row for each meeting, or the one row of a session that has none."""
    first = _session_cells(stored)
    if not stored.slots:
        yield (*first, *[""] * len(MEETING_NAMES))
    for position, slot in enumerate(stored.slots, start=1):
        yield (*first, *_meeting_cells(position, slot))


def _session_cells(stored: Stored) -> tuple[str, ...]:
    values = stored.values
    rule = values["rule"]
    cells = {
        "course": stored.course,
        "fiscal_year": str(stored.fiscal_year),
        "ordinal": str(stored.ordinal),
        "all_time_ordinal": _text(values["all_time_ordinal"], NONE if stored.counts_all else ""),
        "title_ja": values["title_ja"],
        "title_en": values["title_en"],
        "status": in_both(SessionStatus(stored.status).label).ja,
        "selection": in_both(Selection(values["selection"]).label).ja,
        "capacity": _text(values["capacity"]),
        "minimum": _text(values["minimum"]),
        "apply_from": moment_text(values["apply_from"]) if values["apply_from"] else "",
        **{name: _deadline(values[name], stored.ruled[name]) for name in DEADLINES},
        "undated": YES if values["undated"] else "",
        "starts_on": _text(values["starts_on"]),
        "ends_on": _text(values["ends_on"]),
        "instructors": "; ".join(label(each) for each in stored.instructors),
        "rule": _rule(rule),
    }
    return tuple(cells[name] for name in SESSION_NAMES)


def _rule(rule: Any) -> str:
    text = "" if rule is None else json.dumps(rule, ensure_ascii=False)
    return text if len(text) <= LONGEST_RULE else KEPT


def _text(value: Any, none: str = "") -> str:
    return none if value is None else str(value)


def _deadline(value: Any, ruled: dt.datetime | None) -> str:
    if value is Follows.RULE:
        return f"{RULED} {moment_text(ruled)}" if ruled else ""
    return moment_text(value) if value else NONE


def _meeting_cells(position: int, slot: Slot) -> tuple[str, ...]:
    cells = {
        "position": str(position),
        "meeting_title_ja": slot.title_ja,
        "meeting_title_en": slot.title_en,
        "form": "アーカイブ" if slot.form == MeetingForm.ARCHIVE else "実施",
        "archive_of": _text(slot.archive_of),
        "date": "",
        "begins": "",
        "finishes": "",
        "month": month_text(slot.month) if slot.month else "",
        "venue": slot.venue.code if slot.venue else "",
    }
    if slot.starts_at and slot.ends_at:
        day = local(slot.starts_at).date()
        since = local(slot.starts_at) - instant(day, dt.timedelta())
        cells |= {"date": str(day), "begins": time_text(since), "finishes": end_text(slot.ends_at, day)}
    return tuple(cells[name] for name in MEETING_NAMES)
