"""Audit cases: who may audit what, why, and until when."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.models import User
from academy.operations import audit_cases
from api.inputs import Day, Empty, Input, Reference
from api.rows import FirstDay, LastDay, PublicId, Row
from api.views import Resource


class AuditCaseRow(Row):
    id = PublicId()
    auditor = PublicId("auditor")
    auditor_username = serializers.CharField(source="auditor.username")
    opened_by = PublicId("opened_by")
    purpose = serializers.CharField()
    organization = PublicId("organization", allow_null=True, help_text="なければ全組織 / none: all organisations")
    valid_from = FirstDay()
    valid_to = LastDay()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class AuditCaseInput(Input):
    auditor = Reference(lambda viewer: User.objects.all())
    purpose = serializers.CharField(max_length=400)
    organization = Reference(access.organizations_visible_to, required=False)
    valid_from = Day(required=False)
    valid_to = Day()


class AuditCases(Resource):
    """監査の案件: opened and closed by central HR, seen by them and by the auditor."""

    visible = access.audit_cases_visible_to
    row = AuditCaseRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "create": access.central_hr,
        "close": access.central_hr,
    }
    inputs = {"create": AuditCaseInput, "close": Empty}
    orders = ("-opened_at", "opened_at")

    def create(self, request: Request) -> Response:
        given = self.input()
        return self.write(lambda: audit_cases.open_audit_case(**given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        case = self.target()
        self.input()
        return self.write(lambda: audit_cases.close_audit_case(case_id=case.pk, by=self.viewer.user))
