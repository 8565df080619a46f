"""The columns of a plan, and its rows as values: what of a programme or a course, in a quarter or the year."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from academy.tables import reading
from academy.tables.cells import code_of, text_of
from academy.tables.characters import Unacceptable, visible
from academy.tables.columns import Column, Known, Vocabulary
from academy.tables.faults import Fault
from academy.tables.reading import Limits, Unreadable
from academy.tables.words import flag
from academy.text import Text
from courses.schedules.times import plain
from courses.schedules.values import MOST, text_without_what_hides, whole

MODE = "plan"
ALWAYS = frozenset({MODE})
LIMITS = Limits(file=16 << 20, rows=1_000, columns=100, cell=10_000)
LONGEST_NOTE = 300
MOST_YEN = 999_999_999_999_999  # exact in every spreadsheet
WHOLE_YEAR = "通年"

KNOWN: tuple[Known, ...] = (
    Known("program", "研修コード", "Programme code", Text("研修のコード。講座コードがあれば空欄も可", "Code of the programme. May be blank where the course is given"), ("program code", "program", "研修CD"), needed=ALWAYS),
    Known("course", "講座コード", "Course code", Text("講座のコード。空欄は研修全体", "Code of the course. Blank: the programme besides its courses"), ("course", "講座CD")),
    Known("quarter", "四半期", "Quarter", Text("1から4。空欄か「通年」は年度全体", "1 to 4. Blank or 通年: the year"), ("期",)),
    Known("sessions", "回数", "Sessions", Text("開催回数", "How many sessions"), ("開催回数",), needed=ALWAYS, filled=ALWAYS),
    Known("seats", "定員延べ", "Seats", Text("全ての回の定員の合計。空欄は未定", "Seats of all sessions. Blank: not known yet"), ("延べ定員", "定員")),
    Known("yen", "予算額(円)", "Budget in yen", Text("円。空欄は未定", "In yen. Blank: not known yet"), ("予算額", "予算", "yen", "budget")),
    Known("provisional", "調整中", "Provisional", Text("○ か ×。空欄は ×", "○ or ×. Blank: ×"), ("未確定",)),
    Known("note", "備考", "Note", Text("300字まで", "At most 300 characters"), ("メモ", "remarks")),
)  # fmt: skip
VOCABULARY = Vocabulary(KNOWN)
HEADINGS = tuple(known.heading for known in KNOWN)
WIDTHS = (18, 18, 8, 8, 10, 16, 8, 40)
_QUARTER = re.compile(r"(?:第|Q)?([1-4])(?:Q|四半期|期)?", re.IGNORECASE)


@dataclass(frozen=True)
class PlanRow:
    """A row of a plan: the values of the columns that the file has."""

    line: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True)
class PlanTable:
    """What a file says: its sound rows, every fault, the headings that are not known, and how the known are written."""

    rows: Sequence[PlanRow]
    faults: Sequence[Fault]
    ignored: Sequence[str]
    headings: Mapping[str, str]


def read(stream: BinaryIO) -> PlanTable:
    """A file read to its end; nothing stops at the first fault."""
    try:
        table = reading.read(stream, vocabulary=VOCABULARY, mode=MODE, limits=LIMITS)
    except Unreadable as unreadable:
        return PlanTable([], unreadable.faults, [], {})
    rows, faults = [], []
    for line, cells in table.rows():
        found, wrong = _row(line, cells, table.columns)
        faults += wrong
        if not wrong:
            rows.append(found)
    return PlanTable(rows, faults + table.faults, table.unmapped, {each.name: each.heading for each in table.columns})


def _row(line: int, cells: Sequence[str | None], columns: Sequence[Column]) -> tuple[PlanRow, list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip() if cell else ""
        try:
            if text:
                values[column.name] = READERS[column.name](text)
            elif MODE in column.known.filled:
                raise Unacceptable("missing_value")
        except Unacceptable as error:
            faults.append(Fault(line, column.heading, error.code))
    if not faults and not values.get("program") and not values.get("course"):
        faults.append(Fault(line, next(each.heading for each in columns if each.name == "program"), "missing_value"))
    return PlanRow(line, values), faults


def _code(cell: str) -> str:
    return unicodedata.normalize("NFKC", visible(code_of(cell))).strip()


def _quarter(cell: str) -> int | None:
    text = plain(cell).replace(" ", "")
    if text == WHOLE_YEAR:
        return None
    found = _QUARTER.fullmatch(text)
    if not found:
        raise Unacceptable("not_a_quarter")
    return int(found[1])


def _yen(cell: str) -> int:
    return whole(MOST_YEN)(re.sub(r"^[¥\\]|円$", "", plain(cell)))


def _note(cell: str) -> str:
    return text_without_what_hides(text_of(cell), LONGEST_NOTE)


READERS: Mapping[str, Callable[[str], Any]] = {
    "program": _code,
    "course": _code,
    "quarter": _quarter,
    "sessions": whole(MOST),
    "seats": whole(MOST),
    "yen": _yen,
    "provisional": lambda cell: flag(text_of(cell)),
    "note": _note,
}
