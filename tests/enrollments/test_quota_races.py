"""Races for seats of quotas, with real threads; each guard is also taken away, to see the race that it stops."""

import random
from collections import Counter
from functools import partial
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from academy.errors import DomainError
from academy.models import Staff
from courses.models import SeatQuota, Session
from courses.operations.quotas import Quota
from enrollments.invariants import violations
from enrollments.models import Enrollment
from enrollments.models.enrollments import EnrollmentQuerySet
from enrollments.operations import queue
from enrollments.operations.quotas import set_quotas
from enrollments.operations.sessions import change_capacity
from tests import cast as members
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, line, open_session, withdraw
from tests.enrollments.test_quotas import kept_and_taken, put
from tests.enrollments.threads import at_once, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, ATTEMPTS = 32, 7


def both_bureaus(cast: Cast) -> list[Staff]:
    people = crowd(cast, 24)
    for person in people[::2]:
        members.repost(person, organization=cast.trade)
    return people


def test_whatever_is_mixed_no_promise_is_broken_and_no_seat_idles(cast: Cast) -> None:
    session, people = open_session(capacity=8, times=()), both_bureaus(cast)
    arrangements = [
        [Quota(cast.digital, 2, ceiling=5), Quota(cast.industry, 2)],
        [Quota(cast.digital, 3, ceiling=3), Quota(cast.industry, 1, ceiling=4)],
        [Quota(cast.industry, 3, ceiling=6)],
        [],
    ]
    put(session, *arrangements[0])
    over: list[tuple[str, ...]] = []
    done = Event()

    def watch() -> None:
        while not done.wait(0.2):
            over.extend((each.invariant.code, *each.ids) for each in violations())
        connection.close()

    def player(seed: int) -> Counter[str]:
        chance = random.Random(seed)
        met = Counter[str]()
        for _ in range(ATTEMPTS):
            person = chance.choice(people)
            held = Enrollment.objects.live().filter(session=session, staff=person).first()
            try:
                if chance.random() < 0.12:
                    set_quotas(session_id=session.pk, quotas=chance.choice(arrangements), by=None)
                    met["quotas"] += 1
                elif chance.random() < 0.1:
                    change_capacity(session_id=session.pk, capacity=chance.randint(5, 12), by=None)
                    met["capacity"] += 1
                elif held:
                    met[withdraw(held).status] += 1
                else:
                    met[apply(session, person).status] += 1
            except DomainError as refusal:
                met[refusal.code] += 1
        return met

    watcher = Thread(target=watch)
    watcher.start()
    try:
        met = at_once([partial(player, seed) for seed in range(THREADS)])
    finally:
        done.set()
        watcher.join()
    total = sum((each for each in met if isinstance(each, Counter)), Counter[str]())
    assert total.total() == THREADS * ATTEMPTS
    assert min(total[each] for each in ("enrolled", "waitlisted", "withdrawn", "quotas", "capacity")) > 0, total
    assert over == []
    assert violations() == []
    before = line(session)
    queue.reconcile_queue(session_id=session.pk, by=None)
    assert line(session) == before, "nobody who could have a seat was left waiting"


def test_the_last_seat_of_a_ceiling_is_given_once(cast: Cast) -> None:
    session = open_session(capacity=20, times=())
    put(session, Quota(cast.digital, 0, ceiling=3))
    at_once([partial(apply, session, person) for person in crowd(cast, 12)])
    assert kept_and_taken(session) == [(0, 3, 3)]
    assert Counter(status for _, status in line(session)) == {"enrolled": 3, "waitlisted": 9}


def raw_seat(enrollment: Enrollment) -> None:
    with transaction.atomic():
        Enrollment.objects.filter(pk=enrollment.pk).update(status="enrolled")


@pytest.fixture
def six_who_wait(cast: Cast) -> list[Enrollment]:
    session = open_session(capacity=20, times=())
    put(session, Quota(cast.digital, 0, ceiling=0))
    waiting = [apply(session, each) for each in crowd(cast, 6)]
    SeatQuota.objects.update(ceiling=1)
    return waiting


def given_by_raw_sql(waiting: list[Enrollment]) -> list[str]:
    def give(enrollment: Enrollment) -> str:
        try:
            raw_seat(enrollment)
        except IntegrityError as refused:
            return "ceiling" if "seat_quota_within_ceiling" in str(refused) else str(refused)
        return "given"

    return sorted(str(each) for each in at_once([partial(give, each) for each in waiting]))


def test_raw_sql_never_passes_a_ceiling(six_who_wait: list[Enrollment]) -> None:
    assert given_by_raw_sql(six_who_wait) == ["ceiling"] * 5 + ["given"]


def test_without_the_counting_trigger_raw_sql_oversells(six_who_wait: list[Enrollment]) -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enrollments_enrollment DISABLE TRIGGER pgtrigger_seats_on_update_42a18")
    try:
        assert given_by_raw_sql(six_who_wait) == ["given"] * 6
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE enrollments_enrollment ENABLE TRIGGER pgtrigger_seats_on_update_42a18")
    assert "quota_over_ceiling" in {each.invariant.code for each in violations()}


def two_for_one_seat_beside_a_kept_one(cast: Cast) -> Session:
    session = open_session(capacity=2, times=())
    put(session, Quota(cast.industry, 1))
    at_once([partial(apply, session, person) for person in (cast.ict, cast.ict2)])
    return session


def test_a_kept_seat_is_not_given_away_by_two_at_once(cast: Cast) -> None:
    session = two_for_one_seat_beside_a_kept_one(cast)
    assert sorted(status for _, status in line(session)) == ["enrolled", "waitlisted"]
    assert violations() == []


def test_without_the_lock_of_the_session_a_kept_seat_is_given_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both look before either writes, and each sees the one seat that is beyond the promise."""
    without_the_lock(monkeypatch, *[(EnrollmentQuerySet, "enroll_one")] * 2)
    session = two_for_one_seat_beside_a_kept_one(cast)
    assert [status for _, status in line(session)] == ["enrolled", "enrolled"]
    assert "kept_seat_given_away" in {each.invariant.code for each in violations()}
