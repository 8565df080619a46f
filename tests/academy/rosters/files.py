"""Roster files for tests: made by hand, and what came of reading one."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from academy.rosters import reading, values
from academy.rosters.faults import TEXTS
from academy.tables.faults import Fault

HEADINGS = ("職員番号", "氏名", "氏名カナ", "所属コード")
SATO = ("00123", "佐藤 花子", "サトウ ハナコ", "A10")
SUZUKI = ("00124", "鈴木 一郎", "スズキ イチロウ", "A20")
LOOKUPS = values.Lookups(
    organizations={"A10": 1, "A20": 2, "013": 3},
    grades={"shuji": 10, "主事": 10, "tmg.shuji": 10, "kacho": 40, "課長": 40, "次長": 50, "次 長": 51},
    job_families={"ict": 6, "ICT": 6, "jimu": 1, "事務": 1},
    hiring_categories={"I-B": 2, "Ⅰ類B": 2},
)
Place = tuple[int, str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of a file: refused whole, or entries and faults by place."""

    refused: bool
    faults: list[Place]
    entries: list[values.Entry]
    table: reading.Table | None = None


def outcome(data: bytes, mode: str = "snapshot") -> Outcome:
    """Read a file to its end. Nothing but `Unreadable` may come out of it, and every fault has a place and a text."""
    try:
        table = reading.read(io.BytesIO(data), mode=mode)
    except reading.Unreadable as error:
        return Outcome(True, _places(error.faults), [])
    entries, faults = [], []
    for line, cells in table.rows():
        assert all(cell is None or "\0" not in cell for cell in cells)
        entry, found = values.entry(line, cells, table.columns, LOOKUPS, mode)
        assert (entry is None) == bool(found)
        faults += found
        if entry is not None:
            entries.append(entry)
    return Outcome(False, _places(table.faults + faults), entries, table)


def _places(faults: list[Fault]) -> list[Place]:
    assert all(each.code in TEXTS and each.line >= 0 and len(each.column) <= 100 for each in faults)
    return sorted((each.line, each.column, each.code) for each in faults)


def table_text(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, mark: str = ",", end: str = "\r\n") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=mark, lineterminator=end).writerows([headings, *rows])
    return written.getvalue()


def csv_file(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    return table_text(*rows, headings=headings).encode(encoding)


def xlsx_file(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS) -> bytes:
    """Texts are written as texts, whatever they look like; numbers as numbers."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名簿")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for line, row in enumerate([headings, *rows]):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif hasattr(cell, "year"):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
    return stream.getvalue()


SHEET, BOOK, RELATIONS, STRINGS = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes | None]) -> bytes:
    """An archive of these entries; those that are None are left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)
    return stream.getvalue()


def repacked(data: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    return packed(parts_of(data) | dict(changes))


def with_rows(rows: bytes) -> bytes:
    """A workbook with a sheet whose rows are given as XML."""
    head = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return repacked(xlsx_file(SATO), {SHEET: head + rows + b"</sheetData></worksheet>"})
