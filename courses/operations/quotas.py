"""枠: seats of a session for some of its people, proposed from demand, adopted for a session, or set by hand.

Quotas of a published session are set by `enrollments.operations.quotas`, which also gives the queue what they free. Locks:
the survey, the proposal, then the session as a whole: the database counts the seats of each new quota, which waits for every
seat that is being given.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from academy.errors import Faults
from academy.models import Grade, Organization, User
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
    """`seats` kept for whom the rest is about, all of it together, until `release_at`; at most `ceiling`, None: no limit."""

    organization: Organization | None
    seats: int
    grade: Grade | None = None
    new_recruits: bool = False
    ceiling: int | None = None
    release_at: dt.datetime | None = None

    @property
    def group(self) -> tuple[int | None, int | None, bool]:
        organization = self.organization.pk if self.organization else None
        return organization, self.grade.pk if self.grade else None, self.new_recruits


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

    Once, and only while the shares are those of the answers that count. Each is kept and is the most (推薦枠); who gets no
    seat gets no quota.
    """
    survey_id = SeatProposal.objects.values_list("surveyed__survey_id", flat=True).get(pk=proposal_id)
    survey = DemandSurvey.objects.select_for_update(no_key=True).get(pk=survey_id)
    proposal = _locked_proposal(proposal_id)
    session = Session.objects.locked_whole().get(pk=session.pk)
    if proposal.adopted_at is not None:
        raise ProposalAdopted
    if survey.closed_at is None:
        raise SurveyStillOpen
    _refuse_other_session(proposal, session)
    shares = list(proposal.shares.select_related("organization").order_by("pk"))
    if {each.organization_id: each.expected for each in shares} != {
        each.key: each.expected for each in _demands(proposal.surveyed)
    }:
        raise ProposalOutdated
    quotas = [Quota(each.organization, each.seats, ceiling=each.seats) for each in shares if each.seats]
    replace_quotas(session, quotas)
    proposal.session, proposal.adopted_at = session, session.now
    proposal.save(update_fields=["session", "adopted_at"])
    note(proposal, session=session.public_id, quotas=len(quotas), seats=sum(each.seats for each in quotas))
    return proposal


def replace_quotas(session: Session, quotas: Sequence[Quota]) -> None:
    """Write the quotas of a session that is locked as a whole, in place of what it had; together they never keep more than
    its capacity."""
    check_quotas(quotas)
    seats = sum(each.seats for each in quotas)
    if session.capacity is not None and seats > session.capacity:
        raise QuotasExceedCapacity(seats=seats, capacity=session.capacity)
    session.quotas.all().delete()
    SeatQuota.objects.bulk_create(
        SeatQuota(
            session=session,
            organization=each.organization,
            grade=each.grade,
            new_recruits=each.new_recruits,
            seats=each.seats,
            ceiling=each.ceiling,
            release_at=each.release_at,
        )
        for each in quotas
    )


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


def check_quotas(quotas: Sequence[Quota]) -> None:
    """Refuse quotas that say nothing or contradict themselves, each at its place."""
    faults = Faults()
    known = set()
    for number, quota in enumerate(quotas):
        _check_group(f"/quotas/{number}", quota, faults, repeated=quota.group in known)
        _check_numbers(f"/quotas/{number}", quota, faults)
        known.add(quota.group)
    faults.refuse()


def _check_group(place: str, quota: Quota, faults: Faults, *, repeated: bool) -> None:
    if quota.group == (None, None, False):
        faults.add(
            f"{place}/organization",
            "required",
            "組織・職層・新規採用のどれかを指定してください。",
            "Say an organisation, a grade or new recruits.",
        )
    elif quota.organization is not None and quota.organization.kind not in BUREAU_LEVEL:
        faults.add(
            f"{place}/organization",
            "not_bureau_level",
            "局等・区市町村・団体だけです。",
            "Bureaus, municipalities and bodies only.",
        )
    if repeated:
        faults.add(f"{place}/organization", "repeated", "同じ枠が二度あります。", "It is there twice.")


def _check_numbers(place: str, quota: Quota, faults: Faults) -> None:
    """What keeps no seat has a ceiling, else it would say nothing."""
    least = 1 if quota.ceiling is None else 0
    if not least <= quota.seats <= MOST:
        faults.add(f"{place}/seats", "out_of_range", f"{least}から{MOST}までです。", f"From {least} to {MOST}.")
    elif quota.ceiling is not None and not quota.seats <= quota.ceiling <= MOST:
        faults.add(
            f"{place}/ceiling",
            "out_of_range",
            f"確保する席数から{MOST}までです。",
            f"From the seats that are kept to {MOST}.",
        )


def _refuse_other_session(proposal: SeatProposal, session: Session) -> None:
    faults = Faults()
    if session.course_id != proposal.surveyed.course_id:
        faults.add("/session", "other_course", "別の講座の回です。", "It is a session of another course.")
    faults.refuse()
    if session.status != SessionStatus.DRAFT:
        raise SessionNotDraft(status=in_both(SessionStatus(session.status).label))
