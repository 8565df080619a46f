"""選考: a decision over all applicants of one or several sessions of a course, drafted and changed before anybody hears of it.

Whoever waits from an earlier round comes first: seats are those that the queue leaves. A person gets one seat of a decision
at the most. Nothing of a draft changes an enrolment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

from academy.facts import Facts
from academy.models import User
from academy.operations.base import note, operation
from courses.models import BY_DECISION, Selection, Session
from courses.models.sessions import SessionQuerySet
from enrollments import eligibility
from enrollments.allocation import Applicant, allocate
from enrollments.errors import NotEligible, SessionBegun
from enrollments.errors.decisions import (
    ApplicationsOpen,
    ApprovalsPending,
    DecisionSettled,
    DrawMissing,
    NobodyApplied,
    NotByDecision,
    NotInDraw,
    SessionsApart,
)
from enrollments.errors.windows import SessionHasNoDate
from enrollments.evidence import Evidence, evidence_for, timetable_of
from enrollments.models import (
    Approval,
    DecidedSession,
    Decision,
    DecisionLine,
    DecisionStatus,
    Draw,
    DrawEntrant,
    Enrollment,
    Outcome,
    Status,
)
from enrollments.operations import queue
from enrollments.priority_classes import classes_of
from enrollments.seating import Seats

LAST = 2**31  # where no rank or wish was given


@dataclass(frozen=True)
class Row:
    """An application as a decision reads it."""

    pk: int
    staff_id: int
    rank: int | None
    preference: int | None
    queue_no: int


@dataclass(frozen=True)
class Candidacy:
    """Everybody who applied to one locked session and waits for its decision, with what the rules say of each."""

    session: Session
    seats: Seats
    rows: Sequence[Row]
    evidence: Evidence
    refused: Mapping[int, list[str]]  # by enrolment: why its person may not take part
    classes: Mapping[int, int]
    orders: Mapping[int, tuple[int, ...]]  # by enrolment, of those who are not refused

    def person(self, row: Row) -> Facts:
        return self.evidence.facts[row.staff_id]

    def applicants(self) -> Iterable[Applicant]:
        for row in self.rows:
            if row.pk in self.orders:
                wish = (row.preference or LAST, row.queue_no, row.pk)
                yield Applicant(row.pk, row.staff_id, self.session.pk, self.orders[row.pk], wish, self.person(row))


@operation
def propose_decision(*, session_ids: Sequence[int], reserves: bool, by: User | None) -> Decision:
    """Draft the allocation of sessions of one course over everybody who applied; `reserves`: whoever gets no seat waits.

    After the deadlines of applications and of the bureaus' lists, when nobody's approval is pending; a lottery after its
    draw. Who comes first: in a lottery the drawn; in a screening the priority class, then the rank in the list of the
    bureau; with nominations the rank, then the class; each time the earlier application last. Several sessions are decided
    by `enrollments.allocation`.
    """
    return _drafted(locked_sessions(session_ids), partial(queue.seats_for_newcomers, by=by), reserves=reserves, by=by)


@operation
def rehearse_proposal(*, session_ids: Sequence[int], reserves: bool, by: User | None) -> Decision:
    """For a dry run alone, which undoes it: the same draft, while the sessions are held from nobody and nobody is promoted."""
    sessions = list(_sessions(Session.objects.at_business_time(), session_ids))
    return _drafted(sessions, queue.seats_behind_queue, reserves=reserves, by=by)


def _drafted(
    sessions: Sequence[Session], seats: Callable[[Session], Seats], *, reserves: bool, by: User | None
) -> Decision:
    """`seats` says which are left by those who wait from an earlier round."""
    _refuse_undecidable(sessions)
    cases = [candidacy(session, seats) for session in sessions]
    applicants = [each for case in cases for each in case.applicants()]
    if not any(case.rows for case in cases):
        raise NobodyApplied
    seated = allocate(applicants, {case.session.pk: case.seats for case in cases})
    first = sessions[0]
    decision = Decision.objects.create(course=first.course, fiscal_year=first.fiscal_year, created_by=by)
    Decision.objects.filter(pk=decision.pk).write_first_steps(by=by)
    DecidedSession.objects.bulk_create(DecidedSession(decision=decision, session=each) for each in sessions)
    lines = [line for case in cases for line in _lines(decision, case, cases, seated, reserves=reserves)]
    DecisionLine.objects.bulk_create(lines)
    note(decision, sessions=len(sessions), lines=len(lines), seats=len(seated))
    return decision


@operation
def discard_decision(*, decision_id: int, by: User | None) -> Decision:
    """廃案: a draft that is not published leaves no trace with those who applied; another can be made."""
    decision, _ = locked_draft(decision_id)
    Decision.objects.filter(pk=decision.pk).move_to(DecisionStatus.DISCARDED, by=by)
    decision.sessions.update(open=False)
    note(decision)
    return decision


def locked_sessions(session_ids: Iterable[int]) -> list[Session]:
    """The sessions, locked in the order of their keys."""
    return list(_sessions(Session.objects.locked(), session_ids))


def _sessions(found: SessionQuerySet, session_ids: Iterable[int]) -> SessionQuerySet:
    return found.with_audience().filter(pk__in=set(session_ids)).order_by("pk")


def locked_draft(decision_id: int) -> tuple[Decision, list[Session]]:
    """A draft and its sessions, locked: first the sessions, like everywhere."""
    sessions = locked_sessions(DecidedSession.objects.filter(decision=decision_id).values_list("session_id", flat=True))
    decision = Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
    if decision.status != DecisionStatus.DRAFT:
        raise DecisionSettled
    return decision, sessions


def candidacy(session: Session, seats: Callable[[Session], Seats]) -> Candidacy:
    """Read who waits for the decision of a session; a fixed number of statements for any number of people."""
    applied = Enrollment.objects.filter(session=session, status=Status.APPLIED).order_by("queue_no")
    rows = [Row(*each) for each in applied.values_list("pk", "staff_id", "rank", "preference", "queue_no")]
    left = seats(session)
    evidence = evidence_for(session, [row.staff_id for row in rows], now=session.now)
    refused = {row.pk: codes for row in rows if (codes := why_ineligible(evidence, row.staff_id))}
    drawn = _drawn(session) if session.selection == Selection.LOTTERY else None
    if drawn is None:
        classes = classes_of(session, evidence.facts)
        orders = {row.pk: _order(session, row, classes[row.staff_id]) for row in rows if row.pk not in refused}
    else:
        classes = {row.staff_id: drawn[row.pk][0] for row in rows if row.pk in drawn}
        refused |= {row.pk: [NotInDraw.code] for row in rows if row.pk not in drawn and row.pk not in refused}
        orders = {row.pk: drawn[row.pk][1:] for row in rows if row.pk not in refused}
    return Candidacy(session, left, rows, evidence, refused, classes, orders)


def why_ineligible(evidence: Evidence, staff_id: int) -> list[str]:
    """The rules that a person fails now, in codes; the own application does not stand in the way."""
    if staff_id not in evidence.facts:
        return [NotEligible.code, "no_post"]
    found = eligibility.personal_findings(evidence, staff_id, waiting_here=True)
    return list(dict.fromkeys(finding.code for finding in eligibility.blocking(found)))


def _order(session: Session, row: Row, number: int) -> tuple[int, ...]:
    rank = row.rank or LAST
    return (rank, number, row.queue_no) if session.selection == Selection.NOMINATION else (number, rank, row.queue_no)


def _drawn(session: Session) -> dict[int, tuple[int, int]]:
    """Priority class and position of each entrant in the draw of the session's latest round."""
    number = session.rounds.order_by("-number").values_list("number", flat=True).first() or 1
    draw = Draw.objects.filter(session=session, round=number, drawn_at__isnull=False).first()
    if draw is None:
        raise DrawMissing
    entrants = DrawEntrant.objects.filter(draw=draw).values_list("enrollment_id", "priority_class", "position")
    return {pk: (number, position) for pk, number, position in entrants if position is not None}


