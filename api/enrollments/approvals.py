"""`approvals/`: what one decides on as head of unit, bureau or office; the bureaus' earlier deadlines of a session."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from academy import clock
from academy.access import Viewer, administers_organization, any_hr, organizations_visible_to, signed_in
from academy.errors import Forbidden
from academy.models import Organization
from academy.posts import Capacity
from academy.text import Text as Bilingual
from api.enrollments.rows import full_name
from api.filters import RowFilter
from api.inputs import Input, Moment, Reason, Reference
from api.rows import ChoiceOrNull, From, Label, Many, PublicId, Row, Text, Until, local
from api.tasks import Task
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import Meeting, Selection
from enrollments.access.approvals import approvals_in_charge_of, approvals_visible_to, is_in_charge
from enrollments.approval_deadlines import standings_of
from enrollments.models import Approval, ApprovalLevel, ApprovalStatus, StageDeadline
from enrollments.operations import deciding_approvals, stage_deadlines
from enrollments.operations.deciding_approvals import Outcome, Ruling

MOST_DECISIONS = 1000
DECISIONS = ("approve", "refuse")


class ApprovalRow(Row):
    """One stage of the approval of an application, with what is to be known of it."""

    id = PublicId()
    level = serializers.ChoiceField(choices=ApprovalLevel.choices)
    level_label = Label("level", ApprovalLevel)
    status = serializers.ChoiceField(choices=ApprovalStatus.choices)
    status_label = Label("status", ApprovalStatus)
    since = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    capacity = ChoiceOrNull("capacity", Capacity, help_text="何として決裁したか / as what it was decided")
    reason = serializers.CharField()
    enrollment = PublicId("enrollment")
    session = PublicId("enrollment.session")
    session_title_ja = serializers.CharField(source="enrollment.session.title_ja")
    selection = serializers.ChoiceField(source="enrollment.session.selection", choices=Selection.choices)
    starts_on = serializers.DateField(source="enrollment.session.starts_on")
    ends_on = serializers.DateField(source="enrollment.session.ends_on")
    course = PublicId("enrollment.course")
    program = PublicId("enrollment.course.program")
    staff = PublicId("applicant")
    staff_name = Text("applicant.family_name", "applicant.given_name", made=full_name)
    organization = PublicId("enrollment.organization")
    organization_name_ja = serializers.CharField(source="enrollment.organization.name_ja")
    bureau = PublicId("enrollment.bureau")
    grade_name_ja = serializers.CharField(source="enrollment.grade.name_ja")
    applied_at = serializers.DateTimeField(source="enrollment.applied_at")
    application = PublicId("enrollment.application", allow_null=True)
    preference = serializers.IntegerField(source="enrollment.preference", allow_null=True)


class StandingRow(Row):
    """How a stage that is pending stands."""

    due_at = serializers.DateTimeField(allow_null=True, help_text="この時刻より前 / before this instant")
    waits_until = serializers.DateTimeField(allow_null=True, help_text="名簿の反映を待つ期限 / waits for a roster")


class ApprovalStandingRow(ApprovalRow):
    standing = StandingRow(allow_null=True, help_text="承認待ちでなければ null / null unless it is pending")


class ApprovalMeetingRow(Row):
    starts_at = From()
    ends_at = Until()
    month = serializers.DateField(allow_null=True, help_text="月だけが決まっている / only the month is known")


class ApprovalDetailRow(ApprovalStandingRow):
    """With the times of the session."""

    meetings = Many(
        ApprovalMeetingRow,
        lambda: Meeting.objects.live().order_by("position"),
        by="session__enrollments__approvals",
    )


class DecisionInput(Input):
    approval = serializers.UUIDField()
    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")

    def validate(self, attrs: Any) -> Ruling:
        given = super().validate(attrs)
        return Ruling(given["approval"], given["decision"] == "approve", given["reason"])


class DecisionsInput(Input):
    decisions = serializers.ListField(child=DecisionInput(), min_length=1, max_length=MOST_DECISIONS)


class DecisionOutcomeRow(serializers.Serializer[Any]):
    approval = serializers.UUIDField()
    succeeded = serializers.BooleanField()
    codes = serializers.ListField(child=serializers.CharField())


class DecisionOutcomesRow(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    results = DecisionOutcomeRow(many=True)


class ApprovalFilters(django_filters.FilterSet):
    """`in_charge=true`: only those on which one decides today."""

    status = django_filters.ChoiceFilter(choices=ApprovalStatus.choices)
    level = django_filters.ChoiceFilter(choices=ApprovalLevel.choices)
    session = RowFilter("enrollment__session")
    program = RowFilter("enrollment__course__program")
    in_charge = django_filters.BooleanFilter(method="_in_charge")

    def _in_charge(self, found: QuerySet[Approval], name: str, value: bool) -> QuerySet[Approval]:
        mine = approvals_in_charge_of(Viewer(self.request.user)).order_by().values("pk")
        return found.filter(pk__in=mine) if value else found.exclude(pk__in=mine)


class Approvals(Resource):
    """承認: what one decides on today or decided; as HR those of one's people, as planner those of the programmes."""

    part = "enrollments"
    visible = approvals_visible_to
    row = ApprovalDetailRow
    rows_by_action = {"list": ApprovalStandingRow}
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "decide": signed_in,
        "approve": is_in_charge,
        "refuse": is_in_charge,
    }
    inputs = {"decide": DecisionsInput, "approve": Reason, "refuse": Reason}
    answers = {"decide": DecisionOutcomesRow}
    orders = ("since", "-since")
    filterset_class = ApprovalFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One's approvals, with how those stand that are pending."""
        response = super().list(request, *args, **kwargs)
        _with_standings(response.data["results"])
        return response

    @action(detail=False, methods=["post"])
    def decide(self, request: Request) -> Response:
        """Approve or refuse several; each succeeds or tells why not. Refusing takes a reason."""
        rulings = self.input()["decisions"]
        return self.write(lambda: deciding_approvals.decide_approvals(rulings=rulings, by=self.viewer.user), _outcomes)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Approve one, with all pending wishes of the application at this level."""
        return self._decide(approve=True)

    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, id: str) -> Response:
        """Refuse one, with all pending wishes of the application at this level; it takes a reason."""
        return self._decide(approve=False)

    def _decide(self, *, approve: bool) -> Response:
        ruling = Ruling(self.target().public_id, approve, self.input()["reason"])
        return self.write(
            lambda: deciding_approvals.decide_approval(ruling=ruling, by=self.viewer.user),
            lambda approval: self.body(approval.pk),
        )

    def body(self, pk: int) -> Any:
        found = super().body(pk)
        _with_standings([found])
        return found


def _with_standings(rows: Sequence[dict[str, Any]]) -> None:
    """Add to rows that go out how the pending ones stand."""
    pending = [each["id"] for each in rows if each["status"] == ApprovalStatus.PENDING]
    keys = Approval.objects.filter(public_id__in=pending).values_list("pk", flat=True)
    found = standings_of(keys, now=clock.now()) if pending else {}
    for row in rows:
        each = found.get(row["id"])
        row["standing"] = each and {"due_at": local(each.due_at), "waits_until": local(each.waits_until)}


def _outcomes(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    results = [{"approval": each.approval, "succeeded": each.succeeded, "codes": [*each.codes]} for each in outcomes]
    return {"asked": len(results), "succeeded": sum(each.succeeded for each in outcomes), "results": results}


class StageDeadlinesInput(Input):
    """What a bureau sets for its own people; null or left out: the session's own deadline."""

    organization = Reference(organizations_visible_to)
    unit_head = Moment(required=False, allow_null=True)
    bureau = Moment(required=False, allow_null=True)


