"""The corpus, continued: XLSX files."""

import datetime as dt
import re
from collections.abc import Iterator

from tests.academy.rosters.cases import Case, faulty, good, missing, refused
from tests.academy.rosters.files import (
    BOOK,
    HEADINGS,
    RELATIONS,
    SATO,
    SHEET,
    STRINGS,
    SUZUKI,
    parts_of,
    repacked,
    with_rows,
    xlsx_file,
)


def workbooks() -> Iterator[Case]:
    dated = (*HEADINGS, "採用年月日")
    yield good(
        "XLSX with a date",
        xlsx_file((*SATO, dt.date(2023, 4, 1)), headings=dated),
        entries=1,
        hired_on=dt.date(2023, 4, 1),
    )
    yield faulty(
        "XLSX with a time",
        xlsx_file((*SATO, dt.datetime.combine(dt.date(2023, 4, 1), dt.time(9, 30))), headings=dated),
        (2, "採用年月日", "time_in_date"),
        entries=0,
    )
    yield good(
        "XLSX with eight digits as a number",
        xlsx_file((*SATO, 20230401), headings=dated),
        entries=1,
        hired_on=dt.date(2023, 4, 1),
    )
    yield faulty(
        "XLSX with a day as a plain number",
        xlsx_file((*SATO, 45017), headings=dated),
        (2, "採用年月日", "not_a_date"),
        entries=0,
    )
    yield faulty(
        "XLSX with true for a date",
        xlsx_file((*SATO, True), headings=dated),
        (2, "採用年月日", "not_a_date"),
        entries=0,
    )
    yield faulty(
        "XLSX with a number for a staff number", xlsx_file(SATO, (124, *SUZUKI[1:])), (3, "職員番号", "numeric_cell")
    )
    yield faulty(
        "XLSX with a number for an organisation", xlsx_file(SATO, (*SUZUKI[:3], 13)), (3, "所属コード", "numeric_cell")
    )
    yield faulty(
        "XLSX with a date for a staff number",
        xlsx_file((dt.date(2023, 4, 1), *SATO[1:])),
        (2, "職員番号", "numeric_cell"),
        entries=0,
    )
    yield faulty(
        "XLSX with a number for a name", xlsx_file((SATO[0], 5, *SATO[2:])), (2, "氏名", "not_a_letter"), entries=0
    )
    heads = (*HEADINGS, "所属長")
    yield good("XLSX with true and 1", xlsx_file((*SATO, True), (*SUZUKI, 1), headings=heads), head_of_unit=True)
    yield good(
        "XLSX with a number in a column that is not read",
        xlsx_file((*SATO, 1.5), headings=(*HEADINGS, "給料")),
        entries=1,
    )
    yield good("XLSX with a number as a heading", xlsx_file((*SATO, "x"), headings=(*HEADINGS, 2023)), entries=1)
    yield faulty(
        "XLSX with a control character",
        xlsx_file((SATO[0], "佐\x01 花", *SATO[2:])),
        (2, "氏名", "control_character"),
        entries=0,
    )
    yield faulty(
        "XLSX with a mark of the reader in a cell",
        xlsx_file(("\x01123", *SATO[1:])),
        (2, "職員番号", "control_character"),
        entries=0,
    )
    yield good("XLSX with blank rows", xlsx_file(SATO, ("", "", "", ""), ("", "", "", ""), SUZUKI))
    yield faulty("XLSX with the heading only", xlsx_file(), (0, "", "no_rows"), entries=0)
    yield refused("XLSX without a cell", xlsx_file(headings=()), (0, "", "empty_file"))
    yield refused("XLSX without a column", xlsx_file(SATO[:3], headings=HEADINGS[:3]), *missing(1, "所属コード"))
    yield refused(
        "XLSX with a column twice",
        xlsx_file((*SATO, ""), headings=(*HEADINGS, "氏名")),
        (1, "氏名", "duplicate_column"),
    )
    text = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % each.encode() for each in HEADINGS)
    row = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % each.encode() for each in SATO)
    yield good(
        "XLSX without references",
        with_rows(b"<row>" + text + b"</row><row>" + row + b"</row>"),
        entries=1,
        staff_number="00123",
    )
    yield good(
        "XLSX with rows far apart",
        with_rows(b'<row r="3">' + text + b'</row><row r="900">' + row + b"</row>"),
        entries=1,
        line=900,
    )
    error = with_rows(
        b"<row>"
        + text
        + b"</row><row>"
        + row.replace(b'<c t="inlineStr"><is><t>A10</t></is></c>', b'<c t="e"><v>#N/A</v></c>')
        + b"</row>"
    )
    yield faulty("XLSX with #N/A", error, (2, "所属コード", "error_cell"), entries=0)
    unread = with_rows(b"<row>" + text + b"</row><row>" + row + b'<c t="e"><v>#REF!</v></c></row>')
    yield faulty("XLSX with an error behind the table", unread, (2, "", "extra_cell"), entries=0)
    spoken = row.replace("佐藤 花子".encode(), '佐藤 花子</t><rPh sb="0" eb="1"><t>サトウ</t></rPh><t>'.encode())
    yield good(
        "XLSX with furigana",
        with_rows(b"<row>" + text + b"</row><row>" + spoken + b"</row>"),
        entries=1,
        given_name="花子",
    )
    for name, cells in {
        "out of order": b'<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        "of another row": b'<row r="2"><c r="A3"><v>1</v></c></row>',
        "beyond the last column": b'<row r="1"><c r="XFE1"><v>1</v></c></row>',
        "beyond all columns": b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        "with rows going up": b'<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        "with a row that is no number": b'<row r="x"><c r="A1"><v>1</v></c></row>',
        "with row 0": b'<row r="0"><c r="A0"><v>1</v></c></row>',
        "with a text that is not there": b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        "with a text of no number": b'<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        "with two values in a cell": b'<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
        "with a cell in a cell": b'<row r="1"><c r="A1"><c r="B1"><v>1</v></c></c></row>',
        "with a row in a row": b'<row r="1"><row r="2"><c r="A2"><v>1</v></c></row></row>',
        "that is not well-formed": b'<row r="1"><c r="A1"><v>1</c></row>',
        "with an unknown entity": b'<row r="1"><c r="A1" t="str"><v>&foo;</v></c></row>',
    }.items():
        yield refused(f"XLSX {name}", with_rows(cells), (0, "", "broken_workbook"))
    yield from _with_changed_parts()


