"""`sessions/{id}/suggestions/`: the best dates and rooms for a session that is still to be dated."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import clock
from academy.business_days import is_business_day
from api.as_of import day_in
from api.courses.rows import SessionRow
from api.pagination import invalid_parameter
from api.rows import local
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import Session
from enrollments import access
from enrollments.suggestions import Suggestion, Wish, suggestions_for

NUMBERS = {"weeks": (6, 1, 12), "limit": (10, 1, 20), "minutes": (120, 15, 480)}  # default, least, most


class SuggestedMeetingRow(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    venue = serializers.UUIDField(allow_null=True)
    venue_name_ja = serializers.CharField(allow_null=True)


class SuggestionRow(serializers.Serializer[Any]):
    meetings = SuggestedMeetingRow(many=True)
    free = serializers.IntegerField(allow_null=True, help_text="空いている対象者 / of the audience, who is free")
    audience = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    rooms_free = serializers.IntegerField(help_text="席の足りる空室 / rooms that are free and large enough")
    why = serializers.CharField()


class SuggestionsRow(serializers.Serializer[Any]):
    session = serializers.UUIDField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    suggestions = SuggestionRow(many=True)


def _number(name: str) -> OpenApiParameter:
    default, least, most = NUMBERS[name]
    shape = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return OpenApiParameter(name, shape, OpenApiParameter.QUERY)


FROM = OpenApiParameter(
    "from", {"type": "string", "format": "date"}, OpenApiParameter.QUERY, description="default: tomorrow"
)


class Suggestions(Resource):
    """When and where a draft or an undated session could be held, the best first."""

    part = "sessions"
    visible = sessions_visible_to
    row = SessionRow
    access = {"suggest": access.runs}
    answers = {"suggest": SuggestionsRow}
    parameters = {"suggest": [FROM, *(_number(name) for name in NUMBERS)]}

    def suggest(self, request: Request, id: str) -> Response:
        """Dates and a room that are free for the session and its instructors, and how much of the audience is."""
        self.refuse_unknown_parameters("from", *NUMBERS)
        session = Session.objects.with_audience().select_related("course__program").get(pk=self.target().pk)
        wish = Wish(self._from(), self._asked("weeks"), self._asked("limit"), self._asked("minutes"))
        found = suggestions_for(session, wish, viewer=self.viewer, is_business_day=is_business_day)
        return Response(
            {
                "session": session.public_id,
                "first_day": wish.first,
                "last_day": wish.last,
                "suggestions": [_row(each) for each in found],
            }
        )

    def _from(self) -> dt.date:
        tomorrow = clock.today() + dt.timedelta(days=1)
        day = day_in(self.request, "from") or tomorrow
        if day < tomorrow:
            raise invalid_parameter("from", "明日以降の日付です。", "Tomorrow or later.", "past")
        return day

    def _asked(self, name: str) -> int:
        default, least, most = NUMBERS[name]
        text = self.request.query_params.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and least <= int(text) <= most):
            raise invalid_parameter(
                name, f"{least}から{most}までの整数です。", f"A whole number from {least} to {most}."
            )
        return int(text)


def _row(each: Suggestion) -> dict[str, Any]:
    return {
        "meetings": [
            {
                "starts_at": local(span.starts_at),
                "ends_at": local(span.ends_at),
                "venue": venue.public_id if venue else None,
                "venue_name_ja": venue.name_ja if venue else None,
            }
            for span, venue in each.meetings
        ],
        "free": each.free,
        "audience": each.audience,
        "share": each.share,
        "rooms_free": each.rooms_free,
        "why": str(each.why),
    }
