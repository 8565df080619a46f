"""`reports/`: one set of addresses for all reports; their numbers are defined in `enrollments.reports`."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from api.pagination import invalid_parameter
from api.permissions import viewer_of
from api.renderers import JSONRenderer
from api.reports import rows
from api.reports.files import XLSX, csv_file
from api.schema import AcademySchema
from enrollments.reports import REPORTS, Report, Result, answer
from enrollments.reports.access import may_read_reports
from enrollments.reports.fields import fields_of, read

FILE_TYPES = ("csv",)
ENCODINGS = ("utf-8", "cp932")


def _parameters() -> list[OpenApiParameter]:
    """The parameters of all reports, each once; which report takes which is told by its schema."""
    known = {field.name: field for report in REPORTS.values() for field in fields_of(report.Params)}
    return [
        OpenApiParameter(name, rows.shape_of(field), OpenApiParameter.QUERY, description=field.label.en)
        for name, field in known.items()
    ]


def _file_parameters() -> list[OpenApiParameter]:
    return [
        OpenApiParameter("type", str, OpenApiParameter.QUERY, required=True, enum=FILE_TYPES),
        OpenApiParameter("encoding", str, OpenApiParameter.QUERY, enum=ENCODINGS, default="utf-8"),
        *_parameters(),
    ]


class WholeList(BasePagination):
    """A list that is one page: the reports are few and known."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        nothing = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": nothing, "previous": nothing, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []


class Reports(ViewSet):
    """Definitions, figures and shapes."""

    pagination_class = WholeList
    access = {"list": may_read_reports, "retrieve": may_read_reports, "describe": may_read_reports}
    answers = {"list": rows.DefinitionShape, "retrieve": rows.ReportShape, "describe": rows.DescriptionShape}
    parameters = {"retrieve": _parameters()}

    def list(self, request: Request) -> Response:
        refuse_parameters(request)
        found = [rows.definition(report) for report in REPORTS.values()]
        return Response({"next": None, "previous": None, "results": found})

    def retrieve(self, request: Request, name: str) -> Response:
        return Response(rows.body(asked(request, report_named(name))))

    def describe(self, request: Request, name: str) -> Response:
        report = report_named(name)
        refuse_parameters(request)
        return Response(rows.description(report))


class FileSchema(AcademySchema):
    """The file goes out as CSV; what is refused, as a problem."""

    def map_renderers(self, attribute: str) -> "list[str]":
        return ["text/csv"]


class TableFileSchema(AcademySchema):
    """The file goes out as CSV or XLSX, as `type` says."""

    def map_renderers(self, attribute: str) -> "list[str]":
        return ["text/csv", XLSX]

    def _has_etag(self) -> bool:
        return False


class FileRenderer(JSONRenderer):
    """Lets a client ask for `text/csv`; only problems are rendered, the file is bytes already."""

    media_type = "text/csv"


class ReportFiles(ViewSet):
    """The same rows as a file."""

    schema = FileSchema()
    renderer_classes = (JSONRenderer, FileRenderer)
    access = {"retrieve": may_read_reports}
    answers = {"retrieve": str}
    parameters = {"retrieve": _file_parameters()}

    def retrieve(self, request: Request, name: str) -> HttpResponse:
        report = report_named(name)
        chosen(request, "type", FILE_TYPES, None)
        encoding = chosen(request, "encoding", ENCODINGS, "utf-8")
        return csv_file(asked(request, report, "type", "encoding"), encoding)


def report_named(name: str) -> Report:
    if name not in REPORTS:
        raise Http404
    return REPORTS[name]


def asked(request: Request, report: Report, *besides: str) -> Result:
    """What the report says, with the parameters of the request but for those of the view itself."""
    params = read(report.Params, {name: text for name, text in once(request).items() if name not in besides})
    return answer(report, params, viewer=viewer_of(request))


def refuse_parameters(request: Request) -> None:
    """Refuses every parameter."""
    for name in once(request):
        raise invalid_parameter(
            name, "このパラメータはありません。", "There is no such parameter.", "unknown_parameter"
        )


def once(request: Request) -> Mapping[str, str]:
    """The query parameters; one that is given twice is refused."""
    for name, values in request.query_params.lists():
        if len(values) > 1:
            raise invalid_parameter(name, "一度だけ指定してください。", "Give it once.", "repeated_parameter")
    return request.query_params.dict()


def chosen(request: Request, name: str, known: tuple[str, ...], default: str | None) -> str:
    text = once(request).get(name, default)
    if text is None or text not in known:
        listed = ", ".join(known)
        raise invalid_parameter(name, f"次のいずれかです: {listed}", f"One of: {listed}.")
    return text
