"""Reading a table: the file is recognised by what it contains, and its rows come one after another.

The cells are as they were written. A cell of an XLSX file that is no text carries a mark before it (`workbooks.MARKS`: number,
date, truth value, error), so that 00123 that became 123 is not taken for a code. No cell contains a NUL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from academy.tables.archives import BadArchive
from academy.tables.columns import Column, Vocabulary
from academy.tables.delimited import Broken, Delimited
from academy.tables.encodings import UnknownEncoding
from academy.tables.faults import Fault
from academy.tables.workbooks import MARKS, Workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COMPRESSED = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
    b"LZIP",
    b"\x04\x22\x4d\x18",
)
_OTHERS = (b"%PDF", b"PK\x05\x06", b"PK\x07\x08", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table", b"<meta")

RawRow = tuple[int, list[str]]
Row = tuple[int, list[str | None]]


@dataclass(frozen=True)
class Limits:
    """How large a file of one format may be: bytes, rows, columns, and characters in a cell."""

    file: int
    rows: int
    columns: int
    cell: int


class Unreadable(Exception):
    """No row of the file can be read; `faults` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(", ".join(each.code for each in faults))


class _Source(Protocol):
    @property
    def format(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    def rows(self) -> Iterator[RawRow]: ...
    def plain(self, cell: str) -> str: ...


class Table:
    """A file whose headings are understood. `rows` is gone through once; `faults` are those of the rows until then."""

    def __init__(self, source: _Source, vocabulary: Vocabulary, mode: str, limits: Limits) -> None:
        self.limits = limits
        self.format = source.format
        self.encoding = source.encoding
        self.sheet = source.sheet
        self.faults: list[Fault] = []
        self._plain = source.plain
        self._rows = source.rows()
        line, cells = next(((line, cells) for line, cells in self._rows if not _is_blank(cells)), (0, []))
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            raise Unreadable([Fault(0, "", "empty_file")])
        if len(cells) > limits.columns:
            raise Unreadable([Fault(line, "", "too_many_columns")])
        found = vocabulary.understand([_unmarked(source.plain(each)) for each in cells], mode, line)
        if found.faults:
            raise Unreadable(found.faults)
        self.headings = found.written
        self.columns: list[Column] = found.columns
        self.unmapped = found.unmapped
        self._places = found.places

    def rows(self) -> Iterator[Row]:
        """The line on which a row begins, and its cells of the known columns; blank rows are passed over."""
        count = 0
        try:
            for line, cells in self._rows:
                if _is_blank(cells):
                    continue
                count += 1
                if count > self.limits.rows:
                    self.faults.append(Fault(line, "", "too_many_rows"))
                    return
                faults = self._faults_of(line, cells)
                if faults:
                    self.faults.extend(faults)
                else:
                    yield line, [self._cell(cells[place]) for place in self._places]
        except Broken as error:
            self.faults.append(error.fault)
        else:
            if not count:
                self.faults.append(Fault(0, "", "no_rows"))

    def _cell(self, cell: str) -> str | None:
        # `_x0000_` in an XLSX file is a NUL, which PostgreSQL does not keep; as another control character it is refused.
        return self._plain(cell).replace("\0", "\x7f") or None

    def _faults_of(self, line: int, cells: list[str]) -> list[Fault]:
        width = len(self.headings)
        if len(cells) < width:
            return [Fault(line, "", "missing_cell")]
        if len(cells) > width and not _is_blank(cells[width:]):
            return [Fault(line, "", "extra_cell")]
        if sum(map(len, cells)) > self.limits.cell:
            return [
                Fault(line, self._heading(place), "field_too_long")
                for place, cell in enumerate(cells[:width])
                if len(cell) > self.limits.cell
            ]
        return []

    def _heading(self, place: int) -> str:
        if place in self._places:
            return self.columns[self._places.index(place)].heading
        return self.unmapped[place - sum(each < place for each in self._places)]


def read(stream: BinaryIO, *, vocabulary: Vocabulary, mode: str, limits: Limits) -> Table:
    """Recognise a file and understand its headings; refused whole where no row of it could be read."""
    code, head = _refusal(stream, limits)
    if code:
        raise Unreadable([Fault(0, "", code)])
    try:
        source: _Source = Workbook(stream, limits.rows) if head.startswith(_ZIP) else Delimited(stream, vocabulary)
        return Table(source, vocabulary, mode, limits)
    except BadArchive as error:
        raise Unreadable([Fault(0, "", error.code)]) from error
    except (UnknownEncoding, Broken) as error:
        raise Unreadable([error.fault]) from error


def _refusal(stream: BinaryIO, limits: Limits) -> tuple[str | None, bytes]:
    """Why a file is none that is read, by its size and its first bytes; and those."""
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(4096)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    code = None
    if size > limits.file:
        code = "too_large"
    elif head.startswith(_OLE):
        # An encrypted XLSX is an old compound file that names this stream; its directory may stand anywhere.
        code = "encrypted" if "EncryptedPackage".encode("utf-16-le") in head + stream.read() else "legacy_workbook"
    elif head.startswith(_COMPRESSED):
        code = "compressed_file"
    elif head.startswith(_OTHERS) or start.lower().startswith(_MARKUP):
        code = "not_a_table"
    return code, head


def _is_blank(cells: list[str]) -> bool:
    return not any(cells) or not "".join(cells).strip()


def _unmarked(heading: str) -> str:
    return heading[1:] if heading[:1] in MARKS else heading
