"""Demand surveys, proposals of seats made of their answers, and the quotas of a session."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.courses import demand_rows as rows
from api.courses import plan_filters as filters
from api.courses import plan_inputs as inputs
from api.inputs import NOT_FOUND, Empty
from api.pagination import KeysetPagination
from api.views import Resource
from courses import access
from courses.models import DemandRequest, SeatProposal, SurveyedCourse
from courses.operations import demand, quotas
from enrollments.operations.quotas import set_quotas

READ = {"list": signed_in, "retrieve": signed_in}


class DemandSurveys(Resource):
    """需要調査: its planners see all of it; the HR of an organisation that is asked, the survey and its own answer."""

    visible = access.surveys_visible_to
    row = rows.SurveyRow
    rows_by_action = {"answer": rows.DemandRequestRow}
    access = {
        **READ,
        **dict.fromkeys(("create", "partial_update", "open", "close"), access.may_survey),
        "answer": access.may_answer,
    }
    inputs = {
        "create": inputs.SurveyInput,
        "partial_update": inputs.SurveyChange,
        "open": Empty,
        "close": Empty,
        "answer": inputs.AnswerInput,
    }
    orders = ("answer_by", "-answer_by")
    filterset_class = filters.SurveyFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        self._refuse_courses_of_others(given)
        return self.write(lambda: demand.draft_survey(**given, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        survey = self.target()
        given = self.input()
        self._refuse_courses_of_others(given)
        return self.write(lambda: demand.change_survey(survey_id=survey.pk, **given, by=self.viewer.user))

    def _refuse_courses_of_others(self, given: dict[str, Any]) -> None:
        if not all(access.may_schedule(self.viewer, asked.course) for asked in given.get("courses", ())):
            self.permission_denied(self.request)

    @action(detail=True, methods=["post"])
    def open(self, request: Request, id: str) -> Response:
        """Ask the organisations."""
        survey = self.target()
        self.input()
        return self.write(lambda: demand.open_survey(survey_id=survey.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """Take no more answers."""
        survey = self.target()
        self.input()
        return self.write(lambda: demand.close_survey(survey_id=survey.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def answer(self, request: Request, id: str) -> Response:
        """Answer for an organisation, in place of what it answered before."""
        survey = self.target()
        given = self.input()
        organization, comment = given["organization"], given["note"]
        self.check_object_permissions(request, DemandRequest(survey=survey, organization=organization))
        return self.write(
            lambda: demand.answer_demand(
                survey_id=survey.pk,
                organization=organization,
                answers=given["answers"],
                comment=comment,
                by=self.viewer.user,
            )
        )


class DemandAnswers(Resource):
    """Who is asked, and what each answered: all for the planners, its own for the HR of an organisation."""

    visible = access.surveys_visible_to
    row = rows.DemandRequestRow
    access = {"list": signed_in}
    filterset_class = filters.DemandRequestFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = access.demand_requests_visible_to(self.viewer).filter(survey=self.target().pk)
        return KeysetPagination().page(self.filter_queryset(asked), request, self, self.row)


class SeatProposals(Resource):
    """配分案: for who plans the course."""

    visible = access.proposals_visible_to
    row = rows.SeatProposalDetailRow
    rows_by_action = {"list": rows.SeatProposalRow}
    access = {**READ, "create": access.may_propose, "adopt": access.may_propose}
    inputs = {"create": inputs.SeatProposalInput, "adopt": inputs.AdoptionInput}
    orders = ("created_at", "-created_at")
    filterset_class = filters.ProposalFilters

    def create(self, request: Request) -> Response:
        """Share out the seats of a course by the answers there are."""
        given = self.input()
        survey, course = given.pop("survey"), given.pop("course")
        surveyed = SurveyedCourse.objects.select_related("course").filter(survey=survey, course=course).first()
        if surveyed is None:
            raise serializers.ValidationError({"course": serializers.ErrorDetail(str(NOT_FOUND), "not_asked")})
        self.check_object_permissions(request, SeatProposal(surveyed=surveyed))
        return self.write(lambda: quotas.propose_seats(surveyed=surveyed, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, id: str) -> Response:
        """Make the shares the quotas of a draft session."""
        proposal = self.target()
        given = self.input()
        return self.write(lambda: quotas.adopt_proposal(proposal_id=proposal.pk, **given, by=self.viewer.user))


class SessionQuotas(Resource):
    """枠: all of a session for its planners; for the HR of an organisation its own, and those that are about none."""

    visible = access.sessions_visible_to
    row = rows.QuotaRow
    rows_by_action = {"replace": rows.SessionQuotasRow}
    access = {"list": signed_in, "replace": access.may_schedule}
    inputs = {"replace": inputs.QuotasInput}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = access.quotas_visible_to(self.viewer).filter(session=self.target().pk)
        return KeysetPagination().page(self.filter_queryset(found), request, self, self.row)

    def replace(self, request: Request, id: str) -> Response:
        """Set all quotas of the session by hand; what they free goes to the queue."""
        session = self.target()
        given = self.input()
        return self.write(lambda: set_quotas(session_id=session.pk, **given, by=self.viewer.user))
