"""Which characters a name, a reading and other text of a roster may have, and how each is written in the end."""

import re
import unicodedata
from functools import lru_cache

from academy.folding import KATAKANA

LONGEST_NAME = 50

_PLAIN_NAME = re.compile(r"[A-Za-z\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]+")
_PLAIN_KANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc]*")
_KANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc-\u30fe\u30fb゠ ]*")
_BETWEEN = frozenset(" ・･゠'’-‐.")  # between the parts of a name: マリア・ルイーザ, O'Neil, Smith-Jones
_LETTER_NUMBERS = frozenset("〇")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULA = frozenset("=+-@＝＋－＠−﹢﹣﹦﹫")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_LEADING_MARKS = re.compile("[\u3099\u309a]")
_HALF_WIDTH = re.compile("[\uff65-\uff9f]+")
# What hides in a text: controls, formats, private use. Nearly no text has any of it, so it is looked for in one go.
_SUSPECT = re.compile("[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd\ue000-\uf8ff\U000e0000-\U000e00ff\U000f0000-\U0010ffff]")  # fmt: skip


class Unacceptable(Exception):
    """`code` is that of a fault."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def visible(text: str) -> str:
    """Text without anything in it that nobody sees or nobody else can read."""
    found = _SUSPECT.search(text)
    if found:
        raise Unacceptable(_hidden(found[0]))
    return text


def free_text(text: str, longest: int) -> str:
    """Text of any characters that are seen, which no spreadsheet takes for a formula."""
    if _EMOJI.search(text):
        raise Unacceptable("emoji")
    if visible(text)[0] in _FORMULA:
        raise Unacceptable("formula")
    if len(text) > longest:
        raise Unacceptable("too_long")
    return text


@lru_cache(maxsize=100_000)
def name(text: str) -> str:
    """A name: letters, the marks that belong to them (異体字セレクタ too), and what stands between its parts."""
    if not _PLAIN_NAME.fullmatch(text):
        if _EMOJI.search(text):
            raise Unacceptable("emoji")
        text = _composed(visible(text))
        _refuse_strangers(text)
    if len(text) > LONGEST_NAME:
        raise Unacceptable("too_long")
    return text


@lru_cache(maxsize=100_000)
def kana(text: str) -> str:
    """A reading in full-width katakana."""
    if not _PLAIN_KANA.fullmatch(text):
        text = " ".join(unicodedata.normalize("NFKC", visible(text)).translate(KATAKANA).split())
        if text[0] in _FORMULA:
            raise Unacceptable("formula")
        if not _KANA.fullmatch(text):
            raise Unacceptable("not_kana")
    if len(text) > LONGEST_NAME:
        raise Unacceptable("too_long")
    return text


def _hidden(character: str) -> str:
    if character in _BIDI:
        return "bidi_control"
    category = unicodedata.category(character)
    if character == "\ufffd":
        return "lost_character"
    if category == "Co":
        return "private_use_character"
    return "control_character" if category in ("Cc", "Zl", "Zp") else "invisible_character"


def _composed(text: str) -> str:
    """Half-width katakana become full-width, a loose voicing mark joins its letter; kanji keep their very shape.

    Normalising the whole would turn 神 (U+FA19) into 神: the shape of a name is the person's.
    """
    text = _HALF_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    if _LEADING_MARKS.search(text):
        text = re.sub("[\u3041-\u30ff][\u3099\u309a]", lambda pair: unicodedata.normalize("NFC", pair[0]), text)
    return " ".join(text.split())


def _refuse_strangers(text: str) -> None:
    if text[0] in _FORMULA:
        raise Unacceptable("formula")
    for place, each in enumerate(text):
        category = unicodedata.category(each)[0]
        inside = 0 < place < len(text) - 1
        allowed = (
            category == "L" or each in _LETTER_NUMBERS or (place and category == "M") or (inside and each in _BETWEEN)
        )
        if not allowed:
            raise Unacceptable("not_a_letter")
