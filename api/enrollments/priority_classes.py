"""`courses/{id}/priority-classes/`: who comes first when there are more applications than seats."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.inputs import Input
from api.views import Resource
from courses.access import courses_visible_to, may_schedule
from courses.models import PriorityClass
from enrollments.operations import priority_classes
from enrollments.operations.priority_classes import WantedClass

SHOWN = ("label_ja", "label_en", "rule", "not_selected_before", "within_years")


class PriorityClassInput(Input):
    label_ja = serializers.CharField(max_length=200)
    label_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    rule = serializers.JSONField(
        required=False, help_text="対象者の条件 / a rule as of an audience; left out: everyone"
    )
    not_selected_before = serializers.BooleanField(
        required=False, help_text="この講座で落選した人だけ / only who was not selected for the course before"
    )
    within_years = serializers.IntegerField(
        required=False, allow_null=True, help_text="この年度数のうち / in the last so many fiscal years; null: ever"
    )

    def validate(self, attrs: Any) -> WantedClass:
        return WantedClass(**super().validate(attrs))


class PriorityClassesInput(Input):
    """All of them, the first comes first."""

    classes: serializers.ListSerializer[Any] = serializers.ListSerializer(child=PriorityClassInput(), max_length=100)


class PriorityClassRow(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    label_ja = serializers.CharField()
    label_en = serializers.CharField(allow_blank=True)
    rule = serializers.JSONField()
    not_selected_before = serializers.BooleanField()
    within_years = serializers.IntegerField(allow_null=True)


class PriorityClassesRow(serializers.Serializer[Any]):
    course = serializers.UUIDField()
    classes = PriorityClassRow(many=True)


class PriorityClasses(Resource):
    """Published to everybody; whom no class fits comes after the last."""

    http_method_names = ["get", "head", "put"]
    part = "courses"
    visible = courses_visible_to
    access = {"retrieve": signed_in, "replace": may_schedule}
    inputs = {"replace": PriorityClassesInput}
    answers = dict.fromkeys(("retrieve", "replace"), PriorityClassesRow)

    def replace(self, request: Request, id: str) -> Response:
        """Write them as a whole; not while a session with a committed draw is not over."""
        course, given = self.target(), self.input()
        return self.write(
            lambda: priority_classes.set_priority_classes(course_id=course.pk, **given, by=self.viewer.user),
            lambda done: self.body(done.pk),
        )

    def body(self, pk: int) -> Any:
        rows = PriorityClass.objects.filter(course=pk).order_by("position").values("position", *SHOWN)
        course = courses_visible_to(self.viewer).get(pk=pk)
        return {
            "course": course.public_id,
            "classes": [{"number": each["position"], **{name: each[name] for name in SHOWN}} for each in rows],
        }


urlpatterns = [
    path(
        "courses/<uuid:id>/priority-classes/",
        PriorityClasses.as_view({"get": "retrieve", "put": "replace"}),
        name="course-priority-classes",
    ),
]
