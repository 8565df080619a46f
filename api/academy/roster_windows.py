"""`roster-windows/`: for which organisations approvals wait, because a roster is awaited."""

import datetime as dt
from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.operations import roster_windows
from academy.waiting import pause_of
from api.filters import RowFilter
from api.inputs import Day, Empty, Input, Reference
from api.rows import Computed, PublicId, Row, local
from api.views import Resource


class PauseEnd(Computed, serializers.DateTimeField):
    """When the waiting ends: as expected, or as it was ended."""

    paths = ("effective_on", "expected_by", "closed_at")

    def __init__(self) -> None:
        super().__init__(read_only=True)

    def value(self, *read: Any) -> dt.datetime | None:
        return local(pause_of(*read).ends)


class RosterWindowRow(Row):
    id = PublicId()
    root = PublicId("root")  # type: ignore[assignment]
    root_name_ja = serializers.CharField(source="root.name_ja")
    root_name_en = serializers.CharField(source="root.name_en")
    effective_on = serializers.DateField()
    expected_by = serializers.DateField()
    announced_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    waits_until = PauseEnd()


class RosterWindowInput(Input):
    root = Reference(access.organizations_visible_to)  # type: ignore[assignment]
    effective_on = Day()
    expected_by = Day(required=False)


class RosterWindowFilters(django_filters.FilterSet):
    root = RowFilter("root")


class RosterWindows(Resource):
    visible = access.roster_windows_visible_to
    row = RosterWindowRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "create": access.any_hr,
        "close": access.may_close_window,
    }
    inputs = {"create": RosterWindowInput, "close": Empty}
    orders = ("-effective_on", "effective_on")
    filterset_class = RosterWindowFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: roster_windows.announce_roster(**given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        window = self.target()
        self.input()
        return self.write(lambda: roster_windows.close_roster_window(window_id=window.pk, by=self.viewer.user))
