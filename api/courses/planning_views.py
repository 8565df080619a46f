"""Sessions planned from what there is: opened again, copied, kept as templates and drafted from them."""

import django_filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.courses import planning_inputs as inputs
from api.courses import rows
from api.filters import RowFilter
from api.rows import Label, PublicId, Row
from api.views import Resource
from courses import access
from courses.models import Selection
from courses.operations import sessions, templates
from enrollments.operations import windows


class SessionPlanning(Resource):
    """What planners do with a session beside changing it."""

    visible = access.sessions_visible_to
    row = rows.SessionRow
    access = {"reopen": access.may_schedule, "clone": access.may_schedule, "deadlines": access.may_schedule}
    inputs = {"reopen": inputs.ReopenInput, "clone": inputs.CloneInput, "deadlines": inputs.DeadlinesInput}
    statuses = {"clone": 201}
    orders = ("starts_on", "-starts_on")

    def reopen(self, request: Request, id: str) -> Response:
        """Take applications again for the seats that are left (追加募集)."""
        session, given = self.target(), self.input()
        return self.write(lambda: windows.reopen_session(session_id=session.pk, **given, by=self.viewer.user))

    def deadlines(self, request: Request, id: str) -> Response:
        """Set deadlines of a draft or a published session by hand, or let them follow the rules again."""
        session, given = self.target(), self.input()
        return self.write(lambda: sessions.change_deadlines(session_id=session.pk, **given, by=self.viewer.user))

    def clone(self, request: Request, id: str) -> Response:
        """Draft a copy that begins on another day."""
        session, given = self.target(), self.input()
        course = given.pop("course", None)
        if course is not None:
            self.check_object_permissions(request, course)
            given["course_id"] = course.pk
        return self.write(lambda: sessions.clone_session(session_id=session.pk, **given, by=self.viewer.user))


class SessionTemplateRow(Row):
    id = PublicId()
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    selection = serializers.ChoiceField(choices=Selection.choices)
    selection_label = Label("selection", Selection)
    capacity = serializers.IntegerField(allow_null=True)
    minimum = serializers.IntegerField(allow_null=True)
    pattern = serializers.JSONField(help_text="コマの並び / see courses.pattern_documents")
    created_at = serializers.DateTimeField()


class SessionTemplateFilters(django_filters.FilterSet):
    course = RowFilter("course")


class SessionTemplates(Resource):
    """Templates of the courses that one plans."""

    visible = access.session_templates_visible_to
    row = SessionTemplateRow
    rows_by_action = {"draft": rows.SessionRow}
    access = {
        "list": access.may_schedule,
        "retrieve": access.may_schedule,
        "create": access.may_schedule,
        "partial_update": access.may_schedule,
        "destroy": access.may_schedule,
        "draft": access.may_schedule,
    }
    inputs = {
        "create": inputs.TemplateInput,
        "partial_update": inputs.TemplateNames,
        "draft": inputs.TemplateDraftInput,
    }
    statuses = {"create": 201, "draft": 201, "destroy": 204}
    orders = ("created_at", "-created_at")
    filterset_class = SessionTemplateFilters

    def create(self, request: Request) -> Response:
        """Keep what a session is like, without its days and people."""
        given = self.input()
        session = given.pop("session")
        self.check_object_permissions(request, session)
        return self.write(lambda: templates.create_template(session_id=session.pk, **given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        template, given = self.target(), self.input()
        return self.write(lambda: templates.rename_template(template_id=template.pk, **given, by=self.viewer.user))

    def destroy(self, request: Request, id: str) -> Response:
        template = self.target()
        return self.write(lambda: templates.delete_template(template_id=template.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def draft(self, request: Request, id: str) -> Response:
        """Draft a session that begins on a day; what is given takes the place of the template's."""
        template, given = self.target(), self.input()
        return self.write(lambda: sessions.draft_from_template(template_id=template.pk, **given, by=self.viewer.user))
