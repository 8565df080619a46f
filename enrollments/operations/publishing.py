"""受講決定: a draft becomes the decision: dated, numbered, written into the enrolments, and told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from academy import clock
from academy.errors import DomainError, Fault
from academy.models import User
from academy.operations.base import note, operation, take_turn
from courses.models import Session
from enrollments import eligibility
from enrollments.allocation import too_much
from enrollments.errors import NotEligible, SessionBegun, SessionFull
from enrollments.errors.decisions import DecisionOutdated, NewApplicant
from enrollments.errors.seats import QuotaFull, SeatsKept
from enrollments.evidence import Evidence, evidence_for
from enrollments.models import Decision, DecisionLine, DecisionStatus, EndedAs, Enrollment, Outcome, Status
from enrollments.operations import decision_notices, queue, wishes
from enrollments.operations.decisions import locked_draft, why_ineligible
from enrollments.promotion import Candidate

_SEATS: dict[str, type[DomainError]] = {each.code: each for each in (SessionFull, QuotaFull, SeatsKept)}
_ENDS = {
    Outcome.NOT_SELECTED: (Status.REJECTED, EndedAs.NOT_SELECTED),
    Outcome.INELIGIBLE: (Status.REJECTED, EndedAs.INELIGIBLE),
    Outcome.OTHER_WISH: (Status.WITHDRAWN, EndedAs.OTHER_WISH),
}


@dataclass(frozen=True)
class _Part:
    """The lines about one session whose applications still wait for it, in its order, with the rules as they are now."""

    session: Session
    lines: Sequence[DecisionLine]
    evidence: Evidence

    def of(self, outcome: str) -> list[DecisionLine]:
        return [each for each in self.lines if each.outcome == outcome]

    def candidates(self, outcome: str) -> list[Candidate]:
        facts = self.evidence.facts
        return [Candidate(each.enrollment_id, facts[each.enrollment.staff_id]) for each in self.of(outcome)]


@operation
def publish_decision(*, decision_id: int, by: User | None) -> Decision:
    """Write a draft into the enrolments and tell everybody, in one transaction: today's date, the next number of the year.

    What it gives is asked again: whoever gets a seat passes the rules, there are seats for all of them, and everybody who
    waits for the decision has a line; else nothing happens (`decision_outdated`, with what is in the way). Whose application
    ended meanwhile is left out. Reserves get new places in the queue, in the order of the list and behind earlier rounds,
    so that whoever leaves later is followed in exactly that order. Every other end is final.
    """
    decision, sessions = locked_draft(decision_id)
    wishes.hold_undecided(*(each.pk for each in sessions))
    lines = DecisionLine.objects.filter(decision=decision).select_related("enrollment").order_by("position", "pk")
    waiting = [each for each in lines if each.enrollment.status == Status.APPLIED]
    parts = [_part(session, waiting) for session in sessions]
    _refuse_outdated(parts, by)
    _write(parts, by)
    _number(decision, sessions[0], by)
    decision_notices.tell(decision, [(part.session, part.lines) for part in parts])
    promoted = sum(queue.reconcile(session, by=by) for session in sessions)
    seats = sum(len(part.of(Outcome.SEAT)) for part in parts)
    note(decision, seats=seats, lines=len(waiting), left_out=len(lines) - len(waiting), promoted=promoted)
    return decision


def _part(session: Session, waiting: Iterable[DecisionLine]) -> _Part:
    lines = [each for each in waiting if each.enrollment.session_id == session.pk]
    staff = [each.enrollment.staff_id for each in lines]
    return _Part(session, lines, evidence_for(session, staff, now=session.now))


def _refuse_outdated(parts: Sequence[_Part], by: User | None) -> None:
    faults: list[Fault] = []
    for part in parts:
        session = part.session
        eligibility.refuse([eligibility.published(session)])
        if part.evidence.timetable.begun(session.now):
            raise SessionBegun
        faults += [Fault(pointer, each.code, each.text) for pointer, each in _in_the_way(part, by)]
    if faults:
        raise DecisionOutdated(faults=faults)


def _in_the_way(part: _Part, by: User | None) -> Iterable[tuple[str, type[DomainError]]]:
    """What a session and its lines have against the draft, each with its place."""
    session = part.session
    known = {each.enrollment_id for each in part.lines}
    applied = Enrollment.objects.filter(session=session, status=Status.APPLIED).order_by("queue_no")
    for pk, public_id in applied.values_list("pk", "public_id"):
        if pk not in known:
            yield f"/enrollments/{public_id}", NewApplicant
    seats = part.of(Outcome.SEAT)
    failed = [each for each in seats if why_ineligible(part.evidence, each.enrollment.staff_id)]
    for each in failed:
        yield f"/lines/{each.public_id}", NotEligible
    people = [part.evidence.facts[each.enrollment.staff_id] for each in seats if each not in failed]
    code = too_much(queue.seats_for_newcomers(session, by=by), people)
    if code:
        yield f"/sessions/{session.public_id}", _SEATS[code]


def _write(parts: Sequence[_Part], by: User | None) -> None:
    """What ends comes first: a seat ends what is left of the other wishes by itself."""
    for part in parts:
        _end(part, by)
    for part in parts:
        _seat(part, by)


def _end(part: _Part, by: User | None) -> None:
    """Everybody without a seat; the reserves go into the queue."""
    reserves = [each.enrollment_id for each in part.of(Outcome.RESERVE)]
    if reserves:
        _line_up(part.session, reserves)
        Enrollment.objects.filter(pk__in=reserves).move_to(Status.WAITLISTED, by=by, reason=DECIDED)
    for outcome, (status, ended_as) in _ENDS.items():
        ended = Enrollment.objects.filter(pk__in=[each.enrollment_id for each in part.of(outcome)])
        ended.move_to(status, by=by, reason=DECIDED, ended_as=ended_as)


def _seat(part: _Part, by: User | None) -> None:
    seats, now = part.candidates(Outcome.SEAT), part.session.now
    try:
        queue.move_with_facts(seats, Status.ENROLLED, by=by, reason=DECIDED, decided_at=now)
    except wishes.SeatElsewhere as error:
        raise DecisionOutdated from error


DECIDED = "決定 / decided"
_LINE_UP = """
    WITH numbered AS (
        UPDATE courses_session SET last_queue_no = last_queue_no + cardinality(%(enrollments)s::bigint[])
        WHERE id = %(session)s RETURNING last_queue_no - cardinality(%(enrollments)s::bigint[]) AS before
    )
    UPDATE enrollments_enrollment AS row SET queue_no = numbered.before + listed.number
    FROM numbered, unnest(%(enrollments)s::bigint[]) WITH ORDINALITY AS listed (id, number)
    WHERE row.id = listed.id
"""


def _line_up(session: Session, enrollment_ids: Sequence[int]) -> None:
    """New numbers in the queue of a locked session, in the order given."""
    with connection.cursor() as cursor:
        cursor.execute(_LINE_UP, {"session": session.pk, "enrollments": list(enrollment_ids)})


def _number(decision: Decision, session: Session, by: User | None) -> None:
    """The numbers of a fiscal year have no gap: whoever publishes waits for the one before."""
    take_turn(f"decision numbers of {decision.fiscal_year}")
    used = Decision.objects.filter(fiscal_year=decision.fiscal_year).aggregate(last=Max("number"))["last"] or 0
    rows = Decision.objects.filter(pk=decision.pk)
    day = clock.business_date(session.now)
    rows.move_to(DecisionStatus.PUBLISHED, by=by, number=used + 1, decided_on=day)
    decision.sessions.update(open=False)
    decision.refresh_from_db()
