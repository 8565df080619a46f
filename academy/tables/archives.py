"""The ZIP file that an XLSX workbook is, opened with distrust: nothing is unpacked before its size is known and checked.

Two programs must not see two different archives in one file: the directory must stand at the very end and cover the file,
entries must neither overlap nor share a name, and each must unpack to exactly the size and checksum that it declares.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1 << 18
# Excel writes a dozen entries and one per sheet, picture and comment.
MOST_ENTRIES = 1_000
# 170,000 rows of 18 columns are 136 MB of XML; an entry or all of them together may be a little more than twice that.
LARGEST_UNPACKED = 320 << 20
# Sheets pack 10 to 20 times, very regular ones 50 times; a bomb packs 1,000 times.
LARGEST_RATIO = 120
RATIO_COUNTS_FROM = 1 << 20

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_READ_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,  # what zipfile raises for a version of the format that it does not know
    UnicodeDecodeError,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
)


class BadArchive(Exception):
    """`code` is that of a fault."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Archive:
    """The entries of a checked archive, by their names in lower case."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        _check_end(stream)
        try:
            entries = zipfile.ZipFile(stream).infolist()
        except _READ_ERRORS as error:
            raise BadArchive("broken_workbook") from error
        self.entries = {each.filename.lower(): each for each in entries}
        if len(self.entries) != len(entries) or any(not _is_safe(each.filename) for each in entries):
            raise BadArchive("broken_workbook")
        if any(each.flag_bits & 1 for each in entries):
            raise BadArchive("encrypted")
        _check_sizes(entries)
        self.begins = _check_places(stream, entries)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    def verify(self, *, except_for: set[str]) -> None:
        """Unpack every part that is XML, and keep nothing: what it declares is what it is."""
        known = {name.lower() for name in except_for}
        for name in self.entries:
            if name.endswith((".xml", ".rels")) and name not in known:
                for _ in self.unpack(name):
                    pass

    def unpack(self, name: str) -> Iterator[bytes]:
        entry = self.entries[name.lower()]
        size, check = 0, 0
        for chunk in self._inflate(entry):
            size += len(chunk)
            check = zlib.crc32(chunk, check)
            if size > entry.file_size:
                raise BadArchive("zip_bomb")
            yield chunk
        if size != entry.file_size or check != entry.CRC:
            raise BadArchive("broken_workbook")

    def _inflate(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        stored = entry.compress_type == zipfile.ZIP_STORED
        inflate = None if stored else zlib.decompressobj(-zlib.MAX_WBITS)
        place, left = self.begins[entry.filename], entry.compress_size
        while left > 0:
            self.stream.seek(place)
            packed = self.stream.read(min(CHUNK, left))
            if not packed:
                raise BadArchive("broken_workbook")
            place, left = place + len(packed), left - len(packed)
            if inflate is None:
                yield packed
                continue
            try:
                while packed and not inflate.eof:
                    yield inflate.decompress(packed, CHUNK)
                    packed = inflate.unconsumed_tail
            except zlib.error as error:
                raise BadArchive("broken_workbook") from error
            if inflate.eof and (left or inflate.unused_data):
                raise BadArchive("broken_workbook")
        if inflate is not None and not inflate.eof:
            raise BadArchive("broken_workbook")


def _check_end(stream: BinaryIO) -> None:
    """The directory ends the file and begins where it says; counted before it is read."""
    length = stream.seek(0, 2)
    stream.seek(max(0, length - _END.size))
    tail = stream.read(_END.size)
    if len(tail) < _END.size or not tail.startswith(b"PK\x05\x06"):
        raise BadArchive("broken_workbook")
    _, disk, first_disk, here, entries, size, begin, comment = _END.unpack(tail)
    if entries > MOST_ENTRIES:
        raise BadArchive("zip_bomb")
    if disk or first_disk or comment or here != entries or begin + size + _END.size != length:
        raise BadArchive("broken_workbook")


def _is_safe(name: str) -> bool:
    return not name.startswith("/") and "\\" not in name and ":" not in name and ".." not in name.split("/")


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if sum(each.file_size for each in entries) > LARGEST_UNPACKED:
        raise BadArchive("zip_bomb")
    for each in entries:
        if each.file_size > RATIO_COUNTS_FROM and each.file_size > each.compress_size * LARGEST_RATIO:
            raise BadArchive("zip_bomb")
        if each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive("broken_workbook")


def _check_places(stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> dict[str, int]:
    """Where the data of each entry begin. Its own header agrees with the directory, and no two entries overlap."""
    begins: dict[str, int] = {}
    free = 0
    for each in sorted(entries, key=lambda entry: entry.header_offset):
        stream.seek(each.header_offset)
        header = stream.read(_LOCAL.size)
        if each.header_offset < free or len(header) < _LOCAL.size:
            raise BadArchive("broken_workbook")
        mark, _, flags, method, _, _, _, _, _, named, extra = _LOCAL.unpack(header)
        name = stream.read(named)
        if mark != b"PK\x03\x04" or method != each.compress_type or name != _written(each, flags):
            raise BadArchive("broken_workbook")
        begins[each.filename] = each.header_offset + _LOCAL.size + named + extra
        free = begins[each.filename] + each.compress_size
    return begins


def _written(entry: zipfile.ZipInfo, flags: int) -> bytes | None:
    try:
        return entry.orig_filename.encode("utf-8" if flags & 0x800 else "cp437")
    except UnicodeEncodeError:
        return None
