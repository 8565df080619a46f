"""`sessions/{id}/draws/` and `draws/{id}/`: draws that anybody who sees the session can check, see `docs/verify_draw.py`."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from academy.access import signed_in
from api.inputs import Day, Empty, Input
from api.pagination import KeysetPagination
from api.renderers import JSONRenderer
from api.reports.files import attachment
from api.reports.views import refuse_parameters
from api.rows import PublicId, Row
from api.schema import AcademySchema
from api.views import Resource
from courses.access import sessions_visible_to
from enrollments import access, lottery
from enrollments.access.draws import draws_visible_to, runs_draw
from enrollments.models import Draw, DrawEntrant, DrawOmission
from enrollments.operations import draws

VERIFIER = settings.BASE_DIR / "docs" / "verify_draw.py"
TEXT = "text/plain"


class CommitInput(Input):
    beacon_source = serializers.CharField(
        max_length=300, help_text="公表値の出所と書き方 / which public value, and how it is written"
    )
    beacon_on = Day(help_text="公表値が知られる日 / the day on which the value comes to be known")


class PutOffInput(Input):
    beacon_on = Day()


class HoldInput(Input):
    beacon = serializers.CharField(max_length=300, help_text="公表された値そのまま / the value exactly as published")


class DrawRow(Row):
    """What is published of a draw; secret, beacon and seed with the draw itself."""

    id = PublicId()
    session = PublicId("session")
    round = serializers.IntegerField()
    commitment = serializers.CharField(help_text="secret の SHA-256 / SHA-256 of the secret")
    beacon_source = serializers.CharField()
    beacon_on = serializers.DateField()
    classes = serializers.JSONField(help_text="優先区分 / the priority classes, the first comes first")
    committed_at = serializers.DateTimeField()
    frozen_at = serializers.DateTimeField(allow_null=True)
    entrants_count = serializers.IntegerField(allow_null=True)
    list_digest = serializers.CharField(allow_blank=True, help_text="名簿の SHA-256 / SHA-256 of the list")
    drawn_at = serializers.DateTimeField(allow_null=True)
    beacon = serializers.CharField(allow_blank=True)
    secret = serializers.CharField(source="published_secret", allow_null=True)
    seed = serializers.CharField(allow_blank=True)


class OmissionRow(Row):
    id = PublicId()
    enrollment = PublicId("enrollment")
    codes = serializers.JSONField(help_text="名簿に載らない理由 / what stood in the way")


class TicketRow(serializers.Serializer[Any]):
    """One's own entry; without a ticket, why there is none."""

    ticket = serializers.UUIDField(allow_null=True)
    priority_class = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    left_out = serializers.ListField(child=serializers.CharField())


class TextRenderer(JSONRenderer):
    """Lets a client ask for `text/plain`; only problems are rendered, the text is bytes already."""

    media_type = TEXT


class DrawSchema(AcademySchema):
    def map_renderers(self, attribute: str) -> "list[str]":
        return [TEXT] if self._action() in ("entrants", "result", "verifier") else super().map_renderers(attribute)


