"""The columns that a table may have: how they are headed, and what they fill.

A column that is not known is listed and not read: what a file says besides never enters.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from academy.folding import fold
from academy.tables.faults import Fault
from academy.text import Text

LONGEST_HEADING = 100  # as the tables that keep headings hold them
NEVER: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """A column of a format. `fields` are what it fills of an entry; `needed` and `filled` name the modes in which the
    column must be there, and in which each of its cells must have a value.
    """

    name: str
    heading: str
    english: str
    note: Text
    aliases: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    needed: frozenset[str] = NEVER
    filled: frozenset[str] = NEVER

    @property
    def fields(self) -> tuple[str, ...]:
        return self.fills or (self.name,)


# Spaces, dashes, brackets, stars: the ways in which one heading is written.
_SIGNS = re.compile(r"[\W_]+")


def heading_key(heading: str) -> str:
    """Equal keys are one heading: 「職員番号」, 「職員 番号」, 「職員番号※」, `Staff_Number`."""
    return _SIGNS.sub("", fold(heading)) if len(heading) <= LONGEST_HEADING * 2 else ""


@dataclass(frozen=True)
class Column:
    """A known column as a file heads it."""

    known: Known
    heading: str

    @property
    def name(self) -> str:
        return self.known.name

    def stored(self) -> dict[str, str]:
        return {"heading": self.heading, "field": self.known.name}


@dataclass(frozen=True)
class Headings:
    """The first row of a file, understood: `places` are the positions of the known columns."""

    written: list[str]
    columns: list[Column]
    places: list[int]
    unmapped: list[str]
    faults: list[Fault]


def shown(heading: str) -> str:
    """A heading as it can be kept and printed: in one line, without control characters, not too long."""
    return "".join(" " if each.isspace() else each for each in heading.strip() if each.isprintable() or each.isspace())[
        :LONGEST_HEADING
    ]


@dataclass(frozen=True)
class Vocabulary:
    """The columns of one format, by name and by every way to head them."""

    known: tuple[Known, ...]
    by_name: Mapping[str, Known] = field(init=False, repr=False)
    by_heading: Mapping[str, Known] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headings = {
            heading_key(each): known
            for known in self.known
            for each in (known.heading, known.english, known.name, *known.aliases)
        }
        object.__setattr__(self, "by_name", {known.name: known for known in self.known})
        object.__setattr__(self, "by_heading", headings)

    def knows(self, heading: str) -> bool:
        return heading_key(heading) in self.by_heading

    def restored(self, columns: Iterable[Mapping[str, str]]) -> list[Column]:
        """What `Column.stored` gave."""
        return [Column(self.by_name[each["field"]], each["heading"]) for each in columns]

    def understand(self, headings: list[str], mode: str, line: int) -> Headings:
        """Which columns are known; what is there twice or is missing in this mode is a fault."""
        found = [self.by_heading.get(heading_key(each)) for each in headings]
        places = [place for place, known in enumerate(found) if known]
        columns = [Column(known, shown(heading)) for known, heading in zip(found, headings, strict=True) if known]
        unmapped = [
            shown(heading) or f"（{place + 1}列目）"
            for place, (known, heading) in enumerate(zip(found, headings, strict=True))
            if not known
        ]
        faults = [Fault(line, each, "duplicate_column") for each in _twice(columns)]
        filled = {field for column in columns for field in column.known.fields}
        faults += [
            Fault(line, known.heading, "missing_column")
            for known in self.known
            if mode in known.needed and not filled.issuperset(known.fields)
        ]
        return Headings([shown(each) for each in headings], columns, places, unmapped, faults)


def _twice(columns: list[Column]) -> list[str]:
    seen: set[str] = set()
    twice = []
    for column in columns:
        if not seen.isdisjoint(column.known.fields):
            twice.append(column.heading)
        seen.update(column.known.fields)
    return twice
