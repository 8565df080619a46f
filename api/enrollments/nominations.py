"""取りまとめ: `sessions/{id}/nominate/`, `sessions/{id}/nominations/`, `nominations/{id}/recall/`."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework import status as http
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import any_hr, organizations_visible_to, signed_in
from academy.errors import Forbidden
from api.enrollments.rows import full_name
from api.inputs import Empty, Input, Reference
from api.pagination import KeysetPagination
from api.rows import Label, Many, PublicId, Row, Text
from api.views import Resource
from courses.access import sessions_visible_to
from enrollments.access.nominations import (
    may_recall,
    nominates_for,
    nomination_lists_visible_to,
    nominations_visible_to,
)
from enrollments.models import Nomination, NominationList, Status
from enrollments.operations import nominations
from enrollments.operations.nominations import Ranked, Refused

MOST_NAMED = 1000
_ONE_OF_TWO = serializers.ErrorDetail(
    "申込みか職員のどちらか一つです。 / Either an application or a person.", code="one_of_two"
)


class RankedInput(Input):
    """An application, or a person of the bureau who did not apply."""

    enrollment = serializers.UUIDField(required=False)
    staff = serializers.UUIDField(required=False)

    def validate(self, attrs: Any) -> Ranked:
        given = super().validate(attrs)
        if len(given) != 1:
            raise serializers.ValidationError({"enrollment": [_ONE_OF_TWO]})
        return Ranked(**given)


class RefusedInput(Input):
    enrollment = serializers.UUIDField()
    reason = serializers.CharField(max_length=400)

    def validate(self, attrs: Any) -> Refused:
        return Refused(**super().validate(attrs))


class NominateInput(Input):
    """`ranked` in the order of the bureau's wishes. A bureau that names nobody says so with an empty list."""

    organization = Reference(organizations_visible_to)
    ranked = serializers.ListField(child=RankedInput(), max_length=MOST_NAMED)
    refused = serializers.ListField(child=RefusedInput(), max_length=MOST_NAMED, required=False, default=list)


class NominationRow(Row):
    id = PublicId()
    rank = serializers.IntegerField()
    enrollment = PublicId("enrollment")
    staff = PublicId("enrollment.staff")
    staff_name = Text("enrollment.staff.family_name", "enrollment.staff.given_name", made=full_name)
    organization_name_ja = serializers.CharField(source="enrollment.organization.name_ja")
    grade_name_ja = serializers.CharField(source="enrollment.grade.name_ja")
    added = serializers.BooleanField(help_text="本人の申込みなし / the person had not applied")
    status = serializers.ChoiceField(source="enrollment.status", choices=Status.choices)
    status_label = Label("enrollment.status", Status)


class NominationListRow(Row):
    id = PublicId()
    session = PublicId("session")
    round = serializers.IntegerField()
    organization = PublicId("organization")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    submitted_at = serializers.DateTimeField()
    recalled_at = serializers.DateTimeField(allow_null=True)
    ranked = Many(NominationRow, lambda: Nomination.objects.order_by("rank"), by="nomination_list_id")


class _Lists(Resource):
    part = "enrollments"
    row = NominationListRow

    def whole(self, made: NominationList) -> Any:
        found = NominationListRow.one(NominationList.objects.all(), made.pk)
        self.keep_visible([found])
        return found

    def keep_visible(self, rows: Sequence[dict[str, Any]]) -> None:
        """Leave out of lists that go out whom the viewer does not see on them."""
        lists = [each["id"] for each in rows]
        seen = nominations_visible_to(self.viewer).filter(nomination_list__public_id__in=lists)
        keys = set(seen.values_list("public_id", flat=True))
        for row in rows:
            row["ranked"] = [each for each in row["ranked"] if each["id"] in keys]


class SessionNominations(_Lists):
    """取りまとめ: the ranked lists that bureaus hand in for a session."""

    visible = sessions_visible_to
    access = {"list": signed_in, "nominate": any_hr}
    inputs = {"nominate": NominateInput}
    answers = {"nominate": NominationListRow}
    orders = ("-submitted_at", "submitted_at")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those of one's own bureaus, the recalled ones as well; for whoever plans the programme all of them."""
        rows = nomination_lists_visible_to(self.viewer).filter(session=self.target())
        response = KeysetPagination().page(self.filter_queryset(rows), request, self, self.row)
        self.keep_visible(response.data["results"])
        return response

    def nominate(self, request: Request, id: str) -> Response:
        """Hand in the list of a bureau, once for each round; all of it or nothing."""
        session, given = self.target(), self.input()
        if not nominates_for(self.viewer, given["organization"]):
            raise Forbidden
        call = partial(nominations.nominate, session_id=session.pk, by=self.viewer.user, **given)
        return self.write(call, self.whole, status=http.HTTP_201_CREATED)


class Nominations(_Lists):
    """One list of a bureau, with those on it whom one sees."""

    visible = nomination_lists_visible_to
    access = {"retrieve": signed_in, "recall": may_recall}
    inputs = {"recall": Empty}
    answers = {"recall": NominationListRow}

    def recall(self, request: Request, id: str) -> Response:
        """Take a list back: until its deadline, and before applications of the round are decided."""
        self.input()
        call = partial(nominations.recall_nomination, nomination_list_id=self.target().pk, by=self.viewer.user)
        return self.write(call, self.whole)

    def body(self, pk: int) -> Any:
        return self.whole(self.get_queryset().get(pk=pk))


urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions/<uuid:id>/nominate/", SessionNominations.as_view({"post": "nominate"}), name="session-nominate"),
    path("sessions/<uuid:id>/nominations/", SessionNominations.as_view({"get": "list"}), name="session-nominations"),
    path("nominations/<uuid:id>/", Nominations.as_view({"get": "retrieve"}), name="nomination"),
    path("nominations/<uuid:id>/recall/", Nominations.as_view({"post": "recall"}), name="nomination-recall"),
]