def _refuse_undecidable(sessions: Sequence[Session]) -> None:
    if len({(each.course_id, each.fiscal_year, each.selection) for each in sessions}) != 1:
        raise SessionsApart
    for session in sessions:
        if session.selection not in BY_DECISION:
            raise NotByDecision
        eligibility.refuse([eligibility.published(session)])
        if session.undated:
            raise SessionHasNoDate
        until = max((each for each in (session.apply_until, session.nominate_until) if each), default=None)
        if session.apply_until is None or until is None or session.now < until:
            raise ApplicationsOpen(until=eligibility.time_text(until))
        if timetable_of(session, session.now).begun(session.now):
            raise SessionBegun
    pending = Approval.objects.pending().filter(enrollment__session__in=sessions).count()
    if pending:
        raise ApprovalsPending(number=pending)


def _lines(
    decision: Decision, case: Candidacy, cases: Sequence[Candidacy], seated: set[int], *, reserves: bool
) -> Iterable[DecisionLine]:
    """One line for each application, in the order of the session; those who may not take part come last."""
    people = {row.staff_id for each in cases for row in each.rows if row.pk in seated}
    left = _left(case, seated)
    rows = sorted(case.rows, key=lambda row: (row.pk in case.refused, case.orders.get(row.pk, ()), row.queue_no))
    for position, row in enumerate(rows, start=1):
        outcome, codes = Outcome.RESERVE if reserves else Outcome.NOT_SELECTED, case.refused.get(row.pk, [])
        if row.pk in seated:
            outcome = Outcome.SEAT
        elif row.pk in case.refused:
            outcome = Outcome.INELIGIBLE
        elif row.staff_id in people:
            outcome = Outcome.OTHER_WISH
        elif why := left.why_not(case.person(row)):
            codes = [why]
        yield DecisionLine(
            decision=decision,
            enrollment_id=row.pk,
            position=position,
            priority_class=case.classes.get(row.staff_id),
            proposed=outcome,
            outcome=outcome,
            codes=codes,
        )


def _left(case: Candidacy, seated: set[int]) -> Seats:
    """The seats when all who get one have it."""
    left = deepcopy(case.seats)
    for row in case.rows:
        if row.pk in seated:
            left.take(case.person(row))
    return left
