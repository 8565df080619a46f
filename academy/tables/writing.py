"""Tables written as files that read back as they are: CSV by RFC 4180 that Excel opens as it is, and XLSX of text cells."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import xlsxwriter

# A cell that begins so is a formula to a spreadsheet, in either width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# What Unicode and Shift_JIS call by different code points; it is the same character to a reader.
SAME_CHARACTER = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¢": "￠", "£": "￡", "¬": "￢"})
# What XML cannot write, as the mark of a lost character: a workbook with it would be none.
NO_CHARACTERS = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})
GETA = "〓"  # the printer's mark for a type that is missing


def guarded(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def quoted(text: str) -> str:
    """As `guarded`, and for a text that begins with an apostrophe of its own: the reader takes one away."""
    return f"'{text}" if text.startswith("'") else guarded(text)


def csv_text(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The headings, then the rows; lines end in CR LF. Cells are `guarded` by whoever gives them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


def encoded(text: str, encoding: str) -> tuple[bytes, str]:
    """The bytes of a file, and the characters that the encoding does not have (each became 〓).

    `utf-8` begins with the mark by which Excel knows it; `cp932` is the Shift_JIS of older programs.
    """
    if encoding == "utf-8":
        return text.encode("utf-8-sig"), ""
    mapped = text.translate(SAME_CHARACTER)
    missing = "".join(sorted({each for each in set(mapped) if not _has(encoding, each)}))
    return mapped.translate(dict.fromkeys(map(ord, missing), GETA)).encode(encoding), missing


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Sheet:
    """A sheet of text cells under a row of headings; `widths` are those of the columns in characters, where given."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = field(default=())


def xlsx_file(*sheets: Sheet) -> bytes:
    """Every cell is text: nothing becomes a formula, and numbers keep their zeros.

    A sheet of which widths are given is one to work in: its columns are text for what is typed, its heading stays in sight.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False}) as book:
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"num_format": "@", "bold": True, "bg_color": "#DDEBF7", "border": 1})
        for each in sheets:
            sheet = book.add_worksheet(each.name)
            for place, width in enumerate(each.widths):
                sheet.set_column(place, place, width, text)
            if each.widths:
                sheet.freeze_panes(1, 0)
            for place, heading in enumerate(each.headings):
                sheet.write_string(0, place, heading, head if each.widths else None)
            for number, row in enumerate(each.rows, start=1):
                for place, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, place, cell.translate(NO_CHARACTERS), text if each.widths else None)
    return content.getvalue()
