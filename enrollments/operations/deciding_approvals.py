"""Deciding on applications as head of unit, bureau or office: one, or many at once with an outcome for each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from academy import clock
from academy.access import Viewer
from academy.clock import business_date
from academy.errors import DomainError, NotFound, RosterAwaited
from academy.models import User
from academy.operations.base import note, operation
from academy.posts import approvers_of
from courses.models import Session, SessionStatus
from enrollments.access.approvals import approvals_in_charge_of, approvals_visible_to
from enrollments.approval_deadlines import Standing, standings_of
from enrollments.errors import SessionBegun, SessionOver
from enrollments.errors.approvals import (
    ApprovalDecided,
    ApprovalOverdue,
    DecidedTwice,
    NotInCharge,
    OwnApplication,
    ReasonRequired,
)
from enrollments.models import Approval, ApprovalLevel, ApprovalStatus, EndedAs, Enrollment, Status
from enrollments.operations import approvals


@dataclass(frozen=True)
class Ruling:
    """One decision on one approval. Refusing takes a reason."""

    approval: UUID
    approve: bool
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    approval: UUID
    codes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.codes


@dataclass
class _Case:
    """What decisions are about, read under the locks of all sessions concerned."""

    viewer: Viewer
    sessions: dict[int, Session]
    approvals: dict[UUID, Approval]
    in_charge: set[int]
    standings: dict[UUID, Standing]
    wishes: dict[tuple[int, str], list[Approval]] = field(default_factory=lambda: defaultdict(list))
    ruled: dict[int, Ruling] = field(default_factory=dict)

    def together(self, approval: Approval) -> list[Approval]:
        """The approval with those of the other pending wishes of the application that stand at the same level."""
        application = approval.enrollment.application_id
        wishes = self.wishes[application, approval.level] if application else [approval]
        return [each for each in wishes if not self.standings[each.public_id].begun]


@operation
def decide_approvals(*, rulings: Sequence[Ruling], by: User) -> list[Outcome]:
    """Approve or refuse applications one is in charge of today; each succeeds or tells why not, and none stops another.

    A decision on one wish of an application is one on all its pending wishes of that level.
    """
    case = _locked_case([each.approval for each in rulings], by)
    outcomes = []
    for ruling in rulings:
        refusal = _refusal(case, ruling)
        if refusal is None:
            case.ruled |= {each.pk: ruling for each in case.together(case.approvals[ruling.approval])}
        outcomes.append(Outcome(ruling.approval, (refusal.code,) if refusal else ()))
    promoted = _write(case, by)
    succeeded = sum(each.succeeded for each in outcomes)
    note(asked=len(outcomes), succeeded=succeeded, decided=len(case.ruled), promoted=promoted)
    return outcomes


@operation
def decide_approval(*, ruling: Ruling, by: User) -> Approval:
    """Approve or refuse one application, with all its pending wishes of that level."""
    case = _locked_case([ruling.approval], by)
    refusal = _refusal(case, ruling)
    if refusal is not None:
        raise refusal
    approval = case.approvals[ruling.approval]
    case.ruled = {each.pk: ruling for each in case.together(approval)}
    promoted = _write(case, by)
    note(approval, approve=ruling.approve, decided=len(case.ruled), promoted=promoted)
    return approval


def _locked_case(asked: Sequence[UUID], by: User) -> _Case:
    """Lock every session of the applications in the order of their keys, then read."""
    named = Approval.objects.filter(public_id__in=asked)
    enrollments = list(named.values_list("enrollment_id", "enrollment__application_id"))
    applications = {application for _, application in enrollments if application}
    concerned = Enrollment.objects.filter(pk__in=[pk for pk, _ in enrollments])
    concerned |= Enrollment.objects.filter(application__in=applications)
    keys = set(concerned.values_list("session_id", flat=True))
    locked = Session.objects.locked().with_audience().filter(pk__in=keys).order_by("pk")
    sessions = {each.pk: each for each in locked}
    viewer = Viewer(by)
    found = list(approvals_visible_to(viewer).filter(public_id__in=asked).select_related("enrollment"))
    in_charge = approvals_in_charge_of(viewer)
    wishes = Approval.objects.pending().filter(enrollment__application__in=applications, enrollment__session__in=keys)
    together = list(wishes.select_related("enrollment").order_by("pk"))
    case = _Case(
        viewer=viewer,
        sessions=sessions,
        approvals={each.public_id: each for each in found},
        in_charge=set(in_charge.filter(pk__in=[each.pk for each in found]).values_list("pk", flat=True)),
        standings=standings_of({each.pk for each in [*found, *together]}, now=_now(sessions.values())),
    )
    for each in together:
        case.wishes[each.enrollment.application_id or 0, each.level].append(each)
    return case


def _now(sessions: Iterable[Session]) -> dt.datetime:
    """Business time of the statement that locked them."""
    return max((each.now for each in sessions), default=clock.now())


def _refusal(case: _Case, ruling: Ruling) -> DomainError | None:
    """Why a decision is not taken, the first reason that there is."""
    approval = case.approvals.get(ruling.approval)
    if approval is None:
        return NotFound()
    if case.viewer.is_self(approval.applicant_id):
        return OwnApplication()
    if approval.pk not in case.in_charge:
        return NotInCharge()
    if approval.status != ApprovalStatus.PENDING:
        return ApprovalDecided()
    if not ruling.approve and not ruling.reason.strip():
        return ReasonRequired()
    before = case.ruled.get(approval.pk)
    if before is not None and before.approve != ruling.approve:
        return DecidedTwice()
    return _too_late_or_early(case, approval)


def _too_late_or_early(case: _Case, approval: Approval) -> DomainError | None:
    session, standing = case.sessions[approval.enrollment.session_id], case.standings[approval.public_id]
    if session.status != SessionStatus.PUBLISHED or business_date(session.now) > session.ends_on:
        return SessionOver()
    if standing.begun:
        return SessionBegun()
    if standing.waits_until is not None:
        return RosterAwaited(until=f"{standing.waits_until.astimezone(settings.BUSINESS_TIME_ZONE):%Y-%m-%d %H:%M}")
    return ApprovalOverdue() if standing.overdue else None


def _write(case: _Case, by: User) -> int:
    """Write the decisions that were taken; returns how many people are promoted by them."""
    if not case.ruled:
        return 0
    rows = Approval.objects.filter(pk__in=case.ruled)
    places = {pk: (level, enrollment) for pk, level, enrollment in rows.values_list("pk", "level", "enrollment_id")}
    capacities = _capacities(case, list(rows.values_list("pk", "level", "applicant_id")))
    alike: dict[tuple[bool, str, str], list[int]] = defaultdict(list)
    for pk, ruling in case.ruled.items():
        alike[ruling.approve, ruling.reason.strip(), capacities.get(pk, "")].append(pk)
    now = _now(case.sessions.values())
    for (approve, reason, capacity), keys in alike.items():
        status = ApprovalStatus.APPROVED if approve else ApprovalStatus.REFUSED
        decided = Approval.objects.filter(pk__in=keys)
        decided.update(reason=reason)
        decided.move_to(
            status, by=by, reason=reason, decided_at=now, decider_id=case.viewer.staff_id, capacity=capacity
        )
        if not approve:
            refused = Enrollment.objects.filter(pk__in=[places[pk][1] for pk in keys])
            refused.move_to(Status.REJECTED, by=by, reason=reason, ended_as=EndedAs.NOT_APPROVED)
    agreed = [places[pk][1] for pk, ruling in case.ruled.items() if ruling.approve]
    return approvals.go_on(case.sessions, agreed, by=by) if agreed else 0


def _capacities(case: _Case, rows: Sequence[tuple[int, str, int]]) -> dict[int, str]:
    """As what the viewer decides where it is for a unit: as its head, or in the head's place."""
    people = {applicant for _, level, applicant in rows if level == ApprovalLevel.UNIT_HEAD}
    found = approvers_of(people, on=case.viewer.day) if people else {}
    return {
        pk: found[applicant].capacity.value
        for pk, level, applicant in rows
        if level == ApprovalLevel.UNIT_HEAD and applicant in found and case.viewer.is_self(found[applicant].staff_id)
    }
