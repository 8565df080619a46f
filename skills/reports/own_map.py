"""A person's own skill map: one map for each cycle in which they were assessed, the latest cycle first.

Levels are those of the current revisions, self and confirmed apart. A radar axis is a category, in the order of the
framework: the mean of the levels that are present, with how many are present of how many items. The fit of a job type
is the share of its required items that are met, by the confirmed level where there is one, else by the self level;
a missing level is unknown and meets nothing. Job types come by share, best first, then by fewer unknown, then by number.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from academy.access import Viewer
from skills import gaps
from skills.models import (
    Assessment,
    JobType,
    JobTypeAssignment,
    JobTypeRequirement,
    Rating,
    SkillItem,
)

NAME = "own_map"


@dataclass(frozen=True)
class ItemRow:
    item: UUID
    number: int
    name_ja: str
    name_en: str
    self_level: int | None
    confirmed_level: int | None


@dataclass(frozen=True)
class Axis:
    category: UUID
    name_ja: str
    name_en: str
    items: int
    self_mean: float | None
    self_present: int
    confirmed_mean: float | None
    confirmed_present: int


@dataclass(frozen=True)
class Gap:
    """`gap` in levels; None: unknown."""

    item: UUID
    number: int
    name_ja: str
    name_en: str
    required: int
    actual: int | None
    gap: int | None


@dataclass(frozen=True)
class FitRow:
    """`share` from 0 to 1; `held` as what the person holds the job type today (main, sub, wanted)."""

    job_type: UUID
    number: int
    name_ja: str
    name_en: str
    held: tuple[str, ...]
    share: float | None
    met: int
    required: int
    unknown: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Map:
    assessment: Assessment  # with its cycle and framework
    items: tuple[ItemRow, ...]
    radar: tuple[Axis, ...]
    job_types: tuple[FitRow, ...]


def rows(*, viewer: Viewer) -> list[Map]:
    """The maps of the viewer; nobody else's. The number of statements does not grow with cycles."""
    if viewer.staff_id is None:
        return []
    assessments = list(
        Assessment.objects.filter(staff_id=viewer.staff_id)
        .select_related("cycle__framework")
        .order_by("-cycle__opens_at", "-pk")
    )
    frameworks = {each.cycle.framework_id for each in assessments}
    items = _by(SkillItem.objects.filter(framework__in=frameworks).select_related("category"), "framework_id")
    job_types = _by(JobType.objects.filter(framework__in=frameworks).order_by("number"), "framework_id")
    required = _by(JobTypeRequirement.objects.filter(job_type__framework__in=frameworks), "job_type_id")
    ratings = _by(Rating.objects.filter(assessment__in=assessments).current(), "assessment_id")
    held = _by(JobTypeAssignment.objects.on(viewer.day).filter(staff_id=viewer.staff_id).order_by("pk"), "job_type_id")
    made = []
    for assessment in assessments:
        rated = {rating.item_id: rating for rating in ratings[assessment.pk]}
        framework = assessment.cycle.framework_id
        own = sorted(items[framework], key=lambda item: item.number)
        fits = [_fit(each, own, required[each.pk], rated, held[each.pk]) for each in job_types[framework]]
        made.append(Map(assessment, tuple(_items(own, rated)), tuple(_radar(own, rated)), tuple(_best_first(fits))))
    return made


def _by(found: Iterable[Any], column: str) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for each in found:
        groups[getattr(each, column)].append(each)
    return groups


def _items(items: list[SkillItem], rated: Mapping[int, Rating]) -> Iterable[ItemRow]:
    for item in items:
        rating = rated.get(item.pk) or Rating()
        levels = (rating.self_level, rating.confirmed_level)
        yield ItemRow(item.public_id, item.number, item.name_ja, item.name_en, *levels)


def _radar(items: list[SkillItem], rated: Mapping[int, Rating]) -> Iterable[Axis]:
    groups = _by(items, "category")
    for category in sorted(groups, key=lambda each: each.position):
        present = [rated[item.pk] for item in groups[category] if item.pk in rated]
        own = gaps.mean(rating.self_level for rating in present)
        confirmed = gaps.mean(rating.confirmed_level for rating in present)
        yield Axis(
            category=category.public_id,
            name_ja=category.name_ja,
            name_en=category.name_en,
            items=len(groups[category]),
            self_mean=own.value,
            self_present=own.present,
            confirmed_mean=confirmed.value,
            confirmed_present=confirmed.present,
        )


def level_that_holds(rating: Rating) -> int | None:
    """The confirmed level where there is one, else the person's own."""
    return rating.self_level if rating.confirmed_level is None else rating.confirmed_level


def _fit(
    job_type: JobType,
    items: list[SkillItem],
    required: list[JobTypeRequirement],
    rated: Mapping[int, Rating],
    held: list[JobTypeAssignment],
) -> FitRow:
    actual = {item_id: level_that_holds(rating) for item_id, rating in rated.items()}
    needed = {requirement.item_id: requirement.level for requirement in required}
    found = gaps.fit(needed, actual)
    return FitRow(
        job_type=job_type.public_id,
        number=job_type.number,
        name_ja=job_type.name_ja,
        name_en=job_type.name_en,
        held=tuple(each.kind for each in held),
        share=found.share,
        met=found.met,
        required=found.required,
        unknown=found.unknown,
        gaps=tuple(
            Gap(
                item.public_id,
                item.number,
                item.name_ja,
                item.name_en,
                needed[item.pk],
                actual.get(item.pk),
                found.gaps[item.pk],
            )
            for item in items
            if item.pk in needed
        ),
    )


def _best_first(fits: list[FitRow]) -> list[FitRow]:
    return sorted(fits, key=lambda each: (-(each.share if each.share is not None else -1), each.unknown, each.number))
