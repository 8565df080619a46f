"""`calendar-feeds/`: the secret addresses at which calendar programs read one's own calendar."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.operations import calendar_feeds
from academy.operations.calendar_feeds import IssuedFeed
from api.idempotency import Replayed
from api.inputs import Input
from api.rows import PublicId, Row
from api.views import Resource


class CalendarFeedRow(Row):
    id = PublicId()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class IssuedFeedRow(CalendarFeedRow):
    """With the address, this once: a repeat under the same Idempotency-Key and a dry run answer null."""

    address = serializers.URLField(allow_null=True)


class CalendarFeedInput(Input):
    name = serializers.CharField(max_length=100, required=False, allow_blank=True)


class CalendarFeeds(Resource):
    """An address is shown when it is made and never again; it opens until it is revoked or expires, or its person leaves."""

    visible = access.calendar_feeds_visible_to
    row = CalendarFeedRow
    access = {
        "list": access.staff_only,
        "retrieve": access.own_calendar_feed,
        "create": access.staff_only,
        "destroy": access.own_calendar_feed,
    }
    inputs = {"create": CalendarFeedInput}
    answers = {"create": IssuedFeedRow}
    statuses = {"create": 201, "destroy": 204}
    orders = ("-created_at", "created_at")

    def create(self, request: Request) -> Response:
        """Make an address. What is kept of the answer for a repeat is without it."""
        given = self.input()
        issued: list[IssuedFeed] = []

        def call() -> IssuedFeed:
            issued.append(calendar_feeds.create_calendar_feed(**given, by=self.viewer.user))
            return issued[-1]

        response = self.write(call, self._without_address)
        response["Cache-Control"] = "no-store"
        if issued and not isinstance(response, Replayed) and not self._dry_run():
            path = reverse("calendar-by-address", kwargs={"secret": issued[-1].secret})
            response.data["address"] = request.build_absolute_uri(path)
        return response

    def destroy(self, request: Request, id: str) -> Response:
        """Close the address from the next request on."""
        feed = self.target()
        return self.write(lambda: calendar_feeds.revoke_calendar_feed(feed_id=feed.pk, by=self.viewer.user))

    def _without_address(self, issued: IssuedFeed) -> dict[str, Any]:
        return {**CalendarFeedRow.one(self.get_queryset(), issued.feed.pk), "address": None}
