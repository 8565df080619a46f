"""The roster of an organisation as a file that can be sent back: CSV or XLSX."""

import datetime as dt
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from academy import access, clock
from academy.models import Organization
from academy.operations.rosters import exporting
from academy.reports import roster
from academy.tables import writing
from api.inputs import Day, Input, Reference
from api.permissions import viewer_of
from api.renderers import JSONRenderer
from api.reports.files import TYPES, attachment, table_file
from api.reports.views import ENCODINGS, FileRenderer, TableFileSchema, chosen, once


class Asked(Input):
    organization = Reference(access.organizations_visible_to)
    as_of = Day(required=False)


class RosterFile(ViewSet):
    """名簿の書出し: what is written here can be sent back as a roster."""

    part = "roster-imports"
    schema = TableFileSchema()
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
        response = table_file(kind, encoding, writing.Sheet("名簿", roster.HEADINGS, rows))
        plain = f"{roster.NAME}_{root.code}_{day}.{kind}"
        response["Content-Disposition"] = attachment(plain, f"名簿_{root.name_ja}_{day}.{kind}")
        return response
