"""Races for seats, with real threads; each guard is also taken away, to see the race that it stops."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg.types.multirange import Multirange

from academy.errors import DomainError, LockTimeout
from courses.models import Session
from enrollments import promotion
from enrollments.errors import CapacityBelowSeatsTaken, PersonClash
from enrollments.models import Enrollment
from enrollments.models.enrollments import EnrollmentQuerySet
from enrollments.operations import assigning, queue, sessions
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, line, open_session, withdraw
from tests.enrollments.threads import at_once, codes, elsewhere, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

NEXT_DAY = DateTimeTZRange(stage.tokyo("2022-07-15 14:00"), stage.tokyo("2022-07-15 16:00"))
THREADS = 32
ATTEMPTS = 16  # each: 512 in all; two thousand, with every other move, are in `test_mixed_races`


def seats(session: Session) -> tuple[int, int]:
    """Seats as the database keeps count of them, and as they are."""
    session.refresh_from_db()
    return session.seats_taken, Enrollment.objects.filter(session=session).seated().count()


def raw_insert(model: Enrollment) -> None:
    """Insert a copy of a row for its staff, past every operation."""
    model.pk, model.public_id = None, Enrollment().public_id
    model.save(force_insert=True)


def test_a_rush_never_sells_a_seat_twice(cast: Cast) -> None:
    hot = [open_session(capacity=capacity, times=()) for capacity in (0, 1, 2, 20)]
    people = crowd(cast, 150)

    def player(seed: int) -> Counter[str]:
        chance = random.Random(seed)
        met = Counter[str]()
        for _ in range(ATTEMPTS):
            session, person = chance.choice(hot), chance.choice(people)
            held = Enrollment.objects.live().filter(session=session, staff=person).first()
            try:
                if held and chance.random() < 0.7:
                    met[withdraw(held).status] += 1
                else:
                    met[apply(session, person).status] += 1
            except DomainError as refusal:
                met[refusal.code] += 1
        return met

    results = at_once([partial(player, seed) for seed in range(THREADS)])
    played = sum((each for each in results if isinstance(each, Counter)), Counter[str]())
    assert sum(played.values()) == THREADS * ATTEMPTS
    for session in hot:
        kept, counted = seats(session)
        assert kept == counted == session.capacity, "nothing oversold, and no seat left empty while people wait"
        assert Enrollment.objects.filter(session=session).waiting().exists()
    assert set(played) <= {
        "enrolled",
        "waitlisted",
        "withdrawn",
        "already_applied",
        "illegal_transition",
        "lock_timeout",
    }
    numbers = Enrollment.objects.order_by("queue_no").values_list("session_id", "queue_no")
    assert len(set(numbers)) == len(numbers)


def test_one_person_applying_twenty_times_at_once_gets_one_seat(cast: Cast) -> None:
    session = open_session(capacity=5)
    results = at_once([partial(apply, session, cast.ict)] * 20)
    assert codes(results) == ["already_applied"] * 19
    assert line(session) == [(cast.ict.pk, "enrolled")]


def test_two_withdrawals_at_once_promote_two(cast: Cast) -> None:
    session = open_session(capacity=2)
    people = crowd(cast, 5)
    made = [apply(session, person) for person in people]
    assert codes(at_once([partial(withdraw, made[0]), partial(withdraw, made[1])])) == []
    assert [status for _, status in line(session)] == ["withdrawn", "withdrawn", "enrolled", "enrolled", "waitlisted"]


def test_two_calls_that_assign_the_same_people_seat_each_once(cast: Cast) -> None:
    session = open_session(capacity=12)
    keys = [person.pk for person in crowd(cast, 20)]
    move = partial(assigning.assign, session_id=session.pk, staff_ids=keys, by=cast.hr)
    outcomes = at_once([move, move])
    assert codes(outcomes) == []
    assert seats(session) == (12, 12)
    assert (
        sum(not why for each in outcomes if isinstance(each, assigning.Assigned) for why in each.codes.values()) == 12
    )


def test_a_raw_insert_of_one_too_many_is_refused_by_the_database(cast: Cast) -> None:
    session = open_session(capacity=1)
    row = apply(session, cast.ict)
    row.staff, row.queue_no = cast.ict2, 2
    with pytest.raises(IntegrityError, match="session_seats_within_capacity"):
        raw_insert(row)
    assert seats(session) == (1, 1)


def test_a_waiting_person_is_not_seated_past_the_limit_by_a_raw_update(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    waiting = apply(session, cast.ict2)
    with pytest.raises(IntegrityError, match="session_seats_within_capacity"):
        Enrollment.objects.filter(pk=waiting.pk).update(status="enrolled")
    with pytest.raises(IntegrityError, match="session_seats_within_capacity"):
        Session.objects.filter(pk=session.pk).update(capacity=0)


@contextmanager
def without_the_counter() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enrollments_enrollment DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE enrollments_enrollment ENABLE TRIGGER USER")


def test_control_without_the_lock_the_database_still_sells_no_seat_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, people = open_session(capacity=1), crowd(cast, 4)
    without_the_lock(monkeypatch, *[(EnrollmentQuerySet, "enroll_one")] * len(people))
    results = at_once([partial(apply, session, person) for person in people])
    assert codes(results) == ["session_full"] * 3, "the lock would have put them into the queue"
    assert seats(session) == (1, 1)


def test_control_without_the_lock_and_the_counter_seats_are_sold_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, people = open_session(capacity=1), crowd(cast, 4)
    without_the_lock(monkeypatch, *[(EnrollmentQuerySet, "enroll_one")] * len(people))
    with without_the_counter():
        results = at_once([partial(apply, session, person) for person in people])
    assert codes(results) == []
    assert seats(session) == (0, 4)


def test_a_limit_set_where_there_was_none_counts_a_seat_that_is_being_given(cast: Cast) -> None:
    session = open_session(capacity=None)
    row = apply(session, cast.ict)
    row.staff, row.queue_no = cast.ict2, 2
    given, go_on = Event(), Event()

    def give_slowly() -> None:
        with transaction.atomic():
            raw_insert(row)
            given.set()
            go_on.wait(timeout=30)

    def set_limit() -> None:
        given.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(LockTimeout):
            sessions.change_capacity(session_id=session.pk, capacity=1, by=cast.hr)
        go_on.set()

    assert codes(at_once([give_slowly, set_limit])) == []
    with pytest.raises(CapacityBelowSeatsTaken):
        sessions.change_capacity(session_id=session.pk, capacity=1, by=cast.hr)
    sessions.change_capacity(session_id=session.pk, capacity=2, by=cast.hr)
    assert seats(session) == (2, 2)


def test_a_limit_set_by_raw_sql_waits_for_a_seat_that_is_being_given(cast: Cast) -> None:
    session = open_session(capacity=None)
    row = apply(session, cast.ict)
    row.staff, row.queue_no = cast.ict2, 2
    given, go_on = Event(), Event()

    def give_slowly() -> None:
        with transaction.atomic():
            raw_insert(row)
            given.set()
            go_on.wait(timeout=30)

    def set_limit(capacity: int) -> None:
        Session.objects.filter(pk=session.pk).update(capacity=capacity)

    def try_to_set_limit() -> None:
        given.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError):
            set_limit(1)
        go_on.set()

    assert codes(at_once([give_slowly, try_to_set_limit])) == []
    with pytest.raises(IntegrityError, match="session_seats_within_capacity"):
        set_limit(1)
    set_limit(2)
    assert seats(session) == (2, 2)


def applied_beside_a_new_day(cast: Cast, *, waits: bool) -> Enrollment:
    """Somebody applies while the session's only meeting is moved; where the application waits, that is committed once it does."""
    session = open_session()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Session.objects.locked().get(pk=session.pk)
            session.meetings.update(during=NEXT_DAY)
            found = threads.submit(elsewhere, partial(apply, session, cast.ict))
            while waits and not found.done() and not somebody_waits():
                pass
            if not waits:
                found.result(timeout=30)
        made = found.result(timeout=30)
    assert isinstance(made, Enrollment), made
    return made


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_who_waited_for_the_lock_is_enrolled_by_what_is_the_case_then(cast: Cast) -> None:
    """The meetings are asked in the same round trip as the lock, and read when it was had."""
    made = applied_beside_a_new_day(cast, waits=True)
    assert (made.reference_date, made.busy) == (dt.date(2022, 7, 15), Multirange([NEXT_DAY]))


