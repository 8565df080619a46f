"""Uploads that are made to hurt (T10): each is refused, with its code, before anything large is unpacked or built."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from academy.tables.sheets import MOST_STRINGS, MOST_TEXT
from tests.academy.rosters.cases import Case, faulty, good, refused
from tests.academy.rosters.files import (
    BOOK,
    RELATIONS,
    SATO,
    SHEET,
    STRINGS,
    SUZUKI,
    Place,
    csv_file,
    packed,
    parts_of,
    repacked,
    with_rows,
    xlsx_file,
)

BOMB: Place = (0, "", "zip_bomb")
BROKEN: Place = (0, "", "broken_workbook")


def archives() -> Iterator[Case]:
    book = xlsx_file(SATO, SUZUKI)
    zeros = bytes(24 << 20)
    yield refused("24 MB of zeros beside the sheet", repacked(book, {"xl/media/image1.png": zeros}), BOMB)
    yield refused("24 MB of spaces as the sheet", repacked(book, {SHEET: b" " * (24 << 20)}), BOMB)
    yield refused("24 MB of shared strings", repacked(book, {STRINGS: zeros}), BOMB)
    nested = packed({f"{level}.zip": packed({"0.zip": packed({"0": zeros})}) for level in range(16)})
    yield refused("archives in archives", nested, (0, "", "not_a_workbook"))
    yield good("archives in a workbook are not opened", repacked(book, {"xl/embeddings/a.zip": nested}))
    crowd = packed({f"xl/{number}": b"" for number in range(20_000)})
    yield refused("20,000 entries", crowd, BOMB)
    yield refused("1,001 entries", repacked(book, {f"xl/media/{number}": b"" for number in range(1_001)}), BOMB)
    overlapping = _overlapping(book)
    yield refused("entries over each other", overlapping, BROKEN)
    for name in ("../../etc/passwd", "/etc/passwd", "xl/../../x", "C:/x", "xl\\..\\x"):
        yield refused(f"an entry called {name}", repacked(book, {name: b"x"}), BROKEN)
    yield refused("two entries that differ in case", repacked(book, {"xl/Workbook.xml": b"<x/>"}), BROKEN)
    yield refused("an entry twice", _twice(book), BROKEN)
    yield good("a symbolic link is only bytes", _with_link(book))
    yield refused("text before the archive", b"PK\x03\x04 " + book, BROKEN)
    yield refused("a comment behind the archive", _commented(book), BROKEN)
    yield refused("bytes between entries and directory", _with_gap(book), BROKEN)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield refused(f"compressed by method {method}", _by_method(book, method), BROKEN)
    yield refused("encrypted entries", _flagged(book, 1), (0, "", "encrypted"))


def liars() -> Iterator[Case]:
    """Archives whose directory does not say what unpacking gives."""
    book = xlsx_file(SATO, SUZUKI)
    spaces = parts_of(book)[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * (32 << 20))
    large = repacked(book, {SHEET: spaces})
    yield refused("a sheet that declares 1,000 bytes and has 32 MB", _declaring(large, SHEET, size=1_000), BOMB)
    yield refused("a sheet that declares one byte less", _declaring(book, SHEET, less=1), BOMB)
    yield refused("a sheet that declares one byte more", _declaring(book, SHEET, less=-1), BROKEN)
    yield refused("a theme that declares one byte less", _declaring(book, "xl/theme/theme1.xml", less=1), BOMB)
    yield refused("a sheet with another checksum", _declaring(book, SHEET, checksum=7), BROKEN)


def documents() -> Iterator[Case]:
    book = xlsx_file(SATO, SUZUKI)
    parts = parts_of(book)
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"lol") for level in range(10)
    )
    for name, declared in {
        "a billion laughs": b"<!DOCTYPE x [" + laughs + b"]>",
        "an external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "an external document type": b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">',
        "a parameter entity": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://example.invalid/x">%e;]>',
    }.items():
        for part in (SHEET, BOOK, RELATIONS, STRINGS):
            head, _, rest = parts[part].partition(b"?>")
            data = repacked(book, {part: head + b"?>" + declared + rest.replace(b"<t>", b"<t>&l9;", 1)})
            yield refused(f"{name} in {part}", data, (0, "", "document_type"))
    deep = parts[SHEET].replace(b"<sheetData>", b"<a>" * 200_000 + b"<sheetData>")
    yield refused("200,000 elements in each other", repacked(book, {SHEET: deep}), BROKEN)
    attribute = parts[SHEET].replace(b"<sheetData>", b'<a b="' + _noise(16 << 20) + b'"/><sheetData>')
    yield refused("an attribute of 16 MB", repacked(book, {SHEET: attribute}), BROKEN)


def sheets() -> Iterator[Case]:
    sparse: Place = (0, "", "sparse_sheet")
    first = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    yield refused(
        "cells at both ends of a sheet",
        with_rows(first + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        sparse,
    )
    yield refused(
        "one cell at the end of every column",
        with_rows(first + b'<row r="300000"><c r="XFD300000"><v>1</v></c></row>'),
        sparse,
    )
    wide = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
    yield refused("16,384 columns", with_rows(wide), (1, "", "too_many_columns"))
    sized = parts_of(xlsx_file(SATO, SUZUKI))[SHEET].replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"')
    yield good("a dimension that lies", repacked(xlsx_file(SATO, SUZUKI), {SHEET: sized}))
    styled = parts_of(xlsx_file(SATO, SUZUKI))[SHEET]
    styled = styled.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    yield good("a styled, empty cell far away", repacked(xlsx_file(SATO, SUZUKI), {SHEET: styled}))
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (line, line) for line in range(1, 400_003))
    yield refused("400,002 rows", with_rows(rows), (0, "", "too_many_rows"))
    used = MOST_TEXT // 32_000 + 2
    column = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(used))
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + _noise(32_000)
        + b"</t></si></sst>"
    )
    yield refused(
        "one long string in many cells", repacked(with_rows(column), {STRINGS: strings}), (0, "", "too_many_cells")
    )
    for count in (b"4294967295", b"1000000000000", b"-1"):
        announced = parts_of(xlsx_file(SATO))[STRINGS].replace(b'uniqueCount="8"', b'uniqueCount="%s"' % count)
        yield refused(f"{count!r} strings announced", repacked(xlsx_file(SATO), {STRINGS: announced}), BROKEN)
    many = b"<sst>" + b"<si/>" * (MOST_STRINGS + 1) + b"</sst>"
    yield refused(
        "two million strings", _stored(repacked(with_rows(first), {STRINGS: many})), (0, "", "too_many_cells")
    )


def disguises() -> Iterator[Case]:
    """Files that are two things at once."""
    book = xlsx_file(SATO, SUZUKI)
    text = csv_file(SATO, SUZUKI)
    yield refused("CSV that ends as an archive", text + packed({"a": b"x"}), (4, "", "null_character"))
    yield refused("an archive that ends as CSV", book + b"\r\n" + text, BROKEN)
    yield refused("GIF and archive", b"GIF89a" + book, (0, "", "not_a_table"))
    yield refused("PDF and archive", b"%PDF-1.4\n" + book, (0, "", "not_a_table"))
    yield refused("script before an archive", b"<?xml version='1.0'?><svg onload='x'/>" + book, (0, "", "not_a_table"))
    yield faulty(
        "script in a cell", csv_file((SATO[0], "<script> x", *SATO[2:])), (2, "氏名", "not_a_letter"), entries=0
    )


def _noise(size: int) -> bytes:
    """Letters that do not pack well, so that it is not the ratio that gives them away."""
    state, found = 1, bytearray()
    while len(found) < size:
        state = zlib.crc32(state.to_bytes(4, "big"), 0x9E3779B9)
        found += b"%08x" % state
    return bytes(found[:size])


def _stored(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts_of(data).items():
            archive.writestr(name, content)
    return stream.getvalue()


def _by_method(data: bytes, method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts_of(data).items():
            archive.writestr(name, content)
    return stream.getvalue()


def _twice(data: bytes) -> bytes:
    """The second entry of a name, by changing one of the same length."""
    changed = repacked(data, {"xl/worksheets/sheet2.xml": parts_of(data)[SHEET]})
    return changed.replace(b"xl/worksheets/sheet2.xml", SHEET.encode())


def _with_link(data: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("xl/media/link.png")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def _commented(data: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"PK\x05\x06" + bytes(18)
    return stream.getvalue()


def _directory(data: bytes) -> int:
    return int(struct.unpack_from("<L", data, len(data) - 6)[0])


def _with_gap(data: bytes) -> bytes:
    begin = _directory(data)
    return data[:begin] + b"<!-- -->" + data[begin:]


def _entries(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Names, and the places of their headers in the directory and in the file."""
    place = _directory(data)
    while data[place : place + 4] == b"PK\x01\x02":
        named, extra, comment = struct.unpack_from("<3H", data, place + 28)
        header = struct.unpack_from("<L", data, place + 42)[0]
        yield data[place + 46 : place + 46 + named].decode(), place, header
        place += 46 + named + extra + comment


def _declaring(data: bytes, name: str, *, size: int | None = None, less: int = 0, checksum: int | None = None) -> bytes:
    changed = bytearray(data)
    for each, place, header in _entries(data):
        if each == name:
            real = struct.unpack_from("<L", data, place + 24)[0]
            for offset in (place + 24, header + 22):
                struct.pack_into("<L", changed, offset, real - less if size is None else size)
            if checksum is not None:
                struct.pack_into("<L", changed, place + 16, checksum)
    return bytes(changed)


def _flagged(data: bytes, flag: int) -> bytes:
    changed = bytearray(data)
    for _, place, header in _entries(data):
        struct.pack_into("<H", changed, place + 8, flag)
        struct.pack_into("<H", changed, header + 6, flag)
    return bytes(changed)


def _overlapping(data: bytes) -> bytes:
    """Every entry of the directory points at the data of one."""
    changed = bytearray(repacked(data, {f"xl/media/{number}": _noise(100_000) for number in range(3)}))
    places = {name: (place, header) for name, place, header in _entries(bytes(changed))}
    target = places["xl/media/0"][1]
    for number in (1, 2):
        struct.pack_into("<L", changed, places[f"xl/media/{number}"][0] + 42, target)
    return bytes(changed)
