"""How the plans of a fiscal year, demand and quotas go out."""

from rest_framework import serializers

from api.rows import Label, Many, PublicId, Row
from courses.models import PlanLine, PlanStatus, ProgramPlanStep


class PlanRow(Row):
    id = PublicId()
    fiscal_year = serializers.IntegerField()
    organization = PublicId("organization", allow_null=True)
    organization_name_ja = serializers.CharField(source="organization.name_ja", allow_null=True)
    version = serializers.IntegerField()
    based_on = PublicId("based_on", allow_null=True)
    status = serializers.ChoiceField(choices=PlanStatus.choices)
    status_label = Label("status", PlanStatus)
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    note = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)


class PlanLineRow(Row):
    id = PublicId()
    program = PublicId("program")
    program_title_ja = serializers.CharField(source="program.title_ja")
    course = PublicId("course", allow_null=True)
    course_title_ja = serializers.CharField(source="course.title_ja", allow_null=True)
    quarter = serializers.IntegerField(allow_null=True)
    sessions = serializers.IntegerField()
    seats = serializers.IntegerField(allow_null=True)
    yen = serializers.IntegerField(allow_null=True)
    provisional = serializers.BooleanField()
    note = serializers.CharField()


class PlanStepRow(Row):
    old = serializers.CharField()
    new = serializers.CharField()
    by = PublicId("by", allow_null=True)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class PlanDetailRow(PlanRow):
    """With its lines and its history. Who drafted and approved it, and how it went, is told to who plans."""

    drafted_by = PublicId("drafted_by", allow_null=True)
    approved_by = PublicId("approved_by", allow_null=True)
    lines = Many(
        PlanLineRow,
        lambda: PlanLine.objects.order_by("program__title_folded", "program__code", "course__code", "quarter", "pk"),
        by="plan_id",
    )
    steps = Many(PlanStepRow, lambda: ProgramPlanStep.objects.order_by("pk"), by="subject_id")
