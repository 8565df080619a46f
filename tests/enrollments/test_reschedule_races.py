"""Changes at the same instant, with real threads; the lock is also taken away, to see what it stops."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import connection

from courses.models import Session
from enrollments.impact import clashes_of
from enrollments.models import Enrollment
from enrollments.operations.changes import rescheduling
from tests.cast import Cast
from tests.enrollments.changes import busy, meetings_of, preview, reschedule, spans, to
from tests.enrollments.scene import apply, crowd, line, open_session
from tests.enrollments.threads import at_once, codes, elsewhere, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

TENTH, TWENTIETH = (("2022-08-10 10:00", "2022-08-10 12:00"), ("2022-08-20 10:00", "2022-08-20 12:00"))


def held(session: Session) -> list[tuple[str, str]]:
    """When the one meeting takes place."""
    [meeting] = meetings_of(session)
    return spans([meeting.during])


def test_of_two_reschedules_that_were_looked_at_the_second_is_refused(cast: Cast) -> None:
    session = open_session()
    made = apply(session, cast.ict)
    [meeting] = meetings_of(session)
    digests = [preview(cast, session, to(meeting, *times)).digest for times in (TENTH, TWENTIETH)]
    results = at_once(
        [
            partial(reschedule, cast, session, to(meeting, *times), confirmed=digest)
            for times, digest in zip((TENTH, TWENTIETH), digests, strict=True)
        ]
    )
    assert codes(results) == ["impact_has_changed"]
    [meeting] = meetings_of(session)
    assert busy(made) == held(session)
    assert meeting.sequence == 1


def test_two_reschedules_at_once_leave_everybody_at_the_times_of_one(cast: Cast) -> None:
    session = open_session()
    rows = [apply(session, each) for each in crowd(cast, 5)]
    [meeting] = meetings_of(session)
    results = at_once([partial(reschedule, cast, session, to(meeting, *times)) for times in (TENTH, TWENTIETH)])
    assert codes(results) == []
    assert {tuple(busy(row)) for row in rows} == {tuple(held(session))}
    [meeting] = meetings_of(session)
    assert meeting.sequence == 2


def without_any_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Courses and enrolments are read without a lock as well, and neither change writes before both have looked."""
    without_the_lock(monkeypatch, *[(rescheduling, "write_plan")] * 2)
    monkeypatch.setattr(rescheduling, "locked_course", lambda key: None)
    monkeypatch.setattr(rescheduling, "seats_of", lambda session, *, locked: [])
    monkeypatch.setattr(rescheduling, "move_days", lambda session, plan: [])
    monkeypatch.setattr(rescheduling, "set_deadlines", lambda *args: [])


def test_control_without_the_lock_the_second_writes_over_a_change_it_never_saw(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session()
    apply(session, cast.ict)
    [meeting] = meetings_of(session)
    without_any_lock(monkeypatch)
    results = at_once([partial(reschedule, cast, session, to(meeting, *times)) for times in (TENTH, TWENTIETH)])
    assert codes(results) == []
    [meeting] = meetings_of(session)
    assert meeting.sequence == 1, "two changes, and a calendar that follows the sequence saw one"


def test_who_applies_while_a_session_moves_is_bound_by_the_new_times(cast: Cast) -> None:
    session = open_session()
    people = crowd(cast, 6)
    [meeting] = meetings_of(session)
    moves: list[Any] = [partial(apply, session, each) for each in people]
    results = at_once([*moves, partial(reschedule, cast, session, to(meeting, *TENTH))])
    assert codes(results) == []
    for row in Enrollment.objects.filter(session=session):
        assert busy(row) == held(session)
        assert row.reference_date == dt.date(2022, 8, 10)


def test_a_seat_taken_elsewhere_between_the_look_and_the_write_undoes_the_change(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = open_session(), open_session(times=(TENTH,))
    made = apply(session, cast.ict)
    [meeting] = meetings_of(session)
    look = clashes_of

    def stale(*args: Any) -> Any:
        found = look(*args)
        elsewhere(partial(apply, other, cast.ict))
        return found

    monkeypatch.setattr(rescheduling, "clashes_of", stale)
    results = at_once([partial(reschedule, cast, session, to(meeting, *TENTH))])
    assert codes(results) == ["person_clash"]
    assert busy(made) == [("07-14 14:00", "07-14 16:00")]
    assert line(other) == [(cast.ict.pk, "enrolled")]


def test_fewer_seats_and_an_application_at_once_never_oversell(cast: Cast) -> None:
    session = open_session(capacity=3)
    people = crowd(cast, 5)
    apply(session, people[0])
    moves: list[Any] = [partial(apply, session, each) for each in people[1:]]
    results = at_once([*moves, partial(reschedule, cast, session, capacity=1)])
    session.refresh_from_db()
    taken = Enrollment.objects.filter(session=session).seated().count()
    assert set(codes(results)) <= {"capacity_below_seats_taken"}
    assert session.seats_taken == taken <= (session.capacity or 0)
    assert connection.in_atomic_block is False
