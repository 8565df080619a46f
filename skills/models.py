"""What people can do: versioned frameworks, cycles of assessment, and each person's ratings in them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from academy.clock import BusinessNow
from academy.models import Staff
from academy.models.base import Dated, DatedQuerySet, Fact, PersonalData, Record, Retention, append_only
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual

SKILLS = PersonalData("digital skill map: development and placement of ICT staff", Retention.SKILL_RECORD)


class FrameworkStatus(models.TextChoices):
    DRAFT = "draft", bilingual("作成中", "Draft")
    PUBLISHED = "published", bilingual("公開", "Published")
    RETIRED = "retired", bilingual("廃止", "Retired")


FRAMEWORK_TRANSITIONS: Mapping[str, set[str]] = {
    FrameworkStatus.DRAFT: {FrameworkStatus.PUBLISHED},
    FrameworkStatus.PUBLISHED: {FrameworkStatus.RETIRED},
    FrameworkStatus.RETIRED: set(),
}


def frozen_with_framework(name: str, of: str = "OLD.framework_id, NEW.framework_id") -> pgtrigger.Trigger:
    """The rows of a framework are written while it is a draft; later the database refuses every change.

    The lock lets no row in while another transaction publishes.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("framework", "RECORD")],
        func=f"""
            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN ({of}) FOR SHARE LOOP
                IF framework.status <> 'draft' THEN
                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 - the two column lists are written in this file
    )


_FRAMEWORK_OF_REQUIREMENT = "SELECT framework_id FROM skills_jobtype WHERE id IN (OLD.job_type_id, NEW.job_type_id)"


class SkillFramework(Stateful, Record):
    """A version of the skill map. A published one never changes: a revision is a new version."""

    TRANSITIONS = FRAMEWORK_TRANSITIONS

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    sample = models.BooleanField(
        default=False, help_text="サンプル: 公式の一覧ではない / a stand-in, not the official list"
    )
    source = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, editable=False, help_text="読み込んだファイルの SHA-256")
    status = models.CharField(max_length=20, choices=FrameworkStatus.choices, default=FrameworkStatus.DRAFT)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = StatefulQuerySet["SkillFramework"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="skill_framework_version_is_unique", fields=["code", "version"])]
        indexes = [models.Index(fields=["created_at", "id"], name="skill_framework_by_creation")]
        triggers = [
            legal_transitions("skill_framework_transitions_are_legal", FRAMEWORK_TRANSITIONS),
            pgtrigger.Protect(
                name="skill_framework_is_kept",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=FrameworkStatus.DRAFT),
            ),
            pgtrigger.Trigger(
                name="skill_framework_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status=FrameworkStatus.DRAFT),
                func="""
                    IF to_jsonb(OLD) - 'status' <> to_jsonb(NEW) - 'status' THEN
                        RAISE EXCEPTION 'a framework that was published does not change';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_ja} {self.version}"

    @property
    def sample_label(self) -> str | None:
        return str(bilingual("サンプル", "Sample")) if self.sample else None


class SkillFrameworkStep(Step):
    subject = models.ForeignKey(SkillFramework, models.CASCADE, related_name="steps")


class SkillCategory(Record):
    framework = models.ForeignKey(SkillFramework, models.CASCADE, related_name="categories")
    position = models.PositiveSmallIntegerField()
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "skill categories"
        constraints = [
            models.UniqueConstraint(name="skill_category_position_is_unique", fields=["framework", "position"])
        ]
        triggers = [frozen_with_framework("skill_categories_are_frozen")]


class SkillItem(Record):
    """スキル項目."""

    framework = models.ForeignKey(SkillFramework, models.CASCADE, related_name="items")
    category = models.ForeignKey(SkillCategory, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="skill_item_number_is_unique", fields=["framework", "number"])]
        indexes = [models.Index(fields=["number", "id"], name="skill_item_by_number")]
        triggers = [frozen_with_framework("skill_items_are_frozen")]


