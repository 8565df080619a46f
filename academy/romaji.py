"""Search keys in Latin letters, so that Sato, Satō, Satou and Satoh all find サトウ, and Sinitirou finds シンイチロウ.

A name is romanised from its reading and then written in one spelling: Kunrei consonants (訓令式: 昭和29年内閣告示第1号), long
vowels as short ones, no mark between syllables. What is searched for is brought to the same spelling.
"""

import re
import unicodedata

import jaconv

from academy.folding import fold

LONGEST_KEY = 200
# Kana that are read alike and romanised alike.
_READ_ALIKE = str.maketrans("ヲヂヅヰヱ", "オジズイエ")
# In this order: the longer spelling of a sound before the shorter one that it contains.
_SPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        ("tch|cch", "tty"), ("shi", "si"), ("chi", "ti"), ("ttyi", "tti"), ("tsu", "tu"), ("ji", "zi"), ("dzu|du", "zu"),
        ("di", "zi"), ("sh", "sy"), ("ch", "ty"), ("ts", "t"), ("j", "zy"), ("zyy", "zy"), ("f", "h"), ("wo", "o"),
        ("m(?=[bmp])", "n"), ("oh(?![aiueoy])", "o"), ("o[ou]+", "o"), ("aa+", "a"), ("ii+", "i"), ("uu+", "u"), ("ee+", "e"),
    )
]  # fmt: skip
# A sound that is not typed to its end, and what its key may begin with: `sh` becomes シ or シャ, `nam` ナマ or ナンバ.
_UNFINISHED = [
    (re.compile(pattern), beginnings)
    for pattern, beginnings in (
        ("tc$|cc?$", ("t",)), ("(?<=[stz])y$", ("",)), ("dz?$", ("d", "z")),
        ("(?<=[aiueo])m$", ("m", "n")), ("w$", ("w", "o")),
    )
]  # fmt: skip


def romaji_key(kana: str) -> str:
    """The key of a reading in katakana or hiragana."""
    return spelt(jaconv.kana2alphabet(jaconv.kata2hira(fold(kana).translate(_READ_ALIKE))))[:LONGEST_KEY]


def is_latin(text: str) -> bool:
    """Whether a search is one in Latin letters: at least one letter, and nothing but letters and marks between them."""
    plain = unicodedata.normalize("NFKD", text)
    return any(each.isalpha() for each in plain) and all(
        (each.isascii() and not each.isdigit()) or unicodedata.combining(each) for each in plain if not each.isspace()
    )


def romaji_prefixes(text: str) -> tuple[str, ...]:
    """What the keys of all matching readings begin with: one of these, none of them empty."""
    key = spelt(text)
    for pattern, beginnings in _UNFINISHED:
        if pattern.search(key):
            found = (pattern.sub(each, key) for each in beginnings)
            return tuple(each for each in found if each)
    return (key,) if key else ()


def spelt(latin: str) -> str:
    letters = "".join(each for each in unicodedata.normalize("NFKD", latin).lower() if "a" <= each <= "z")
    for pattern, plain in _SPELLINGS:
        letters = pattern.sub(plain, letters)
    return letters
