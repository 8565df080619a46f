"""`me/skill-map/` and `me/tasks/`: what the person signed in reads of themselves, and what waits for them."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from academy.access import signed_in
from api.rows import local
from api.skills import rows
from api.views import Resource
from skills import access
from skills.models import AssessmentStatus, JobTypeAssignmentKind
from skills.reports import own_map, waiting


class MapItemRow(serializers.Serializer[Any]):
    item = serializers.UUIDField()
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    self_level = serializers.IntegerField(allow_null=True)
    confirmed_level = serializers.IntegerField(allow_null=True)


class AxisRow(serializers.Serializer[Any]):
    category = serializers.UUIDField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    items = serializers.IntegerField()
    self_mean = serializers.FloatField(allow_null=True)
    self_present = serializers.IntegerField()
    confirmed_mean = serializers.FloatField(allow_null=True)
    confirmed_present = serializers.IntegerField()


class GapRow(serializers.Serializer[Any]):
    item = serializers.UUIDField()
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    required = serializers.IntegerField()  # type: ignore[assignment]
    actual = serializers.IntegerField(allow_null=True)
    gap = serializers.IntegerField(allow_null=True)


class HeldRow(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=JobTypeAssignmentKind.choices)
    kind_label = serializers.CharField()


class FitRow(serializers.Serializer[Any]):
    job_type = serializers.UUIDField()
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    held = HeldRow(many=True)
    share = serializers.FloatField(allow_null=True)
    met = serializers.IntegerField()
    required = serializers.IntegerField()  # type: ignore[assignment]
    unknown = serializers.IntegerField()
    gaps = GapRow(many=True)


class MapRow(serializers.Serializer[Any]):
    assessment = serializers.UUIDField()
    status = serializers.ChoiceField(choices=AssessmentStatus.choices)
    status_label = serializers.CharField()
    cycle = serializers.UUIDField()
    cycle_name_ja = serializers.CharField()
    cycle_name_en = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    framework = serializers.UUIDField()
    framework_name_ja = serializers.CharField()
    framework_name_en = serializers.CharField()
    framework_version = serializers.CharField()
    sample = serializers.BooleanField()
    sample_label = serializers.CharField(allow_null=True)
    items = MapItemRow(many=True)
    radar = AxisRow(many=True)
    job_types = FitRow(many=True)


class MapsRow(serializers.Serializer[Any]):
    results = MapRow(many=True)


class MySkillMap(Resource):
    visible = access.assessments_visible_to
    row = rows.AssessmentRow
    access = {"show": signed_in}
    answers = {"show": MapsRow}

    def show(self, request: Request) -> Response:
        """One's own levels in every cycle, the radar of each, and how far every job type is."""
        self.refuse_unknown_parameters()
        return Response({"results": [_map(each) for each in own_map.rows(viewer=self.viewer)]})


def _map(each: own_map.Map) -> dict[str, Any]:
    assessment, cycle, framework = each.assessment, each.assessment.cycle, each.assessment.cycle.framework
    return {
        "assessment": assessment.public_id,
        "status": assessment.status,
        "status_label": str(AssessmentStatus(assessment.status).label),
        "cycle": cycle.public_id,
        "cycle_name_ja": cycle.name_ja,
        "cycle_name_en": cycle.name_en,
        "fiscal_year": cycle.fiscal_year,
        "framework": framework.public_id,
        "framework_name_ja": framework.name_ja,
        "framework_name_en": framework.name_en,
        "framework_version": framework.version,
        "sample": framework.sample,
        "sample_label": framework.sample_label,
        "items": [asdict(item) for item in each.items],
        "radar": [asdict(axis) for axis in each.radar],
        "job_types": [{**asdict(fit), "held": _held(fit)} for fit in each.job_types],
    }


def _held(fit: own_map.FitRow) -> list[dict[str, str]]:
    return [{"kind": kind, "kind_label": str(JobTypeAssignmentKind(kind).label)} for kind in fit.held]


class TaskRow(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["assessment_review", "assessment_returned"])
    id = serializers.UUIDField()
    title = serializers.CharField()
    since = serializers.DateTimeField()
    waits_until = serializers.DateTimeField(allow_null=True, help_text="名簿の反映を待つ期限 / waits for a roster")
    href = serializers.CharField()


class TasksRow(serializers.Serializer[Any]):
    results = TaskRow(many=True)


class MyTasks(Resource):
    visible = access.assessments_visible_to
    row = rows.AssessmentRow
    access = {"show": signed_in}
    answers = {"show": TasksRow}

    def show(self, request: Request) -> Response:
        """What waits for the person signed in, the oldest first."""
        self.refuse_unknown_parameters()
        return Response({"results": [_task(each) for each in waiting.rows(viewer=self.viewer)]})


def _task(task: waiting.Task) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "id": task.id,
        "title": str(task.title),
        "since": local(task.since),
        "waits_until": local(task.waits_until),
        "href": reverse("assessment-detail", kwargs={"id": task.id}),
    }
