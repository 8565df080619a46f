"""`enrollments/{id}/decision/`: the 受講決定通知 of an applicant, as data and as a page to be printed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from academy.text import Text
from api.renderers import JSONRenderer
from api.reports.files import attachment
from api.reports.views import chosen
from api.row_files import RowFile
from api.rows import local
from api.schema import AcademySchema
from api.views import Resource
from enrollments.access import letters_visible_to
from enrollments.letters import Letter, Slot, letter_of
from enrollments.models import Enrollment, Outcome

HTML = "text/html"
TYPES = ("html",)
_HEADINGS = {
    "title": Text("受講決定通知", "Notice of the decision"),
    "number": Text("番号", "Number"),
    "decided_on": Text("決定日", "Decided on"),
    "person": Text("氏名", "Name"),
    "organization": Text("所属", "Organisation"),
    "session": Text("講座", "Session"),
    "outcome": Text("結果", "Outcome"),
}


class LetterSlotRow(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    month = serializers.DateField(allow_null=True)
    venue_name = serializers.CharField(allow_null=True)


class LetterRow(serializers.Serializer[Any]):
    """What the person was told when the decision was published; names and text are in the reader's language."""

    enrollment = serializers.UUIDField()
    session = serializers.UUIDField()
    number = serializers.CharField(help_text="年度-番号 / fiscal year and number")
    decided_on = serializers.DateField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    outcome_label = serializers.CharField()
    person = serializers.CharField()
    organization_name = serializers.CharField()
    session_title = serializers.CharField()
    position = serializers.IntegerField(
        allow_null=True, help_text="補欠の順番(決定時) / the place of a reserve, as it was then"
    )
    meetings = LetterSlotRow(many=True)
    text = serializers.CharField()


class LetterSchema(AcademySchema):
    """The page goes out as HTML; what is refused, as a problem."""

    def map_renderers(self, attribute: str) -> "list[str]":
        return [HTML]

    def _has_etag(self) -> bool:
        return False


class HTMLFile(JSONRenderer):
    """Lets a client ask for `text/html`; only problems are rendered, the page is bytes already."""

    media_type = HTML


class DecisionLetter(Resource):
    """For the person, HR and the head of the unit."""

    part = "enrollments"
    visible = letters_visible_to
    access = {"show": signed_in}
    answers = {"show": LetterRow}

    def show(self, request: Request, id: str) -> Response:
        """What the published decision says of the application; 404 where there is none."""
        self.refuse_unknown_parameters()
        enrollment, letter = _letter(self.target())
        return Response(
            {
                "enrollment": enrollment.public_id,
                "session": enrollment.session.public_id,
                "number": letter.number,
                "decided_on": letter.decided_on,
                "outcome": letter.outcome,
                "outcome_label": str(letter.outcome.label),
                "person": letter.person,
                "organization_name": str(letter.organization),
                "session_title": str(letter.session),
                "position": letter.position,
                "meetings": [_slot(each) for each in letter.meetings],
                "text": str(letter.text),
            }
        )


class DecisionLetterFile(RowFile):
    """The same as a page in the reader's language, to be kept or printed."""

    part = "enrollments"
    visible = letters_visible_to
    schema = LetterSchema()
    renderer_classes = (JSONRenderer, HTMLFile)
    access = {"retrieve": signed_in}
    parameters = {"retrieve": [OpenApiParameter("type", str, OpenApiParameter.QUERY, required=True, enum=TYPES)]}

    def file(self, row: Enrollment) -> HttpResponse:
        _, letter = _letter(row)
        chosen(self.request, "type", TYPES, None)
        facts = [
            (_HEADINGS["number"], letter.number),
            (_HEADINGS["decided_on"], letter.decided_on.isoformat()),
            (_HEADINGS["person"], letter.person),
            (_HEADINGS["organization"], letter.organization),
            (_HEADINGS["session"], letter.session),
            (_HEADINGS["outcome"], letter.outcome.label),
        ]
        lines = [line for line in str(letter.text).split("\n") if line]
        page = render_to_string(
            "letters/decision.html",
            {"language": get_language(), "title": _HEADINGS["title"], "facts": facts, "lines": lines},
        )
        response = HttpResponse(page.encode(), content_type=f"{HTML}; charset=utf-8")
        response["Content-Disposition"] = attachment(
            f"decision_{letter.number}.html", f"受講決定通知_{letter.number}.html"
        )
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _letter(enrollment: Enrollment) -> tuple[Enrollment, Letter]:
    read = Enrollment.objects.select_related("staff", "session", "organization").get(pk=enrollment.pk)
    letter = letter_of(read)
    if letter is None:
        raise Http404
    return read, letter


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at),
        "month": slot.month,
        "venue_name": str(slot.venue) if slot.venue else None,
    }


urlpatterns = [
    path(
        "enrollments/<uuid:id>/decision/",
        DecisionLetter.as_view({"get": "show"}),
        name="enrollment-decision",
    ),
    path(
        "enrollments/<uuid:id>/decision/file/",
        DecisionLetterFile.as_view({"get": "retrieve"}),
        name="enrollment-decision-file",
    ),
]
