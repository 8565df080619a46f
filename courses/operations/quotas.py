"""Seats of a session meant for organisations: proposed from demand, adopted for a session, or set by hand.

Quotas are written here and read by planning. That a seat is given only within them is not enforced yet: it comes with the
decision who gets a seat. Locks: the survey, the proposal, then the session; changing a capacity locks the session too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from academy.errors import Faults
from academy.models import Organization, User
from academy.models.organizations import BUREAU_LEVEL
from academy.operations.base import note, operation
from academy.text import in_both
from courses.apportionment import Demand, apportion, guaranteed
from courses.errors import SessionNotDraft
from courses.errors.demand import (
    NothingDemanded,
    ProposalAdopted,
    ProposalOutdated,
    QuotasExceedCapacity,
    SessionTakesNoQuota,
    SurveyStillOpen,
)
from courses.models import (
    DemandAnswer,
    DemandSurvey,
    SeatProposal,
    SeatQuota,
    SeatShare,
    Session,
    SessionStatus,
    SurveyedCourse,
)
from courses.operations.plans import MOST

OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)


@dataclass(frozen=True)
class Quota:
    """Seats meant for an organisation."""

    organization: Organization
    seats: int


@operation
def propose_seats(*, surveyed: SurveyedCourse, seats: int, minimum: int = 0, by: User | None) -> SeatProposal:
    """Share out the seats of a surveyed course by what was answered until now, see `courses.apportionment`.

    Who answered 0 gets 0; who did not answer is not in. While the survey is open the proposal is a trial.
    """
    DemandSurvey.objects.select_for_update(no_key=True).get(pk=surveyed.survey_id)
    demands = _demands(surveyed)
    if not demands:
        raise NothingDemanded
    _check_seats(seats, minimum, demands)
    proposal = SeatProposal.objects.create(surveyed=surveyed, seats=seats, minimum=minimum)
    shares = apportion(seats, demands, minimum)
    SeatShare.objects.bulk_create(
        SeatShare(
            proposal=proposal,
            organization_id=share.demand.key,
            expected=share.demand.expected,
            exact_numerator=share.exact.numerator,
            exact_denominator=share.exact.denominator,
            seats=share.seats,
        )
        for share in shares
    )
    note(proposal, course=surveyed.course.public_id, seats=seats, minimum=minimum, organizations=len(shares))
    return proposal


@operation
def adopt_proposal(*, proposal_id: int, session: Session, by: User | None) -> SeatProposal:
    """Make the shares of a closed survey's proposal the quotas of a draft session of the course, in place of what it had.

    Once, and only while the shares are those of the answers that count. Who gets no seat gets no quota.
    """
    survey_id = SeatProposal.objects.values_list("surveyed__survey_id", flat=True).get(pk=proposal_id)
    survey = DemandSurvey.objects.select_for_update(no_key=True).get(pk=survey_id)
    proposal = _locked_proposal(proposal_id)
    session = Session.objects.locked().get(pk=session.pk)
    if proposal.adopted_at is not None:
        raise ProposalAdopted
    if survey.closed_at is None:
        raise SurveyStillOpen
    _refuse_other_session(proposal, session)
    shares = list(proposal.shares.order_by("pk"))
    if {each.organization_id: each.expected for each in shares} != {
        each.key: each.expected for each in _demands(proposal.surveyed)
    }:
        raise ProposalOutdated
    quotas = [
        SeatQuota(session=session, organization_id=each.organization_id, seats=each.seats)
        for each in shares
        if each.seats
    ]
    _replace(session, quotas)
    proposal.session, proposal.adopted_at = session, session.now
    proposal.save(update_fields=["session", "adopted_at"])
    note(proposal, session=session.public_id, quotas=len(quotas), seats=sum(each.seats for each in quotas))
    return proposal


@operation
def set_quotas(*, session_id: int, quotas: Sequence[Quota], by: User | None) -> Session:
    """Set the quotas of a session by hand, in place of what it had; together never more than its capacity."""
    session = Session.objects.locked().get(pk=session_id)
    if session.status in OVER:
        raise SessionTakesNoQuota
    _check_quotas(quotas)
    before = session.quotas.aggregate(seats=Sum("seats"))["seats"] or 0
    _replace(session, [SeatQuota(session=session, organization=each.organization, seats=each.seats) for each in quotas])
    note(session, quotas=len(quotas), before=before, after=sum(each.seats for each in quotas))
    return session


def _demands(surveyed: SurveyedCourse) -> list[Demand]:
    """What was answered, in the official order of the organisations."""
    answers = DemandAnswer.objects.filter(surveyed=surveyed).order_by(
        "request__organization__position", "request__organization__code"
    )
    read = answers.values_list("request__organization_id", "request__organization__code", "expected")
    return [Demand(key, code, expected) for key, code, expected in read]


def _locked_proposal(proposal_id: int) -> SeatProposal:
    proposals = SeatProposal.objects.select_for_update(of=("self",), no_key=True)
    return proposals.select_related("surveyed").get(pk=proposal_id)


def _check_seats(seats: int, minimum: int, demands: Sequence[Demand]) -> None:
    faults = Faults()
    for name, value in (("seats", seats), ("minimum", minimum)):
        if not 0 <= value <= MOST:
            faults.add(f"/{name}", "out_of_range", f"0から{MOST}までです。", f"From 0 to {MOST}.")
    faults.refuse()
    needed = guaranteed(demands, minimum)
    if needed > seats:
        faults.add(
            "/minimum",
            "exceeds_seats",
            f"保証数の合計 {needed} が席数 {seats} を超えます。",
            f"The guaranteed minimum takes {needed} seats, there are {seats}.",
        )
    faults.refuse()


def _check_quotas(quotas: Sequence[Quota]) -> None:
    faults = Faults()
    known = set()
    for number, quota in enumerate(quotas):
        place = f"/quotas/{number}"
        if quota.organization.kind not in BUREAU_LEVEL:
            faults.add(
                f"{place}/organization",
                "not_bureau_level",
                "局等・区市町村・団体だけです。",
                "Bureaus, municipalities and bodies only.",
            )
        if quota.organization.pk in known:
            faults.add(f"{place}/organization", "repeated", "同じ組織が二度あります。", "It is named twice.")
        known.add(quota.organization.pk)
        if not 1 <= quota.seats <= MOST:
            faults.add(f"{place}/seats", "out_of_range", f"1から{MOST}までです。", f"From 1 to {MOST}.")
    faults.refuse()


def _refuse_other_session(proposal: SeatProposal, session: Session) -> None:
    faults = Faults()
    if session.course_id != proposal.surveyed.course_id:
        faults.add("/session", "other_course", "別の講座の回です。", "It is a session of another course.")
    faults.refuse()
    if session.status != SessionStatus.DRAFT:
        raise SessionNotDraft(status=in_both(SessionStatus(session.status).label))


def _replace(session: Session, quotas: Sequence[SeatQuota]) -> None:
    """The caller holds the session's lock, which a change of its capacity takes too."""
    seats = sum(each.seats for each in quotas)
    if session.capacity is not None and seats > session.capacity:
        raise QuotasExceedCapacity(seats=seats, capacity=session.capacity)
    session.quotas.all().delete()
    SeatQuota.objects.bulk_create(quotas)
