"""A small skill map for the cast: three items in two categories, levels 0 to 3, two job types."""

import datetime as dt
from pathlib import Path

from skills.models import Assessment, AssessmentCycle, SkillFramework, SkillItem
from skills.operations import assessments, cycles, frameworks
from tests.cast import Cast
from tests.stage import tokyo

OPENS = tokyo("2022-06-01 00:00")
CLOSES = tokyo("2022-08-01 00:00")

FILE = """\
code: small
version: "1"
name_ja: 小さなマップ
name_en: Small map
sample: true
source: made for tests
levels:
  - {value: 0, ja: なし, en: None}
  - {value: 1, ja: 基礎, en: Basics}
  - {value: 2, ja: 自立, en: Independent}
  - {value: 3, ja: 指導, en: Leads}
categories:
  - {ja: ビジネス, en: Business}
  - {ja: データ, en: Data}
items:
  - {number: 1, category: ビジネス, ja: 企画, en: Planning}
  - {number: 2, category: ビジネス, ja: 要件定義, en: Requirements}
  - {number: 3, category: データ, ja: 分析, en: Analytics}
job_types:
  - {number: 1, ja: 企画者, en: Planner, requires: {1: 3, 2: 2}}
  - {number: 2, ja: 分析者, en: Analyst, requires: {2: 1, 3: 2}}
"""


def written(folder: Path, text: str = FILE, name: str = "map.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def published(folder: Path) -> SkillFramework:
    framework = frameworks.load_framework(path=written(folder), by=None)
    return frameworks.publish_framework(framework_id=framework.pk, by=None)


def cycle(framework: SkillFramework, name: str = "2022年度", **window: dt.datetime) -> AssessmentCycle:
    return cycles.open_cycle(
        framework_id=framework.pk,
        fiscal_year=2022,
        name_ja=name,
        name_en="FY2022",
        opens_at=window.get("opens_at", OPENS),
        closes_at=window.get("closes_at", CLOSES),
        by=None,
    )


def items(framework: SkillFramework) -> list[SkillItem]:
    return list(SkillItem.objects.filter(framework=framework).order_by("number"))


def started(cast: Cast, of: AssessmentCycle, who: str = "ict") -> Assessment:
    staff = getattr(cast, who)
    return assessments.start_assessment(cycle_id=of.pk, staff_id=staff.pk, by=cast.user(who))


def rate(cast: Cast, assessment: Assessment, *levels: int | None, who: str = "ict") -> Assessment:
    """Save the levels of the first items in the order of their numbers."""
    ratings: list[assessments.SelfRating] = [
        {"item": item.public_id, "self_level": level}
        for item, level in zip(items(assessment.cycle.framework), levels, strict=False)
    ]
    return assessments.save_ratings(assessment_id=assessment.pk, ratings=ratings, by=cast.user(who))


def submitted(cast: Cast, of: AssessmentCycle, *levels: int, who: str = "ict") -> Assessment:
    assessment = started(cast, of, who)
    rate(cast, assessment, *(levels or (2, 1, 0)), who=who)
    return assessments.submit(assessment_id=assessment.pk, by=cast.user(who))
