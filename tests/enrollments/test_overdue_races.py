"""Many applications end at once in one session while another session fulfils a wish of one of them.

The other session settles the wish without the lock of this one. Who ends many holds the applications first; the controls
take that away. Whoever settles commits when somebody waits for it: no other order is played.
"""

from collections.abc import Callable, Collection
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection

from academy.models import User
from courses.models import Session
from enrollments.models import Enrollment
from enrollments.operations import leaving, overdue_approvals, publishing, wishes
from enrollments.operations.changes import Rescheduling, rescheduling
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import pending, status
from tests.enrollments.deciding import CLOSED, change, propose
from tests.enrollments.nominating import nominate
from tests.enrollments.scene import apply, crowd
from tests.enrollments.test_nominated_wishes import asked, named
from tests.enrollments.test_wishes import policy, several, wish
from tests.enrollments.threads import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)

Move = Callable[[], object]
MOST_LOOKS = 20_000
FULFILLED = ("withdrawn", "other_wish")


def meanwhile(fulfil: Move, end: Move, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """`end` begins when `fulfil` has settled the other wishes, which commits once `end` waits for it; the refusals."""
    settled, settle = Event(), wishes.settle

    def settle_and_wait(enrollment_ids: Collection[int], *, by: User | None) -> int:
        ended = settle(enrollment_ids, by=by)
        if ended:
            settled.set()
            _until_somebody_waits()
        return ended

    def end_then() -> object:
        assert settled.wait(timeout=30)
        return end()

    monkeypatch.setattr(wishes, "settle", settle_and_wait)
    return codes(at_once([fulfil, end_then]))


def _until_somebody_waits() -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        for _ in range(MOST_LOOKS):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def without_holding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "hold_undecided", lambda *session_ids: None)


def queued_and_asked(cast: Cast, at: Clock, *, asked_first: bool = False) -> tuple[Enrollment, Enrollment, Enrollment]:
    """A seat of somebody else in a full session, behind it in the queue one wish of `ict`, and the other wish of `ict`, which
    still waits for the head of unit in a session that begins a day later (`asked_first`: before).
    """
    first, second = several(1, 1)
    full, asking = (second, first) if asked_first else (first, second)
    policy(full, approval="unit_head", unit_head_overdue="pass")
    Session.objects.filter(pk=full.pk).update(approve_until=stage.tokyo("2022-06-29 17:00"))
    Session.objects.filter(pk=asking.pk).update(approve_until=stage.tokyo("2022-07-01 17:00"))
    taken = apply(full, cast.ict2)
    approving.approve(pending(taken), cast.head)
    application = wish([full, asking], cast.ict)
    at(stage.tokyo("2022-06-29 17:01"))
    overdue_approvals.end_overdue_approvals(session_id=full.pk, by=None)
    queued, asked = application.enrollments.order_by("preference")
    assert (status(taken)[0], status(queued)[0], status(asked)[0]) == ("enrolled", "waitlisted", "applied")
    return taken, queued, asked


def sweep(enrollment: Enrollment) -> Move:
    return partial(overdue_approvals.end_overdue_approvals, session_id=enrollment.session_id, by=None)


def leave(enrollment: Enrollment) -> Move:
    return partial(leaving.withdraw, enrollment_id=enrollment.pk, by=None)


