"""A file of the corpus, and what must come of it."""

from dataclasses import dataclass, field
from typing import Any

from tests.academy.rosters.files import Place, outcome


@dataclass(frozen=True)
class Case:
    """A file. `refused`: no row is read. `faults`: what its rows have. `first`: values of the first entry."""

    name: str
    data: bytes
    refused: list[Place] | None = None
    faults: list[Place] = field(default_factory=list)
    entries: int = 0
    first: dict[str, Any] = field(default_factory=dict)
    mode: str = "snapshot"

    def differences(self) -> list[object]:
        """What came of the file and must not, beside what must."""
        found = outcome(self.data, self.mode)
        first = {name: getattr(found.entries[0], name) for name in self.first} if found.entries else {}
        places = sorted(self.faults if self.refused is None else self.refused)
        came = (found.refused, found.faults, len(found.entries), first)
        must = (self.refused is not None, places, self.entries, self.first)
        return [(came, must)] if came != must else []


def refused(name: str, data: bytes, *places: Place, mode: str = "snapshot") -> Case:
    return Case(name, data, refused=list(places), mode=mode)


def faulty(name: str, data: bytes, *places: Place, entries: int = 1, mode: str = "snapshot") -> Case:
    """Reported with its places; the other rows are read."""
    return Case(name, data, faults=list(places), entries=entries, mode=mode)


def good(name: str, data: bytes, entries: int = 2, mode: str = "snapshot", **first: Any) -> Case:
    return Case(name, data, entries=entries, first=first, mode=mode)


def missing(line: int, *names: str) -> list[Place]:
    every = ("職員番号", "氏", "名", "氏カナ", "名カナ", "所属コード")
    return sorted((line, each, "missing_column") for each in names or every)
