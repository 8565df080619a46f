"""Passing a seat on inside its bureau, exchanging it for one of another session, and until when people withdraw."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from academy.errors import DomainError, InvalidInput
from academy.models import AuditEvent, Staff, User
from courses.models import EnrollmentPolicy, SeatQuota, Session
from enrollments.errors import CourseTaken, NotSelfService, SessionFull
from enrollments.errors.leaving import NoSeatToLeave, SubstitutionClosed, WithdrawalClosed
from enrollments.errors.seats import QuotaFull
from enrollments.models import Enrollment
from enrollments.operations import leaving
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import FOR_ICT, apply, crowd, line, open_session
from tests.enrollments.threads import at_once, codes

LATER = (("2022-07-21 14:00", "2022-07-21 16:00"),)
CLOSED = stage.tokyo("2022-06-28 09:00")  # an hour ago


def substitute(enrollment: Enrollment, staff: Staff, by: User | None) -> Enrollment:
    return leaving.substitute(enrollment_id=enrollment.pk, staff_id=staff.pk, reason="公務", by=by)


def transfer(enrollment: Enrollment, session: Session, by: User | None) -> Enrollment:
    return leaving.transfer(enrollment_id=enrollment.pk, session_id=session.pk, by=by)


def another(session: Session, **fields: Any) -> Session:
    return open_session(course=session.course, **{"times": LATER, **fields})


def faults(refusal: pytest.ExceptionInfo[DomainError]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


# Withdrawing.


def test_people_give_up_a_seat_until_the_deadline_and_hr_afterwards(cast: Cast) -> None:
    session = open_session(capacity=1, withdraw_until=CLOSED)
    seat, waiting = apply(session, cast.ict), apply(session, cast.ict2)
    with pytest.raises(WithdrawalClosed):
        leaving.withdraw(enrollment_id=seat.pk, by=cast.ict.user)
    gone = leaving.withdraw(enrollment_id=seat.pk, reason="災害対応", by=cast.bureau_hr)
    assert (gone.status, gone.ended_as) == ("withdrawn", "after_decision")
    waiting.refresh_from_db()
    assert waiting.status == "enrolled"


def test_a_place_in_the_queue_is_given_up_after_the_deadline_too(cast: Cast) -> None:
    session = open_session(capacity=0, withdraw_until=CLOSED)
    gone = leaving.withdraw(enrollment_id=apply(session, cast.ict).pk, by=cast.ict.user)
    assert (gone.status, gone.ended_as) == ("withdrawn", "before_decision")


def test_giving_up_a_seat_takes_a_reason_where_the_policy_says_so(cast: Cast) -> None:
    session = open_session(capacity=1)
    EnrollmentPolicy.objects.create(program=session.course.program, withdrawal_reason=True)
    seat, waiting = apply(session, cast.ict), apply(session, cast.ict2)
    with pytest.raises(InvalidInput) as refusal:
        leaving.withdraw(enrollment_id=seat.pk, reason=" ", by=cast.ict.user)
    assert faults(refusal) == [("/reason", "required")]
    assert leaving.withdraw(enrollment_id=waiting.pk, by=cast.ict2.user).status == "withdrawn"
    assert leaving.withdraw(enrollment_id=seat.pk, reason="業務都合", by=cast.ict.user).status == "withdrawn"


# A substitute.


def test_a_colleague_of_the_bureau_takes_the_seat_and_the_queue_does_not_move(cast: Cast) -> None:
    session = open_session(capacity=1)
    seat, _ = apply(session, cast.ict), apply(session, cast.trainer)
    made = substitute(seat, cast.ict2, cast.bureau_hr)
    assert line(session) == [
        (cast.ict.pk, "withdrawn"), (cast.trainer.pk, "waitlisted"), (cast.ict2.pk, "enrolled"),
    ]  # fmt: skip
    seat.refresh_from_db()
    session.refresh_from_db()
    assert (seat.ended_as, session.seats_taken) == ("substituted", 1)
    assert (made.applied_by, made.decided_at is not None) == (cast.bureau_hr, True)
    event = AuditEvent.objects.get(action="enrollments.substitute")
    assert (event.target, event.detail) == (made.public_id, {"instead_of": str(seat.public_id)})


def test_a_full_quota_of_the_bureau_takes_a_substitute(cast: Cast) -> None:
    session = open_session(capacity=5)
    seat = apply(session, cast.ict)
    assert seat.seat_bureau_id is not None
    quota = SeatQuota.objects.create(session=session, organization_id=seat.seat_bureau_id, seats=1, ceiling=1)
    other = another(session)
    SeatQuota.objects.create(session=other, organization_id=seat.seat_bureau_id, seats=0, ceiling=0)
    with pytest.raises(QuotaFull):
        transfer(seat, other, cast.ict.user)
    substitute(seat, cast.ict2, cast.bureau_hr)
    quota.refresh_from_db()
    assert quota.seats_taken == 1


@pytest.mark.parametrize(
    ("who", "by", "code"),
    [("ict", "bureau_hr", "same_person"), ("industry_head", "hr", "other_bureau"), ("ict2", "ict2", "own_enrollment")],
)
def test_who_may_not_be_the_substitute(cast: Cast, who: str, by: str, code: str) -> None:
    session = open_session()
    seat = apply(session, cast.ict)
    with pytest.raises(InvalidInput) as refusal:
        substitute(seat, getattr(cast, who), cast.user(by))
    assert faults(refusal) == [("/staff", code)]
    assert line(session) == [(cast.ict.pk, "enrolled")]


def test_the_substitute_passes_the_rules(cast: Cast) -> None:
    session = open_session(rule={"new_recruit": False}, repeatable=False)
    seat = apply(session, cast.ict)
    apply(another(session), cast.ict2)
    with pytest.raises(CourseTaken):
        substitute(seat, cast.ict2, cast.bureau_hr)
    seat.refresh_from_db()
    assert seat.status == "enrolled"


def test_substitutes_come_until_the_deadline(cast: Cast) -> None:
    seat = apply(open_session(substitute_until=CLOSED), cast.ict)
    with pytest.raises(SubstitutionClosed):
        substitute(seat, cast.ict2, cast.bureau_hr)


# Another session.


def test_a_seat_is_exchanged_and_the_one_that_is_left_goes_to_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1, repeatable=False)
    target = another(session, capacity=1)
    seat, waiting = apply(session, cast.ict), apply(session, cast.ict2)
    made = transfer(seat, target, cast.ict.user)
    seat.refresh_from_db()
    waiting.refresh_from_db()
    assert (seat.status, seat.ended_as, waiting.status) == ("withdrawn", "transferred", "enrolled")
    assert (made.status, made.session, made.applied_by) == ("enrolled", target, None)
    event = AuditEvent.objects.get(action="enrollments.transfer")
    assert event.detail == {"left": str(seat.public_id), "promoted": 1}


def test_sessions_at_the_same_time_are_exchanged_too(cast: Cast) -> None:
    session = open_session()
    seat = apply(session, cast.ict)
    assert transfer(seat, open_session(course=session.course), cast.ict.user).status == "enrolled"


def test_a_full_session_keeps_everything_as_it_was(cast: Cast) -> None:
    session = open_session(capacity=1)
    target = another(session, capacity=1)
    seat, waiting = apply(session, cast.ict), apply(session, cast.ict2)
    apply(target, cast.trainer)
    for by in (cast.ict.user, cast.bureau_hr):
        with pytest.raises(SessionFull):
            transfer(seat, target, by)
    for row, status in ((seat, "enrolled"), (waiting, "waitlisted")):
        row.refresh_from_db()
        assert row.status == status


def test_hr_is_bound_by_no_window_and_no_way_in(cast: Cast) -> None:
    session = open_session(withdraw_until=CLOSED)
    decided = another(session, selection="screening")
    closed = another(session, apply_until=CLOSED)
    seat = apply(session, cast.ict)
    for target in (decided, closed):
        with pytest.raises(WithdrawalClosed):
            transfer(seat, target, cast.ict.user)
    Session.objects.filter(pk=session.pk).update(withdraw_until=None)
    with pytest.raises(NotSelfService):
        transfer(seat, decided, cast.ict.user)
    with pytest.raises(DomainError) as refusal:
        transfer(seat, closed, cast.ict.user)
    assert refusal.value.code == "session_closed"
    Session.objects.filter(pk=session.pk).update(withdraw_until=CLOSED)
    made = transfer(seat, decided, cast.bureau_hr)
    assert (made.status, made.applied_by) == ("enrolled", cast.bureau_hr)
    assert transfer(made, closed, cast.bureau_hr).session == closed


def test_what_is_no_seat_or_no_other_session_of_the_course(cast: Cast) -> None:
    session = open_session(capacity=0)
    waiting = apply(session, cast.ict)
    with pytest.raises(NoSeatToLeave):
        transfer(waiting, another(session), cast.ict.user)
    with pytest.raises(NoSeatToLeave):
        substitute(waiting, cast.ict2, cast.bureau_hr)
    seat = apply(another(session), cast.ict2)
    for target, code in ((seat.session, "same_session"), (open_session(rule=FOR_ICT), "other_course")):
        with pytest.raises(InvalidInput) as refusal:
            transfer(seat, target, cast.ict2.user)
        assert faults(refusal) == [("/session", code)]


@pytest.mark.django_db(transaction=True)
def test_a_seat_that_is_given_up_and_passed_on_at_once_goes_one_way(cast: Cast) -> None:
    session = open_session(capacity=1)
    seat, other = apply(session, cast.ict), crowd(cast, 1)[0]
    waiting = apply(session, cast.trainer)
    give_up = partial(leaving.withdraw, enrollment_id=seat.pk, by=cast.ict.user)
    results = at_once([give_up, partial(substitute, seat, other, cast.bureau_hr)])
    waiting.refresh_from_db()
    session.refresh_from_db()
    assert session.seats_taken == Enrollment.objects.filter(session=session).seated().count() == 1
    assert codes(results) == (["no_seat_to_leave"] if waiting.status == "enrolled" else ["illegal_transition"])


def test_the_deadline_is_an_instant(cast: Cast, at: Clock) -> None:
    until = stage.tokyo("2022-06-30 17:00")
    seat = apply(open_session(withdraw_until=until), cast.ict)
    at(until - dt.timedelta(minutes=2))
    assert leaving.withdraw(enrollment_id=seat.pk, by=cast.ict.user).status == "withdrawn"
