"""Reading a rule: the whole tree is checked in one pass, each fault with its place as a JSON pointer."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from academy.errors import Faults

DEEPEST = 6  # groups within groups
MOST_NODES = 100
MOST_CODES = 200
LONGEST_CODE = 100
MOST_YEARS = 60


class Kind(StrEnum):
    GRADE_AT_LEAST = "grade_at_least"
    GRADE_AT_MOST = "grade_at_most"
    GRADE_IS = "grade_is"
    JOB_FAMILY = "job_family"
    HIRING_CATEGORY = "hiring_category"
    STATUS = "status"
    ORGANIZATION_KIND = "organization_kind"
    ORGANIZATION = "organization"
    HEADQUARTERS = "headquarters"
    NEW_RECRUIT = "new_recruit"
    YEARS_IN_GRADE_AT_LEAST = "years_in_grade_at_least"
    YEARS_IN_GRADE_LESS_THAN = "years_in_grade_less_than"


GRADES = frozenset({Kind.GRADE_AT_LEAST, Kind.GRADE_AT_MOST, Kind.GRADE_IS})
ONE_CODE = frozenset({Kind.GRADE_AT_LEAST, Kind.GRADE_AT_MOST})
FLAGS = frozenset({Kind.HEADQUARTERS, Kind.NEW_RECRUIT})
YEARS = frozenset({Kind.YEARS_IN_GRADE_AT_LEAST, Kind.YEARS_IN_GRADE_LESS_THAN})
GROUPS = ("all", "any")


@dataclass(frozen=True)
class Condition:
    """One condition: a person needs one of `codes`, for a flag the value `wanted`, or so many `years`."""

    kind: Kind
    pointer: str
    codes: tuple[str, ...] = ()
    wanted: bool = True
    years: int = 0


@dataclass(frozen=True)
class Group:
    """All of the nodes, or any of them. All of none is everyone."""

    every: bool
    pointer: str
    nodes: "tuple[Node, ...]" = ()


Node = Condition | Group


def conditions(node: Node) -> Iterator[Condition]:
    """The conditions of a tree in their written order."""
    if isinstance(node, Condition):
        yield node
    else:
        for inner in node.nodes:
            yield from conditions(inner)


def parse(rule: Any, *, at: str = "") -> Node:
    """The tree of a rule. `InvalidInput` names every fault; `at` is the pointer of the rule in the body it came in."""
    faults = Faults()
    node = read(rule, faults, at=at)
    faults.refuse()
    return node


def read(rule: Any, faults: Faults, *, at: str = "") -> Node:
    """As `parse`, but adds to `faults`; what could not be read is left out of the tree."""
    if rule == {}:
        return Group(every=True, pointer=at)
    node = _Reader(faults).node(rule, at, 1)
    return node or Group(every=True, pointer=at)


def _escaped(name: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


class _Reader:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.nodes = 0

    def node(self, raw: Any, at: str, depth: int) -> Node | None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            if self.nodes == MOST_NODES + 1:
                self.faults.add(
                    at, "too_large", f"条件は{MOST_NODES}個までです。", f"A rule has at most {MOST_NODES} nodes."
                )
            return None
        if not isinstance(raw, dict) or len(raw) != 1:
            self.faults.add(
                at,
                "one_condition",
                "条件は項目が一つのオブジェクトです。",
                "A node is an object with exactly one member.",
            )
            return None
        [(name, value)] = raw.items()
        inner = f"{at}/{_escaped(str(name))}"
        if name in GROUPS:
            return self._group(name, value, inner, depth)
        if name not in set(Kind):
            self.faults.add(inner, "unknown_condition", "この条件はありません。", "There is no such condition.")
            return None
        return self._condition(Kind(name), value, inner)

    def _group(self, name: str, value: Any, at: str, depth: int) -> Node | None:
        if not isinstance(value, list) or not value:
            self.faults.add(at, "not_a_list", "一つ以上の条件の配列です。", "A list of at least one node.")
            return None
        if depth > DEEPEST:
            self.faults.add(at, "too_deep", f"入れ子は{DEEPEST}段までです。", f"Groups nest at most {DEEPEST} deep.")
            return None
        read = [self.node(raw, f"{at}/{index}", depth + 1) for index, raw in enumerate(value[: MOST_NODES + 1])]
        return Group(name == "all", at, tuple(node for node in read if node is not None))

    def _condition(self, kind: Kind, value: Any, at: str) -> Node | None:
        if kind in FLAGS:
            if not isinstance(value, bool):
                self.faults.add(at, "not_a_boolean", "true か false です。", "true or false.")
                return None
            return Condition(kind, at, wanted=value)
        if kind in YEARS:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_YEARS:
                text = f"0から{MOST_YEARS}までの整数です。", f"A whole number from 0 to {MOST_YEARS}."
                self.faults.add(at, "not_a_number_of_years", *text)
                return None
            return Condition(kind, at, years=value)
        if kind in ONE_CODE:
            return Condition(kind, at, (value,)) if self._code(value, at) else None
        if not isinstance(value, list) or not value or len(value) > MOST_CODES:
            self.faults.add(
                at, "not_a_list", f"1から{MOST_CODES}個のコードの配列です。", f"A list of 1 to {MOST_CODES} codes."
            )
            return None
        good = [self._code(code, f"{at}/{index}") for index, code in enumerate(value)]
        return Condition(kind, at, tuple(value)) if all(good) else None

    def _code(self, value: Any, at: str) -> bool:
        good = isinstance(value, str) and 0 < len(value) <= LONGEST_CODE and value.isprintable()
        if not good:
            self.faults.add(at, "not_a_code", "コードの文字列です。", "A code, as a string.")
        return good
