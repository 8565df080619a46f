"""選考・決定: `sessions/{id}/decide/`, `decisions/…`, `sessions/{id}/publish-decision/`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework import status as http
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from academy.access import signed_in
from academy.tables.writing import Sheet, guarded
from api.academy.rows import JobRow
from api.enrollments.rows import full_name
from api.filters import RowFilter
from api.inputs import Empty, Input, Reference
from api.many import ForMany
from api.pagination import KeysetPagination
from api.reports.files import attachment, table_file
from api.row_files import RowTable
from api.rows import Label, PublicId, Row, Text
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import SeatQuota, Selection
from enrollments import access
from enrollments.access.decisions import (
    decision_lines_visible_to,
    decisions_visible_to,
    may_decide_on,
)
from enrollments.models import Decision, DecisionLine, DecisionStatus, Enrollment, Outcome, Status
from enrollments.operations import changing_decisions, decisions, publishing
from enrollments.operations.changing_decisions import SETTABLE, Change
from enrollments.operations.decision_jobs import PROPOSE_JOB, PUBLISH_JOB

MOST_SESSIONS = 50
MOST_CHANGES = 1000


class DecideInput(Input):
    sessions = serializers.ListField(
        child=Reference(sessions_visible_to),
        default=list,
        max_length=MOST_SESSIONS - 1,
        help_text="一緒に決定する回 / further sessions that are decided together",
    )
    reserves = serializers.BooleanField(default=True, help_text="席のない人は補欠になる / whoever gets no seat waits")


class LineChangeInput(Input):
    line = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=SETTABLE)
    reason = serializers.CharField(max_length=400)

    def validate(self, attrs: Any) -> Change:
        given = super().validate(attrs)
        return Change(given["line"], Outcome(given["outcome"]), given["reason"])


class ChangesInput(Input):
    changes = serializers.ListField(child=LineChangeInput(), min_length=1, max_length=MOST_CHANGES)


class PublishInput(Input):
    decision = Reference(decisions_visible_to)


class OutcomeCountsRow(serializers.Serializer[Any]):
    applicants = serializers.IntegerField()
    seat = serializers.IntegerField()
    reserve = serializers.IntegerField()
    not_selected = serializers.IntegerField()
    ineligible = serializers.IntegerField()
    other_wish = serializers.IntegerField()


class DecidedQuotaRow(serializers.Serializer[Any]):
    organization = serializers.UUIDField(allow_null=True)
    grade = serializers.UUIDField(allow_null=True)
    new_recruits = serializers.BooleanField()
    seats = serializers.IntegerField()
    ceiling = serializers.IntegerField(allow_null=True)
    seats_taken = serializers.IntegerField()


class DecidedSessionRow(OutcomeCountsRow):
    session = serializers.UUIDField()
    title_ja = serializers.CharField()
    selection = serializers.ChoiceField(choices=Selection.choices)
    capacity = serializers.IntegerField(allow_null=True)
    seats_taken = serializers.IntegerField()
    quotas = DecidedQuotaRow(many=True)


class ByBureauRow(OutcomeCountsRow):
    bureau = serializers.UUIDField()
    bureau_name_ja = serializers.CharField()


class ByGradeRow(OutcomeCountsRow):
    grade = serializers.UUIDField()
    grade_name_ja = serializers.CharField()


class DecisionRow(Row):
    id = PublicId()
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    fiscal_year = serializers.IntegerField()
    status = serializers.ChoiceField(choices=DecisionStatus.choices)
    status_label = Label("status", DecisionStatus)
    number = serializers.IntegerField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()


class DecisionDetailRow(DecisionRow):
    """With the allocation by session, bureau and grade: as far as the viewer sees its lines."""

    by_session = DecidedSessionRow(many=True)
    by_bureau = ByBureauRow(many=True)
    by_grade = ByGradeRow(many=True)


class DecisionLineRow(Row):
    id = PublicId()
    enrollment = PublicId("enrollment")
    session = PublicId("enrollment.session")
    session_title_ja = serializers.CharField(source="enrollment.session.title_ja")
    staff = PublicId("enrollment.staff")
    staff_name = Text("enrollment.staff.family_name", "enrollment.staff.given_name", made=full_name)
    organization_name_ja = serializers.CharField(source="enrollment.organization.name_ja")
    bureau = PublicId("enrollment.bureau")
    bureau_name_ja = serializers.CharField(source="enrollment.bureau.name_ja")
    grade_name_ja = serializers.CharField(source="enrollment.grade.name_ja")
    position = serializers.IntegerField()
    priority_class = serializers.IntegerField(allow_null=True)
    rank = serializers.IntegerField(source="enrollment.rank", allow_null=True)
    preference = serializers.IntegerField(source="enrollment.preference", allow_null=True)
    proposed = serializers.ChoiceField(choices=Outcome.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    outcome_label = Label("outcome", Outcome)
    codes = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()


class DecisionFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=DecisionStatus.choices)
    fiscal_year = django_filters.NumberFilter()
    session = RowFilter("sessions__session")
    course = RowFilter("course")


class DecisionLineFilters(django_filters.FilterSet):
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    session = RowFilter("enrollment__session")
    bureau = RowFilter("enrollment__bureau")


class _Detailed(Resource):
    part = "enrollments"
    visible = decisions_visible_to
    row: ClassVar[type[Row]] = DecisionRow

    def whole(self, decision: Decision) -> Any:
        return DecisionRow.one(Decision.objects.all(), decision.pk) | self._allocation(decision)

    def _allocation(self, decision: Decision) -> dict[str, Any]:
        lines = decision_lines_visible_to(self.viewer).filter(decision=decision)
        return {
            "by_session": _by_session(decision, lines),
            "by_bureau": _counted(
                lines, {"bureau": "enrollment__bureau__public_id", "bureau_name_ja": "enrollment__bureau__name_ja"}
            ),
            "by_grade": _counted(
                lines, {"grade": "enrollment__grade__public_id", "grade_name_ja": "enrollment__grade__name_ja"}
            ),
        }


def _counted(lines: QuerySet[DecisionLine], by: dict[str, str]) -> list[dict[str, Any]]:
    names = {name: F(source) for name, source in by.items()}
    counts = {outcome.value: Count("pk", filter=Q(outcome=outcome)) for outcome in Outcome}
    rows = lines.order_by().annotate(**{f"_{name}": each for name, each in names.items()})
    found = rows.values(*(f"_{name}" for name in by)).annotate(applicants=Count("pk"), **_underscored(counts))
    return [
        {key.removeprefix("_"): value for key, value in row.items()}
        for row in found.order_by(*(f"_{name}" for name in reversed(by)))
    ]


def _underscored(counts: dict[str, Any]) -> dict[str, Any]:
    """`position`, `reason` and the like are columns of the line: what is counted has names of its own."""
    return {f"_{name}": each for name, each in counts.items()}


def _by_session(decision: Decision, lines: QuerySet[DecisionLine]) -> list[dict[str, Any]]:
    nothing = {"applicants": 0, **{outcome.value: 0 for outcome in Outcome}}
    counted = {row.pop("session"): row for row in _counted(lines, {"session": "enrollment__session__public_id"})}
    decided = decision.sessions.select_related("session").order_by("session__starts_on", "pk")
    quotas: dict[int, list[dict[str, Any]]] = {}
    held = SeatQuota.objects.filter(session__in=[each.session_id for each in decided]).order_by("pk")
    for quota in held.select_related("organization", "grade"):
        quotas.setdefault(quota.session_id, []).append(
            {
                "organization": quota.organization and quota.organization.public_id,
                "grade": quota.grade and quota.grade.public_id,
                "new_recruits": quota.new_recruits,
                "seats": quota.seats,
                "ceiling": quota.ceiling,
                "seats_taken": quota.seats_taken,
            }
        )
    return [
        {
            "session": each.session.public_id,
            "title_ja": each.session.title_ja,
            "selection": each.session.selection,
            "capacity": each.session.capacity,
            "seats_taken": each.session.seats_taken,
            "quotas": quotas.get(each.session_id, []),
            **counted.get(each.session.public_id, nothing),
        }
        for each in decided
    ]


class Decisions(_Detailed):
    """決定: drafts for whoever plans the programme; published ones also for the HR of those they are about."""

    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "discard": may_decide_on,
    }
    inputs = {"discard": Empty}
    answers = {"retrieve": DecisionDetailRow}
    orders = ("-created_at", "created_at")
    filterset_class = DecisionFilters

    def body(self, pk: int) -> Any:
        return self.whole(self.get_queryset().select_related("course").get(pk=pk))

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """廃案: nothing of the draft was visible to those who applied, and nothing happens to them."""
        self.input()
        call = partial(decisions.discard_decision, decision_id=self.target().pk, by=self.viewer.user)
        return self.write(call)


class DecisionFile(RowTable):
    """受講決定一覧: the lines as far as one sees them."""

    part = "enrollments"
    visible = decisions_visible_to
    access = {"retrieve": signed_in}

    def table(self, decision: Decision, kind: str, encoding: str) -> HttpResponse:
        rows = decision_lines_visible_to(self.viewer).filter(decision=decision)
        response = table_file(kind, encoding, _sheet(rows))
        number = f"{decision.fiscal_year}-{decision.number or 'draft'}"
        response["Content-Disposition"] = attachment(f"decision_{number}.{kind}", f"受講決定_{number}.{kind}")
        return response


class DecisionLines(_Detailed):
    """What a decision says of each application, in the order of the sessions."""

    row = DecisionLineRow
    access = {"list": signed_in, "change": may_decide_on}
    inputs = {"change": ChangesInput}
    answers = {"change": DecisionDetailRow}
    orders = ("position", "-position")
    filterset_class = DecisionLineFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that one sees: all for whoever decides, and of a published one those of the people one is HR of."""
        rows = decision_lines_visible_to(self.viewer).filter(decision=self.target())
        return KeysetPagination().page(self.filter_queryset(rows), request, self, self.row)

    def change(self, request: Request, id: str) -> Response:
        """Change lines of a draft, each for a reason; all of them or none."""
        call = partial(
            changing_decisions.change_decision, decision_id=self.target().pk, by=self.viewer.user, **self.input()
        )
        return self.write(call, self.whole)


