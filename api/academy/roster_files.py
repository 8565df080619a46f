"""The roster of an organisation as a file that can be sent back: CSV or XLSX."""

import csv
import datetime as dt
import io
from typing import Any
from uuid import UUID

import xlsxwriter
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from academy import access, clock
from academy.models import Organization
from academy.operations.rosters import exporting
from academy.reports import roster
from api.inputs import Day, Input, Reference
from api.permissions import viewer_of
from api.renderers import JSONRenderer
from api.reports.files import attachment, encoded, guarded
from api.reports.views import ENCODINGS, FileRenderer, FileSchema, chosen, once

TYPES = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Asked(Input):
    organization = Reference(access.organizations_visible_to)
    as_of = Day(required=False)


class RosterFile(ViewSet):
    """名簿の書出し: what is written here can be sent back as a roster."""

    part = "roster-imports"
    schema = FileSchema()
    renderer_classes = (JSONRenderer, FileRenderer)
    access = {"retrieve": access.any_hr}
    answers = {"retrieve": str}
    parameters = {
        "retrieve": [
            OpenApiParameter("organization", UUID, OpenApiParameter.QUERY, required=True),
            OpenApiParameter("as_of", dt.date, OpenApiParameter.QUERY),
            OpenApiParameter("type", str, OpenApiParameter.QUERY, required=True, enum=TYPES),
            OpenApiParameter("encoding", str, OpenApiParameter.QUERY, enum=ENCODINGS, default="utf-8"),
        ]
    }

    def retrieve(self, request: Request) -> HttpResponse:
        given = dict(once(request))
        kind = chosen(request, "type", TYPES, None)
        encoding = chosen(request, "encoding", ENCODINGS, "utf-8")
        asked = Asked(
            data={name: value for name, value in given.items() if name not in {"type", "encoding"}},
            context={"viewer": viewer_of(request), "view": self},
        )
        asked.is_valid(raise_exception=True)
        root: Organization = asked.validated_data["organization"]
        day = asked.validated_data.get("as_of") or clock.today()
        if not access.may_import(viewer_of(request), root):
            self.permission_denied(request)
        rows = roster.rows(root, day, viewer=viewer_of(request))
        exporting.record_export(root=root, as_of=day, kind=kind, by=viewer_of(request).user)
        response = _xlsx(rows) if kind == "xlsx" else _csv(rows, encoding)
        plain = f"{roster.NAME}_{root.code}_{day}.{kind}"
        response["Content-Disposition"] = attachment(plain, f"名簿_{root.name_ja}_{day}.{kind}")
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _csv(rows: Any, encoding: str) -> HttpResponse:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(roster.HEADINGS)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    content, missing = encoded(text.getvalue(), encoding)
    charset = "utf-8" if encoding == "utf-8" else "shift_jis"
    response = HttpResponse(content, content_type=f"text/csv; charset={charset}; header=present")
    if missing:
        response["X-Unmappable"] = str(len(missing))
    return response


def _xlsx(rows: Any) -> HttpResponse:
    """Every cell is text: nothing becomes a formula, and numbers keep their zeros."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名簿")
        for place, heading in enumerate(roster.HEADINGS):
            sheet.write_string(0, place, heading)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, cell)
    return HttpResponse(content.getvalue(), content_type=XLSX)
