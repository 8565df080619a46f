"""The cells of one row as typed values; everything that is wrong with the row is found in one pass.

A blank cell is no value: what holds stays (a mark, ○ or ×, that is left blank means ×, and a kind of post left blank the primary one).
Codes and names are looked up in what the caller gives, so that nothing here asks the database.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from academy.folding import LONGEST_NUMBER, fold
from academy.models import AssignmentKind
from academy.romaji import romaji_key
from academy.rosters import words
from academy.rosters.characters import kana, name
from academy.rosters.columns import SNAPSHOT
from academy.tables.cells import code_of, day_of, text_of
from academy.tables.characters import Unacceptable, free_text, visible
from academy.tables.columns import Column
from academy.tables.faults import Fault

LONGEST_POST, LONGEST_EMAIL = 100, 254
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]*")
_SPACES = re.compile("[ \u00a0\u3000]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))

KeysByName = Mapping[str, int]


@dataclass(frozen=True)
class Lookups:
    """What codes and names mean: keys of rows by code, by Japanese name, grades also by `ladder.code`.

    Names are compared folded. Two different rows under one folded name are ambiguous; whoever means one writes its code.
    """

    organizations: KeysByName
    grades: KeysByName
    job_families: KeysByName
    hiring_categories: KeysByName
    folded: dict[str, dict[str, int | None]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for kind in ("organizations", "grades", "job_families", "hiring_categories"):
            self.folded[kind] = _folded(getattr(self, kind))

    def key(self, kind: str, text: str, unknown: str) -> int:
        exact: KeysByName = getattr(self, kind)
        if text in exact:
            return exact[text]
        key = self.folded[kind].get(fold(visible(text)), 0)
        if not key:
            raise Unacceptable("ambiguous_name" if key is None else unknown)
        return key


def _folded(keys: KeysByName) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for written, key in keys.items():
        name = fold(written)
        found[name] = key if found.get(name, key) == key else None
    return found


@dataclass(slots=True)
class Entry:
    """A row as it is understood; the fields are those of the model `RosterEntry`."""

    line: int
    staff_number: str | None = None
    leaves: bool = False
    kind: str = AssignmentKind.PRIMARY.value
    family_name: str = ""
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    name_folded: str = ""
    kana_folded: str = ""
    romaji_folded: str = ""
    former_name: str | None = None
    email: str | None = None
    hired_on: dt.date | None = None
    hiring_category_id: int | None = None
    organization_id: int | None = None
    work_place_id: int | None = None
    grade_id: int | None = None
    job_family_id: int | None = None
    post: str | None = None
    head_of_unit: bool | None = None
    deputy_of_unit: bool | None = None
    headquarters: bool | None = None
    statuses: list[list[str]] | None = None
    directory_hidden: bool | None = None


def entry(
    line: int, cells: Sequence[str | None], columns: Sequence[Column], lookups: Lookups, mode: str
) -> tuple[Entry | None, list[Fault]]:
    """One row, or all that is wrong with it."""
    found = Entry(line)
    faults: list[Fault] = []
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip() if cell else ""
        try:
            if text:
                READERS[column.name](found, text, lookups)
            elif mode in column.known.filled:
                raise Unacceptable("missing_value")
            elif column.name in _FALSE_WHEN_BLANK:
                setattr(found, column.name, False)
        except Unacceptable as error:
            faults.append(Fault(line, column.heading, error.code))
    faults.extend(Fault(line, heading, code) for heading, code in _contradictions(found, columns, mode, faults))
    if faults:
        return None, faults
    found.name_folded, found.kana_folded, found.romaji_folded = _keys(
        found.family_name + found.given_name, found.family_kana + found.given_kana
    )
    return found, []


_FALSE_WHEN_BLANK = frozenset({"head_of_unit", "deputy_of_unit"})


def _contradictions(
    found: Entry, columns: Sequence[Column], mode: str, faults: list[Fault]
) -> Iterator[tuple[str, str]]:
    """What is right cell by cell and wrong together."""
    if found.head_of_unit and found.deputy_of_unit:
        yield _heading("deputy_of_unit", columns), "head_and_deputy"
    if found.leaves and mode == SNAPSHOT:
        yield _heading("change", columns), "leaver_in_snapshot"
    if found.kind != AssignmentKind.PRIMARY and found.organization_id is None:
        heading = _heading("organization", columns)
        if heading not in [each.column for each in faults]:
            yield heading, "missing_value"


def _heading(name: str, columns: Sequence[Column]) -> str:
    return next((each.heading for each in columns if each.name == name), "所属コード")


@lru_cache(maxsize=50_000)
def _keys(full_name: str, reading: str) -> tuple[str, str, str]:
    return fold(full_name), fold(reading), romaji_key(reading)


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _staff_number(found: Entry, cell: str, _: Lookups) -> None:
    text = unicodedata.normalize("NFKC", visible(code_of(cell))).translate(_DASHES).upper().strip()
    if text[0] in "=+-@":
        raise Unacceptable("formula")
    if not _NUMBER.fullmatch(text):
        raise Unacceptable("not_a_number")
    if len(text) > LONGEST_NUMBER:
        raise Unacceptable("too_long")
    found.staff_number = text


def _both(text: str, read: Callable[[str], str]) -> tuple[str, str]:
    """Family name and given name of one cell, apart by the first space."""
    parts = _SPACES.split(text, maxsplit=1)
    if len(parts) < 2:
        read(text)
        raise Unacceptable("name_without_space")
    return read(parts[0]), read(parts[1])


def _name(found: Entry, cell: str, _: Lookups) -> None:
    found.family_name, found.given_name = _both(text_of(cell), name)


def _kana(found: Entry, cell: str, _: Lookups) -> None:
    found.family_kana, found.given_kana = _both(text_of(cell), kana)


def _email(found: Entry, cell: str, _: Lookups) -> None:
    text = unicodedata.normalize("NFKC", free_text(text_of(cell), LONGEST_EMAIL))
    try:
        validate_email(text)
    except ValidationError as error:
        raise Unacceptable("not_an_email") from error
    if not text.isascii() or len(text) > LONGEST_EMAIL:
        raise Unacceptable("not_an_email")
    found.email = text


def _hired_on(found: Entry, cell: str, _: Lookups) -> None:
    found.hired_on = day_of(cell)


def _post(found: Entry, cell: str, _: Lookups) -> None:
    found.post = free_text(text_of(cell), LONGEST_POST)


def _word(attribute: str, read: Callable[[str], Any]) -> "Reader":
    def reader(found: Entry, cell: str, _: Lookups) -> None:
        setattr(found, attribute, read(text_of(cell)))

    return reader


def _looked_up(attribute: str, kind: str, unknown: str) -> "Reader":
    def reader(found: Entry, cell: str, lookups: Lookups) -> None:
        setattr(found, attribute, lookups.key(kind, code_of(cell), unknown))

    return reader


Reader = Callable[[Entry, str, Lookups], None]
READERS: Mapping[str, Reader] = {
    "staff_number": _staff_number,
    "family_name": _word("family_name", name),
    "given_name": _word("given_name", name),
    "name": _name,
    "family_kana": _word("family_kana", kana),
    "given_kana": _word("given_kana", kana),
    "kana": _kana,
    "former_name": _word("former_name", name),
    "email": _email,
    "hired_on": _hired_on,
    "hiring_category": _looked_up("hiring_category_id", "hiring_categories", "unknown_hiring_category"),
    "kind": _word("kind", words.kind),
    "organization": _looked_up("organization_id", "organizations", "unknown_organization"),
    "work_place": _looked_up("work_place_id", "organizations", "unknown_organization"),
    "grade": _looked_up("grade_id", "grades", "unknown_grade"),
    "job_family": _looked_up("job_family_id", "job_families", "unknown_job_family"),
    "post": _post,
    "head_of_unit": _word("head_of_unit", words.flag),
    "deputy_of_unit": _word("deputy_of_unit", words.flag),
    "headquarters": _word("headquarters", words.headquarters),
    "statuses": _word("statuses", words.statuses),
    "directory_hidden": _word("directory_hidden", words.flag),
    "change": _word("leaves", words.leaves),
}
