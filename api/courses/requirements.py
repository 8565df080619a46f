"""What a course asks of people beforehand, and which skills it raises; the course shows both."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.courses.inputs import LARGEST_SMALL
from api.courses.rows import CourseDetailRow
from api.inputs import Input, Reference
from api.views import Resource
from courses import access
from courses.operations import requirements
from courses.operations.requirements import Raised, Required
from skills.access import items_visible_to


class RequiredInput(Input):
    course = Reference(access.courses_visible_to)
    within_years = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_SMALL,
        required=False,
        allow_null=True,
        help_text="何年度以内の修了か。1は同じ年度 / fiscal years back, 1 is the same year",
    )

    def validate(self, attrs: Any) -> Required:
        return Required(**super().validate(attrs))


class PrerequisitesInput(Input):
    prerequisites: serializers.ListSerializer[Any] = serializers.ListSerializer(child=RequiredInput(), max_length=50)


class RaisedInput(Input):
    item = Reference(items_visible_to)
    level = serializers.IntegerField(min_value=0, max_value=LARGEST_SMALL)

    def validate(self, attrs: Any) -> Raised:
        return Raised(**super().validate(attrs))


class SkillsInput(Input):
    skills: serializers.ListSerializer[Any] = serializers.ListSerializer(child=RaisedInput(), max_length=200)


class CourseRequirements(Resource):
    visible = access.courses_visible_to
    row = CourseDetailRow
    access = {"set_prerequisites": access.may_schedule, "set_skills": access.may_schedule}
    inputs = {"set_prerequisites": PrerequisitesInput, "set_skills": SkillsInput}

    def set_prerequisites(self, request: Request, id: str) -> Response:
        """Replace what must be completed before the course."""
        course, given = self.target(), self.input()
        return self.write(lambda: requirements.set_prerequisites(course_id=course.pk, **given, by=self.viewer.user))

    def set_skills(self, request: Request, id: str) -> Response:
        """Replace which skills the course raises, and to which levels."""
        course, given = self.target(), self.input()
        return self.write(lambda: requirements.set_skills(course_id=course.pk, **given, by=self.viewer.user))


_of_course = CourseRequirements.as_view

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "courses/<uuid:id>/set-prerequisites/",
        _of_course({"post": "set_prerequisites"}),
        name="course-set-prerequisites",
    ),
    path("courses/<uuid:id>/set-skills/", _of_course({"post": "set_skills"}), name="course-set-skills"),
]
