"""How frameworks, cycles and assessments go out."""

from rest_framework import serializers

from academy import clock
from api.rows import Flag, Label, Many, PublicId, Row, Text
from skills.models import (
    AssessmentStatus,
    AssessmentStep,
    FrameworkStatus,
    JobType,
    JobTypeRequirement,
    SkillCategory,
    SkillItem,
    SkillLevel,
)


def full_name(family: str, given: str) -> str:
    return f"{family} {given}"


class FrameworkRow(Row):
    id = PublicId()
    code = serializers.CharField()
    version = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    sample = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=FrameworkStatus.choices)
    status_label = Label("status", FrameworkStatus)
    created_at = serializers.DateTimeField()


class CategoryRow(Row):
    id = PublicId()
    position = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()


class LevelRow(Row):
    value = serializers.IntegerField()
    descriptor_ja = serializers.CharField()
    descriptor_en = serializers.CharField()


class ItemRow(Row):
    id = PublicId()
    framework = PublicId("framework")
    category = PublicId("category")
    category_name_ja = serializers.CharField(source="category.name_ja")
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()


class RequirementRow(Row):
    item = PublicId("item")
    number = serializers.IntegerField(source="item.number")
    name_ja = serializers.CharField(source="item.name_ja")
    name_en = serializers.CharField(source="item.name_en")
    level = serializers.IntegerField()


class JobTypeRow(Row):
    id = PublicId()
    framework = PublicId("framework")
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    requirements = Many(RequirementRow, lambda: JobTypeRequirement.objects.order_by("item__number"), by="job_type_id")


class FrameworkDetailRow(FrameworkRow):
    levels = Many(LevelRow, lambda: SkillLevel.objects.order_by("value"), by="framework_id")
    categories = Many(CategoryRow, lambda: SkillCategory.objects.order_by("position"), by="framework_id")
    items = Many(ItemRow, lambda: SkillItem.objects.order_by("number"), by="framework_id")
    job_types = Many(JobTypeRow, lambda: JobType.objects.order_by("number"), by="framework_id")


class CycleRow(Row):
    id = PublicId()
    framework = PublicId("framework")
    framework_name_ja = serializers.CharField(source="framework.name_ja")
    sample = serializers.BooleanField(source="framework.sample")
    fiscal_year = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    open = Flag("opens_at", "closes_at", made=lambda opens_at, closes_at: opens_at <= clock.now() < closes_at)


class AssessmentRow(Row):
    id = PublicId()
    cycle = PublicId("cycle")
    cycle_name_ja = serializers.CharField(source="cycle.name_ja")
    fiscal_year = serializers.IntegerField(source="cycle.fiscal_year")
    staff = PublicId("staff")
    staff_name = Text("staff.family_name", "staff.given_name", made=full_name)
    status = serializers.ChoiceField(choices=AssessmentStatus.choices)
    status_label = Label("status", AssessmentStatus)
    submissions = serializers.IntegerField()
    reviewer = PublicId("reviewer", allow_null=True)
    created_at = serializers.DateTimeField()


class AssessmentStepRow(Row):
    status = serializers.ChoiceField(choices=AssessmentStatus.choices, source="new")
    status_label = Label("new", AssessmentStatus)
    at = serializers.DateTimeField()
    by = PublicId("by", allow_null=True)
    reason = serializers.CharField()


class RatingRow(Row):
    item = PublicId("item")
    number = serializers.IntegerField(source="item.number")
    name_ja = serializers.CharField(source="item.name_ja")
    name_en = serializers.CharField(source="item.name_en")
    revision = serializers.IntegerField()
    self_level = serializers.IntegerField(allow_null=True)
    confirmed_level = serializers.IntegerField(allow_null=True)
    evidence = serializers.CharField()
    comment = serializers.CharField()
    review_comment = serializers.CharField()


class RatingRevisionRow(RatingRow):
    """A revision as history shows it: by whom, when, and before which submission."""

    round = serializers.IntegerField()
    by = PublicId("by", allow_null=True)
    recorded_at = serializers.DateTimeField()


class AssessmentDetailRow(AssessmentRow):
    steps = Many(AssessmentStepRow, lambda: AssessmentStep.objects.order_by("pk"), by="subject_id")


class AssessmentBody(AssessmentDetailRow):
    """With the current ratings, as far as the viewer may read them."""

    ratings = serializers.ListField(child=RatingRow())
