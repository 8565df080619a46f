"""Schedules and plans as files that go out and can be sent back: XLSX and CSV."""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from academy import clock
from academy.access import signed_in
from academy.calendar import fiscal_year_of
from academy.tables.writing import Sheet
from api.courses import table_rows
from api.inputs import FIRST_YEAR, LAST_YEAR, Input, Reference
from api.parsers import FileParser, StrictJSONParser
from api.permissions import viewer_of
from api.renderers import JSONRenderer
from api.reports.files import attachment, table_file
from api.reports.views import FileRenderer, TableFileSchema, once
from api.row_files import TABLE_PARAMETERS, RowTable, table_kind
from api.schema import AcademySchema
from api.views import Resource
from courses import access
from courses.models import ProgramPlan
from courses.operations.schedule_files.importing import Imported, import_schedule
from courses.operations.schedule_files.plan_lines import import_plan_lines
from courses.plan_tables import lines as plan_lines
from courses.reports import plan_lines as plan_report
from courses.reports import schedule
from courses.schedules.columns import LIMITS, WIDTHS
from courses.schedules.faults import TEXTS


class ScheduleAsked(Input):
    fiscal_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    program = Reference(access.programs_visible_to, required=False)
    course = Reference(access.courses_visible_to, required=False)


class ScheduleFile(ViewSet):
    """日程の書出し: of the courses that the reader plans. What is written here can be sent back."""

    part = "sessions"
    schema = TableFileSchema()
    renderer_classes = (JSONRenderer, FileRenderer)
    access = {"retrieve": access.may_schedule}
    answers = {"retrieve": str}
    parameters = {
        "retrieve": [
            *TABLE_PARAMETERS,
            OpenApiParameter("fiscal_year", int, OpenApiParameter.QUERY, description="default: the year of today"),
            OpenApiParameter("program", UUID, OpenApiParameter.QUERY),
            OpenApiParameter("course", UUID, OpenApiParameter.QUERY),
        ]
    }

    def retrieve(self, request: Request) -> HttpResponse:
        kind, encoding = table_kind(request)
        asked = ScheduleAsked(data=parameters_of(request), context={"viewer": viewer_of(request), "view": self})
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        year = given.get("fiscal_year") or fiscal_year_of(clock.today())
        planned = access.programs_planned_by(viewer_of(request))
        if "program" in given:
            planned = planned.filter(pk=given["program"].pk)
        rows = schedule.rows(year, planned, given.get("course"))
        choices = Sheet("選択肢", schedule.CHOICES, schedule.choices(planned) if kind == "xlsx" else (), (16, 36) * 4)
        response = table_file(kind, encoding, Sheet("日程", schedule.HEADINGS, rows, WIDTHS), choices)
        response["Content-Disposition"] = attachment(f"{schedule.NAME}_{year}.{kind}", f"日程_{year}年度.{kind}")
        return response


def parameters_of(request: Request) -> dict[str, str]:
    """The parameters but for those of every file."""
    return {name: value for name, value in once(request).items() if name not in {"type", "encoding"}}


class TableInput(Input):
    """A form with a table."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        if (file.size or 0) > LIMITS.file:
            raise serializers.ValidationError(str(TEXTS["too_large"]), code="too_large")
        return file


class ScheduleInput(TableInput):
    fiscal_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)


class TableSchema(AcademySchema):
    def map_parsers(self) -> "list[str]":
        return ["multipart/form-data"]


class ScheduleImports(Resource):
    """日程の取込み: drafts are made and changed as the file says, all of them or none."""

    schema = TableSchema()
    parser_classes = (FileParser, StrictJSONParser)
    visible = access.sessions_visible_to
    access = {"create": access.may_schedule}
    inputs = {"create": ScheduleInput}
    answers = {"create": table_rows.ScheduleImportShape}
    statuses = {"create": 200}

    def create(self, request: Request) -> Response:
        """Take a schedule in. A course that one does not plan is as unknown as one that is not there."""
        given = self.input()
        planned = access.programs_planned_by(self.viewer)
        return self.write(lambda: import_schedule(**given, programs=planned, by=self.viewer.user), self._shown)

    def _shown(self, result: Imported) -> Any:
        return table_rows.schedule_import(result, rehearsed=self._dry_run())


class PlanFile(RowTable):
    """年度計画の書出し: the lines of a version that the reader sees. What is written here can be sent back to a draft."""

    part = "program-plans"
    visible = access.plans_visible_to
    access = {"retrieve": signed_in}

    def table(self, plan: ProgramPlan, kind: str, encoding: str) -> HttpResponse:
        rows = plan_report.choices() if kind == "xlsx" else ()
        choices = Sheet("選択肢", plan_report.CHOICES, rows, (18, 36, 18, 36, 16, 48))
        table = Sheet("計画", plan_report.HEADINGS, plan_report.rows(plan), plan_lines.WIDTHS)
        response = table_file(kind, encoding, table, choices)
        name = f"{plan.fiscal_year}_{plan.version}.{kind}"
        full = f"年度計画_{plan.fiscal_year}年度_第{plan.version}版.{kind}"
        response["Content-Disposition"] = attachment(f"{plan_report.NAME}_{name}", full)
        return response


class PlanImports(Resource):
    """年度計画の取込み: the lines of a draft are those of the file."""

    part = "program-plans"
    schema = TableSchema()
    parser_classes = (FileParser, StrictJSONParser)
    visible = access.plans_visible_to
    access = {"replace": access.may_plan_year}
    inputs = {"replace": TableInput}
    answers = {"replace": table_rows.PlanImportShape}

    def replace(self, request: Request, id: UUID) -> Response:
        """Replace all lines of a draft by those of a file."""
        plan = self.target()
        given = self.input()
        return self.write(
            lambda: import_plan_lines(plan_id=plan.pk, **given, by=self.viewer.user), table_rows.plan_import
        )