def _with_changed_parts() -> Iterator[Case]:
    book = xlsx_file(SATO, SUZUKI)
    for part, code in {
        BOOK: "not_a_workbook",
        RELATIONS: "not_a_workbook",
        SHEET: "not_a_workbook",
        STRINGS: "broken_workbook",
    }.items():
        yield refused(f"XLSX without {part}", repacked(book, {part: None}), (0, "", code))
        yield refused(f"XLSX with an empty {part}", repacked(book, {part: b""}), (0, "", "broken_workbook"))
    parts = parts_of(book)
    hidden = repacked(book, {BOOK: parts[BOOK].replace(b"<sheet ", b'<sheet state="hidden" ')})
    yield refused("XLSX whose only sheet is hidden", hidden, (0, "", "not_a_workbook"))
    utf16 = parts[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")
    yield refused("XLSX with a part in UTF-16", repacked(book, {SHEET: utf16}), (0, "", "broken_workbook"))
    other = dict.fromkeys((name for name in parts if name.startswith("xl/")), None)
    yield refused("DOCX", repacked(book, {**other, "word/document.xml": b"<x/>"}), (0, "", "not_a_workbook"))
    prefixed = parts[SHEET]
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"v"):
        prefixed = re.sub(rb"<(/?)(%s)(?=[ >/])" % name, rb"<\1x:\2", prefixed)
    prefixed = prefixed.replace(b" xmlns=", b" xmlns:x=")
    yield good("XLSX with a prefix on every element", repacked(book, {SHEET: prefixed}))
