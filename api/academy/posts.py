"""Posts and statuses written by hand: what comes in, what goes out, and how each ends."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.models import AssignmentKind, Sensitivity, StatusKind
from academy.operations import posts, statuses
from api.academy.rows import AssignmentRow, StatusRow
from api.inputs import Day, Input, Reference
from api.rows import Label, PublicId
from api.views import Resource


class PostRow(AssignmentRow):
    """A post with what only its keeping needs."""

    work_place = PublicId("work_place", allow_null=True)
    deputy_of_unit = serializers.BooleanField()


class StatusDetailRow(StatusRow):
    """What a person is for a time, as it is told to the person and HR."""

    id = PublicId()
    reason = serializers.CharField()
    sensitivity = serializers.ChoiceField(choices=Sensitivity.choices)
    sensitivity_label = Label("sensitivity", Sensitivity)


class PostInput(Input):
    kind = serializers.ChoiceField(choices=AssignmentKind.choices)
    organization = Reference(access.organizations_visible_to)
    work_place = Reference(access.organizations_visible_to, required=False)
    grade = Reference(access.grades_visible_to)
    job_family = Reference(access.job_families_visible_to)
    post = serializers.CharField(max_length=100, required=False, allow_blank=True)
    head_of_unit = serializers.BooleanField(required=False)
    deputy_of_unit = serializers.BooleanField(required=False)
    headquarters = serializers.BooleanField(required=False)
    valid_from = Day()
    valid_to = Day(required=False)


class StatusInput(Input):
    kind = serializers.ChoiceField(choices=StatusKind.choices)
    reason = serializers.CharField(max_length=100, required=False, allow_blank=True)
    sensitivity = serializers.ChoiceField(choices=Sensitivity.choices, required=False)
    valid_from = Day()
    valid_to = Day(required=False)


class LastDayInput(Input):
    last_day = Day()


class Posts(Resource):
    """A post of somebody; posts are listed under the person."""

    visible = access.assignments_visible_to
    row = PostRow
    part = "staff"
    access = {"end": access.administers_holder}
    inputs = {"end": LastDayInput}

    def end(self, request: Request, id: str) -> Response:
        """The post ends with a day; with the last primary post service ends."""
        post = self.target()
        given = self.input()
        return self.write(lambda: posts.end_post(assignment_id=post.pk, **given, by=self.viewer.user))


class Statuses(Resource):
    """A status of somebody; statuses are listed under the person."""

    visible = access.statuses_visible_to
    row = StatusDetailRow
    part = "staff"
    access = {"end": access.administers_holder}
    inputs = {"end": LastDayInput}

    def end(self, request: Request, id: str) -> Response:
        status = self.target()
        given = self.input()
        return self.write(lambda: statuses.end_status(status_id=status.pk, **given, by=self.viewer.user))
