"""`delegations/`: who decides in whose place, from when until when."""

import django_filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.errors import Faults
from academy.operations import delegations
from api.academy.rows import full_name
from api.filters import RowFilter
from api.inputs import Day, Empty, Input, Reference
from api.rows import FirstDay, LastDay, PublicId, Row, Text
from api.views import Resource


class DelegationRow(Row):
    id = PublicId()
    delegator = PublicId("delegator")
    delegator_name = Text("delegator.family_name", "delegator.given_name", made=full_name)
    delegate = PublicId("delegate")
    delegate_name = Text("delegate.family_name", "delegate.given_name", made=full_name)
    reason = serializers.CharField()
    valid_from = FirstDay()
    valid_to = LastDay()
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class DelegationInput(Input):
    """Without a delegator it is the person signed in."""

    delegator = Reference(access.staff_visible_to, required=False)
    delegate = Reference(access.staff_visible_to)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    valid_from = Day(required=False)
    valid_to = Day()


class DelegationFilters(django_filters.FilterSet):
    delegator = RowFilter("delegator")
    delegate = RowFilter("delegate")


class Delegations(Resource):
    visible = access.delegations_visible_to
    row = DelegationRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "create": access.staff_or_hr,
        "end": access.may_end_delegation,
    }
    inputs = {"create": DelegationInput, "end": Empty}
    orders = ("-created_at", "created_at")
    filterset_class = DelegationFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        given.setdefault("delegator", self.viewer.staff)
        if given["delegator"] is None:
            faults = Faults()
            faults.add("/delegator", "required", "代行させる人を指定してください。", "Name who delegates.")
            faults.refuse()
        return self.write(lambda: delegations.delegate_approvals(**given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:
        delegation = self.target()
        self.input()
        return self.write(lambda: delegations.end_delegation(delegation_id=delegation.pk, by=self.viewer.user))
