"""`sessions/{id}/conflicts/`: with what a session clashes, each conflict explained."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import clock
from academy.business_days import is_business_day
from api.courses.rows import SessionRow
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import Session
from enrollments import access
from enrollments.clashes import Conflict, Severity, conflicts_of
from enrollments.evidence import timetable_of


class ConflictRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    severity_label = serializers.CharField()
    text = serializers.CharField()
    meetings = serializers.ListField(child=serializers.UUIDField(), help_text="この回のコマ / of this session")
    session = serializers.UUIDField(allow_null=True, help_text="相手の回 / the other session")
    session_meetings = serializers.ListField(
        child=serializers.UUIDField(), help_text="相手の回のコマ / of that session"
    )
    venue = serializers.UUIDField(allow_null=True)
    instructor = serializers.UUIDField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True, help_text="対象者に占める割合 / of the audience")
    enrollments = serializers.ListField(
        child=serializers.UUIDField(), help_text="閲覧できる人の受講登録 / of those whom the reader sees"
    )


class ConflictsRow(serializers.Serializer[Any]):
    session = serializers.UUIDField()
    refused = serializers.BooleanField(help_text="このままでは公開できない / it cannot be published as it is")
    conflicts = ConflictRow(many=True)


class Conflicts(Resource):
    """What stands in the way of a session, for those who plan it: the same before and after its publication."""

    part = "sessions"
    visible = sessions_visible_to
    row = SessionRow
    access = {"explain": access.runs}
    answers = {"explain": ConflictsRow}

    def explain(self, request: Request, id: str) -> Response:
        """Each conflict with its meetings, and whether the database refuses it."""
        self.refuse_unknown_parameters()
        session = Session.objects.with_audience().get(pk=self.target().pk)
        on = timetable_of(session, clock.now()).reference_date
        found = conflicts_of(session, on, viewer=self.viewer, is_business_day=is_business_day)
        return Response(
            {
                "session": session.public_id,
                "refused": any(each.severity == Severity.REFUSED for each in found),
                "conflicts": [_row(each) for each in found],
            }
        )


def _row(conflict: Conflict) -> dict[str, Any]:
    return {
        "code": conflict.code,
        "severity": conflict.severity.value,
        "severity_label": str(conflict.severity.label),
        "text": str(conflict.text),
        "meetings": conflict.meetings,
        "session": conflict.session,
        "session_meetings": conflict.others,
        "venue": conflict.venue,
        "instructor": conflict.instructor,
        "people": conflict.people,
        "share": conflict.share,
        "enrollments": conflict.enrollments,
    }
