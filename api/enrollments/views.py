"""Who sits where: enrolments, one's own and those one is in charge of, and the seats of a session."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, F, QuerySet, UUIDField, Value, When
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import clock, statements
from academy.access import Viewer, signed_in, staff_only
from academy.errors import Faults
from academy.models import Staff
from academy.statements import Given
from api.academy.rows import JobRow
from api.courses.rows import SessionRow
from api.enrollments import filters, inputs, rows
from api.inputs import Reason
from api.many import ForMany
from api.pagination import KeysetPagination, invalid_parameter
from api.views import Resource
from courses.access import sessions_visible_to
from courses.due import PERSONAL
from courses.models import Session
from enrollments import access, eligibility
from enrollments.access import records as records_access
from enrollments.due import seat_due_on
from enrollments.evidence import evidence_for
from enrollments.models import JUDGED, LIVE, SEATED, Enrollment
from enrollments.models.enrollments import EnrollmentQuerySet
from enrollments.operations import applications, assigning, leaving, sessions
from enrollments.operations.results import asking_first_verdict, first_verdict_of, verdicts_of
from enrollments.opportunities import opportunities_of
from enrollments.ways_in import deciding


def shown(found: QuerySet[Enrollment], viewer: Viewer) -> EnrollmentQuerySet:
    """With the place in the queue, and the online address where the seat is the viewer's own."""
    return _shown(found, viewer.staff_id)


def _shown(found: QuerySet[Enrollment], staff_id: int | Given | None) -> EnrollmentQuerySet:
    cases = [When(staff_id=staff_id, status__in=SEATED, then=F("session__online_address"))] if staff_id else []
    address = Case(*cases, default=Value(None), output_field=CharField(null=True))
    return cast(EnrollmentQuerySet, found).with_queue_position().with_standing().annotate(own_online_address=address)


def _visible(viewer: Viewer) -> EnrollmentQuerySet:
    return shown(access.enrollments_visible_to(viewer), viewer)


def _own(viewer: Viewer) -> EnrollmentQuerySet:
    return shown(access.own_enrollments(viewer), viewer)


# The answer to who applies for themselves: the person sees the own enrolment, whatever else.
_OWN = rows.EnrollmentDetailRow.statement(
    lambda: _shown(Enrollment.objects.filter(pk=Given("pk"), staff=Given("staff")), Given("staff"))
)


class Enrollments(Resource):
    """受講: one's own, and those of the people, units, programmes and sessions one is in charge of."""

    visible = _visible
    row = rows.EnrollmentDetailRow
    rows_by_action = {"list": rows.EnrollmentRow}
    access = {"list": signed_in, "retrieve": signed_in, "create": signed_in, "withdraw": access.may_withdraw}
    inputs = {"create": inputs.ApplicationInput, "withdraw": Reason}
    answers = dict.fromkeys(("retrieve", "create", "withdraw"), rows.EnrollmentProgressRow)
    orders = ("-applied_at", "applied_at")
    filterset_class = filters.EnrollmentFilters

    def create(self, request: Request) -> Response:
        """Apply for a seat, for oneself or as HR for one of the people of the scope."""
        with self.viewer.look_up(*inputs.asking_session(request.data)):
            given = self.input()
        session, staff = given["session"], given.get("staff") or self._oneself()
        return self.write(
            lambda: applications.apply(
                session_id=session.pk, staff_id=staff.pk, answers=given["answers"], by=self.viewer.user
            ),
            self._made,
        )

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Give up an application, a place in the queue or a seat."""
        enrollment = self.target()
        given = self.input()
        return self.write(
            lambda: leaving.withdraw(enrollment_id=enrollment.pk, **given, by=self.viewer.user), self._seen
        )

    def body(self, pk: int) -> Any:
        """With the criteria for completion, one by one, for who sees scores and watched lessons."""
        return {**super().body(pk), "completion": self._completion(pk), "due_on": self._due_on(pk)}

    def _made(self, enrollment: Enrollment) -> Any:
        """What `body` says of an enrolment that was just made, with fewer statements where it is the person's own."""
        if not self.viewer.is_self(enrollment.staff_id):
            return self.body(enrollment.pk)
        own = {"pk": enrollment.pk, "staff": enrollment.staff_id}
        asked = [_OWN.asked(**own), *rows.EnrollmentDetailRow.asking(enrollment.pk), *asking_first_verdict(enrollment)]
        with statements.ahead(*asked):
            [row], _ = rows.EnrollmentDetailRow.told(_OWN.rows(**own))
            verdict = first_verdict_of(enrollment)
        return {
            **row,
            "completion": [rows.criterion(each) for each in verdict.findings] if verdict else [],
            "due_on": seat_due_on(enrollment),
        }

    def _due_on(self, pk: int) -> dt.date | None:
        """By when to complete the course. When somebody was hired or promoted is for oneself and for HR of today."""
        enrollment = Enrollment.objects.select_related("course", "staff").get(pk=pk)
        told = enrollment.course.due_from not in PERSONAL
        if not told and not access.people_of(self.viewer).filter(pk=enrollment.staff_id).exists():
            return None
        return seat_due_on(enrollment)

    def _completion(self, pk: int) -> Sequence[dict[str, Any]] | None:
        if not records_access.scored_enrollments_visible_to(self.viewer).filter(pk=pk).exists():
            return None
        verdict = verdicts_of([pk]).get(pk)
        return [rows.criterion(each) for each in verdict.findings] if verdict else []

    def _oneself(self) -> Staff:
        faults = Faults()
        if self.viewer.staff is None:
            faults.add("/staff", "required", "誰の申込みかを指定してください。", "Say who applies.")
        faults.refuse()
        return self.viewer.staff  # type: ignore[return-value] # refused above where there is none

    def _seen(self, enrollment: Enrollment) -> Any:
        return self.body(enrollment.pk)


