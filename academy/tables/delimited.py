"""CSV as a sequence of rows: RFC 4180, strictly, with comma or tab, each row with the line on which it begins."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from academy.tables.columns import Vocabulary
from academy.tables.encodings import CHUNK, encoding_of
from academy.tables.faults import Fault
from academy.tables.workbooks import marked

# A hundred columns of ten thousand characters; a quote that is not closed swallows no more than this.
LONGEST_RECORD = 1_000_000

RawRow = tuple[int, list[str]]


class Broken(Exception):
    """Nothing can be read from this line on."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


class _Bytes(io.RawIOBase):
    """An upload, read by a text reader that may be closed without closing the upload."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Delimited:
    """A CSV file: its encoding, and its rows of text."""

    format = "csv"
    sheet = ""

    def __init__(self, stream: BinaryIO, vocabulary: Vocabulary) -> None:
        self.encoding = encoding_of(stream, vocabulary)
        self.stream = stream
        self.vocabulary = vocabulary

    @staticmethod
    def plain(cell: str) -> str:
        """Without what Excel users put around a value so that it stays text: `="0001"`, or one apostrophe before it."""
        if cell.startswith("'"):
            return marked(cell[1:])
        if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
            return marked(cell[2:-1].replace('""', '"'))
        return marked(cell)

    def rows(self) -> Iterator[RawRow]:
        delimiter = _delimiter(self.stream, self.encoding, self.vocabulary)
        lines = _Lines(self.stream, self.encoding)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            lines.begin(line)
            try:
                cells = next(reader, None)
            except csv.Error as error:
                # The parser counts characters of a cell, or meets a quote where none may stand.
                code = "record_too_long" if "limit" in str(error) else "unbalanced_quotes"
                raise Broken(Fault(line, "", code)) from error
            if cells is None:
                return
            yield line, cells


class _Lines:
    """The lines of a file, each and those of one record together not longer than a record may be."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.text = _text(stream, encoding)
        self.line = 1
        self.left = LONGEST_RECORD

    def begin(self, line: int) -> None:
        self.line = line
        self.left = LONGEST_RECORD

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST_RECORD + 1)
        self.left -= len(line)
        if self.left < 0:
            raise Broken(Fault(self.line, "", "record_too_long"))
        if not line:
            raise StopIteration
        return line


def _text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    stream.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_Bytes(stream), CHUNK), encoding=encoding, newline="")


def _delimiter(stream: BinaryIO, encoding: str, vocabulary: Vocabulary) -> str:
    """Comma, unless the first line knows more headings with tabs."""
    first = next((line for line in _Lines(stream, encoding) if line.strip()), "")
    comma, tab = (sum(vocabulary.knows(each) for each in first.replace('"', "").split(mark)) for mark in (",", "\t"))
    return "\t" if tab > comma else ","
