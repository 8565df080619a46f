"""The quotas that a session has, and those that are proposed from a demand survey and adopted. By hand they are set in
`enrollments.admin.quotas`: that gives the queue what they free.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from academy.access import Viewer
from academy.admin import Button, OperationAdmin, OperationForm, RowField, Table, name_rows, viewer_of
from academy.errors import Forbidden
from academy.text import Text, bilingual
from courses import access
from courses.models import DemandSurvey, SeatProposal, SeatQuota, Session, SessionStatus, SurveyedCourse
from courses.operations import quotas
from courses.operations.plans import MOST

MOST_QUOTAS = 500
ORGANIZATION, SEATS = Text("組織", "Organisation"), Text("席数", "Seats")

name_rows(
    SeatProposal,
    "配分案",
    "Seat proposals",
    one="Seat proposal",
    seats=("席数", "Seats"),
    minimum=("保証数", "Guaranteed minimum"),
    session=("採用した回", "Adopted for"),
    adopted_at=("採用日時", "Adopted at"),
    created_at=("作成日時", "Made at"),
)


QUOTA_COLUMNS = (
    *(ORGANIZATION, Text("職層", "Grade"), Text("新規採用", "New recruits"), Text("確保", "Kept")),
    *(Text("上限", "Ceiling"), Text("開放", "Released"), Text("受講決定", "Taken")),
)


def quota_table(request: HttpRequest, session: Session) -> Table:
    seen = access.quotas_visible_to(viewer_of(request)).filter(session=session)
    rows = seen.select_related("organization", "grade").order_by(
        "organization__position", "organization__code", "grade__rank", "pk"
    )
    return Table(Text("枠", "Quotas"), QUOTA_COLUMNS, [_quota(each) for each in rows])


def _quota(each: SeatQuota) -> tuple[object, ...]:
    ceiling = "" if each.ceiling is None else each.ceiling
    new = "✓" if each.new_recruits else ""
    return (
        *(each.organization or "", each.grade or "", new, each.seats, ceiling),
        *(each.release_at or "", each.seats_taken),
    )


class ProposalForm(OperationForm):
    """Share the seats of one of the survey's courses out."""

    names = SeatProposal
    course = RowField(label=bilingual("講座", "Course"))
    seats = forms.IntegerField(min_value=0, max_value=MOST)
    minimum = forms.IntegerField(
        min_value=0,
        max_value=MOST,
        initial=0,
        help_text=bilingual("希望のある組織に必ず配る数です。", "For each organisation that asked for any."),
    )

    def prepare(self) -> None:
        self.asked = {each.course: each for each in self.row.courses.select_related("course").order_by("course__code")}
        planned = [course for course in self.asked if access.may_schedule(self.viewer, course)]
        self.fields["course"].offer(planned)  # type: ignore[attr-defined]

    def save(self) -> SeatProposal:
        given = {**self.cleaned_data}
        surveyed: SurveyedCourse = self.asked[given.pop("course")]
        if not access.may_propose(self.viewer, SeatProposal(surveyed=surveyed)):
            raise Forbidden
        return quotas.propose_seats(surveyed=surveyed, **given, by=self.by)


class AdoptionForm(OperationForm):
    session = RowField(label=bilingual("準備中の回", "Draft session"))

    def prepare(self) -> None:
        drafts = access.sessions_visible_to(self.viewer).filter(
            status=SessionStatus.DRAFT, course=self.row.surveyed.course_id
        )
        self.fields["session"].offer(drafts.order_by("-fiscal_year", "ordinal"), name=_name)  # type: ignore[attr-defined]

    def save(self) -> SeatProposal:
        return quotas.adopt_proposal(proposal_id=self.row.pk, session=self.cleaned_data["session"], by=self.by)


def _name(session: Session) -> str:
    limit = Text("定員なし", "no limit") if session.capacity is None else session.capacity
    return f"{session.title_ja} ({session.fiscal_year}-{session.ordinal}, {limit})"