class SkillLevel(Record):
    """A level of the scale with its descriptor; all items of a framework share one scale."""

    framework = models.ForeignKey(SkillFramework, models.CASCADE, related_name="levels")
    value = models.PositiveSmallIntegerField()
    descriptor_ja = models.CharField(max_length=300)
    descriptor_en = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="skill_level_value_is_unique", fields=["framework", "value"])]
        triggers = [frozen_with_framework("skill_levels_are_frozen")]


class JobType(Record):
    """ジョブタイプ: a role in the framework with the levels that it requires."""

    framework = models.ForeignKey(SkillFramework, models.CASCADE, related_name="job_types")
    number = models.PositiveSmallIntegerField()
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="job_type_number_is_unique", fields=["framework", "number"])]
        indexes = [models.Index(fields=["number", "id"], name="job_type_by_number")]
        triggers = [frozen_with_framework("job_types_are_frozen")]


class JobTypeRequirement(Record):
    job_type = models.ForeignKey(JobType, models.CASCADE, related_name="requirements")
    item = models.ForeignKey(SkillItem, models.CASCADE, related_name="requirements")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="job_type_requires_an_item_once", fields=["job_type", "item"])]
        triggers = [frozen_with_framework("job_type_requirements_are_frozen", of=_FRAMEWORK_OF_REQUIREMENT)]


class JobTypeAssignmentKind(models.TextChoices):
    MAIN = "main", bilingual("主", "Main")
    SUB = "sub", bilingual("副", "Sub")
    WANTED = "wanted", bilingual("希望", "Wanted")


class JobTypeAssignment(Dated, Record):
    """The job types that a person holds or wants, for a time."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="job_type_assignments")
    job_type = models.ForeignKey(JobType, models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=10, choices=JobTypeAssignmentKind.choices)

    objects = DatedQuerySet["JobTypeAssignment"].as_manager()

    personal_data = SKILLS


class AssessmentCycleQuerySet(models.QuerySet["AssessmentCycle"]):
    def open_at(self, now: dt.datetime) -> "AssessmentCycleQuerySet":
        """Inside their window: from `opens_at`, before `closes_at`."""
        return self.filter(opens_at__lte=now, closes_at__gt=now)


class AssessmentCycle(Record):
    """A round of assessment, once a fiscal year as a rule; a person is assessed once in it."""

    framework = models.ForeignKey(SkillFramework, models.PROTECT, related_name="cycles")
    fiscal_year = models.PositiveSmallIntegerField()
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    objects = AssessmentCycleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assessment_cycle_name_is_unique", fields=["fiscal_year", "name_ja"]),
            models.CheckConstraint(
                name="assessment_cycle_window_is_in_order", condition=Q(opens_at__lt=models.F("closes_at"))
            ),
        ]
        indexes = [models.Index(fields=["opens_at", "id"], name="assessment_cycle_by_opening")]

    def __str__(self) -> str:
        return self.name_ja

    def is_open_at(self, now: dt.datetime) -> bool:
        return self.opens_at <= now < self.closes_at


class AssessmentStatus(models.TextChoices):
    DRAFT = "draft", bilingual("自己評価中", "Self-assessment")
    SUBMITTED = "submitted", bilingual("所属長確認中", "With the reviewer")
    CONFIRMED = "confirmed", bilingual("確定", "Confirmed")
    RETURNED = "returned", bilingual("差戻し", "Returned")


ASSESSMENT_TRANSITIONS: Mapping[str, set[str]] = {
    AssessmentStatus.DRAFT: {AssessmentStatus.SUBMITTED},
    AssessmentStatus.SUBMITTED: {AssessmentStatus.CONFIRMED, AssessmentStatus.RETURNED},
    AssessmentStatus.RETURNED: {AssessmentStatus.SUBMITTED},
    AssessmentStatus.CONFIRMED: set(),
}
# While a person may still write their own levels.
WRITABLE = (AssessmentStatus.DRAFT, AssessmentStatus.RETURNED)
# When all that is written is open to the reviewer too.
HANDED_IN = (AssessmentStatus.SUBMITTED, AssessmentStatus.CONFIRMED)


_NOW: dict[str, Any] = {"now": BusinessNow()}


class AssessmentQuerySet(StatefulQuerySet["Assessment"]):
    def locked(self) -> "AssessmentQuerySet":
        """Lock the rows against other writers of the assessment, and read business time with the same statement."""
        rows = self.select_related("cycle", "staff").select_for_update(of=("self",), no_key=True)
        return rows.annotate(**_NOW)


class Assessment(Stateful, Record):
    """One person's assessment in one cycle."""

    TRANSITIONS = ASSESSMENT_TRANSITIONS

    cycle = models.ForeignKey(AssessmentCycle, models.PROTECT, related_name="assessments")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="assessments")
    status = models.CharField(max_length=20, choices=AssessmentStatus.choices, default=AssessmentStatus.DRAFT)
    reviewer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="reviews", help_text="確定または差し戻した人"
    )
    submissions = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="提出した回数 / how often it was submitted"
    )
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = AssessmentQuerySet.as_manager()

    now: dt.datetime  # business time, on rows that `locked()` read

    personal_data = SKILLS

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assessment_one_per_person_and_cycle", fields=["cycle", "staff"]),
            models.CheckConstraint(
                name="assessment_is_not_reviewed_by_its_subject",
                condition=Q(reviewer=None) | ~Q(reviewer=models.F("staff")),
            ),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="assessment_by_creation")]
        triggers = [legal_transitions("assessment_transitions_are_legal", ASSESSMENT_TRANSITIONS)]


