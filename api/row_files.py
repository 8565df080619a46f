"""A row as a file: one order of checks for all of them. The row comes first, then how its file is asked for: whoever does not
see the row gets the 404 of a row that is not there, whatever else is wrong with the request.
"""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.renderers import JSONRenderer
from api.reports.files import TYPES
from api.reports.views import ENCODINGS, FileRenderer, TableFileSchema, chosen
from api.views import Resource

TABLE_PARAMETERS = [
    OpenApiParameter("type", str, OpenApiParameter.QUERY, required=True, enum=TYPES),
    OpenApiParameter("encoding", str, OpenApiParameter.QUERY, enum=ENCODINGS, default="utf-8"),
]


def table_kind(request: Request) -> tuple[str, str]:
    """The type of a table and the encoding of its text."""
    return chosen(request, "type", TYPES, None), chosen(request, "encoding", ENCODINGS, "utf-8")


class RowFile(Resource):
    """`parameters` of `retrieve` are all that its address takes; `file` makes the file of a row that the viewer sees."""

    answers: Any = {"retrieve": str}
    parameters: Any = {}

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override] # a file
        row = self.target()
        self.refuse_unknown_parameters(*(each.name for each in self.parameters.get("retrieve", ())))
        return self.file(row)

    def file(self, row: Any) -> HttpResponseBase:
        raise NotImplementedError


class RowTable(RowFile):
    """A row as a table, CSV or XLSX."""

    schema = TableFileSchema()
    renderer_classes = (JSONRenderer, FileRenderer)
    parameters = {"retrieve": TABLE_PARAMETERS}

    def file(self, row: Any) -> HttpResponse:
        return self.table(row, *table_kind(self.request))

    def table(self, row: Any, kind: str, encoding: str) -> HttpResponse:
        raise NotImplementedError
