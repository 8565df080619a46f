"""`content-versions/`: the content of a course as versions; and what a session is held with."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from academy.access import signed_in
from api.courses.filters import YES_OR_NO
from api.courses.rows import ModuleRow
from api.filters import RowFilter
from api.inputs import Empty, Input, Reference
from api.pagination import KeysetPagination
from api.rows import Flag, Many, PublicId, Row
from api.views import Resource
from courses import access
from courses.models import ContentVersion, Module, Session, SessionStatus
from courses.operations import versions


class ContentVersionRow(Row):
    id = PublicId()
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    number = serializers.IntegerField()
    note = serializers.CharField()
    published = Flag("published_at", made=lambda published_at: published_at is not None)
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ContentVersionDetailRow(ContentVersionRow):
    modules = Many(ModuleRow, lambda: Module.objects.order_by("position"), by="version_id")


class ContentVersionInput(Input):
    course = Reference(access.courses_visible_to)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ContentVersionFilters(django_filters.FilterSet):
    course = RowFilter("course")
    published = django_filters.ChoiceFilter(choices=YES_OR_NO, method="_published")

    def _published(self, queryset: QuerySet[ContentVersion], name: str, value: str) -> QuerySet[ContentVersion]:
        return queryset.filter(published_at__isnull=value == "false")


class ContentVersions(Resource):
    """教材の版: a draft is its planners' alone; what was published stays as it is."""

    visible = access.content_versions_visible_to
    row = ContentVersionDetailRow
    rows_by_action = {"list": ContentVersionRow}
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "create": access.may_schedule,
        "publish": access.may_schedule,
        "destroy": access.may_schedule,
    }
    inputs = {"create": ContentVersionInput, "publish": Empty}
    statuses = {"create": 201, "destroy": 204}
    orders = ("-created_at", "created_at")
    filterset_class = ContentVersionFilters

    def create(self, request: Request) -> Response:
        """Start a draft from the latest published version."""
        given = self.input()
        course, about = given["course"], given.get("note", "")
        self.check_object_permissions(request, course)
        return self.write(lambda: versions.start_version(course_id=course.pk, note_text=about, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Publish the draft: sessions that are published from now on are held with it."""
        version = self.target()
        self.input()
        return self.write(lambda: versions.publish_version(version_id=version.pk, by=self.viewer.user))

    def destroy(self, request: Request, id: str) -> Response:
        """Throw the draft away with all that is in it."""
        version = self.target()
        return self.write(lambda: versions.discard_version(version_id=version.pk, by=self.viewer.user))


class SessionModules(Resource):
    """What a session is held with: the modules of its version; of a draft, those of the version that it would take."""

    part = "sessions"
    visible = access.sessions_visible_to
    row = ModuleRow
    access = {"list": signed_in}
    orders = ("position", "-position")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        held = access.modules_visible_to(self.viewer).filter(version__in=_held_with(self.target()))
        return KeysetPagination().page(self.filter_queryset(held), request, self, self.row)


def _held_with(session: Session) -> QuerySet[ContentVersion]:
    if session.content_id is None and session.status == SessionStatus.DRAFT:
        return ContentVersion.objects.current().filter(course=session.course_id)
    return ContentVersion.objects.filter(sessions=session)


urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/<uuid:id>/modules/", SessionModules.as_view({"get": "list"}), name="session-modules"),
]


def register(router: SimpleRouter) -> None:
    router.register("content-versions", ContentVersions, "content-version")
