"""A file of a schedule, read to its end: the sessions that it asks for, and every fault of its cells and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from academy.tables import reading
from academy.tables.columns import Column
from academy.tables.faults import Fault
from academy.tables.reading import Unreadable
from courses.schedules.asked import Asked, grouped
from courses.schedules.columns import DATES, LIMITS, MODE, VOCABULARY
from courses.schedules.values import Row, row

# Without these cells it is not known which session a row is of.
_KEYS = frozenset({"course", "ordinal", "position"})


@dataclass(frozen=True)
class Schedule:
    """What a file says. A session of `sessions` has no fault of its own; what is wrong with others is in `faults`."""

    sessions: Sequence[Asked]
    faults: Sequence[Fault]
    ignored: Sequence[str]  # headings of columns that are not known
    encoding: str


def read(stream: BinaryIO) -> Schedule:
    """Every fault is named: those of the file as a whole alone, those of cells and rows together."""
    try:
        table = reading.read(stream, vocabulary=VOCABULARY, mode=MODE, limits=LIMITS)
        _refuse_half_dates(table.columns)
    except Unreadable as unreadable:
        return Schedule([], unreadable.faults, [], "")
    rows, faults = _rows(table)
    groups = grouped(rows, table.columns)
    faults += groups.faults
    wrong = {fault.line for fault in faults}
    sound = [asked for asked in groups.sessions if wrong.isdisjoint(row.line for row in asked.rows)]
    return Schedule(sound, faults, table.unmapped, table.encoding)


def _refuse_half_dates(columns: Sequence[Column]) -> None:
    """A file that dates meetings says the day, the begin and the end."""
    names = {column.name for column in columns}
    if names & {*DATES, "month"} and not names.issuperset(DATES):
        missing = [VOCABULARY.by_name[name].heading for name in DATES if name not in names]
        raise Unreadable([Fault(1, heading, "missing_column") for heading in missing])


def _rows(table: reading.Table) -> tuple[list[Row], list[Fault]]:
    rows, faults = [], []
    keys = {column.heading for column in table.columns if column.name in _KEYS}
    for line, cells in table.rows():
        found, wrong = row(line, cells, table.columns)
        faults += wrong
        if keys.isdisjoint(fault.column for fault in wrong):
            rows.append(found)
    return rows, faults + table.faults
