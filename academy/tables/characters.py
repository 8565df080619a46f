"""Which characters text may have: nothing that nobody sees, or that a spreadsheet takes for something else."""

import re
import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORMULA = frozenset("=+-@＝＋－＠−﹢﹣﹦﹫")
EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
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
    if EMOJI.search(text):
        raise Unacceptable("emoji")
    if visible(text)[0] in FORMULA:
        raise Unacceptable("formula")
    if len(text) > longest:
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
