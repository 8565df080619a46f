"""The cells of a row as values; everything that is wrong with the row is found in one pass. Nothing here asks the database."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from academy.tables.cells import code_of, day_of, text_of
from academy.tables.characters import Unacceptable, visible
from academy.tables.columns import Column
from academy.tables.faults import Fault
from academy.tables.words import flag, meaning_of, meanings
from courses.models import MeetingForm, Selection
from courses.schedules.columns import DATES, MEETING_NAMES, MODE
from courses.schedules.times import end_of, moment_of, month_of, plain, time_of, year_of

LONGEST_TITLE = 200
MOST, MOST_SMALL = 2_147_483_647, 32_767  # what a database integer holds
NONE, RULED, KEPT = "なし", "規則", "変更なし"
_COUNT = re.compile(r"\d+|\d{1,3}(,\d{3})+", re.ASCII)
_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]")
SELECTIONS = meanings(
    {
        Selection.FIRST_COME.value: "先着 先着順 first_come",
        Selection.NOMINATION.value: "推薦 推薦制 nomination",
        Selection.SCREENING.value: "選考 screening",
        Selection.LOTTERY.value: "抽選 lottery",
        Selection.ASSIGNED.value: "指名 指名制 assigned",
        Selection.OPEN.value: "自由参加 自由 open",
    }
)
FORMS = meanings(
    {MeetingForm.LIVE.value: "実施 ライブ live", MeetingForm.ARCHIVE.value: "アーカイブ アーカイブ配信 録画 archive"}
)


class Follows(Enum):
    """What a cell says that follows from something else: from the rules of the course, the next number, what is stored."""

    RULE = "rule"
    NEXT = "next"
    STORED = "stored"  # what is too long for a cell stays as it is


@dataclass(frozen=True)
class Row:
    """A row as it is understood: the values of the columns that the file has, by their names."""

    line: int
    values: Mapping[str, Any]
    blank: frozenset[str] = field(default=frozenset())

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


def row(line: int, cells: Sequence[str | None], columns: Sequence[Column]) -> tuple[Row, list[Fault]]:
    """One row, and all that is wrong with it; a value that cannot be read is left out."""
    values: dict[str, Any] = {}
    blank, faults = set(), []
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip() if cell else ""
        try:
            if text:
                values[column.name] = READERS[column.name](text)
            elif MODE in column.known.filled:
                raise Unacceptable("missing_value")
            else:
                values[column.name] = BLANK.get(column.name)
                blank.add(column.name)
        except Unacceptable as error:
            faults.append(Fault(line, column.heading, error.code))
    found = Row(line, values, frozenset(blank))
    headings = {column.name: column.heading for column in columns}
    faults += [Fault(line, headings[name], code) for name, code in _contradictions(found, headings, faults)]
    return found, faults


def _contradictions(found: Row, headings: Mapping[str, str], faults: list[Fault]) -> list[tuple[str, str]]:
    """What is right cell by cell and wrong together: a meeting has a date with both its times, or a month."""
    read = {name for name in (*DATES, "month") if name in headings}
    broken = {name for name in read if headings[name] in [fault.column for fault in faults]}
    filled = {name for name in read if name not in found.blank}
    if broken or not filled:
        return []
    if "month" in filled:
        return [("month", "time_and_month")] if len(filled) > 1 else []
    return [(name, "missing_value") for name in DATES if name in read and name not in filled]


def says_a_meeting(found: Row) -> bool:
    """Whether a row is about a meeting: any of its cells of one is filled."""
    return any(name in found.values and name not in found.blank for name in MEETING_NAMES)


def text_without_what_hides(text: str, longest: int) -> str:
    """Text of any characters, line breaks too, but for controls, turns of direction, and marks of lost characters."""
    hidden = _UNSEEN.search(text)
    if hidden:
        visible(hidden[0])
    if len(text) > longest:
        raise Unacceptable("too_long")
    return text


def _title(cell: str) -> str:
    return text_without_what_hides(text_of(cell), LONGEST_TITLE)


def _code(cell: str) -> str:
    return unicodedata.normalize("NFKC", visible(code_of(cell))).strip()


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """A reader of whole numbers, also as 1,000 and in full width."""

    def read(cell: str) -> int:
        text = plain(cell)
        if not _COUNT.fullmatch(text):
            raise Unacceptable("not_a_count")
        number = int(text.replace(",", "")[:20])
        if not least <= number <= most:
            raise Unacceptable("out_of_range")
        return number

    return read


def _or_none(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda cell: None if plain(cell) in (NONE, "none") else read(cell)


def _deadline(cell: str) -> Any:
    if plain(cell).startswith((RULED, "rule")):
        return Follows.RULE
    return _or_none(moment_of)(cell)


def _names(cell: str) -> str:
    return visible(re.sub(r"[\r\n]+", ";", text_of(cell)))


def _rule(cell: str) -> Any:
    if plain(cell) in (KEPT, "unchanged"):
        return Follows.STORED
    try:
        return json.loads(text_of(cell), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unacceptable("not_json") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _nothing(cell: str) -> None:
    """A column that is written and not read."""


READERS: Mapping[str, Callable[[str], Any]] = {
    "course": _code,
    "fiscal_year": year_of,
    "ordinal": whole(MOST_SMALL, 1),
    "all_time_ordinal": _or_none(whole(MOST_SMALL, 1)),
    "title_ja": _title,
    "title_en": _title,
    "status": _nothing,
    "selection": lambda cell: Selection(meaning_of(text_of(cell), SELECTIONS, "unknown_selection")),
    "capacity": whole(MOST),
    "minimum": whole(MOST),
    "apply_from": moment_of,
    "apply_until": _deadline,
    "change_until": _deadline,
    "substitute_until": _deadline,
    "approve_until": _deadline,
    "nominate_until": _deadline,
    "withdraw_until": _deadline,
    "promote_until": _deadline,
    "undated": lambda cell: flag(text_of(cell)),
    "starts_on": day_of,
    "ends_on": day_of,
    "instructors": _names,
    "rule": _rule,
    "position": whole(MOST_SMALL, 1),
    "meeting_title_ja": _title,
    "meeting_title_en": _title,
    "form": lambda cell: MeetingForm(meaning_of(text_of(cell), FORMS, "unknown_form")),
    "archive_of": whole(MOST_SMALL, 1),
    "date": day_of,
    "begins": time_of,
    "finishes": end_of,
    "month": month_of,
    "venue": _code,
}
# What a blank cell says; of the others it says that there is none.
BLANK: Mapping[str, Any] = {
    "all_time_ordinal": Follows.NEXT,
    "title_ja": "",
    "title_en": "",
    "selection": Selection.FIRST_COME,
    "apply_until": Follows.RULE,
    "change_until": Follows.RULE,
    "substitute_until": Follows.RULE,
    "approve_until": Follows.RULE,
    "nominate_until": Follows.RULE,
    "withdraw_until": Follows.RULE,
    "promote_until": Follows.RULE,
    "undated": False,
    "instructors": "",
    "meeting_title_ja": "",
    "meeting_title_en": "",
    "form": MeetingForm.LIVE,
}
