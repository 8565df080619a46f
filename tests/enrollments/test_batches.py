"""A bulk assignment undone, and seats cancelled by the office: each seat is answered, what is left goes to the queue."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.models import AuditEvent, Staff
from courses.models import Session
from enrollments.errors import SessionBegun
from enrollments.errors.batches import BatchUndone
from enrollments.models import Attendance, Enrollment, SeatBatch
from enrollments.operations import assigning, batches
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, line, open_session, withdraw
from tests.enrollments.test_assign import masses
from tests.enrollments.threads import at_once, codes

Clock = Callable[[dt.datetime], None]


def given(session: Session, staff: list[Staff], cast: Cast) -> SeatBatch:
    batch = assigning.assign(session_id=session.pk, staff_ids=[each.pk for each in staff], by=cast.hr).batch
    assert batch
    return batch


def undo(batch: SeatBatch, cast: Cast) -> list[tuple[str, ...]]:
    return [each.codes for each in batches.undo_batch(batch_id=batch.pk, reason="誤り", by=cast.hr)]


def test_what_is_as_it_was_given_is_taken_back_and_the_rest_stays(cast: Cast) -> None:
    session = open_session(capacity=3)
    batch = given(session, [cast.ict, cast.ict2, cast.trainer], cast)
    waiting = [apply(session, person) for person in crowd(cast, 3)]
    gone = Enrollment.objects.get(staff=cast.ict2)
    withdraw(gone)
    used = Enrollment.objects.get(staff=cast.trainer)
    Attendance.objects.create(enrollment=used, meeting=session.meetings.get(), mark="present")
    assert undo(batch, cast) == [(), ("seat_changed",), ("seat_has_records",)]
    assert [status for _, status in line(session)] == [
        "cancelled", "withdrawn", "enrolled", "enrolled", "enrolled", "waitlisted",
    ]  # fmt: skip
    back = Enrollment.objects.get(staff=cast.ict)
    step = back.steps.latest("pk")
    assert (back.ended_as, step.old, step.new, step.reason, step.by) == (
        "undone", "enrolled", "cancelled", "誤り", cast.hr,
    )  # fmt: skip
    event = AuditEvent.objects.get(action="enrollments.undo_batch")
    assert (event.target, event.detail) == (batch.public_id, {"undone": 1, "stayed": 2, "promoted": 1})
    batch.refresh_from_db()
    assert (batch.undone_at is not None, batch.undone_by) == (True, cast.hr)
    assert waiting[0].batch is None
    with pytest.raises(BatchUndone):
        undo(batch, cast)


def test_a_batch_is_what_one_call_gave(cast: Cast) -> None:
    session = open_session()
    first, second = given(session, [cast.ict], cast), given(session, [cast.ict2], cast)
    assert undo(second, cast) == [()]
    assert line(session) == [(cast.ict.pk, "enrolled"), (cast.ict2.pk, "cancelled")]
    assert assigning.assign(session_id=session.pk, staff_ids=[cast.ict.pk], by=cast.hr).batch is None
    assert list(first.enrollments.values_list("staff", flat=True)) == [cast.ict.pk]


def test_nothing_is_undone_once_the_session_has_begun(cast: Cast, at: Clock) -> None:
    batch = given(open_session(), [cast.ict], cast)
    at(stage.tokyo("2022-07-14 14:01"))
    with pytest.raises(SessionBegun):
        undo(batch, cast)
    assert Enrollment.objects.get().status == "enrolled"


def test_ones_own_seat_is_taken_back_by_somebody_else(cast: Cast) -> None:
    batch = given(open_session(), [cast.trainer, cast.ict], cast)
    outcomes = batches.undo_batch(batch_id=batch.pk, reason="誤り", by=cast.user("trainer"))
    assert [each.codes for each in outcomes] == [("own_enrollment",), ()]


def test_the_office_ends_seats_and_each_is_answered(cast: Cast) -> None:
    session = open_session(capacity=2)
    seated, own, waiting, next_one = (apply(session, each) for each in (cast.ict, cast.trainer, *crowd(cast, 2)))
    keys = [each.pk for each in (seated, own, waiting)]
    elsewhere = apply(open_session(times=()), cast.ict2)
    outcomes = batches.cancel_seats(
        session_id=session.pk, enrollment_ids=[*keys, elsewhere.pk], reason="会場の都合", by=cast.user("trainer")
    )
    assert [(each.enrollment, each.codes) for each in outcomes] == [
        (seated.public_id, ()), (own.public_id, ("own_enrollment",)), (waiting.public_id, ("no_seat",)),
    ]  # fmt: skip
    seated.refresh_from_db()
    assert (seated.status, seated.ended_as) == ("cancelled", "by_office")
    assert [status for _, status in line(session)] == ["cancelled", "enrolled", "enrolled", "waitlisted"]
    assert next_one.status == "waitlisted"


def test_a_thousand_seats_take_as_many_statements_as_one(cast: Cast) -> None:
    people = masses(cast, 1000)

    def statements(staff: list[Staff]) -> int:
        session = open_session(capacity=1000)
        batch = given(session, staff, cast)
        with CaptureQueriesContext(connection) as captured:
            assert undo(batch, cast) == [()] * len(staff)
        session.refresh_from_db()
        assert session.seats_taken == 0
        return len(captured)

    assert statements([cast.ict]) == statements(people)


@pytest.mark.django_db(transaction=True)
def test_two_who_undo_at_once_undo_once(cast: Cast) -> None:
    batch = given(open_session(capacity=2), crowd(cast, 2), cast)
    move = partial(batches.undo_batch, batch_id=batch.pk, reason="誤り", by=cast.hr)
    assert codes(at_once([move, move])) == ["batch_undone"]
    assert Enrollment.objects.filter(steps__new="cancelled").count() == 2
