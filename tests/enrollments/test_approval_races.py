"""Decisions at the same instant, with real threads; the lock is also taken away, to see what it stops."""

from functools import partial

import pytest
from django.db import connection

from enrollments.invariants import violations
from enrollments.models import ApprovalStep, Enrollment
from enrollments.operations import approvals, deciding_approvals, overdue_approvals
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import approve, pending, refuse, stages, status
from tests.enrollments.scene import apply, withdraw
from tests.enrollments.threads import Move, at_once, codes, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_decisions_at_once_are_one(cast: Cast) -> None:
    held = approving.session(capacity=None)
    for made in [apply(held, each) for each in (cast.ict, cast.ict2, cast.trainer)]:
        waiting = pending(made)
        results = at_once([partial(approve, waiting, cast.head), partial(refuse, waiting, cast.head)])
        assert codes(results) == ["approval_already_decided"]
        assert (status(made), stages(made)) in [
            (("enrolled", ""), [("unit_head", "approved")]),
            (("rejected", "not_approved"), [("unit_head", "refused")]),
        ]


def test_control_without_the_lock_the_second_meets_an_approval_that_it_saw_pending(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = pending(apply(approving.session(), cast.ict))
    without_the_lock(monkeypatch, *[(deciding_approvals, "_write")] * 2)
    results = at_once([partial(approve, waiting, cast.head), partial(refuse, waiting, cast.head)])
    assert codes(results) == ["illegal_transition"], "only the table of transitions still stops it"


def test_a_decision_and_a_withdrawal_at_once_leave_no_seat(cast: Cast) -> None:
    held = approving.session(capacity=1)
    for person in (cast.ict, cast.ict2, cast.trainer):
        made = apply(held, person)
        results = at_once([partial(approve, pending(made), cast.head), partial(withdraw, made)])
        assert codes(results) in ([], ["approval_already_decided"])
        assert status(made)[0] == "withdrawn"
        assert stages(made) in ([("unit_head", "approved")], [("unit_head", "void")])
    held.refresh_from_db()
    assert held.seats_taken == 0


def test_a_decision_and_the_end_of_its_time_at_once(cast: Cast, at: Clock) -> None:
    made = apply(approving.session(policy={"unit_head_days": 1, "unit_head_overdue": "drop"}), cast.ict)
    waiting = pending(made)
    at(stage.tokyo("2022-06-29 17:01"))
    end = partial(overdue_approvals.end_overdue_approvals, session_id=made.session_id, by=None)
    results = at_once([partial(approve, waiting, cast.head), end, end])
    assert codes(results) in (["approval_overdue"], ["approval_already_decided"])
    assert (status(made), stages(made)) == (("lapsed", "approval_overdue"), [("unit_head", "dropped")])
    assert ApprovalStep.objects.filter(new="dropped").count() == 1


def test_control_without_the_lock_two_sweeps_end_the_same_stage(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = apply(approving.session(policy={"unit_head_days": 1, "unit_head_overdue": "drop"}), cast.ict)
    at(stage.tokyo("2022-06-29 17:01"))
    without_the_lock(monkeypatch, *[(overdue_approvals, "_end")] * 2)
    end = partial(overdue_approvals.end_overdue_approvals, session_id=made.session_id, by=None)
    assert codes(at_once([end, end])) == ["illegal_transition"]


def test_control_without_the_lock_a_decision_meets_a_withdrawal_that_it_did_not_see(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = apply(approving.session(), cast.ict)
    without_the_lock(monkeypatch, (deciding_approvals, "_write"), (approvals, "close"))
    results = at_once([partial(approve, pending(made), cast.head), partial(withdraw, made)])
    assert codes(results), "one of them is refused for what the other wrote meanwhile"
    assert codes(results) != ["approval_already_decided"]


def begun_in_time(move: Move) -> Move:
    """The move as of an hour ago, when the stage was not overdue: its connection has the business time of then."""

    def make() -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('academy.clock_offset_seconds', (extract(epoch FROM academy_now() - now()) - 3600)::text, false)"
            )
        return move()

    return make


def decided_and_swept(cast: Cast, at: Clock) -> tuple[Enrollment, list[Move]]:
    """An application whose stage has just ended; its head of unit, who began in time, and the sweep."""
    made = apply(approving.session(policy={"unit_head_days": 1, "unit_head_overdue": "drop"}), cast.ict)
    at(stage.tokyo("2022-06-29 17:01"))
    end = partial(overdue_approvals.end_overdue_approvals, session_id=made.session_id, by=None)
    return made, [begun_in_time(partial(approve, pending(made), cast.head)), end]


def test_who_decides_in_time_and_the_sweep_at_once_come_to_one_end(cast: Cast, at: Clock) -> None:
    made, moves = decided_and_swept(cast, at)
    refused = codes(at_once(moves))
    assert (refused, status(made), stages(made)) in [
        ([], ("enrolled", ""), [("unit_head", "approved")]),
        (["approval_already_decided"], ("lapsed", "approval_overdue"), [("unit_head", "dropped")]),
    ]
    assert violations() == []


def test_control_without_the_lock_the_sweep_drops_what_is_being_approved(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, moves = decided_and_swept(cast, at)
    without_the_lock(monkeypatch, (deciding_approvals, "_write"), (overdue_approvals, "_end"))
    assert codes(at_once(moves)) == ["illegal_transition"], "only the table of transitions still stops it"
