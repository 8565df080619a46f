"""`programs/{id}/enrollment-policy/`: what getting into the sessions of a programme takes."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.inputs import Input
from api.views import Resource
from courses.access import may_schedule, programs_visible_to
from courses.entry import program_policy
from courses.models import ApprovalChain, EnrollmentPolicy, Overdue, Program
from courses.operations import entry


def _number(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, required=False, help_text=help_text)


class EnrollmentPolicyInput(Input):
    """The whole policy: what is left out is as in a programme without one."""

    approval = serializers.ChoiceField(choices=ApprovalChain.choices, required=False)
    unit_head_days = _number("開庁日数 / business days")
    unit_head_overdue = serializers.ChoiceField(choices=Overdue.choices, required=False)
    bureau_days = _number("開庁日数 / business days")
    bureau_overdue = serializers.ChoiceField(choices=Overdue.choices, required=False)
    offer_hours = _number("空欄は席をすぐに / empty: the seat itself")
    withdrawal_reason = serializers.BooleanField(required=False)
    absences_allowed = _number("空欄は規則なし / empty: no rule")
    absence_months = _number("空欄は規則なし / empty: no rule")
    blocked_days = _number("空欄は規則なし / empty: no rule")


class EnrollmentPolicyRow(serializers.Serializer[Any]):
    program = serializers.UUIDField()
    approval = serializers.ChoiceField(choices=ApprovalChain.choices)
    approval_label = serializers.CharField()
    unit_head_days = serializers.IntegerField(allow_null=True)
    unit_head_overdue = serializers.ChoiceField(choices=Overdue.choices)
    unit_head_overdue_label = serializers.CharField()
    bureau_days = serializers.IntegerField(allow_null=True)
    bureau_overdue = serializers.ChoiceField(choices=Overdue.choices)
    bureau_overdue_label = serializers.CharField()
    offer_hours = serializers.IntegerField(allow_null=True)
    withdrawal_reason = serializers.BooleanField()
    absences_allowed = serializers.IntegerField(allow_null=True)
    absence_months = serializers.IntegerField(allow_null=True)
    blocked_days = serializers.IntegerField(allow_null=True)


class EnrollmentPolicies(Resource):
    """The policy of a programme: who has to agree, how long offers stand, what absences lead to."""

    http_method_names = ["get", "head", "put"]
    visible = programs_visible_to
    access = {"retrieve": signed_in, "replace": may_schedule}
    inputs = {"replace": EnrollmentPolicyInput}
    answers = dict.fromkeys(("retrieve", "replace"), EnrollmentPolicyRow)

    def replace(self, request: Request, id: str) -> Response:
        """Write it as a whole. Approvals under way stay where they are."""
        program, given = self.target(), self.input()
        return self.write(
            lambda: entry.set_enrollment_policy(program_id=program.pk, **given, by=self.viewer.user),
            lambda policy: self.body(program.pk),
        )

    def body(self, pk: int) -> Any:
        """The policy that applies; of a programme without one, no approval and no rule."""
        program = Program.objects.select_related("enrollment_policy").get(pk=pk)
        return _shown(program, program_policy(program))


def _shown(program: Program, policy: EnrollmentPolicy) -> dict[str, Any]:
    return {
        "program": program.public_id,
        "approval": policy.approval,
        "approval_label": str(ApprovalChain(policy.approval).label),
        "unit_head_days": policy.unit_head_days,
        "unit_head_overdue": policy.unit_head_overdue,
        "unit_head_overdue_label": str(Overdue(policy.unit_head_overdue).label),
        "bureau_days": policy.bureau_days,
        "bureau_overdue": policy.bureau_overdue,
        "bureau_overdue_label": str(Overdue(policy.bureau_overdue).label),
        "offer_hours": policy.offer_hours,
        "withdrawal_reason": policy.withdrawal_reason,
        "absences_allowed": policy.absences_allowed,
        "absence_months": policy.absence_months,
        "blocked_days": policy.blocked_days,
    }


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "programs/<uuid:id>/enrollment-policy/",
        EnrollmentPolicies.as_view({"get": "retrieve", "put": "replace"}),
        name="program-enrollment-policy",
    ),
]
