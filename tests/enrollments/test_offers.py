"""A seat offered for a time: accepted, declined, or lost; a used offer is spent."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from academy.errors import DomainError
from academy.models import AuditEvent, Staff
from courses.models import AudiencePerson, EnrollmentPolicy, Session
from enrollments import tasks
from enrollments.errors.seats import NoOffer, OfferExpired
from enrollments.models import Enrollment, SeatOffer
from enrollments.operations import answers, sessions
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import FOR_ICT, apply, line, open_session, withdraw
from tests.enrollments.threads import at_once, codes

HOURS = 48


def offering(**fields: Any) -> Session:
    """A session of a programme that offers seats from the queue for two days."""
    session = open_session(**{"capacity": 1, **fields})
    EnrollmentPolicy.objects.create(program=session.course.program, offer_hours=HOURS)
    return session


def offered(cast: Cast, **fields: Any) -> tuple[Session, Enrollment]:
    """`ict2` is offered the seat that `ict` gave up; `trainer` waits behind."""
    session = offering(**fields)
    first, second, _ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    withdraw(first)
    second.refresh_from_db()
    return session, second


def accept(enrollment: Enrollment) -> Enrollment:
    return answers.accept_offer(enrollment_id=enrollment.pk, by=enrollment.staff.user)


def decline(enrollment: Enrollment) -> Enrollment:
    return answers.decline_offer(enrollment_id=enrollment.pk, by=enrollment.staff.user)


def statuses(session: Session) -> list[str]:
    return [status for _, status in line(session)]


def test_who_moves_up_is_offered_the_seat_and_takes_it(cast: Cast) -> None:
    session, second = offered(cast)
    assert (second.status, second.decided_at) == ("offered", None)
    assert second.offer.expires_at - second.offer.made_at == dt.timedelta(hours=HOURS)
    session.refresh_from_db()
    assert (session.seats_taken, statuses(session)) == (1, ["withdrawn", "offered", "waitlisted"])
    accepted = accept(second)
    assert (accepted.status, accepted.decided_at is not None) == ("enrolled", True)
    assert statuses(session) == ["withdrawn", "enrolled", "waitlisted"]
    with pytest.raises(NoOffer):
        accept(second)


def test_who_declines_gives_the_seat_to_the_next_and_has_spent_the_offer(cast: Cast) -> None:
    session, second = offered(cast)
    declined = decline(second)
    assert (declined.status, declined.ended_as) == ("withdrawn", "offer_declined")
    assert statuses(session) == ["withdrawn", "withdrawn", "offered"]
    event = AuditEvent.objects.get(action="enrollments.decline_offer")
    assert (event.target, event.detail) == (second.public_id, {"promoted": 1})
    again = apply(session, cast.ict2)
    assert (again.status, again.queue_no) == ("waitlisted", 4), "applying again is a new row behind everybody"
    assert SeatOffer.objects.filter(enrollment__staff=cast.ict2).count() == 1


def test_an_offer_expires_once_and_a_late_accept_loses(cast: Cast, at: Clock) -> None:
    session, second = offered(cast)
    at(second.offer.expires_at + dt.timedelta(minutes=1))
    with pytest.raises(OfferExpired):
        accept(second)
    tasks.expire_offers()
    second.refresh_from_db()
    assert (second.status, second.ended_as) == ("lapsed", "offer_expired")
    assert statuses(session) == ["withdrawn", "lapsed", "offered"]
    with pytest.raises(OfferExpired):
        accept(second)
    with pytest.raises(OfferExpired):
        decline(second)
    tasks.expire_offers()
    assert statuses(session) == ["withdrawn", "lapsed", "offered"]


def test_an_offer_that_stands_is_not_expired(cast: Cast, at: Clock) -> None:
    session, second = offered(cast)
    at(second.offer.expires_at - dt.timedelta(minutes=1))
    tasks.expire_offers()
    assert statuses(session) == ["withdrawn", "offered", "waitlisted"]
    assert accept(second).status == "enrolled"


def test_the_rules_are_asked_again_when_the_seat_is_taken(cast: Cast) -> None:
    session, second = offered(cast, rule=FOR_ICT)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict2, kind="exclude", reason="対象外")
    with pytest.raises(DomainError) as refusal:
        accept(second)
    assert refusal.value.code == "not_eligible"
    assert statuses(session) == ["withdrawn", "offered", "waitlisted"]


@pytest.mark.parametrize("status", ["applied", "waitlisted", "enrolled", "withdrawn"])
def test_only_an_offer_is_answered(cast: Cast, status: str) -> None:
    session, second = offered(cast)
    other = stage.session(session.course, status="published", times=(("2022-08-01 10:00", "2022-08-01 12:00"),))
    row = Enrollment.objects.get(pk=second.pk)
    row.pk, row.public_id, row.session = None, Enrollment().public_id, other
    Enrollment.objects.bulk_create([Enrollment(**{**_columns(row), "status": status})])
    copy = Enrollment.objects.get(session=other)
    for answer in (accept, decline):
        with pytest.raises(NoOffer):
            answer(copy)


def _columns(row: Enrollment) -> dict[str, Any]:
    kept = {field.attname: getattr(row, field.attname) for field in Enrollment._meta.concrete_fields}
    return {name: value for name, value in kept.items() if name not in {"id", "status", "busy"}}


@pytest.mark.parametrize(
    ("made", "fields", "expires"),
    [
        ("2022-06-28 10:00", {}, "2022-06-30 10:00"),
        ("2022-06-30 10:00", {}, "2022-07-04 10:00"),  # Saturday: the Monday after
        ("2022-06-28 10:00", {"promote_until": "2022-06-29 17:00"}, "2022-06-29 17:00"),
        ("2022-07-13 10:00", {"apply_until": "2022-07-14 12:00"}, "2022-07-14 14:00"),  # the first meeting
    ],
)
def test_until_when_an_offer_stands(cast: Cast, at: Clock, made: str, fields: dict[str, str], expires: str) -> None:
    given = {name: stage.tokyo(text) for name, text in fields.items()}
    session = offering(**given)
    people: list[Staff] = [cast.ict, cast.ict2]
    first, second = (apply(session, person) for person in people)
    at(stage.tokyo(made))
    withdraw(first)
    stands = SeatOffer.objects.get(enrollment=second).expires_at
    assert abs(stands - stage.tokyo(expires)) < dt.timedelta(minutes=1)


def test_nobody_is_offered_a_seat_when_promotions_are_over(cast: Cast, at: Clock) -> None:
    session = offering(promote_until=stage.tokyo("2022-07-08 17:00"))
    first, _ = (apply(session, person) for person in (cast.ict, cast.ict2))
    at(stage.tokyo("2022-07-08 17:01"))
    withdraw(first)
    tasks.reconcile_queues()
    assert statuses(session) == ["withdrawn", "waitlisted"]
    third = apply(session, cast.trainer)
    assert third.status == "waitlisted", "the seat is kept for who waits"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", [False, True])
def test_two_accepts_and_the_sweep_at_once_have_one_effect(cast: Cast, at: Clock, late: bool) -> None:
    session, second = offered(cast)
    if late:
        at(second.offer.expires_at + dt.timedelta(minutes=1))
    results = at_once([partial(accept, second), tasks.expire_offers, partial(accept, second), tasks.expire_offers])
    second.refresh_from_db()
    session.refresh_from_db()
    assert session.seats_taken == 1
    if late:
        assert (second.status, codes(results)) == ("lapsed", ["offer_expired", "offer_expired"])
        assert statuses(session) == ["withdrawn", "lapsed", "offered"]
    else:
        assert (second.status, codes(results)) == ("enrolled", ["no_offer"])


@pytest.mark.django_db(transaction=True)
def test_control_without_asking_for_the_offer_under_the_lock_a_late_accept_wins(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = offered(cast)
    at(second.offer.expires_at + dt.timedelta(minutes=1))
    monkeypatch.setattr(answers, "_open_offer", lambda key, session: Enrollment.objects.get(pk=key))
    assert accept(second).status == "enrolled"


@pytest.mark.django_db(transaction=True)
def test_accept_and_a_lower_limit_at_once_sell_no_seat_twice(cast: Cast) -> None:
    session, second = offered(cast)
    lower = partial(sessions.change_capacity, session_id=session.pk, capacity=0, by=cast.hr)
    results = at_once([partial(accept, second), lower, partial(decline, second)])
    session.refresh_from_db()
    seated = Enrollment.objects.filter(session=session).seated().count()
    assert session.seats_taken == seated <= (session.capacity or 0)
    assert set(codes(results)) <= {"no_offer", "capacity_below_seats_taken"}
