"""Changing the draft of a decision: who gets a seat and who does not, each for a reason, checked against the seats at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from academy.errors import DomainError, Fault, InvalidInput, NotFound
from academy.facts import Facts, facts_of
from academy.models import Staff, User
from academy.operations.base import note, operation
from courses.models import Selection, Session
from enrollments.allocation import stands_back, too_much
from enrollments.errors import NotEligible, SessionFull
from enrollments.errors.approvals import OwnApplication
from enrollments.errors.decisions import OtherWishFulfilled, OutOfOrder
from enrollments.errors.seats import QuotaFull, SeatsKept
from enrollments.evidence import timetable_of
from enrollments.models import Decision, DecisionLine, Outcome
from enrollments.operations import queue
from enrollments.operations.decisions import locked_draft

SETTABLE = [(each.value, each.label) for each in (Outcome.SEAT, Outcome.RESERVE, Outcome.NOT_SELECTED)]
_WITHOUT = frozenset({Outcome.RESERVE, Outcome.OTHER_WISH})
_SEATS = {each.code: each for each in (SessionFull, QuotaFull, SeatsKept)}


@dataclass(frozen=True)
class Change:
    line: UUID
    outcome: Outcome
    reason: str


@dataclass
class _Draft:
    """The lines of a draft, with the changes on the way."""

    lines: list[DecisionLine]
    own: set[int]

    def __post_init__(self) -> None:
        self.by_id = {each.public_id: each for each in self.lines}
        self.changed: dict[int, DecisionLine] = {}

    def seats_in(self, session: Session) -> list[DecisionLine]:
        return [
            each for each in self.lines
            if each.enrollment.session_id == session.pk and each.outcome == Outcome.SEAT
        ]  # fmt: skip

    def of_person(self, staff_id: int) -> list[DecisionLine]:
        return [each for each in self.lines if each.enrollment.staff_id == staff_id]

    def set(self, line: DecisionLine, outcome: Outcome, reason: str, by: User) -> None:
        line.outcome, line.reason, line.changed_by = outcome, reason, by
        self.changed[line.pk] = line


@operation
def change_decision(*, decision_id: int, changes: Sequence[Change], by: User) -> Decision:
    """Change lines of a draft: all of them or, with a fault for each that cannot be, none.

    Afterwards there are as many seats as the session has, within each ceiling and without what is kept for others; a person
    has one at the most. Whoever may not take part gets none. In a lottery nobody gets a seat while somebody who was drawn
    before could have it. The other wishes of a person follow. Nobody changes a line of their own.
    """
    decision, sessions = locked_draft(decision_id)
    lines = DecisionLine.objects.filter(decision=decision).select_related("enrollment").order_by("position", "pk")
    draft = _Draft(list(lines), set(Staff.objects.filter(user=by).values_list("pk", flat=True)))
    faults: list[Fault] = []
    for number, change in enumerate(changes):
        if (fault := _set(draft, change, by)) is not None:
            faults.append(Fault(f"/changes/{number}/line", fault.code, fault.text))
    _refuse(faults)
    _settle_wishes(draft, by)
    numbers = {change.line: number for number, change in enumerate(changes)}
    _refuse([fault for session in sessions for fault in _broken(session, draft, numbers, by)])
    DecisionLine.objects.bulk_update(draft.changed.values(), ["outcome", "reason", "changed_by"])
    note(decision, changed=len(draft.changed))
    return decision


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidInput(faults=faults)


def _set(draft: _Draft, change: Change, by: User) -> type[DomainError] | None:
    line = draft.by_id.get(change.line)
    if line is None:
        return NotFound
    if line.enrollment.staff_id in draft.own:
        return OwnApplication
    if line.outcome == Outcome.INELIGIBLE:
        return NotEligible
    draft.set(line, change.outcome, change.reason, by)
    return None


def _settle_wishes(draft: _Draft, by: User) -> None:
    """The other wishes of whoever has a seat now end with it; those of whoever has none any more go on waiting."""
    for line in list(draft.changed.values()):
        own = draft.of_person(line.enrollment.staff_id)
        seated = any(each.outcome == Outcome.SEAT for each in own)
        after = Outcome.OTHER_WISH if seated else Outcome.RESERVE
        for each in own:
            if each.outcome in _WITHOUT and each.outcome != after:
                draft.set(each, after, line.reason, by)


def _broken(session: Session, draft: _Draft, numbers: dict[UUID, int], by: User) -> list[Fault]:
    """What the seats of a session would break, at each change that gives one there."""
    gains = [
        each for each in draft.changed.values()
        if each.enrollment.session_id == session.pk and each.outcome == Outcome.SEAT and each.public_id in numbers
    ]  # fmt: skip
    if not gains:
        return []
    seated = draft.seats_in(session)
    people = _facts(session, draft)
    seats = queue.seats_for_newcomers(session, by=by)
    code = too_much(seats, [people[each.pk] for each in seated if each.pk in people])
    found: list[Fault] = []
    for line in gains:
        pointer = f"/changes/{numbers[line.public_id]}/line"
        if sum(each.outcome == Outcome.SEAT for each in draft.of_person(line.enrollment.staff_id)) > 1:
            found.append(Fault(pointer, OtherWishFulfilled.code, OtherWishFulfilled.text))
        elif line.pk not in people:
            found.append(Fault(pointer, NotEligible.code, NotEligible.text))
        elif code:
            found.append(Fault(pointer, code, _SEATS[code].text))
        elif session.selection == Selection.LOTTERY:
            before = [
                people[each.pk] for each in draft.lines
                if each.enrollment.session_id == session.pk and each.outcome == Outcome.RESERVE
                and each.position < line.position and each.pk in people
            ]  # fmt: skip
            if stands_back(seats, [people[each.pk] for each in seated], people[line.pk], before):
                found.append(Fault(pointer, OutOfOrder.code, OutOfOrder.text))
    return found


def _facts(session: Session, draft: _Draft) -> dict[int, Facts]:
    """What the person of each line of a session is on the reference date, by line."""
    lines = {each.pk: each.enrollment.staff_id for each in draft.lines if each.enrollment.session_id == session.pk}
    found = facts_of(set(lines.values()), on=timetable_of(session, session.now).reference_date)
    return {line: found[staff_id] for line, staff_id in lines.items() if staff_id in found}
