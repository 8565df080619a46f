"""Cancelling a session: everybody in it is cancelled by one step each; instructors and rooms are free again."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from psycopg.types.multirange import Multirange

from academy.errors import IllegalTransition
from academy.models import AuditEvent, Notice
from courses.models import Meeting, Session, SessionInstructor, SessionStep
from enrollments.models import EnrollmentStep
from enrollments.operations import changes
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import JULY, apply, crowd, line, open_session, withdraw


def cancel(session: Session, cast: Cast) -> Session:
    return changes.cancel_session(session_id=session.pk, reason="台風のため", by=cast.hr)


def test_everybody_in_it_is_cancelled_with_the_reason(cast: Cast) -> None:
    session = open_session(capacity=2)
    people = crowd(cast, 2)
    for person in (*people, cast.ict, cast.ict2):
        made = apply(session, person)
    withdraw(made)
    cancelled = cancel(session, cast)
    assert (cancelled.status, cancelled.seats_taken) == ("cancelled", 0)
    assert [status for _, status in line(session)] == ["cancelled", "cancelled", "cancelled", "withdrawn"]
    last = EnrollmentStep.objects.filter(new="cancelled").order_by("id").values_list("old", "by__username", "reason")
    assert list(last) == [("enrolled", "hr", "台風のため")] * 2 + [("waitlisted", "hr", "台風のため")]
    assert SessionStep.objects.values_list("old", "new", "reason").get() == ("published", "cancelled", "台風のため")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target, event.detail) == (
        "enrollments.cancel_session", session.public_id, {"enrollments": 3, "meetings": 1, "told": 3},
    )  # fmt: skip


def test_the_person_the_room_and_the_instructor_are_free_again(cast: Cast) -> None:
    session = open_session()
    room = stage.venue("room-1", "研修室1")
    Meeting.objects.filter(session=session).update(venue=room, exclusive_venue_id=room.pk)
    teacher = stage.instructor("外部 講師")
    busy = Multirange([DateTimeTZRange(stage.tokyo(JULY[0][0]), stage.tokyo(JULY[0][1]))])
    SessionInstructor.objects.create(session=session, instructor=teacher, busy=busy)
    apply(session, cast.ict)
    cancel(session, cast)
    again = open_session()
    Meeting.objects.filter(session=again).update(venue=room, exclusive_venue_id=room.pk)
    SessionInstructor.objects.create(session=again, instructor=teacher, busy=busy)
    assert apply(again, cast.ict).status == "enrolled"


def test_everybody_who_comes_or_teaches_is_told_once(cast: Cast) -> None:
    session = open_session(capacity=1)
    for person in (cast.ict, cast.trainer):
        apply(session, person)
    withdraw(apply(session, cast.ict2))
    for name, staff in (("佐藤 四郎", cast.trainer), ("吉田 三恵", cast.head), ("外部 講師", None)):
        SessionInstructor.objects.create(session=session, instructor=stage.instructor(name, staff=staff))
    cancel(session, cast)
    rows = Notice.objects.order_by("recipient").values_list("recipient", "kind", "facts__reason")
    told = [(each.pk, "session_cancelled", "台風のため") for each in (cast.ict, cast.head, cast.trainer)]
    assert list(rows) == told


def test_what_was_held_stays_and_the_archives_go_with_the_rest(cast: Cast) -> None:
    session = open_session(times=(("2022-06-27 14:00", "2022-06-27 16:00"), *JULY))
    held, ahead = session.meetings.order_by("position")
    for position, month in ((3, 6), (4, 7)):
        Meeting.objects.create(
            session=session, position=position, form="archive", archive_of=held, precision="month",
            month=dt.date(2022, month, 1),
        )  # fmt: skip
    Meeting.objects.create(
        session=session, position=5, form="archive", archive_of=ahead, precision="month", month=dt.date(2022, 5, 1)
    )
    cancel(session, cast)
    rows = Meeting.objects.order_by("position").values_list("position", "sequence")
    cancelled = Meeting.objects.exclude(cancelled_at=None).order_by("position").values_list("position", flat=True)
    assert list(rows) == [(1, 0), (2, 1), (3, 1), (4, 1), (5, 1)]
    assert list(cancelled) == [2, 3, 4, 5]


def test_what_is_cancelled_or_finished_is_not_cancelled(cast: Cast) -> None:
    session = open_session()
    cancel(session, cast)
    for over in (session, open_session(status="finished")):
        with pytest.raises(IllegalTransition):
            cancel(over, cast)


def test_the_number_of_statements_does_not_grow_with_the_people(cast: Cast) -> None:
    def statements(size: int) -> int:
        session = open_session(capacity=None)
        for person in crowd(cast, size):
            apply(session, person)
        with CaptureQueriesContext(connection) as captured:
            cancel(session, cast)
        return len(captured)

    assert statements(1) == statements(20)