class Deciding(ForMany, _Detailed):
    """The decision of a session, by the session; over more than a thousand applicants a job makes and publishes it."""

    visible = sessions_visible_to  # type: ignore[assignment] # the address names a session, the answer is a decision
    access = {"decide": access.runs, "publish": access.runs}
    inputs = {"decide": DecideInput, "publish": PublishInput}
    answers = {"decide": DecisionDetailRow, "publish": DecisionDetailRow}
    further_answers = {"decide": {"202": JobRow}, "publish": {"202": JobRow}}
    statuses = {"decide": http.HTTP_201_CREATED}

    def decide(self, request: Request, id: str) -> Response:
        """Draft the allocation over everybody who applied; as a dry run, show it by bureau and grade."""
        given, session = self.input(), self.target()
        for each in given["sessions"]:
            self.check_object_permissions(request, each)
        keys = [session.pk, *(each.pk for each in given["sessions"])]
        asked = {"session_ids": keys, "reserves": given["reserves"]}
        if self._dry_run():
            return self.write(partial(decisions.rehearse_proposal, by=self.viewer.user, **asked), self.whole)
        many = Enrollment.objects.filter(session__in=keys, status=Status.APPLIED).count()
        call = partial(decisions.propose_decision, by=self.viewer.user, **asked)
        return self.write_for(many, call, self.whole, kind=PROPOSE_JOB, parameters=asked, names_all=False)

    def publish(self, request: Request, id: str) -> Response:
        """Publish the draft that is named: date and number it, write it into the enrolments, and tell everybody."""
        session, decision = self.target(), self.input()["decision"]
        if not decision.sessions.filter(session=session).exists():
            raise serializers.ValidationError({"decision": [_NOT_OF_THIS_SESSION]})
        asked = {"decision_id": decision.pk}
        call = partial(publishing.publish_decision, by=self.viewer.user, **asked)
        if self._dry_run():
            return self.write(call, self.whole)
        many = decision.lines.count()
        return self.write_for(many, call, self.whole, kind=PUBLISH_JOB, parameters=asked, names_all=False)