class SessionDraws(Resource):
    part = "enrollments"
    visible = sessions_visible_to
    row = DrawRow
    access = {"list": signed_in, "create": access.runs}
    inputs = {"create": CommitInput}
    orders = ("-committed_at", "committed_at")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The draws of a session, one for each round."""
        found = self.filter_queryset(draws_visible_to(self.viewer).filter(session=self.target()))
        return KeysetPagination().page(found, request, self, self.row)

    def create(self, request: Request, id: str) -> Response:
        """Commit to a draw before applications close: its secret is sealed, the classes and the beacon are published."""
        session, given = self.target(), self.input()
        return self.write(
            lambda: draws.commit_draw(session_id=session.pk, **given, by=self.viewer.user),
            lambda draw: DrawRow.one(draws_visible_to(self.viewer), draw.pk),
        )


class Draws(Resource):
    part = "enrollments"
    schema = DrawSchema()
    visible = draws_visible_to
    row = DrawRow
    access = {
        **dict.fromkeys(("retrieve", "entrants", "result", "ticket"), signed_in),
        **dict.fromkeys(("put_off", "freeze", "hold"), runs_draw),
    }
    inputs = {"put_off": PutOffInput, "freeze": Empty, "hold": HoldInput}
    answers = {"entrants": str, "result": str, "ticket": TicketRow}
    orders = ("id",)

    def put_off(self, request: Request, id: str) -> Response:
        """Take the public value of a later day, as long as the list is not frozen."""
        draw, given = self.target(), self.input()
        return self.write(lambda: draws.put_off_beacon(draw_id=draw.pk, **given, by=self.viewer.user), self._seen)

    def freeze(self, request: Request, id: str) -> Response:
        """Write and hash the list, after applications closed and before the day of the beacon."""
        draw = self.target()
        self.input()
        return self.write(lambda: draws.freeze_draw(draw_id=draw.pk, by=self.viewer.user), self._seen)

    def hold(self, request: Request, id: str) -> Response:
        """Draw, by another person than who committed. No dry run: it would tell the secret before the draw."""
        draw, given = self.target(), self.input()
        self.refuse_unknown_parameters()
        return self.write(lambda: draws.hold_draw(draw_id=draw.pk, **given, by=self.viewer.user), self._seen)

    def entrants(self, request: Request, id: str) -> HttpResponse:
        """The frozen list: classes and tickets, as it was hashed."""
        draw: Draw = self.target()
        self.refuse_unknown_parameters()
        if draw.frozen_at is None:
            raise Http404
        return _text(lottery.list_text(draws.head_of(draw), _tickets(draw)), "list.txt")

    def result(self, request: Request, id: str) -> HttpResponse:
        """The order that was drawn."""
        draw: Draw = self.target()
        self.refuse_unknown_parameters()
        if draw.drawn_at is None:
            raise Http404
        return _text(lottery.result_text(draws.head_of(draw), list(_tickets(draw))), "result.txt")

    def ticket(self, request: Request, id: str) -> Response:
        """One's own ticket and class, and once it is drawn the place; or what stood in the way."""
        draw: Draw = self.target()
        self.refuse_unknown_parameters()
        own = {"draw": draw, "enrollment__staff": self.viewer.staff_id}
        entrant = DrawEntrant.objects.filter(**own).first() if self.viewer.staff_id else None
        if entrant is not None:
            names = ("ticket", "priority_class", "position")
            return Response({**{name: getattr(entrant, name) for name in names}, "left_out": []})
        omission = DrawOmission.objects.filter(**own).first() if self.viewer.staff_id else None
        if omission is None:
            raise Http404
        return Response({"ticket": None, "priority_class": None, "position": None, "left_out": omission.codes})

    def _seen(self, draw: Draw) -> Any:
        return DrawRow.one(draws_visible_to(self.viewer), draw.pk)


class DrawOmissions(Resource):
    """Who is not in the list of a draw, for whoever runs it."""

    part = "enrollments"
    visible = draws_visible_to
    row = OmissionRow
    access = {"list": runs_draw}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The applications that are not in the list, of those that one sees, with what stood in the way."""
        draw: Draw = self.target()
        seen = access.seats_visible_to(self.viewer, draw.session).values("pk")
        found = DrawOmission.objects.filter(draw=draw, enrollment__in=seen)
        return KeysetPagination().page(self.filter_queryset(found), request, self, self.row)


class Verifier(ViewSet):
    """The program that checks a draw, for whoever has Python and the three files."""

    schema = DrawSchema()
    renderer_classes = (JSONRenderer, TextRenderer)
    access = {"verifier": signed_in}
    answers = {"verifier": str}

    def verifier(self, request: Request) -> HttpResponse:
        refuse_parameters(request)
        return _text(VERIFIER.read_text(encoding="utf-8"), VERIFIER.name)


def _tickets(draw: Draw) -> Iterable[lottery.Entrant]:
    rows = DrawEntrant.objects.filter(draw=draw).order_by("position", "pk")
    return (lottery.Entrant(*each) for each in rows.values_list("priority_class", "ticket"))


def _text(content: str, name: str) -> HttpResponse:
    response = HttpResponse(content.encode(), content_type=f"{TEXT}; charset=utf-8")
    response["Content-Disposition"] = attachment(name, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


_TEXTS = {"renderer_classes": (JSONRenderer, TextRenderer)}
urlpatterns = [
    path(
        "sessions/<uuid:id>/draws/",
        SessionDraws.as_view({"get": "list", "post": "create"}),
        name="session-draws",
    ),
    path("draws/verifier/", Verifier.as_view({"get": "verifier"}), name="draw-verifier"),
    path("draws/<uuid:id>/", Draws.as_view({"get": "retrieve"}), name="draw-detail"),
    path("draws/<uuid:id>/put-off/", Draws.as_view({"post": "put_off"}), name="draw-put-off"),
    path("draws/<uuid:id>/freeze/", Draws.as_view({"post": "freeze"}), name="draw-freeze"),
    path("draws/<uuid:id>/hold/", Draws.as_view({"post": "hold"}), name="draw-hold"),
    path("draws/<uuid:id>/list/", Draws.as_view({"get": "entrants"}, **_TEXTS), name="draw-list"),
    path("draws/<uuid:id>/result/", Draws.as_view({"get": "result"}, **_TEXTS), name="draw-result"),
    path("draws/<uuid:id>/ticket/", Draws.as_view({"get": "ticket"}), name="draw-ticket"),
    path("draws/<uuid:id>/left-out/", DrawOmissions.as_view({"get": "list"}), name="draw-left-out"),
]