class StageDeadlineRow(Row):
    organization = PublicId("organization")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    level = serializers.ChoiceField(choices=ApprovalLevel.choices)
    level_label = Label("level", ApprovalLevel)
    until = serializers.DateTimeField()


class StageDeadlinesRow(serializers.Serializer[Any]):
    results = StageDeadlineRow(many=True)


class StageDeadlines(Resource):
    """Earlier ends of the stages of approvals in a session, set by bureaus for their own people."""

    http_method_names = ["get", "head", "put"]
    part = "enrollments"
    visible = sessions_visible_to
    row = StageDeadlineRow
    access = {"retrieve": signed_in, "replace": any_hr}
    inputs = {"replace": StageDeadlinesInput}
    answers = dict.fromkeys(("retrieve", "replace"), StageDeadlinesRow)

    def body(self, pk: int) -> Any:
        """Those that stand."""
        rows = StageDeadline.objects.filter(session=pk).order_by("organization__position", "level", "pk")
        return {"results": StageDeadlineRow.of(rows)}

    def replace(self, request: Request, id: str) -> Response:
        """Replace those of one bureau of one's scope; each is earlier than the session's own."""
        session, given = self.target(), self.input()
        organization: Organization = given.pop("organization")
        if not administers_organization(self.viewer, organization):
            raise Forbidden
        untils = {ApprovalLevel(level): until for level, until in given.items()}
        return self.write(
            lambda: stage_deadlines.set_stage_deadlines(
                session_id=session.pk, organization=organization, untils=untils, by=self.viewer.user
            ),
            lambda done: self.body(done.pk),
        )


def own_approvals(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    """What waits for the viewer to be approved, as tasks."""
    text = Bilingual("{name}さんの「{session}」への申込みの承認", "Approve the application of {name} to “{session}”")
    pending = approvals_in_charge_of(viewer).pending().select_related("applicant", "enrollment__session")
    found = list(pending.order_by("since", "pk"))
    standings = standings_of([each.pk for each in found], now=now) if found else {}
    for each in found:
        session, standing = each.enrollment.session, standings[each.public_id]
        title = Bilingual(session.title_ja, session.title_en or session.title_ja)
        yield Task(
            "approval",
            each.public_id,
            text.format(name=each.applicant.name, session=title),
            each.since,
            reverse("approval-detail", kwargs={"id": each.public_id}),
            waits_until=standing.waits_until,
            due_at=standing.due_at,
            overdue=standing.overdue,
        )


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "sessions/<uuid:id>/stage-deadlines/",
        StageDeadlines.as_view({"get": "retrieve", "put": "replace"}),
        name="session-stage-deadlines",
    ),
]


def register(router: SimpleRouter) -> None:
    router.register("approvals", Approvals, "approval")