class OwnEnrollments(Resource):
    """The person's own enrolments."""

    visible = _own
    row = rows.EnrollmentDetailRow
    rows_by_action = {"list": rows.EnrollmentRow}
    access = {"list": staff_only}
    orders = ("-applied_at", "applied_at")
    filterset_class = filters.OwnEnrollmentFilters


class Opportunities(Resource):
    """Sessions that are meant for the person and take, or will take, applications; with the conditions that say why, and who decides."""

    visible = sessions_visible_to
    row = SessionRow
    rows_by_action = {"list": rows.OpportunityRow}
    access = {"list": staff_only}
    orders = ("starts_on", "-starts_on")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        why = opportunities_of(self.viewer.staff_id or 0, now=clock.now())
        found = self.filter_queryset(Session.objects.filter(public_id__in=why))
        response = KeysetPagination().page(found, request, self, self.row)
        for row in response.data["results"]:
            row["why"] = [rows.finding(each) for each in why[row["id"]]]
        return response


class SessionSeats(ForMany):
    """The seats of a session: may I, who gets one, how many there are."""

    part = "enrollments"
    visible = sessions_visible_to
    row = SessionRow
    access = {
        "eligibility": signed_in,
        "assign": access.runs,
        "capacity": access.runs,
    }
    inputs = {
        "assign": inputs.AssignmentInput,
        "capacity": inputs.CapacityInput,
    }
    answers = {"eligibility": rows.EligibilityRow, "assign": rows.AssignOutcomeRow}
    further_answers = {"assign": {"202": JobRow}}
    parameters = {"eligibility": [OpenApiParameter("staff", UUID, OpenApiParameter.QUERY)]}

    def eligibility(self, request: Request, id: str) -> Response:
        """Every rule, for oneself, or as HR for `staff`: whether it is met, what is required, what is the case; last who decides."""
        self.refuse_unknown_parameters("staff")
        session = Session.objects.with_audience().get(pk=self.target().pk)
        staff = self._asked_about()
        evidence = evidence_for(session, [staff.pk], now=clock.now())
        found = [*eligibility.findings(evidence, staff.pk), deciding(session)]
        return Response(
            {
                "session": session.public_id,
                "staff": staff.public_id,
                "eligible": not eligibility.blocking(found),
                "findings": [rows.finding(each) for each in found],
            }
        )

    def _asked_about(self) -> Staff:
        named = self.request.query_params.get("staff")
        if named is None:
            if self.viewer.staff is None:
                raise invalid_parameter("staff", "誰についてかを指定してください。", "Say about whom.", "required")
            return self.viewer.staff
        try:
            staff = access.people_of(self.viewer).filter(public_id=UUIDField().to_python(named)).first()
        except ValidationError:
            staff = None
        if staff is None:
            raise invalid_parameter("staff", "見つかりません。", "Not found.", "not_found")
        return staff

    def assign(self, request: Request, id: str) -> Response:
        """Give seats to several people; above a thousand, by a job."""
        session = self.target()
        staff: list[UUID] = self.input()["staff"]
        parameters = {"session_id": session.pk, "staff": [str(each) for each in staff]}
        call = partial(assigning.assign_named, session=session, staff=staff, viewer=self.viewer)
        return self.write_for(len(staff), call, _outcomes, kind=assigning.JOB, parameters=parameters)

    def capacity(self, request: Request, id: str) -> Response:
        """Change the limit; more seats go to the queue."""
        session = self.target()
        given = self.input()
        return self.write(lambda: sessions.change_capacity(session_id=session.pk, **given, by=self.viewer.user))


def _outcomes(answered: assigning.Answered) -> dict[str, Any]:
    outcomes, batch = answered
    results = [{"staff": each.staff, "succeeded": each.succeeded, "codes": list(each.codes)} for each in outcomes]
    succeeded = sum(each.succeeded for each in outcomes)
    return {"asked": len(results), "succeeded": succeeded, "batch": batch, "results": results}


class Roster(Resource):
    """Who sits and who waits in a session, for those who run or teach it."""

    part = "enrollments"
    visible = sessions_visible_to
    row = rows.EnrollmentRow
    access = {"list": access.may_mark}
    orders = ("applied_at", "-applied_at")
    filterset_class = filters.RosterFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        here = access.seats_visible_to(self.viewer, self.target()).filter(status__in=[*LIVE, *JUDGED])
        found = self.filter_queryset(shown(here, self.viewer))
        return KeysetPagination().page(found, request, self, self.row)
