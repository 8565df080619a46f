"""`enrollments/{id}/explain/`: why somebody has a seat, or not yet, or not any more."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy import clock
from api.enrollments import rows
from api.enrollments.views import Enrollments
from api.rows import local
from enrollments import access
from enrollments.explanation import explain
from enrollments.models import ApprovalLevel, EndedAs, Status


class ExplanationRow(serializers.Serializer[Any]):
    """`ahead` counts who waits before the person. Of others nothing else is told."""

    enrollment = serializers.UUIDField()
    session = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = serializers.CharField()
    verdict = serializers.CharField(
        help_text="promoted, decided, assigned, given_at_once, offered, awaiting_approval, awaiting_decision, would_be_next, "
        "behind_others, rule_fails, quota_full, seats_kept_for_others, no_date_yet, promotion_over, ended"
    )
    text = serializers.CharField()
    queue_position = serializers.IntegerField(allow_null=True)
    ahead = serializers.IntegerField(allow_null=True)
    promotes = serializers.BooleanField(help_text="繰上げが続いているか / whether the queue still moves up")
    promotes_until = serializers.DateTimeField(allow_null=True)
    awaiting = serializers.ChoiceField(choices=ApprovalLevel.choices, allow_null=True)
    offer_expires_at = serializers.DateTimeField(allow_null=True)
    seat_since = serializers.DateTimeField(allow_null=True)
    ended_as = serializers.ChoiceField(choices=EndedAs.choices, allow_null=True)
    findings = rows.FindingRow(many=True)


class Explaining(Enrollments):
    """For the person and HR with every value; for whoever runs the session whether each rule is met."""

    access = {"explain": access.may_explain}
    answers: Any = {"explain": ExplanationRow}

    def explain(self, request: Request, id: str) -> Response:
        """Every rule, where the person stands in the queue, and one sentence that says why."""
        self.refuse_unknown_parameters()
        enrollment = self.target()
        in_full = access.people_of(self.viewer).filter(pk=enrollment.staff_id).exists()
        why = explain(enrollment, now=clock.now(), in_full=in_full)
        return Response(
            {
                "enrollment": enrollment.public_id,
                "session": enrollment.session.public_id,
                "status": enrollment.status,
                "status_label": str(Status(enrollment.status).label),
                "verdict": why.verdict,
                "text": str(why.text),
                "queue_position": why.standing.queue_position,
                "ahead": why.ahead,
                "promotes": why.promotes,
                "promotes_until": local(why.promotes_until),
                "awaiting": why.standing.awaiting,
                "offer_expires_at": local(why.standing.offer_expires_at),
                "seat_since": local(why.seat_since),
                "ended_as": enrollment.ended_as or None,
                "findings": [rows.finding(each) for each in why.findings],
            }
        )


urlpatterns = [
    path("enrollments/<uuid:id>/explain/", Explaining.as_view({"get": "explain"}), name="enrollment-explain")
]
