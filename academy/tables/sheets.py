"""The parts of an XLSX workbook, gone through before a library builds a table of them: how large it would become.

The scan streams: it holds the length of each shared string and nothing else. What it lets pass is well-formed UTF-8 XML without a
document type, in which every cell stands where its row says, once, inside the sheet, and the table of all cells fits.
"""

import posixpath
import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat

from academy.tables.archives import Archive, BadArchive

# The library keeps some 70 bytes a cell, text included: 170,000 people in 23 columns stay under 400 MiB. Larger: CSV.
MOST_CELLS = 4_000_000
# 170,000 people have some seven texts each that nobody shares.
MOST_STRINGS = 2_000_000
# Excel lets one string be used by any number of cells, and the library copies it into each.
MOST_TEXT = 60_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DEEPEST = 32
LONGEST_TOKEN = 4 << 20
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_LETTERS = re.compile("[A-Z]{1,3}")
LONGEST_INDEX = 20

Attributes = dict[str, str]


class _Part:
    """Goes through one part; subclasses listen to what they need."""

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...

    def parse(self, chunks: Iterable[bytes]) -> None:
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.XmlDeclHandler = _refuse_other_encodings
        self.depth, fed = 0, 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise BadArchive("broken_workbook")
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise BadArchive("broken_workbook") from error

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadArchive("broken_workbook")
        for count in ("count", "uniqueCount"):
            # The library sets memory aside for as many as are announced; told a billion strings, it ends the process.
            if count in attributes and _number(attributes[count]) > MOST_CELLS:
                raise BadArchive("broken_workbook")
        self.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2] if ":" in name else name)


def _refuse_document_type(*_: object) -> None:
    raise BadArchive("document_type")


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
        raise BadArchive("broken_workbook")


@dataclass
class _Relations(_Part):
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            key = attributes.get("Id", "")
            if key in self.targets:
                raise BadArchive("broken_workbook")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[key] = (
                kind,
                posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/"),
            )


@dataclass
class _Book(_Part):
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible") == "visible"))


@dataclass
class _Strings(_Part):
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    length: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self.length = 0

    def end(self, name: str) -> None:
        if name == "si":
            self.lengths.append(self.length)
            if len(self.lengths) > MOST_STRINGS:
                raise BadArchive("too_many_cells")

    def text(self, data: str) -> None:
        self.length += len(data)


class _Cells(_Part):
    """The cells that hold something: the box around them, the text in them, and which of them are errors (#N/A).

    Some three million cells pass here, so the elements of which a sheet consists are looked at before all others. They do
    not stand inside themselves, which is why only the others are counted as depth.
    """

    def __init__(self, lengths: "array[int]", most_rows: int) -> None:
        self.lengths = lengths
        self.most_rows = most_rows
        self.row, self.row_text, self.column, self.checked = 0, "0", 0, 0
        self.kind, self.value = "", ""
        self.in_row, self.in_cell, self.in_value, self.filled = False, False, False, False
        self.first_column, self.last_column = LAST_COLUMN, 0
        self.cells, self.characters = 0, 0
        self.errors = array("q")

    def _start(self, name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            if self.in_value:
                raise BadArchive("broken_workbook")
            if self.in_cell:
                self.in_value = True
                self._fill()
        elif name == "row":
            self._begin_row(attributes)
        else:
            super()._start(name, attributes)

    def _end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._end_cell()
        elif name == "row":
            self.in_row = False
        elif name != "v":
            super()._end(name)

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("t", "f") and self.in_cell:
            self._fill()
        elif name == "sheetData" and self.row:
            raise BadArchive("broken_workbook")

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        row = self.row + 1 if number is None else _number(number)
        if not self.row < row <= LAST_ROW or self.in_row:
            raise BadArchive("broken_workbook")
        self.row, self.row_text, self.column, self.in_row = row, str(row), 0, True

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            column = self.column + 1
        else:
            letters = reference.rstrip("0123456789")
            column = column_number(letters)
            if reference[len(letters) :] != self.row_text:
                raise BadArchive("broken_workbook")
        if self.in_cell or not self.in_row or not self.column < column <= LAST_COLUMN:
            raise BadArchive("broken_workbook")
        self.column = column
        self.kind = attributes.get("t", "")
        self.in_cell = True

    def _fill(self) -> None:
        if self.filled:
            return
        self.filled = True
        self.cells += 1
        if self.row != self.checked or self.column > self.last_column:
            self.checked = self.row
            self.first_column = min(self.first_column, self.column)
            self.last_column = max(self.last_column, self.column)
            self._check_box()

    def _check_box(self) -> None:
        if self.row * (self.last_column - self.first_column + 1) > MOST_CELLS:
            # A table that is nearly full is too large; one that is nearly empty has a cell far away.
            full = self.cells * 4 > MOST_CELLS
            raise BadArchive("too_many_cells" if full else "sparse_sheet")
        if self.row > self.most_rows + 1 and self.cells > self.most_rows:
            raise BadArchive("too_many_rows")

    def text(self, data: str) -> None:
        if self.in_value and self.kind == "s":
            self.value = data if not self.value else self.value + data
            if len(self.value) > LONGEST_INDEX:
                raise BadArchive("broken_workbook")
        elif self.in_cell:
            self._add(len(data))

    def _end_cell(self) -> None:
        if self.kind == "s":
            if self.value:
                index = _number(self.value)
                if index >= len(self.lengths):
                    raise BadArchive("broken_workbook")
                self._add(self.lengths[index])
                self.value = ""
        elif self.kind == "e":
            self.errors.append(self.row * LAST_COLUMN + self.column)
        self.in_cell = self.in_value = self.filled = False

    def _add(self, length: int) -> None:
        self.characters += length
        if self.characters > MOST_TEXT:
            raise BadArchive("too_many_cells")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadArchive("broken_workbook")
    return int(text)


@cache
def column_number(letters: str) -> int:
    """A: 1, Z: 26, AA: 27. There are some 18,000 columns of three letters or fewer."""
    if not _LETTERS.fullmatch(letters):
        raise BadArchive("broken_workbook")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True)
class Survey:
    """What a scan found: the sheet that is read, and the cells in it that are errors."""

    sheet: str
    errors: "array[int]"


def survey(archive: Archive, most_rows: int) -> Survey:
    """Scan all that the library will read, and choose the first sheet that is not hidden."""
    if BOOK not in archive or RELATIONS not in archive:
        raise BadArchive("not_a_workbook")
    relations, book, strings = _Relations(), _Book(), _Strings()
    relations.parse(archive.unpack(RELATIONS))
    book.parse(archive.unpack(BOOK))
    if STYLES in archive:
        _Part().parse(archive.unpack(STYLES))
    if STRINGS in archive:
        strings.parse(archive.unpack(STRINGS))
    name, path = _first_sheet(book.sheets, relations.targets)
    if path not in archive:
        raise BadArchive("not_a_workbook")
    cells = _Cells(strings.lengths, most_rows)
    cells.parse(archive.unpack(path))
    archive.verify(except_for={BOOK, RELATIONS, STRINGS, STYLES, path})
    return Survey(name, cells.errors)


def _first_sheet(sheets: list[tuple[str, str, bool]], targets: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    names = [name for name, _, _ in sheets]
    if len(set(names)) != len(names):
        raise BadArchive("broken_workbook")
    for name, relation, visible in sheets:
        kind, path = targets.get(relation, ("", ""))
        if visible and kind == "worksheet":
            return name, path
    raise BadArchive("not_a_workbook")
