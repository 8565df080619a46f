"""XLSX as a sequence of rows, and which other files look like it."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

import python_calamine

from academy.tables.archives import Archive, BadArchive
from academy.tables.sheets import LAST_COLUMN, survey

RawRow = tuple[int, list[str]]
# Marks before a cell of an XLSX file that is no text; `values` tells a number from digits by them. A text that begins
# with one of these control characters gets the mark of a text, and is refused there as every control character is.
NUMBER, DATE, TRUTH, ERROR, TEXT = "\x01", "\x02", "\x03", "\x04", "\x05"
MARKS = frozenset({NUMBER, DATE, TRUTH, ERROR, TEXT})

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class Workbook:
    """An XLSX file, of which the first visible sheet is read."""

    format = "xlsx"
    encoding = ""

    def __init__(self, stream: BinaryIO, most_rows: int) -> None:
        found = survey(Archive(stream), most_rows)
        self.sheet = found.sheet
        self.errors = set(found.errors)
        stream.seek(0)
        try:
            self.table = python_calamine.CalamineWorkbook.from_filelike(stream).get_sheet_by_name(self.sheet)
        except python_calamine.CalamineError as error:
            raise BadArchive("broken_workbook") from error

    def rows(self) -> Iterator[RawRow]:
        if self.table.start is None:
            return
        first = self.table.start[1] + 1
        for line, row in enumerate(self.table.iter_rows(), 1):
            cells = [marked(each) if type(each) is str else _written(each) for each in row]
            if self.errors:
                place = line * LAST_COLUMN + first
                cells = [ERROR if place + index in self.errors else each for index, each in enumerate(cells)]
            yield line, cells

    @staticmethod
    def plain(cell: str) -> str:
        return cell


def marked(text: str) -> str:
    """A text, so that it is not taken for another kind of cell."""
    return TEXT + text if text[:1] in MARKS else text


def _written(cell: Cell) -> str:
    """A cell that is no text, as text behind its mark."""
    if isinstance(cell, bool):
        return TRUTH + ("1" if cell else "0")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return f"{NUMBER}{int(cell)}"
    if isinstance(cell, int | float):
        return f"{NUMBER}{cell!r}"
    if isinstance(cell, dt.timedelta):
        return f"{DATE}T{cell}"
    if isinstance(cell, dt.time):
        return f"{DATE}T{cell.isoformat()}"
    return DATE + cell.isoformat() if isinstance(cell, dt.date) else cell
