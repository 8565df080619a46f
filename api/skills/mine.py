"""`me/skill-map/` and `me/tasks/`: what the person signed in reads of themselves, and what waits for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.skills import rows
from api.views import Resource
from courses.models import CourseSkill
from skills import access
from skills.models import AssessmentStatus, JobTypeAssignmentKind
from skills.reports import own_map


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


class RaisingCourseRow(serializers.Serializer[Any]):
    """A course that raises the skill to the required level or above."""

    course = serializers.UUIDField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    level = serializers.IntegerField()


class GapRow(serializers.Serializer[Any]):
    item = serializers.UUIDField()
    number = serializers.IntegerField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    required = serializers.IntegerField()  # type: ignore[assignment]
    actual = serializers.IntegerField(allow_null=True)
    gap = serializers.IntegerField(allow_null=True)
    courses = RaisingCourseRow(many=True, help_text="足りない項目だけ / of what is missing or unknown")


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
        maps = own_map.rows(viewer=self.viewer)
        courses = _courses_for(
            {gap.item for each in maps for fit in each.job_types for gap in fit.gaps if gap.gap != 0}
        )
        return Response({"results": [_map(each, courses) for each in maps]})


Raising = Mapping[UUID, Sequence[dict[str, Any]]]


def _courses_for(items: Collection[UUID]) -> Raising:
    """The courses that raise each of the items, the highest level last; one statement."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    columns = ("item__public_id", "level", "course__public_id", "course__title_ja", "course__title_en")
    rows = CourseSkill.objects.filter(item__public_id__in=items).order_by("level", "course__title_folded", "pk")
    for item, level, course, title_ja, title_en in rows.values_list(*columns):
        found[item].append({"course": course, "title_ja": title_ja, "title_en": title_en, "level": level})
    return found


def _gap(gap: own_map.Gap, courses: Raising) -> dict[str, Any]:
    raising = [] if gap.gap == 0 else [each for each in courses.get(gap.item, ()) if each["level"] >= gap.required]
    return {**asdict(gap), "courses": raising}


def _fit(fit: own_map.FitRow, courses: Raising) -> dict[str, Any]:
    return {**asdict(fit), "held": _held(fit), "gaps": [_gap(gap, courses) for gap in fit.gaps]}


def _map(each: own_map.Map, courses: Raising) -> dict[str, Any]:
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
        "job_types": [_fit(fit, courses) for fit in each.job_types],
    }


def _held(fit: own_map.FitRow) -> list[dict[str, str]]:
    return [{"kind": kind, "kind_label": str(JobTypeAssignmentKind(kind).label)} for kind in fit.held]
