"""The counts of an audience as a planner may read them.

Academy HR reads them all. Others plan for people whom they do not know: of bureaus outside their own, counts of a few
people are withheld (`courses.disclosure`), and so in what spans bureaus. A rule that asks for a status, which only HR of
the person may know, is counted for them among the people of their HR scope alone: the free choice of a rule would find
out anybody's status otherwise. Who is hidden in the directory counts for academy HR alone.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Model, Q

from academy.access import HR, Viewer, people_of_hr, shown
from academy.models import Grade, Organization, Role
from academy.text import Text
from courses.audiences import Kind, Node, conditions, parse, preview
from courses.disclosure import SMALLEST, Counts, Withheld, tells_too_much, withheld
from courses.models import Audience


class Counted(StrEnum):
    EVERYBODY = "everybody"
    ADMINISTERED = "administered"  # the people of one's HR scope


@dataclass(frozen=True)
class Line:
    """A bureau or a grade; without its counts where they are withheld."""

    id: UUID
    name: Text
    staff: int
    counts: Counts | None


@dataclass(frozen=True)
class AudienceCounts:
    on: dt.date
    counted: Counted
    smallest: int | None  # smaller counts are withheld; None where nothing is
    staff: int
    total: Counts | None
    included: int
    excluded: int
    by_bureau: list[Line]
    by_grade: list[Line]


def counted_for(viewer: Viewer, *rules: Node) -> tuple[Counted, Q | None]:
    """Whom the viewer may count by rules, and a condition on the posts of those people; None where it is everybody."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Counted.EVERYBODY, None
    if any(each.kind == Kind.STATUS for rule in rules for each in conditions(rule)):
        return Counted.ADMINISTERED, people_of_hr(viewer, "staff")
    return Counted.EVERYBODY, shown("staff")


def reads_small_counts(viewer: Viewer, counted: Counted) -> bool:
    """Whether the people who were counted are all known to the viewer."""
    return counted == Counted.ADMINISTERED or viewer.everywhere(Role.ACADEMY_HR)


def audience_counts(audience: Audience, on: dt.date, *, edited: Node | None = None, viewer: Viewer) -> AudienceCounts:
    """The audience on a day, and beside it what it would be with an edited rule; as far as the viewer may know."""
    counted, among = counted_for(viewer, parse(audience.rule), *([edited] if edited else []))
    open_book = reads_small_counts(viewer, counted)
    found = preview(audience, on, edited=edited, among=among)
    bureaus: Withheld[int] = Withheld() if open_book else withheld(found.by_bureau, _own_bureaus(viewer))
    grades: Withheld[int] = Withheld() if open_book else withheld(found.by_grade)
    hidden_total = not open_book and (tells_too_much(found.total) or bureaus.total or grades.total)
    return AudienceCounts(
        on=on,
        counted=counted,
        smallest=None if open_book else SMALLEST,
        staff=found.total.staff,
        total=None if hidden_total else found.total,
        included=found.included,
        excluded=found.excluded,
        by_bureau=_lines(Organization, ("position", "code"), found.by_bureau, bureaus),
        by_grade=_lines(Grade, ("ladder__code", "rank"), found.by_grade, grades),
    )


def _own_bureaus(viewer: Viewer) -> set[int]:
    """The organisations whose people the viewer knows one by one, as HR of whole subtrees."""
    roots = viewer.roots(*HR)
    return set(Organization.objects.within(roots, viewer.day).values_list("pk", flat=True)) if roots else set()


def _lines(
    model: type[Model], order: tuple[str, ...], counted: Mapping[int, Counts], hidden: Withheld[int]
) -> list[Line]:
    """In official order."""
    rows = model._default_manager.filter(pk__in=counted).order_by(*order)
    return [
        Line(public_id, Text(ja, en or ja), counted[pk].staff, None if pk in hidden.lines else counted[pk])
        for pk, public_id, ja, en in rows.values_list("pk", "public_id", "name_ja", "name_en")
    ]