class AssessmentStep(Step):
    subject = models.ForeignKey(Assessment, models.CASCADE, related_name="steps")

    personal_data = SKILLS


class RatingQuerySet(models.QuerySet["Rating"]):
    def current(self) -> "RatingQuerySet":
        """The ratings that hold: the last revision of each assessment and item."""
        return self.order_by("assessment_id", "item_id", "-revision").distinct("assessment_id", "item_id")


_RATING_IS_ADMISSIBLE = """
    SELECT assessment.status, cycle.opens_at, cycle.closes_at, cycle.framework_id, item.framework_id AS of_item
    INTO held
    FROM skills_assessment AS assessment
    JOIN skills_assessmentcycle AS cycle ON cycle.id = assessment.cycle_id
    JOIN skills_skillitem AS item ON item.id = NEW.item_id
    WHERE assessment.id = NEW.assessment_id;
    IF held.status = 'confirmed' THEN RAISE EXCEPTION 'a confirmed assessment does not change'; END IF;
    IF NEW.recorded_at < held.opens_at OR NEW.recorded_at >= held.closes_at THEN
        RAISE EXCEPTION 'a rating is recorded while its cycle is open';
    END IF;
    IF held.framework_id <> held.of_item THEN RAISE EXCEPTION 'the item belongs to another framework'; END IF;
    IF EXISTS (
        SELECT FROM unnest(ARRAY[NEW.self_level, NEW.confirmed_level]) AS given
        WHERE given IS NOT NULL
          AND NOT EXISTS (SELECT FROM skills_skilllevel WHERE framework_id = held.framework_id AND value = given)
    ) THEN RAISE EXCEPTION 'the level is not in the scale'; END IF;
    RETURN NEW;
"""


class Rating(Fact):
    """A level for one item, as the person sees it and as the reviewer confirmed it. Missing is not zero.

    Each save is a further revision; an earlier one, and an earlier cycle, is never overwritten. What is written before
    the first submission is of round 1, after a first return of round 2 and so on; until a round is submitted it is the
    subject's own.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="ratings")
    item = models.ForeignKey(SkillItem, models.PROTECT, related_name="ratings")
    revision = models.PositiveSmallIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    self_level = models.PositiveSmallIntegerField(null=True, blank=True)
    confirmed_level = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.TextField(blank=True, help_text="根拠(資格・業務経験・研修) / evidence")
    comment = models.TextField(blank=True, help_text="本人のコメント")
    review_comment = models.TextField(blank=True, help_text="確認者のコメント")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RatingQuerySet.as_manager()

    personal_data = SKILLS

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rating_revision_is_unique", fields=["assessment", "item", "revision"])
        ]
        triggers = [
            append_only("ratings_are_append_only"),
            pgtrigger.Trigger(
                name="ratings_are_admissible",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("held", "RECORD")],
                func=_RATING_IS_ADMISSIBLE,
            ),
        ]
