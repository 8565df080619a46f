"""What the codes of a rule stand for: ranks of grades, keys of organisations, names in both languages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from academy.errors import Faults
from academy.models import (
    Grade,
    HiringCategory,
    JobFamily,
    Organization,
    OrganizationKind,
    StatusKind,
)
from academy.statements import Asking, Statement
from academy.text import Text, in_both
from courses.audiences.rules import GRADES, ONE_CODE, Condition, Kind, Node, conditions


@dataclass(frozen=True)
class GradeReference:
    """A grade as rules compare it."""

    pk: int
    ladder: str
    rank: int
    equivalents: tuple[tuple[DateRange, int], ...]
    name: Text

    def equivalent_rank(self, on: dt.date) -> int | None:
        """The rank on the common scale on a day."""
        return next((rank for during, rank in self.equivalents if covers(during, on)), None)


def covers(during: DateRange, day: dt.date) -> bool:
    return (during.lower is None or during.lower <= day) and (during.upper is None or day < during.upper)


def compared(
    ladder: str, rank: int, equivalent_rank: int | None, reference: GradeReference | None, on: dt.date
) -> int | None:
    """Below, equal or above (negative, 0, positive) a reference grade; None where the two cannot be compared.

    Within a ladder by rank; across ladders by the equivalent ranks of the day, of which a grade may have none.
    """
    if reference is None:
        return None
    if ladder == reference.ladder:
        return rank - reference.rank
    common = reference.equivalent_rank(on)
    if equivalent_rank is None or common is None:
        return None
    return equivalent_rank - common


@dataclass(frozen=True)
class References:
    """Read once for a rule, used for any number of people."""

    grades: Mapping[str, GradeReference] = field(default_factory=dict)  # by "<ladder>.<grade>"
    organizations: Mapping[str, int] = field(default_factory=dict)  # code: key
    names: Mapping[tuple[Kind, str], Text] = field(default_factory=dict)
    organization_names: Mapping[int, Text] = field(default_factory=dict)

    def name(self, kind: Kind, code: str) -> Text:
        """The name of a code, or the code itself where it is gone."""
        if kind in GRADES:
            grade = self.grades.get(code)
            return grade.name if grade else Text(code, code)
        return self.names.get((kind, code)) or Text(code, code)


def named(name_ja: str, name_en: str) -> Text:
    return Text(name_ja, name_en or name_ja)


@cache
def _kind_names() -> Mapping[tuple[Kind, str], Text]:
    """What is named by the code itself, and never changes."""
    statuses = {(Kind.STATUS, str(kind)): in_both(kind.label) for kind in StatusKind}
    return statuses | {(Kind.ORGANIZATION_KIND, str(kind)): in_both(kind.label) for kind in OrganizationKind}


def references_for(node: Node, *, bureau_ids: Iterable[int] = ()) -> References:
    """What a rule refers to, in at most four statements; `bureau_ids` are to be named too."""
    kinds = {each.kind for each in conditions(node)}
    names = {**_kind_names()}
    for kind, model in ((Kind.JOB_FAMILY, JobFamily), (Kind.HIRING_CATEGORY, HiringCategory)):
        if kind in kinds:
            rows = model.objects.values_list("code", "name_ja", "name_en")
            names |= {(kind, code): named(ja, en) for code, ja, en in rows}
    keys: dict[str, int] = {}
    bodies: dict[int, Text] = {}
    if Kind.ORGANIZATION in kinds:
        codes = {code for each in conditions(node) if each.kind == Kind.ORGANIZATION for code in each.codes}
        wanted = Organization.objects.filter(Q(code__in=codes) | Q(pk__in=set(bureau_ids)))
        for pk, code, ja, en in wanted.values_list("pk", "code", "name_ja", "name_en"):
            bodies[pk] = named(ja, en)
            if code in codes:
                keys[code] = pk
                names[Kind.ORGANIZATION, code] = named(ja, en)
    return References(_grades() if kinds & GRADES else {}, keys, names, bodies)


_GRADES = Statement(
    lambda: Grade.objects.values_list(
        "ladder__code", "code", "pk", "rank", "name_ja", "name_en", "equivalences__during", "equivalences__rank"
    )
)


def asking(node: Node) -> list[Asking]:
    """What `references_for` asks for most rules: for `statements.ahead`."""
    return [_GRADES.asked()] if {each.kind for each in conditions(node)} & GRADES else []


def _grades() -> dict[str, GradeReference]:
    found: dict[str, GradeReference] = {}
    for ladder, code, pk, rank, ja, en, during, equivalent in _GRADES.rows():
        name = f"{ladder}.{code}"
        before = found[name].equivalents if name in found else ()
        equivalents = (*before, (during, equivalent)) if during else before
        found[name] = GradeReference(pk, ladder, rank, equivalents, named(ja, en))
    return found


def unknown_codes(node: Node, faults: Faults) -> None:
    """Add a fault for each code of a rule that names nothing. Organisations of any time count: rules outlive them."""
    references = references_for(node)
    known: dict[Kind, set[str]] = {kind: set(references.grades) for kind in GRADES}
    for kind, code in references.names:
        known.setdefault(kind, set()).add(code)
    for each in conditions(node):
        for index, code in enumerate(each.codes):
            if code not in known.get(each.kind, set()):
                at = each.pointer if each.kind in ONE_CODE else f"{each.pointer}/{index}"
                faults.add(at, "unknown_code", "このコードはありません。", "There is no such code.")


def grades_of(condition: Condition, references: References) -> list[GradeReference]:
    found = [references.grades.get(code) for code in condition.codes]
    return [grade for grade in found if grade is not None]
