"""In which encoding a text file is written: UTF-8 with or without its mark, or CP932; others are named, not read.

UTF-8 is certain, for hardly any other text is valid in it. CP932 and EUC-JP are often valid in each other; the headings
decide, and where none is known, half-width katakana in a row, which is what EUC-JP looks like in CP932.
"""

import codecs
import re
from typing import BinaryIO, Protocol

from academy.tables.columns import Vocabulary
from academy.tables.faults import Fault

CHUNK = 1 << 20
# Blank lines and line breaks in quoted cells included: 400,000 rows with one break each, and some. A file of nothing
# but line ends would otherwise be millions of rows to walk through.
MOST_LINES = 1_000_000

_MARKS = (
    (codecs.BOM_UTF32_LE, "encoding_utf32"),
    (codecs.BOM_UTF32_BE, "encoding_utf32"),
    (codecs.BOM_UTF16_LE, "encoding_utf16"),
    (codecs.BOM_UTF16_BE, "encoding_utf16"),
)
_JIS_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
_KANA = re.compile("[\u3041-\u30fc]")
_HALF_WIDTH_RUN = re.compile("[\uff61-\uff9f]{4,}")


class UnknownEncoding(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.code)


class _Decoder(Protocol):
    def decode(self, data: bytes, final: bool = ...) -> str: ...


def encoding_of(stream: BinaryIO, vocabulary: Vocabulary) -> str:
    """`utf-8`, `utf-8-sig` or `cp932`; reads the whole stream once, so that decoding never fails afterwards."""
    stream.seek(0)
    head = stream.read(CHUNK)
    _refuse_others(head, vocabulary)
    decoders: dict[str, _Decoder] = {
        "utf-8": _decoder("utf-8"),
        "cp932": _decoder("cp932"),
        "euc_jp": _decoder("euc_jp"),
    }
    lines, chunk = 0, head
    while chunk:
        if b"\0" in chunk:
            lines += _line_ends(chunk[: chunk.index(b"\0")])
            raise UnknownEncoding(Fault(lines + 1, "", "null_character"))
        lines += _line_ends(chunk)
        if lines > MOST_LINES:
            raise UnknownEncoding(Fault(0, "", "too_many_rows"))
        decoders = {name: each for name, each in decoders.items() if _decodes(each, chunk)}
        chunk = stream.read(CHUNK)
    possible = [name for name, each in decoders.items() if _decodes(each, b"", final=True)]
    return _choose(possible, head, vocabulary)


def _decoder(name: str) -> _Decoder:
    return codecs.getincrementaldecoder(name)()


def _decodes(decoder: _Decoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _line_ends(chunk: bytes) -> int:
    return max(chunk.count(b"\n"), chunk.count(b"\r"))


def _refuse_others(head: bytes, vocabulary: Vocabulary) -> None:
    for mark, code in _MARKS:
        if head.startswith(mark):
            raise UnknownEncoding(Fault(0, "", code))
    if any(escape in head for escape in _JIS_ESCAPES):
        raise UnknownEncoding(Fault(0, "", "encoding_iso2022_jp"))
    if b"\0" in head:
        for name in ("utf-16-le", "utf-16-be"):
            if _headings_known(head, name, vocabulary):
                raise UnknownEncoding(Fault(0, "", "encoding_utf16"))


def _choose(possible: list[str], head: bytes, vocabulary: Vocabulary) -> str:
    if "utf-8" in possible:
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    if "euc_jp" in possible and _is_euc(head, vocabulary, also_cp932="cp932" in possible):
        raise UnknownEncoding(Fault(0, "", "encoding_euc_jp"))
    if "cp932" not in possible:
        raise UnknownEncoding(Fault(0, "", "unknown_encoding"))
    return "cp932"


def _is_euc(head: bytes, vocabulary: Vocabulary, *, also_cp932: bool) -> bool:
    known_in_euc, known_in_cp932 = (_headings_known(head, each, vocabulary) for each in ("euc_jp", "cp932"))
    if known_in_euc or known_in_cp932:
        return known_in_euc > known_in_cp932
    # Any bytes may happen to be EUC-JP; Japanese text has kana in it.
    is_japanese = len(_KANA.findall(head.decode("euc_jp", errors="replace"))) * 20 >= len(head) // 2
    return is_japanese and (not also_cp932 or bool(_HALF_WIDTH_RUN.search(head.decode("cp932", errors="replace"))))


def _headings_known(head: bytes, encoding: str, vocabulary: Vocabulary) -> int:
    """How many headings of the first line are known when it is read in an encoding."""
    first = re.split("[\r\n]", head[:CHUNK].decode(encoding, errors="replace").lstrip("\ufeff\r\n"), maxsplit=1)[0]
    return sum(vocabulary.knows(each) for each in re.split('[,\t"]', first[:10_000]))
