"""The limit of a session: never below the seats taken, counted again where there was none, and more seats promote."""

import pytest
from django.db import IntegrityError, connection, transaction

from academy.models import AuditEvent
from courses.models import Session
from enrollments.errors import CapacityBelowSeatsTaken, SessionOver
from enrollments.models import SEATED, Enrollment, Status
from enrollments.operations import sessions
from tests.cast import Cast
from tests.enrollments.scene import apply, assign, crowd, line, open_session


def change(session: Session, capacity: int | None, cast: Cast) -> tuple[int | None, int]:
    sessions.change_capacity(session_id=session.pk, capacity=capacity, by=cast.hr)
    session.refresh_from_db()
    return session.capacity, session.seats_taken


def test_more_seats_go_to_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1)
    people = crowd(cast, 4)
    for person in people:
        apply(session, person)
    assert change(session, 3, cast) == (3, 3)
    assert [status for _, status in line(session)] == ["enrolled", "enrolled", "enrolled", "waitlisted"]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target, event.detail) == (
        "enrollments.change_capacity", session.public_id, {"before": 1, "after": 3, "promoted": 2},
    )  # fmt: skip


def test_not_below_the_seats_taken(cast: Cast) -> None:
    session = open_session(capacity=3)
    for person in crowd(cast, 2):
        apply(session, person)
    with pytest.raises(CapacityBelowSeatsTaken) as refused:
        change(session, 1, cast)
    assert refused.value.detail.en == "Seats taken: 2, too many: 1."
    assert change(session, 2, cast) == (2, 2)


def test_a_limit_set_where_there_was_none_starts_from_a_count(cast: Cast) -> None:
    session = open_session(capacity=None)
    made = [apply(session, person) for person in crowd(cast, 3)]
    Enrollment.objects.filter(pk=made[0].pk).move_to("withdrawn", by=None)
    with pytest.raises(CapacityBelowSeatsTaken):
        change(session, 1, cast)
    assert change(session, 2, cast) == (2, 2)
    assert [apply(session, person).status for person in crowd(cast, 1)] == ["waitlisted"]


def test_a_limit_that_is_lifted_promotes_everybody(cast: Cast) -> None:
    session = open_session(capacity=0)
    for person in crowd(cast, 3):
        apply(session, person)
    assert change(session, None, cast) == (None, 0)
    assert [status for _, status in line(session)] == ["enrolled"] * 3


@pytest.mark.parametrize("status", ["cancelled", "finished"])
def test_what_is_over_keeps_its_limit(cast: Cast, status: str) -> None:
    session = open_session(capacity=1, status=status)
    with pytest.raises(SessionOver):
        change(session, 2, cast)


def raw_limit(session: Session, capacity: int | None) -> tuple[int | None, int]:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_session SET capacity = %s WHERE id = %s", [capacity, session.pk])
    session.refresh_from_db()
    return session.capacity, session.seats_taken


def test_a_limit_set_past_every_operation_starts_from_a_count_too(cast: Cast) -> None:
    session = open_session(capacity=None)
    assign(session, crowd(cast, 5), cast)
    with pytest.raises(IntegrityError, match="session_seats_within_capacity"), transaction.atomic():
        raw_limit(session, 3)
    assert raw_limit(session, 6) == (6, 5)
    assert assign(session, crowd(cast, 2), cast) == [(), ("session_full",)]
    assert raw_limit(session, None) == (None, 0)
    assert raw_limit(session, 6) == (6, 6)


@pytest.mark.parametrize("status", Status.values)
def test_the_database_counts_the_statuses_that_hold_a_seat(cast: Cast, status: str) -> None:
    session = open_session(capacity=None)
    made = apply(session, cast.ict)
    Enrollment.objects.filter(pk=made.pk).delete()
    made.status = status
    made.save(force_insert=True)
    assert raw_limit(session, 1) == (1, int(status in SEATED))
