"""A preview reads everybody before it locks anything: others go on meanwhile, and what it foresees comes about."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from courses.models import EnrollmentPolicy, SeatQuota, Session
from enrollments.models import DecidedSession, Decision, Enrollment
from enrollments.operations import changes, decisions
from enrollments.operations.changes import cancelling, rescheduling
from tests.cast import Cast
from tests.enrollments.changes import asked, meetings_of, preview, reschedule, to, withdrawn
from tests.enrollments.deciding import CLOSED, Clock, outcomes, propose, screening
from tests.enrollments.scene import FOR_ICT, apply, crowd, line, open_session, withdraw
from tests.enrollments.threads import at_once, codes

NEW = ("2022-07-12 10:00", "2022-07-12 12:00")


@pytest.mark.parametrize(("hours", "status"), [(None, "enrolled"), (24, "offered")])
def test_who_moves_up_is_foreseen_by_the_new_times_the_new_limit_and_the_quotas(
    cast: Cast, hours: int | None, status: str
) -> None:
    session, elsewhere = open_session(rule=FOR_ICT, capacity=3), open_session(times=(NEW,))
    EnrollmentPolicy.objects.create(program=session.course.program, offer_hours=hours)
    SeatQuota.objects.create(session=session, organization=cast.industry, seats=1)
    gone, stays, busy, *rest = (apply(session, person) for person in crowd(cast, 6))
    apply(elsewhere, busy.staff)
    [meeting] = meetings_of(session)
    change: Any = {"capacity": 4, "resolutions": [withdrawn(gone)]}
    seen = preview(cast, session, to(meeting, *NEW), **change)
    # Four seats: one is taken, one is kept for another bureau; whoever would sit elsewhere is passed over.
    assert seen.promoted == tuple(each.pk for each in rest[:2])
    reschedule(cast, session, to(meeting, *NEW), **change, confirmed=seen.digest)
    assert [each for _, each in line(session)] == [
        "withdrawn", "enrolled", "waitlisted", status, status, "waitlisted",
    ]  # fmt: skip
    assert stays.pk not in seen.promoted


def in_haste(move: Callable[[], Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    return move()


def move_after(monkeypatch: pytest.MonkeyPatch, module: Any, step: str, move: Callable[[], Any]) -> list[str]:
    """Somebody moves after a step of reading; tells what refused it, if anything did."""
    read, met = getattr(module, step), list[str]()

    def read_and_let_move(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        met.extend(codes(at_once([partial(in_haste, move)])))
        return found

    monkeypatch.setattr(module, step, read_and_let_move)
    return met


def changing(cast: Cast, session: Session, *, only_looked_at: bool) -> list[Callable[[], Any]]:
    """The session is moved, and cancelled; or that is only looked at."""
    [meeting] = meetings_of(session)
    move = changes.preview_reschedule if only_looked_at else changes.reschedule_session
    cancel = changes.preview_cancel if only_looked_at else changes.cancel_session
    return [
        partial(move, asked=asked(session, to(meeting, *NEW)), by=cast.hr),
        partial(cancel, session_id=session.pk, reason="台風のため", by=cast.hr),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("only_looked_at", [True, False])
@pytest.mark.parametrize(
    ("change", "module", "step"), [(0, rescheduling, "facts_on_day"), (1, cancelling, "teachers_of")]
)
def test_applications_are_taken_while_a_change_is_looked_at(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, change: int, module: Any, step: str, only_looked_at: bool
) -> None:
    """The control: the change itself, which reads the same under its locks, keeps them waiting."""
    session = open_session(capacity=2)
    apply(session, cast.ict)
    met = move_after(monkeypatch, module, step, partial(apply, session, cast.ict2))
    changing(cast, session, only_looked_at=only_looked_at)[change]()
    assert met == ([] if only_looked_at else ["lock_timeout"])
    assert Enrollment.objects.count() == (2 if only_looked_at else 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [True, False])
def test_who_comes_while_a_reschedule_is_looked_at_is_asked_about_at_the_next_look(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """The digest of a look is not that of the next one; so nothing is done to anybody who was not shown."""
    session = open_session(capacity=1 if waits else 2)
    apply(session, cast.ict)
    [meeting] = meetings_of(session)
    met = move_after(monkeypatch, rescheduling, "facts_on_day", partial(apply, session, cast.ict2))
    change: Any = {"capacity": 2}
    seen = preview(cast, session, to(meeting, *NEW), **change)
    monkeypatch.undo()
    assert met == []
    again = preview(cast, session, to(meeting, *NEW), **change)
    assert (len(seen.told), len(again.told)) == (1, 2)
    results = at_once([partial(reschedule, cast, session, to(meeting, *NEW), **change, confirmed=seen.digest)])
    assert codes(results) == ["impact_has_changed"]
    reschedule(cast, session, to(meeting, *NEW), **change, confirmed=again.digest)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("only_looked_at", [True, False])
def test_a_preview_writes_no_enrolment(cast: Cast, only_looked_at: bool) -> None:
    """So it goes on while somebody holds an enrolment. The control: the changes themselves wait."""
    session = open_session(capacity=None)
    apply(session, cast.ict)
    with transaction.atomic():
        Enrollment.objects.select_for_update().get()
        calls = changing(cast, session, only_looked_at=only_looked_at)
        found = [codes(at_once([partial(in_haste, call)])) for call in calls]
    assert found == ([[], []] if only_looked_at else [["lock_timeout"], ["lock_timeout"]])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("only_looked_at", [True, False])
def test_people_leave_while_a_decision_is_looked_at(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, only_looked_at: bool
) -> None:
    """The control: the draft that is kept holds the sessions over which it is made."""
    session, [first, *_] = screening(cast, 3)
    at(CLOSED)
    met = move_after(monkeypatch, decisions, "allocate", partial(withdraw, first))
    call = decisions.rehearse_proposal if only_looked_at else decisions.propose_decision
    with transaction.atomic():
        call(session_ids=[session.pk], reserves=True, by=cast.hr)
        transaction.set_rollback(True)
    assert met == ([] if only_looked_at else ["lock_timeout"])


def test_the_draft_that_is_looked_at_counts_who_waits_before(cast: Cast, at: Clock) -> None:
    """Seats that the queue of an earlier round would take are given to nobody else, and nobody is promoted for a look."""
    session, applied = screening(cast, 5, capacity=3)
    waits = applied[-1]
    Enrollment.objects.filter(pk=waits.pk).move_to("waitlisted", by=None)
    at(CLOSED)
    seen = decisions.rehearse_proposal(session_ids=[session.pk], reserves=True, by=cast.hr)
    shown = outcomes(seen, applied[:-1])
    assert shown == ["seat", "seat", "reserve", "reserve"]
    waits.refresh_from_db()
    assert waits.status == "waitlisted"
    Decision.objects.filter(pk=seen.pk).move_to("discarded", by=None)
    DecidedSession.objects.update(open=False)
    assert outcomes(propose(cast, session), applied[:-1]) == shown
    waits.refresh_from_db()
    assert waits.status == "enrolled"