def test_an_overdue_stage_of_a_wish_that_is_fulfilled_meanwhile_is_left_alone(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, queued, asked = queued_and_asked(cast, at)
    at(stage.tokyo("2022-07-01 17:01"))
    assert meanwhile(leave(taken), sweep(asked), monkeypatch) == []
    assert (status(queued), status(asked)) == (("enrolled", ""), FULFILLED)
    assert approving.stages(asked) == [("unit_head", "void")]


def test_control_without_holding_the_sweep_is_refused_for_what_it_did_not_see(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with it everybody else whose time was over in that session."""
    taken, queued, asked = queued_and_asked(cast, at)
    other = apply(Session.objects.get(pk=asked.session_id), cast.trainer)
    at(stage.tokyo("2022-07-01 17:01"))
    without_holding(monkeypatch)
    assert meanwhile(leave(taken), sweep(asked), monkeypatch) == ["illegal_transition"]
    assert (status(queued), status(asked)) == (("enrolled", ""), FULFILLED)
    assert approving.stages(other) == [("unit_head", "pending")]


@pytest.mark.parametrize("holding", [True, False])
def test_what_lapses_when_a_session_begins(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, holding: bool
) -> None:
    taken, queued, asked = queued_and_asked(cast, at, asked_first=True)
    Session.objects.filter(pk=asked.session_id).update(approve_until=None)
    at(stage.tokyo("2022-07-14 14:01"))
    if not holding:
        without_holding(monkeypatch)
    refused = meanwhile(leave(taken), sweep(asked), monkeypatch)
    assert refused == ([] if holding else ["illegal_transition"])
    assert (status(queued), status(asked)) == (("enrolled", ""), FULFILLED)


@pytest.mark.parametrize("holding", [True, False])
def test_decisions_about_two_sessions_are_published(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, holding: bool
) -> None:
    """One gives the seat, the other turns the same application away."""
    sessions = several(1, 1, selection="screening")
    application = wish(sessions, cast.ict)
    seated, turned_away = application.enrollments.order_by("preference")
    at(CLOSED)
    gives, refuses = (propose(cast, each) for each in sessions)
    change(cast.hr, refuses, (turned_away, "not_selected"))
    if not holding:
        without_holding(monkeypatch)
    first, second = (partial(publishing.publish_decision, decision_id=each.pk, by=cast.hr) for each in (gives, refuses))
    assert meanwhile(first, second, monkeypatch) == ([] if holding else ["illegal_transition"])
    refuses.refresh_from_db()
    assert (status(seated), status(turned_away)) == (("enrolled", ""), FULFILLED)
    assert refuses.status == ("published" if holding else "draft")


@pytest.mark.parametrize("holding", [True, False])
def test_a_session_that_gets_more_seats(cast: Cast, monkeypatch: pytest.MonkeyPatch, holding: bool) -> None:
    """Both sessions have a seat for the same application at the same time. The one that is changed holds all its enrolments
    already: without the application before them, each waits for what the other has.
    """
    sessions = several(1, 1)
    taken = [apply(session, person) for session, person in zip(sessions, crowd(cast, 2), strict=True)]
    first, second = wish(sessions, cast.ict).enrollments.order_by("preference")
    locked, done = Event(), rescheduling._Change.done

    def done_late(change: Any) -> Any:
        locked.set()
        _until_somebody_waits()
        return done(change)

    def leave_then() -> object:
        assert locked.wait(timeout=30)
        return leave(taken[0])()

    if not holding:
        without_holding(monkeypatch)
    monkeypatch.setattr(rescheduling._Change, "done", done_late)
    asked = Rescheduling(session_id=sessions[1].pk, reason="増席", capacity=2)
    more = partial(rescheduling.reschedule_session, asked=asked, by=cast.hr)
    assert codes(at_once([more, leave_then])) == ([] if holding else ["lock_timeout"])
    if holding:
        assert (status(first), status(second)) == (FULFILLED, ("enrolled", ""))


@pytest.mark.parametrize("holding", [True, False])
def test_a_bureau_hands_in_its_list(cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, holding: bool) -> None:
    """It refuses the other wish of who gets a seat meanwhile: it is told that nobody is there to be refused."""
    sessions = named(1, 1)
    Session.objects.filter(pk=sessions[1].pk).update(nominate_until=stage.tokyo("2022-07-13 17:00"))
    seated, refused = asked(cast, sessions, cast.ict)
    nominate(cast, sessions[0], seated)
    at(stage.tokyo("2022-07-11 17:01"))
    gives = partial(publishing.publish_decision, decision_id=propose(cast, sessions[0]).pk, by=cast.hr)
    if not holding:
        without_holding(monkeypatch)
    hands_in = partial(nominate, cast, sessions[1], refused=(refused,))
    assert meanwhile(gives, hands_in, monkeypatch) == (["invalid_input"] if holding else ["illegal_transition"])
    assert (status(seated), status(refused)) == (("enrolled", ""), FULFILLED)
