"""Quotas of a session: set, held by the database, and given to the queue when they free a seat."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from academy import clock
from academy.errors import InvalidInput
from academy.models import AuditEvent, Staff
from courses.errors.demand import QuotasExceedCapacity, SessionTakesNoQuota
from courses.models import SeatQuota, Session
from courses.operations.quotas import Quota
from enrollments import eligibility, tasks
from enrollments.errors.seats import MoreKeptThanFree
from enrollments.evidence import evidence_for
from enrollments.models import Enrollment
from enrollments.operations import queue
from enrollments.operations.quotas import set_quotas
from enrollments.operations.sessions import change_capacity
from tests import cast as members
from tests.cast import Cast
from tests.enrollments.scene import apply, assign, crowd, line, open_session, withdraw
from tests.stage import tokyo

Clock = Callable[[dt.datetime], None]


def put(session: Session, *quotas: Quota) -> Session:
    return set_quotas(session_id=session.pk, quotas=quotas, by=None)


def kept_and_taken(session: Session) -> list[tuple[int, int | None, int]]:
    return list(session.quotas.order_by("pk").values_list("seats", "ceiling", "seats_taken"))


def faults(move: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused, transaction.atomic():
        move()
    return [(each.pointer, each.code) for each in refused.value.faults]


def statuses(session: Session) -> list[str]:
    return [status for _, status in line(session)]


def recruit(cast: Cast, number: str) -> Staff:
    """Hired in the fiscal year of the session, in the bureau of industry."""
    hired_on = dt.date(2022, 4, 1)
    names = ("新", number, "シン", number)
    person = members.person(names, number, issuer=cast.tmg, hiring=cast.hiring, hired_on=hired_on)
    members.post(person, cast.trade, cast.grades["shuji"], cast.ict_family)
    return person


def test_seats_count_in_every_quota_that_their_people_are_about(cast: Cast) -> None:
    session = open_session(capacity=10)
    for person in (cast.ict, cast.ict2, cast.staff, recruit(cast, "00000090")):
        apply(session, person)
    put(
        session,
        Quota(cast.digital, 2, ceiling=4),
        Quota(cast.industry, 0, ceiling=5),
        Quota(None, 1, cast.grades["shuji"]),
        Quota(None, 0, new_recruits=True, ceiling=3),
        Quota(cast.digital, 0, cast.grades["shunin"], ceiling=1),
    )
    assert kept_and_taken(session) == [(2, 4, 2), (0, 5, 2), (1, None, 3), (0, 3, 1), (0, 1, 1)]
    withdraw(Enrollment.objects.get(session=session, staff=cast.ict2))
    assert kept_and_taken(session) == [(2, 4, 1), (0, 5, 2), (1, None, 3), (0, 3, 1), (0, 1, 0)]


def test_what_cannot_be_promised_is_refused_at_its_place(cast: Cast) -> None:
    session = open_session(capacity=2)
    apply(session, cast.ict)
    apply(session, cast.ict2)
    assert faults(lambda: put(session, Quota(cast.industry, 0, ceiling=1), Quota(cast.digital, 1, ceiling=1))) == [
        ("/quotas/1/ceiling", "below_seats_taken")
    ]
    assert faults(
        lambda: put(
            session,
            Quota(None, 1),
            Quota(cast.skills, 1),
            Quota(cast.digital, 2, ceiling=1),
            Quota(cast.digital, 1, ceiling=3),
            Quota(cast.industry, 0),
        )
    ) == [
        ("/quotas/0/organization", "required"),
        ("/quotas/1/organization", "not_bureau_level"),
        ("/quotas/2/ceiling", "out_of_range"),
        ("/quotas/3/organization", "repeated"),
        ("/quotas/4/seats", "out_of_range"),
    ]
    with pytest.raises(QuotasExceedCapacity):
        put(session, Quota(cast.digital, 2), Quota(cast.industry, 1))
    with pytest.raises(MoreKeptThanFree):
        put(session, Quota(cast.industry, 1))
    assert kept_and_taken(session) == []
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    with pytest.raises(SessionTakesNoQuota):
        put(session)


def test_a_limit_is_not_lowered_below_what_is_taken_and_kept(cast: Cast) -> None:
    session = open_session(capacity=4)
    apply(session, cast.ict)
    put(session, Quota(cast.industry, 2))
    with pytest.raises(MoreKeptThanFree), transaction.atomic():
        change_capacity(session_id=session.pk, capacity=2, by=cast.hr)
    assert change_capacity(session_id=session.pk, capacity=3, by=cast.hr).capacity == 3


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((0, 1), (0, 2)),  # higher
        ((1, 1), (1, None)),  # none at all
    ],
)
def test_a_higher_ceiling_goes_to_the_queue(cast: Cast, first: tuple[int, int], then: tuple[int, int | None]) -> None:
    session = open_session(capacity=3)
    put(session, Quota(cast.digital, first[0], ceiling=first[1]))
    assert [apply(session, each).status for each in (cast.ict, cast.ict2)] == ["enrolled", "waitlisted"]
    put(session, Quota(cast.digital, then[0], ceiling=then[1]))
    assert statuses(session) == ["enrolled", "enrolled"]
    assert AuditEvent.objects.filter(action="enrollments.set_quotas").latest("pk").detail["promoted"] == 1


def test_seats_no_longer_kept_go_to_the_queue(cast: Cast) -> None:
    session = open_session(capacity=2)
    put(session, Quota(cast.industry, 2))
    assert [apply(session, each).status for each in (cast.ict, cast.ict2)] == ["waitlisted", "waitlisted"]
    put(session, Quota(cast.industry, 1))
    assert statuses(session) == ["enrolled", "waitlisted"]
    put(session)
    assert statuses(session) == ["enrolled", "enrolled"]


def test_the_queue_walks_past_whom_a_quota_blocks_and_keeps_their_place(cast: Cast) -> None:
    session = open_session(capacity=2)
    put(session, Quota(cast.digital, 0, ceiling=1))
    seat = apply(session, cast.ict)
    assert [apply(session, each).status for each in (cast.ict2, cast.staff)] == ["waitlisted", "enrolled"]
    assert apply(session, cast.industry_head).status == "waitlisted", "the session is full"
    withdraw(Enrollment.objects.get(session=session, staff=cast.staff))
    assert statuses(session) == ["enrolled", "waitlisted", "withdrawn", "enrolled"], "passed by: the quota is full"
    withdraw(seat)
    assert statuses(session) == ["withdrawn", "enrolled", "withdrawn", "enrolled"]


def test_one_seat_that_keeps_two_promises_leaves_one_for_the_head_of_the_queue(cast: Cast) -> None:
    session = open_session(capacity=2)
    put(session, Quota(cast.industry, 1), Quota(None, 1, new_recruits=True))
    assert apply(session, cast.ict).status == "waitlisted"
    assert apply(session, recruit(cast, "00000090")).status == "enrolled"
    queue.reconcile_queue(session_id=session.pk, by=None)
    assert statuses(session) == ["enrolled", "enrolled"]


def test_a_long_queue_that_a_quota_blocks_costs_no_more_statements(cast: Cast) -> None:
    """Only those who could have a seat are judged: 120 wait whose quota is full, and one behind them whose is not."""

    def cost(size: int) -> int:
        session = open_session(capacity=3)
        put(session, Quota(cast.digital, 0, ceiling=1))
        seat, *_ = (apply(session, each) for each in (cast.industry_head, cast.ict))
        apply(session, cast.staff)
        for person in crowd(cast, size):
            apply(session, person)
        last = apply(session, recruit(cast, f"9{size:07}"))
        assert last.status == "waitlisted"
        with CaptureQueriesContext(connection) as captured:
            withdraw(seat)
        assert statuses(session)[3:] == ["waitlisted"] * size + ["enrolled"]
        withdraw(Enrollment.objects.get(session=session, staff=cast.staff))
        withdraw(Enrollment.objects.get(session=session, staff=cast.ict))
        return len(captured)

    assert cost(60) == cost(1)


def test_whoever_gives_seats_is_told_which_promise_stands_in_the_way(cast: Cast) -> None:
    session = open_session(capacity=3)
    put(session, Quota(cast.digital, 0, ceiling=1), Quota(None, 2, new_recruits=True))
    asked = [cast.ict, cast.ict2, cast.staff, recruit(cast, "00000090"), recruit(cast, "00000091")]
    assert assign(session, asked, cast) == [(), ("quota_full",), ("seats_kept_for_others",), (), ()]
    assert assign(session, [cast.staff], cast) == [("session_full",)]


def test_kept_seats_are_released_at_their_time_and_the_sweep_gives_them_out(cast: Cast, at: Clock) -> None:
    session = open_session(capacity=2)
    put(session, Quota(cast.industry, 2, release_at=tokyo("2022-07-01 09:00")))
    assert [apply(session, each).status for each in (cast.ict, cast.ict2)] == ["waitlisted", "waitlisted"]
    at(tokyo("2022-07-01 08:50"))
    tasks.reconcile_queues()
    assert statuses(session) == ["waitlisted", "waitlisted"], "not yet"
    assert apply(session, cast.staff).status == "enrolled", "a seat of the quota's own"
    at(tokyo("2022-07-01 09:01"))
    assert list(queue.sessions_to_reconcile()) == [session]
    tasks.reconcile_queues()
    assert statuses(session) == ["enrolled", "waitlisted", "enrolled"]
    tasks.reconcile_queues()
    assert statuses(session) == ["enrolled", "waitlisted", "enrolled"]


def test_a_newcomer_finds_what_was_released_before_the_sweep_but_not_before_the_queue(cast: Cast, at: Clock) -> None:
    session = open_session(capacity=1)
    put(session, Quota(cast.industry, 1, release_at=tokyo("2022-07-01 09:00")))
    apply(session, cast.ict)
    at(tokyo("2022-07-01 09:01"))
    assert apply(session, cast.staff).status == "waitlisted"
    assert statuses(session) == ["enrolled", "waitlisted"]


def raw(statement: str, *params: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_the_database_holds_a_ceiling_against_raw_sql(cast: Cast) -> None:
    session = open_session(capacity=5)
    put(session, Quota(cast.digital, 0, ceiling=1))
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    assert second.status == "waitlisted"
    move = "UPDATE enrollments_enrollment SET status = 'enrolled' WHERE id = %s"
    with pytest.raises(IntegrityError, match="seat_quota_within_ceiling"):
        raw(move, second.pk)
    with pytest.raises(IntegrityError, match="seat_quota_within_ceiling"):
        raw("UPDATE courses_seatquota SET ceiling = 0")
    with pytest.raises(IntegrityError, match="seat_quota_within_ceiling"), transaction.atomic():
        SeatQuota.objects.create(session=session, grade=cast.grades["shuji"], seats=0, ceiling=0)
    # a seat cannot be moved out of its quota to make room for another
    raw("UPDATE enrollments_enrollment SET seat_bureau_id = %s WHERE id = %s", cast.industry.pk, first.pk)
    first.refresh_from_db()
    assert (first.seat_bureau_id, kept_and_taken(session)) == (cast.digital.pk, [(0, 1, 1)])


def test_a_later_move_to_another_bureau_changes_no_quota(cast: Cast) -> None:
    session = open_session(capacity=5)
    put(session, Quota(cast.digital, 1, ceiling=1))
    seat = apply(session, cast.ict)
    Enrollment.objects.filter(pk=seat.pk).update(bureau=cast.industry, organization=cast.trade)
    assert kept_and_taken(session) == [(1, 1, 1)]
    withdraw(seat)
    assert kept_and_taken(session) == [(1, 1, 0)]


def told(session: Session, staff: Staff) -> dict[str, tuple[bool, str]]:
    read = Session.objects.with_audience().get(pk=session.pk)
    evidence = evidence_for(read, [staff.pk], now=clock.now())
    found = eligibility.findings(evidence, staff.pk)
    return {each.condition: (each.passed, each.code) for each in found if each.condition in {"quota", "seats"}}


def test_a_person_is_told_of_the_own_quota_and_of_no_other(cast: Cast) -> None:
    session = open_session(capacity=3)
    put(session, Quota(cast.digital, 1, ceiling=1), Quota(cast.industry, 1))
    assert told(session, cast.ict) == {"quota": (True, "met"), "seats": (True, "met")}
    apply(session, cast.ict)
    assert told(session, cast.ict2) == {"quota": (False, "quota_full"), "seats": (False, "quota_full")}
    assert told(session, cast.staff) == {"seats": (True, "met")}, "no ceiling, nothing to tell"


def test_a_person_is_told_that_what_is_free_is_kept_for_others(cast: Cast) -> None:
    session = open_session(capacity=1)
    put(session, Quota(cast.industry, 1))
    assert told(session, cast.ict) == {"seats": (False, "seats_kept_for_others")}
