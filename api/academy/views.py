"""Organisations, people, roles, and the machine's books."""

import datetime as dt
from typing import Any, cast

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access, clock
from academy.models import Role, RoleGrant, Staff, User
from academy.models.organizations import OrganizationQuerySet
from academy.models.people import AssignmentQuerySet, StaffQuerySet
from academy.operations import jobs, posts, roles, statuses
from api.academy import filters, rows
from api.academy.posts import PostInput, PostRow, StatusDetailRow, StatusInput
from api.as_of import AS_OF
from api.inputs import Day, Empty, Input, Reference
from api.views import Resource
from courses.access import programs_visible_to


class Organizations(Resource):
    visible = access.organizations_visible_to
    row = rows.OrganizationDetailRow
    rows_by_action = {"list": rows.OrganizationRow}
    access = {"list": access.signed_in, "retrieve": access.signed_in}
    dated = ("list", "retrieve")
    orders = ("position", "name_folded", "-position")
    filterset_class = filters.OrganizationFilters

    def on_day(self, rows: OrganizationQuerySet, day: dt.date) -> OrganizationQuerySet:
        """What existed that day."""
        return rows.on(day)


class Grades(Resource):
    visible = access.grades_visible_to
    row = rows.GradeRow
    access = {"list": access.signed_in, "retrieve": access.signed_in}
    orders = ("rank", "-rank")


class JobFamilies(Resource):
    visible = access.job_families_visible_to
    row = rows.NamedRow
    access = {"list": access.signed_in, "retrieve": access.signed_in}
    orders = ("position",)


class HiringCategories(Resource):
    visible = access.hiring_categories_visible_to
    row = rows.NamedRow
    access = {"list": access.signed_in, "retrieve": access.signed_in}
    orders = ("position",)


class StaffMembers(Resource):
    """職員: no directory; one finds oneself, one's unit as its head, one's people as their HR."""

    visible = access.staff_visible_to
    row = rows.StaffRow
    row_on_day = rows.StaffOnDayRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "assignments": access.signed_in,
        "add_post": access.administers,
        "shown_statuses": access.knows_statuses,
        "add_status": access.administers,
    }
    orders = ("kana_folded", "-kana_folded", "number_folded")
    dated = ("list", "retrieve", "assignments")
    filterset_class = filters.StaffFilters
    inputs = {"add_post": PostInput, "add_status": StatusInput}
    rows_by_action = {"add_post": PostRow, "add_status": StatusDetailRow}
    answers = {"assignments": rows.AssignmentRow(many=True), "shown_statuses": StatusDetailRow(many=True)}
    statuses = {"add_post": 201, "add_status": 201}

    def on_day(self, rows: StaffQuerySet, day: dt.date) -> StaffQuerySet:
        """Who held a post that day, under the names of that day."""
        return rows.serving_on(day).named_on(day)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        if self.as_of:
            response.data["results"] = rows.with_posts(response.data["results"], self.as_of)
        return response

    def body(self, pk: int) -> Any:
        person = super().body(pk)
        return rows.with_posts([person], self.as_of)[0] if self.as_of else person

    @action(detail=True)
    def assignments(self, request: Request, id: str) -> Response:
        """The posts of one person, past and future ones too; with `as_of` those of the day."""
        self.refuse_unknown_parameters(AS_OF)
        held = access.assignments_visible_to(self.viewer).filter(staff=self.target())
        held = cast("AssignmentQuerySet", held).on(self.as_of) if self.as_of else held
        return Response(rows.AssignmentRow.of(held.order_by("during", "pk")))

    @assignments.mapping.post
    def add_post(self, request: Request, id: str) -> Response:
        """A further post, or another primary one from a day on; the one before it ends."""
        staff = self.target()
        given = self.input()
        return self.write(lambda: posts.add_post(staff_id=staff.pk, **given, by=self.viewer.user))

    @action(detail=True, url_path="statuses", url_name="statuses")
    def shown_statuses(self, request: Request, id: str) -> Response:
        """What one person is for a time besides the post, told to the person and HR alone."""
        self.refuse_unknown_parameters()
        held = access.statuses_visible_to(self.viewer).filter(staff=self.target()).order_by("during", "pk")
        return Response(StatusDetailRow.of(held))

    @shown_statuses.mapping.post
    def add_status(self, request: Request, id: str) -> Response:
        staff = self.target()
        given = self.input()
        return self.write(lambda: statuses.add_status(staff_id=staff.pk, **given, by=self.viewer.user))