_NOT_OF_THIS_SESSION = serializers.ErrorDetail(
    "この回の決定ではありません。 / It is no decision of this session.", code="not_found"
)

COLUMNS: Mapping[str, Callable[[DecisionLine], str]] = {
    "回 / session": lambda line: line.enrollment.session.title_ja,
    "順位 / position": lambda line: str(line.position),
    "局等 / bureau": lambda line: line.enrollment.bureau.name_ja,
    "所属 / organisation": lambda line: line.enrollment.organization.name_ja,
    "職員番号 / staff number": lambda line: line.enrollment.staff.staff_number or "",
    "氏名 / name": lambda line: line.enrollment.staff.name,
    "職層 / grade": lambda line: line.enrollment.grade.name_ja,
    "優先区分 / priority class": lambda line: "" if line.priority_class is None else str(line.priority_class),
    "推薦順位 / rank": lambda line: "" if line.enrollment.rank is None else str(line.enrollment.rank),
    "結果 / outcome": lambda line: str(Outcome(line.outcome).label),
    "変更の理由 / reason of a change": lambda line: line.reason,
}


def _sheet(rows: QuerySet[DecisionLine]) -> Sheet:
    people = "enrollment__staff", "enrollment__session", "enrollment__bureau", "enrollment__organization"
    lines = rows.select_related(*people, "enrollment__grade").order_by("enrollment__session", "position", "pk")
    cells = [[guarded(value(line)) for value in COLUMNS.values()] for line in lines]
    return Sheet("受講決定", [*COLUMNS], cells)


urlpatterns: list[URLPattern | URLResolver] = [
    path("decisions/<uuid:id>/file/", DecisionFile.as_view({"get": "retrieve"}), name="decision-file"),
    path(
        "decisions/<uuid:id>/lines/",
        DecisionLines.as_view({"get": "list", "patch": "change"}),
        name="decision-lines",
    ),
    path("sessions/<uuid:id>/decide/", Deciding.as_view({"post": "decide"}), name="session-decide"),
    path(
        "sessions/<uuid:id>/publish-decision/", Deciding.as_view({"post": "publish"}), name="session-publish-decision"
    ),
]


def register(router: SimpleRouter) -> None:
    router.register("decisions", Decisions, "decision")
