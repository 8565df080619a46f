"""Which characters a name and a reading may have, and how each is written in the end."""

import re
import unicodedata
from functools import lru_cache

from academy.folding import KATAKANA
from academy.tables.characters import EMOJI, FORMULA, Unacceptable, visible

LONGEST_NAME = 50

_PLAIN_NAME = re.compile(r"[A-Za-z\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]+")
_PLAIN_KANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc]*")
_KANA = re.compile(r"[\u30a1-\u30fa][\u30a1-\u30fa\u30fc-\u30fe\u30fb゠ ]*")
_BETWEEN = frozenset(" ・･゠'’-‐.")  # between the parts of a name: マリア・ルイーザ, O'Neil, Smith-Jones
_LETTER_NUMBERS = frozenset("〇")
_LEADING_MARKS = re.compile("[\u3099\u309a]")
_HALF_WIDTH = re.compile("[\uff65-\uff9f]+")


@lru_cache(maxsize=100_000)
def name(text: str) -> str:
    """A name: letters, the marks that belong to them (異体字セレクタ too), and what stands between its parts."""
    if not _PLAIN_NAME.fullmatch(text):
        if EMOJI.search(text):
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
        if text[0] in FORMULA:
            raise Unacceptable("formula")
        if not _KANA.fullmatch(text):
            raise Unacceptable("not_kana")
    if len(text) > LONGEST_NAME:
        raise Unacceptable("too_long")
    return text


def _composed(text: str) -> str:
    """Half-width katakana become full-width, a loose voicing mark joins its letter; kanji keep their very shape.

    Normalising the whole would turn 神 (U+FA19) into 神: the shape of a name is the person's.
    """
    text = _HALF_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    if _LEADING_MARKS.search(text):
        text = re.sub("[\u3041-\u30ff][\u3099\u309a]", lambda pair: unicodedata.normalize("NFC", pair[0]), text)
    return " ".join(text.split())


def _refuse_strangers(text: str) -> None:
    if text[0] in FORMULA:
        raise Unacceptable("formula")
    for place, each in enumerate(text):
        category = unicodedata.category(each)[0]
        inside = 0 < place < len(text) - 1
        allowed = (
            category == "L" or each in _LETTER_NUMBERS or (place and category == "M") or (inside and each in _BETWEEN)
        )
        if not allowed:
            raise Unacceptable("not_a_letter")