class Assignments(Resource):
    """Posts of the people one sees, past and future ones too."""

    visible = access.assignments_visible_to
    row = rows.NamedAssignmentRow
    access = {"list": access.signed_in}
    orders = ("recorded_at", "-recorded_at")
    dated = ("list",)
    filterset_class = filters.AssignmentFilters

    def get_queryset(self) -> AssignmentQuerySet:
        posts = cast("AssignmentQuerySet", super().get_queryset())
        return posts if self.as_of else posts.named_when_held(clock.today())

    def on_day(self, rows: AssignmentQuerySet, day: dt.date) -> AssignmentQuerySet:
        """Posts held that day, each under the name that its holder bore that day."""
        return rows.on(day).named_on(day)


class GrantInput(Input):
    user = Reference(lambda viewer: User.objects.all())
    role = serializers.ChoiceField(choices=Role.choices)
    organization = Reference(access.organizations_visible_to, required=False)
    program = Reference(programs_visible_to, required=False)
    job_family = Reference(access.job_families_visible_to, required=False)
    valid_from = Day(required=False)
    valid_to = Day(required=False)


class RoleGrants(Resource):
    visible = access.grants_visible_to
    row = rows.RoleGrantRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "create": access.central_hr,
        "end": access.central_hr,
    }
    inputs = {"create": GrantInput, "end": Empty}
    orders = ("granted_at", "-granted_at")
    filterset_class = filters.RoleGrantFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        if "program" in given:
            given["program"] = given["program"].public_id
        return self.write(lambda: roles.grant_role(**given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:
        grant = self.target()
        self.input()
        return self.write(lambda: roles.end_role(grant_id=grant.pk, by=self.viewer.user))


class Jobs(Resource):
    visible = access.jobs_visible_to
    row = rows.JobRow
    access = {"list": access.signed_in, "retrieve": access.signed_in, "cancel": access.signed_in}
    inputs = {"cancel": Empty}
    orders = ("-created_at", "created_at")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        job = self.target()
        self.input()
        return self.write(lambda: jobs.cancel_job(job_id=job.pk, by=self.viewer.user))


class AuditEvents(Resource):
    visible = access.audit_events_visible_to
    row = rows.AuditEventRow
    access = {"list": access.signed_in, "retrieve": access.signed_in}
    orders = ("-at", "at")
    filterset_class = filters.AuditEventFilters


class MeRow(serializers.Serializer[Any]):
    username = serializers.CharField()
    staff = rows.OwnStaffRow(allow_null=True)
    roles = rows.RoleGrantRow(many=True)


class Me(Resource):
    """The person signed in."""

    visible = access.staff_visible_to
    row = rows.OwnStaffRow
    access = {"show": access.signed_in}
    answers = {"show": MeRow}

    def show(self, request: Request) -> Response:
        self.refuse_unknown_parameters()
        viewer = self.viewer
        own = rows.OwnStaffRow.of(Staff.objects.filter(pk=viewer.staff_id)) if viewer.staff_id else []
        held = RoleGrant.objects.in_force(viewer.day).filter(user=viewer.user).order_by("granted_at")
        return Response(
            {
                "username": viewer.user.username,
                "staff": own[0] if own else None,
                "roles": rows.RoleGrantRow.of(held),
            }
        )
