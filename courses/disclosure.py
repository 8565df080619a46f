"""Which counts of people go out to somebody who may not read the individuals (design promise 9). Pure; writes nothing.

A line is a group of people of whom some are in an audience. Counts of fewer than `SMALLEST` people are withheld, and the
counts whose complement in the group is that small; of a larger group, nobody and everybody are told, for they single
nobody out. A line goes with all its counts, because each follows from the others. So that what is withheld does not follow from a total, the
lines withheld together hold `SMALLEST` people too, or none: others are added, the smallest group first.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Generic, TypeVar

SMALLEST = 5

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Counts:
    """Of a group: how many there are, how many of them are in the audience before and after, who joins and who leaves."""

    staff: int = 0
    before: int = 0
    after: int = 0
    joined: int = 0
    left: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def tells_too_much(counts: Counts) -> bool:
    """Whether one of the counts, or what is left beside it, is of a few people."""
    told = [getattr(counts, each.name) for each in fields(counts) if each.name != "staff"]
    rest = (counts.staff - counts.before, counts.staff - counts.after)
    return any(is_small(each) for each in (*told, *rest))


@dataclass(frozen=True)
class Withheld(Generic[K]):
    """The lines of a table that are withheld, and whether the total must go too, for they would follow from it."""

    lines: frozenset[K] = frozenset()
    total: bool = False


def withheld(lines: Mapping[K, Counts], known: Collection[K] = ()) -> Withheld[K]:
    """What of a table is withheld; lines that the reader may know person by person never are."""
    unknown = sorted((counts.staff, place) for place, (key, counts) in enumerate(lines.items()) if key not in known)
    order = [list(lines)[place] for _, place in unknown]
    hidden = {key for key in order if tells_too_much(lines[key])}
    for key in order:
        if not _follows_from_a_total(lines, hidden):
            break
        hidden.add(key)
    return Withheld(frozenset(hidden), _follows_from_a_total(lines, hidden))


def _follows_from_a_total(lines: Mapping[K, Counts], hidden: Collection[K]) -> bool:
    """Whether what is withheld can be had by subtraction: of one line, or of several that hold few people together."""
    together = sum((lines[key] for key in hidden), Counts())
    return len(hidden) == 1 or tells_too_much(together)
