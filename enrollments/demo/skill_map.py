"""The skill map in its first weeks: the sample framework, the cycle of fiscal year 2022, and what people have rated."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import Staff, User
from academy.posts import unit_head_of
from enrollments.demo.people import Person
from enrollments.demo.repeatable import FISCAL_YEAR, moment, story_id
from skills.models import (
    Assessment,
    AssessmentCycle,
    AssessmentStatus,
    AssessmentStep,
    FrameworkStatus,
    JobType,
    JobTypeAssignment,
    JobTypeAssignmentKind,
    JobTypeRequirement,
    Rating,
    SkillFramework,
    SkillFrameworkStep,
    SkillItem,
)
from skills.operations.frameworks import load_framework, publish_framework

PUBLISHED_ON = dt.date(2022, 5, 20)
OPENED_ON, CLOSES_ON = dt.date(2022, 6, 1), dt.date(2022, 9, 30)
# How far the assessments have come; of the rest of the ICT staff nobody has begun.
PROGRESS: Sequence[tuple[AssessmentStatus, int]] = (
    (AssessmentStatus.CONFIRMED, 14),
    (AssessmentStatus.SUBMITTED, 12),
    (AssessmentStatus.RETURNED, 3),
    (AssessmentStatus.DRAFT, 11),
)
# Levels that people of a grade mostly give themselves.
LEVELS: Mapping[str, Sequence[int]] = {"shuji": (0, 1, 1, 2), "shunin": (1, 1, 2, 3), "kacho_dairi": (1, 2, 2, 3)}


@dataclass
class SkillMap:
    framework: SkillFramework
    items: list[SkillItem]
    job_types: list[JobType]


def load_sample_framework(by: User) -> SkillMap:
    """The stand-in for the official list, loaded by its own operation, dated back and published."""
    path = Path(apps.get_app_config("skills").path) / "data" / "sample_framework.yaml"
    draft = load_framework(path=path, by=by)
    _name_rows(draft)
    SkillFramework.objects.filter(pk=draft.pk).update(
        public_id=story_id("skill_framework", draft.code), created_at=moment(PUBLISHED_ON, 10)
    )
    framework = publish_framework(framework_id=draft.pk, by=by)
    for status, hour in ((FrameworkStatus.DRAFT, 10), (FrameworkStatus.PUBLISHED, 11)):
        SkillFrameworkStep.objects.filter(subject=framework, new=status).update(at=moment(PUBLISHED_ON, hour))
    items, job_types = framework.items.order_by("number"), framework.job_types.order_by("number")
    return SkillMap(framework, list(items), list(job_types))


def _name_rows(framework: SkillFramework) -> None:
    """Give the rows of the draft public ids that are equal on every machine."""
    requirements = JobTypeRequirement.objects.filter(job_type__framework=framework)
    rows_by_number: Sequence[tuple[models.QuerySet[Any], str, Sequence[str]]] = (
        (framework.levels.all(), "skill_level", ["value"]),
        (framework.categories.all(), "skill_category", ["position"]),
        (framework.items.all(), "skill_item", ["number"]),
        (framework.job_types.all(), "job_type", ["number"]),
        (requirements, "job_type_requirement", ["job_type__number", "item__number"]),
    )
    for rows, table, numbers in rows_by_number:
        names = {key: "/".join(map(str, number)) for key, *number in rows.values_list("pk", *numbers)}
        found = list(rows)
        for row in found:
            row.public_id = story_id(table, names[row.pk])
        rows.model._default_manager.bulk_update(found, ["public_id"])


def open_cycle(skill_map: SkillMap) -> AssessmentCycle:
    """One cycle a year; it closes at the end of office hours of its last day."""
    return AssessmentCycle.objects.create(
        public_id=story_id("assessment_cycle", str(FISCAL_YEAR)),
        framework=skill_map.framework,
        fiscal_year=FISCAL_YEAR,
        name_ja="デジタルスキルマップ 2022年度(サンプル)",
        name_en="Digital skill map FY2022 (sample)",
        opens_at=moment(OPENED_ON, 9),
        closes_at=moment(CLOSES_ON, 17),
    )


def assign_job_types(skill_map: SkillMap, ict_staff: Sequence[Person], chance: random.Random) -> None:
    """Everybody has a main job type, some want another."""
    rows = []
    for person in ict_staff:
        main, wanted = chance.sample(skill_map.job_types, 2)
        kinds = [(JobTypeAssignmentKind.MAIN, main)]
        if chance.random() < 0.3:
            kinds.append((JobTypeAssignmentKind.WANTED, wanted))
        rows += [
            JobTypeAssignment(
                public_id=story_id("job_type_assignment", f"{person.key}/{kind.value}"),
                staff=person.staff,
                job_type=job_type,
                kind=kind,
                during=DateRange(OPENED_ON, None),
            )
            for kind, job_type in kinds
        ]
    JobTypeAssignment.objects.bulk_create(rows)


@dataclass
class _Assessed:
    """One assessment with the times of its steps."""

    person: Person
    row: Assessment
    status: AssessmentStatus
    began: dt.datetime
    submitted: dt.datetime
    reviewed: dt.datetime
    reviewer: Staff | None


def assess(cycle: AssessmentCycle, skill_map: SkillMap, people: Sequence[Person], chance: random.Random) -> None:
    """Let some of `people` assess themselves, and their heads review what was handed in."""
    statuses = [status for status, count in PROGRESS for _ in range(count)]
    chosen = chance.sample(list(people), len(statuses))
    assessed = [_assessed(cycle, person, status, chance) for person, status in zip(chosen, statuses, strict=True)]
    confirmed = [each for each in assessed if each.status == AssessmentStatus.CONFIRMED]
    Assessment.objects.bulk_create([each.row for each in assessed])
    AssessmentStep.objects.bulk_create([step for each in assessed for step in _steps(each)])
    Rating.objects.bulk_create([rating for each in assessed for rating in _ratings(each, skill_map, chance)])
    # A confirmed assessment takes no more ratings, so it is confirmed last.
    keys = [each.row.pk for each in confirmed]
    Assessment.objects.filter(pk__in=keys).update(status=AssessmentStatus.CONFIRMED)


def _assessed(cycle: AssessmentCycle, person: Person, status: AssessmentStatus, chance: random.Random) -> _Assessed:
    began = moment(OPENED_ON + dt.timedelta(days=chance.randrange(12)), chance.randint(9, 16))
    submitted = began + dt.timedelta(days=chance.randint(1, 6))
    reviewed = submitted + dt.timedelta(days=chance.randint(1, 7))
    reviewer = None
    if status in {AssessmentStatus.CONFIRMED, AssessmentStatus.RETURNED}:
        head = unit_head_of(person.staff.pk, on=reviewed.date())
        if head is None:
            raise LookupError(f"nobody is in charge of {person.key}")
        reviewer = Staff.objects.select_related("user").get(pk=head)
    row = Assessment(
        public_id=story_id("assessment", person.key),
        cycle=cycle,
        staff=person.staff,
        status=AssessmentStatus.SUBMITTED if status == AssessmentStatus.CONFIRMED else status,
        reviewer=reviewer,
        submissions=0 if status == AssessmentStatus.DRAFT else 1,
        created_at=began,
    )
    return _Assessed(person, row, status, began, submitted, reviewed, reviewer)


def _steps(each: _Assessed) -> list[AssessmentStep]:
    draft, submitted = AssessmentStatus.DRAFT, AssessmentStatus.SUBMITTED
    steps = [AssessmentStep(subject=each.row, old="", new=draft, at=each.began)]
    if each.status != draft:
        steps.append(AssessmentStep(subject=each.row, old=draft, new=submitted, at=each.submitted))
    if each.reviewer:
        returned = each.status == AssessmentStatus.RETURNED
        steps.append(
            AssessmentStep(
                subject=each.row,
                old=submitted,
                new=each.status,
                by=each.reviewer.user,
                reason="根拠を具体的に記入してください(サンプル)" if returned else "",
                at=each.reviewed,
            )
        )
    return steps


def _ratings(each: _Assessed, skill_map: SkillMap, chance: random.Random) -> list[Rating]:
    """A draft rates a part of the items; who handed in has rated all. The reviewer lowers a level now and then."""
    draft = each.status == AssessmentStatus.DRAFT
    ratings = []
    for item in skill_map.items:
        if draft and chance.random() < 0.5:
            continue
        level = chance.choice(LEVELS[each.person.grade])
        ratings.append(_rating(each, item, 1, level, None))
        if each.status == AssessmentStatus.CONFIRMED:
            confirmed = max(0, level - (chance.random() < 0.12))
            ratings.append(_rating(each, item, 2, level, confirmed))
    return ratings


def _rating(each: _Assessed, item: SkillItem, revision: int, level: int, confirmed: int | None) -> Rating:
    review = confirmed is not None
    return Rating(
        public_id=story_id("rating", f"{each.person.key}/{item.number}/{revision}"),
        assessment=each.row,
        item=item,
        revision=revision,
        self_level=level,
        confirmed_level=confirmed,
        evidence="業務経験(サンプル)" if level >= 2 else "",
        by=each.reviewer.user if review and each.reviewer else None,
        recorded_at=each.reviewed if review else each.began + dt.timedelta(minutes=30),
    )


def tell_skill_map(people: Sequence[Person], by: User, chance: random.Random, *, not_yet: Sequence[str]) -> None:
    """`not_yet` are the people who have not begun: they do in the demonstration."""
    skill_map = load_sample_framework(by)
    cycle = open_cycle(skill_map)
    ict_staff = [person for person in people if person.family == "ict" and person.grade in LEVELS]
    assign_job_types(skill_map, ict_staff, chance)
    assess(cycle, skill_map, [person for person in ict_staff if person.key not in not_yet], chance)
