"""Which files may be handed out as materials, told by their name and by what is in them: both must say the same.

Documents and pictures, and plain text. Nothing that a browser runs, no macros, and no archive but the packages that
office documents are: of those the parts are looked at, and nothing is unpacked.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from academy.tables.archives import Archive, BadArchive

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_NAME = 200  # characters; what the column holds
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MACROS = ("vbaproject.bin", "vbadata.xml")
# What a browser, a shell or an interpreter might take for more than text, at the very beginning.
_NO_TEXT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<%|#!|%PDF-|MZ)", re.IGNORECASE
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class FileKind:
    """What a file of some extension is served as, and how to tell that it is one."""

    content_type: str
    is_one: Callable[[bytes], bool]


def _begins(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _package(main: str) -> Callable[[bytes], bool]:
    """An office document with its main part, and without macros."""

    def is_one(content: bytes) -> bool:
        try:
            parts = Archive(io.BytesIO(content))
        except BadArchive:
            return False
        macros = any(name.rpartition("/")[2] in _MACROS for name in parts.entries)
        return "[Content_Types].xml" in parts and main in parts and not macros

    return is_one


def _is_text(content: bytes) -> bool:
    if _NO_TEXT.match(content) or _CONTROLS.search(content):
        return False
    return any(_decodes(content, encoding) for encoding in ("utf-8", "cp932"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


KINDS: Mapping[str, FileKind] = {
    ".pdf": FileKind("application/pdf", _begins(b"%PDF-")),
    ".pptx": FileKind(f"{_OFFICE}presentationml.presentation", _package("ppt/presentation.xml")),
    ".docx": FileKind(f"{_OFFICE}wordprocessingml.document", _package("word/document.xml")),
    ".xlsx": FileKind(f"{_OFFICE}spreadsheetml.sheet", _package("xl/workbook.xml")),
    ".png": FileKind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": FileKind("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": FileKind("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".txt": FileKind("text/plain", _is_text),
    ".csv": FileKind("text/csv", _is_text),
}


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def kind_of(name: str, content: bytes) -> FileKind | None:
    """The kind by the extension, if the content is of that kind."""
    kind = KINDS.get(extension_of(name))
    return kind if kind is not None and kind.is_one(content) else None


def clean_name(name: str) -> str:
    """The last part of a path, without what is not seen: no control, no mark that turns the direction of writing.

    A name that is too long loses the end of its stem and keeps its extension.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}).strip()
    end = PurePosixPath(seen).suffix
    return seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - len(end)] + end