def test_control_without_the_lock_somebody_is_enrolled_by_what_was_the_case(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_lock(monkeypatch)
    assert applied_beside_a_new_day(cast, waits=False).reference_date == dt.date(2022, 7, 14)


def take_a_clashing_seat_between_look_and_write(monkeypatch: pytest.MonkeyPatch, session: Session, cast: Cast) -> None:
    """The first in the queue is seen to be free, and then sits elsewhere before the promotion is written."""
    look = promotion.candidates
    other = open_session()
    looks: list[None] = []

    def stale(of: Session, now: dt.datetime) -> Iterator[promotion.Candidate]:
        found = list(look(of, now))
        if not looks:
            looks.append(None)
            elsewhere(partial(apply, other, cast.ict2))
        return iter(found)

    monkeypatch.setattr(promotion, "candidates", stale)


def test_who_takes_a_clashing_seat_at_the_last_moment_is_skipped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_session(capacity=1)
    first, *_ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    take_a_clashing_seat_between_look_and_write(monkeypatch, session, cast)
    withdraw(first)
    assert [status for _, status in line(session)] == ["withdrawn", "waitlisted", "enrolled"]


def test_control_without_the_second_look_a_stranger_s_withdrawal_would_be_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(capacity=1)
    first, *_ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    take_a_clashing_seat_between_look_and_write(monkeypatch, session, cast)
    monkeypatch.setattr(queue, "LOST_MEANWHILE", frozenset())
    with pytest.raises(PersonClash):
        withdraw(first)
    first.refresh_from_db()
    assert first.status == "enrolled"


def test_two_clashing_seats_for_one_person_at_once_are_one_seat(cast: Cast) -> None:
    at_the_same_time = [open_session(), open_session()]
    results = at_once([partial(apply, session, cast.ict) for session in at_the_same_time])
    assert codes(results) in (["person_clash"], ["lock_timeout"])
    assert Enrollment.objects.seated().filter(staff=cast.ict).count() == 1
