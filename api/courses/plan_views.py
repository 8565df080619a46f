"""The year: plans in versions."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.courses import plan_filters as filters
from api.courses import plan_inputs as inputs
from api.courses import plan_rows as rows
from api.inputs import Empty, Reason
from api.views import Resource
from courses import access
from courses.models import IN_THE_OPEN, ProgramPlan
from courses.operations import plans

READ = {"list": signed_in, "retrieve": signed_in}
MOVES = ("lines", "approve", "send_back", "publish", "discard", "revise")


class ProgramPlans(Resource):
    """年度計画: what is or was in force is everybody's to read, a version under way its planners' alone."""

    visible = access.plans_visible_to
    row = rows.PlanDetailRow
    rows_by_action = {"list": rows.PlanRow}
    access = {**READ, **dict.fromkeys(("create", "partial_update", *MOVES), access.may_plan_year)}
    inputs = {
        "create": inputs.PlanInput,
        "partial_update": inputs.PlanChange,
        "lines": inputs.PlanLinesInput,
        "approve": Empty,
        "send_back": Reason,
        "publish": Empty,
        "discard": Reason,
        "revise": inputs.PlanChange,
    }
    statuses = {"create": 201, "revise": 201}
    orders = ("fiscal_year", "-fiscal_year")
    filterset_class = filters.PlanFilters

    def body(self, pk: int) -> Any:
        """Those who do not plan see when a version came into force and was superseded, and nothing before or besides."""
        found = super().body(pk)
        if access.may_plan_year(self.viewer, ProgramPlan.objects.get(pk=pk)):
            return found
        steps = [{**step, "by": None, "reason": ""} for step in found["steps"] if step["new"] in IN_THE_OPEN]
        return {**found, "drafted_by": None, "approved_by": None, "steps": steps}

    def create(self, request: Request) -> Response:
        given = self.input()
        self.check_object_permissions(request, ProgramPlan(organization=given.get("organization")))
        return self.write(lambda: plans.draft_plan(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        plan = self.target()
        given = self.input()
        return self.write(lambda: plans.change_plan(plan_id=plan.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def lines(self, request: Request, id: str) -> Response:
        """Replace all lines of a draft."""
        plan = self.target()
        given = self.input()
        return self.write(lambda: plans.set_plan_lines(plan_id=plan.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Approve a draft that somebody else changed last."""
        plan = self.target()
        self.input()
        return self.write(lambda: plans.approve_plan(plan_id=plan.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, id: str) -> Response:
        """Make an approved version a draft again, with the reason."""
        plan = self.target()
        given = self.input()
        return self.write(lambda: plans.return_plan(plan_id=plan.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Put an approved version in force; the one before is superseded."""
        plan = self.target()
        self.input()
        return self.write(lambda: plans.publish_plan(plan_id=plan.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """Give up a version that is not published."""
        plan = self.target()
        given = self.input()
        return self.write(lambda: plans.discard_plan(plan_id=plan.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def revise(self, request: Request, id: str) -> Response:
        """Draft the next version from the one in force."""
        plan = self.target()
        given = self.input()
        return self.write(lambda: plans.revise_plan(plan_id=plan.pk, **given, by=self.viewer.user))