def proposals_worked_on_by(viewer: Viewer) -> QuerySet[SeatProposal]:
    return access.proposals_visible_to(viewer).select_related("surveyed__course", "surveyed__survey", "session")


def is_open(proposal: SeatProposal) -> bool:
    return proposal.adopted_at is None


def may_share_out(viewer: Viewer, survey: DemandSurvey) -> bool:
    """Whoever plans a course that the survey asks about: which one is chosen on the page."""
    return any(
        access.may_propose(viewer, SeatProposal(surveyed=each)) for each in survey.courses.select_related("course")
    )


def was_opened(survey: DemandSurvey) -> bool:
    return survey.opened_at is not None


def proposals_table(request: HttpRequest, survey: DemandSurvey) -> list[Table]:
    """The proposals made of a survey's answers that one sees, each leading to its page; nothing for others."""
    seen = proposals_worked_on_by(viewer_of(request)).filter(surveyed__survey=survey).order_by("-created_at", "-pk")
    columns = (Text("講座", "Course"), SEATS, Text("保証数", "Guaranteed minimum"), Text("採用した回", "Adopted for"))
    found = [(_link(each), each.seats, each.minimum, each.session or "") for each in seen]
    return [Table(Text("配分案", "Seat proposals"), columns, found)] if found else []


def _link(proposal: SeatProposal) -> str:
    page = reverse("admin:courses_seatproposal_change", args=[proposal.pk])
    return format_html('<a href="{}">{}</a>', page, proposal.surveyed.course)


TAKES_PLACE = Text(
    "配分案の席数が、この回の組織ごとの席数に置き換わります。採用は一度だけです。",
    "The shares take the place of the quotas of the session. A proposal is adopted once.",
)
SHARE_COLUMNS = (
    *(ORGANIZATION, Text("見込み人数", "Expected"), Text("計算上の席数", "Exact share")),
    *(Text("整数部分", "Whole part"), Text("端数", "Remainder"), Text("切上げ", "Rounded up"), SEATS),
)


@admin.register(SeatProposal)
class SeatProposalAdmin(OperationAdmin[SeatProposal]):
    list_display = ("survey", "course", "seats", "minimum", "session", "adopted_at", "created_at")
    list_select_related = ("surveyed__course", "surveyed__survey", "session")
    ordering = ("-created_at", "-pk")
    fields = ("survey", "course", "seats", "minimum", "session", "adopted_at", "created_at")
    readonly_fields = ("survey", "course")
    visible = proposals_worked_on_by
    may_view = access.may_propose
    buttons = (
        Button(
            "adopt", Text("採用する", "Adopt"), AdoptionForm, access.may_propose, is_open, TAKES_PLACE,
        ),
    )  # fmt: skip

    @admin.display(description=bilingual("需要調査", "Demand survey"))
    def survey(self, row: SeatProposal) -> str:
        return str(row.surveyed.survey)

    @admin.display(description=bilingual("講座", "Course"))
    def course(self, row: SeatProposal) -> str:
        return str(row.surveyed.course)

    def tables(self, request: HttpRequest, row: SeatProposal) -> Sequence[Table]:
        """Each share with how it was rounded."""
        shares = row.shares.select_related("organization").order_by("pk")
        return [Table(Text("配分", "Shares"), SHARE_COLUMNS, [_share(each) for each in shares])]


def _share(each: Any) -> tuple[object, ...]:
    whole, rest = divmod(each.exact_numerator, each.exact_denominator)
    exact = f"{each.exact_numerator}/{each.exact_denominator}" if rest else whole
    left = f"{rest}/{each.exact_denominator}" if rest else 0
    return each.organization, each.expected, exact, whole, left, "✓" if each.seats > whole else "", each.seats


PROPOSE = Button("propose", Text("席を配分してみる", "Propose seats"), ProposalForm, may_share_out, was_opened)
