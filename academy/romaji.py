"""Search keys in Latin letters, so that Sato, Satō, Satou and Satoh all find サトウ, and Sinitirou finds シンイチロウ.

A name is romanised from its reading and then written in one spelling: Kunrei consonants (訓令式: 昭和29年内閣告示第1号), long
vowels as short ones, no mark between syllables. What is searched for is brought to the same spelling.
"""

import re
import unicodedata

import jaconv

from academy.folding import fold

LONGEST_KEY = 200
# In this order: the longer spelling of a sound before the shorter one that it contains.
_SPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("tch|cch", "tty"), ("shi", "si"), ("chi", "ti"), ("ttyi", "tti"), ("tsu", "tu"), ("ji", "zi"), ("dzu|du", "zu"),
        ("di", "zi"), ("sh", "sy"), ("ch", "ty"), ("ts", "t"), ("j", "zy"), ("zyy", "zy"), ("f", "h"),
        ("m(?=[bp])", "n"), ("oh(?![aiueoy])", "o"), ("o[ou]", "o"), ("uu", "u"),
    )
]  # fmt: skip
# A sound that is not typed to its end: `sh` may become シ or シャ.
_UNFINISHED = re.compile("(?<=[stz])y$|(?<=[st])[hs]$|c$")


def romaji_key(kana: str) -> str:
    """The key of a reading in katakana or hiragana."""
    return spelt(jaconv.kana2alphabet(jaconv.kata2hira(fold(kana))))[:LONGEST_KEY]


def is_latin(text: str) -> bool:
    """Whether a search is one in Latin letters: at least one letter, and nothing but letters and marks between them."""
    plain = unicodedata.normalize("NFKD", text)
    return any(each.isalpha() for each in plain) and all(
        each.isascii() or unicodedata.combining(each) for each in plain if not each.isspace()
    )


def romaji_prefix(text: str) -> str:
    """The key that the keys of all matching readings begin with."""
    return _UNFINISHED.sub("", spelt(text))


def spelt(latin: str) -> str:
    letters = "".join(each for each in unicodedata.normalize("NFKD", latin).lower() if "a" <= each <= "z")
    for pattern, plain in _SPELLINGS:
        letters = pattern.sub(plain, letters)
    return letters
