"""What the plays about decisions begin with: sessions that are decided, people who applied, and one-line moves."""

from collections.abc import Callable, Sequence
from typing import Any

from academy.models import Staff, User
from courses.models import Session
from enrollments.models import Decision, DecisionLine, Enrollment, Outcome
from enrollments.operations import changing_decisions, decisions, publishing
from enrollments.operations.changing_decisions import Change
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, open_session

CLOSED = stage.tokyo("2022-07-10 17:01")
Clock = Callable[[Any], None]


def screening(cast: Cast, people: int = 4, **fields: Any) -> tuple[Session, list[Enrollment]]:
    """A screening with two seats, and who applied to it, in the order of coming."""
    session = open_session(**{"selection": "screening", "capacity": 2, "repeatable": False, **fields})
    return session, [apply(session, each) for each in crowd(cast, people)]


def propose(cast: Cast, *sessions: Session, reserves: bool = True) -> Decision:
    return decisions.propose_decision(session_ids=[each.pk for each in sessions], reserves=reserves, by=cast.hr)


def publish(cast: Cast, decision: Decision) -> Decision:
    return publishing.publish_decision(decision_id=decision.pk, by=cast.hr)


def change(by: User | Staff, decision: Decision, *changes: tuple[Enrollment, str]) -> Decision:
    made = [
        Change(DecisionLine.objects.get(decision=decision, enrollment=each).public_id, Outcome(outcome), "上司の意見")
        for each, outcome in changes
    ]
    user = by.user if isinstance(by, Staff) else by
    assert user
    return changing_decisions.change_decision(decision_id=decision.pk, changes=made, by=user)


def outcomes(decision: Decision, applied: Sequence[Enrollment]) -> list[str]:
    lines = dict(DecisionLine.objects.filter(decision=decision).values_list("enrollment_id", "outcome"))
    return [lines[each.pk] for each in applied]


def states(applied: Sequence[Enrollment]) -> list[tuple[str, str]]:
    rows = Enrollment.objects.in_bulk([each.pk for each in applied])
    return [(rows[each.pk].status, rows[each.pk].ended_as) for each in applied]
