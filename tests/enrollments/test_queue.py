"""The queue: strict order, a free seat belongs to it first, and who is promoted passes the rules of a newcomer."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy.facts import facts_of
from academy.models import AuditEvent
from courses.errors import InstructorNotFree
from courses.models import AudiencePerson, Session, SessionInstructor
from courses.operations.sessions import publish_session
from enrollments import tasks
from enrollments.errors import PersonClash
from enrollments.models import Enrollment
from enrollments.operations import queue, sessions
from tests import stage
from tests.cast import Cast, post, repost
from tests.enrollments.scene import FOR_ICT, JULY, apply, assign, crowd, line, open_session, withdraw


def statuses(session: Session) -> list[str]:
    return [status for _, status in line(session)]


def raise_capacity(session: Session, capacity: int, cast: Cast) -> None:
    sessions.change_capacity(session_id=session.pk, capacity=capacity, by=cast.hr)


def test_promotion_follows_priority_and_then_the_queue_number(cast: Cast) -> None:
    session = open_session(capacity=0)
    waiting = [apply(session, person) for person in crowd(cast, 5)]
    Enrollment.objects.filter(pk=waiting[3].pk).update(priority=50)
    raise_capacity(session, 1, cast)
    assert statuses(session) == ["waitlisted", "waitlisted", "waitlisted", "enrolled", "waitlisted"]
    raise_capacity(session, 3, cast)
    assert statuses(session) == ["enrolled", "enrolled", "waitlisted", "enrolled", "waitlisted"]


def test_a_free_seat_belongs_to_the_queue_first(cast: Cast) -> None:
    """A seat that was freed behind the operations' back goes to who waits, not to who comes."""
    session = open_session(capacity=1)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    Enrollment.objects.filter(pk=first.pk).move_to("cancelled", by=None)
    third = apply(session, cast.staff)
    second.refresh_from_db()
    assert (second.status, third.status) == ("enrolled", "waitlisted")


def test_who_waits_without_passing_the_rules_keeps_nobody_from_a_free_seat(cast: Cast) -> None:
    session = open_session(capacity=1, rule=FOR_ICT)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict2, kind="exclude", reason="対象外")
    withdraw(first)
    third = apply(session, cast.trainer)
    second.refresh_from_db()
    assert (second.status, third.status) == ("waitlisted", "enrolled")


def test_who_left_the_audience_is_skipped_and_goes_on_waiting(cast: Cast) -> None:
    session = open_session(capacity=1, rule=FOR_ICT)
    first, second, third = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict2, kind="exclude", reason="対象外")
    withdraw(first)
    assert line(session)[1:] == [(cast.ict2.pk, "waitlisted"), (cast.trainer.pk, "enrolled")]
    AudiencePerson.objects.all().delete()
    withdraw(third)
    second.refresh_from_db()
    assert second.status == "enrolled"


def test_who_took_a_seat_at_the_same_time_is_skipped(cast: Cast) -> None:
    session = open_session(capacity=1)
    first, *_ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    apply(open_session(times=(("2022-07-14 15:00", "2022-07-14 17:00"),)), cast.ict2)
    withdraw(first)
    assert statuses(session) == ["withdrawn", "waitlisted", "enrolled"]


def test_who_took_the_course_in_the_same_year_is_skipped(cast: Cast) -> None:
    course = stage.course(repeatable=False)
    session = open_session(course=course, capacity=1)
    first, *_ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    apply(open_session(course=course, times=(("2022-07-21 15:00", "2022-07-21 17:00"),)), cast.ict2)
    withdraw(first)
    assert statuses(session) == ["withdrawn", "waitlisted", "enrolled"]


def test_nobody_is_promoted_once_the_first_meeting_began_and_a_newcomer_does_not_pass_by(cast: Cast) -> None:
    session = open_session(capacity=1, times=(("2022-06-28 09:30", "2022-06-28 12:00"),))
    apply(session, cast.ict)
    apply(session, cast.ict2)
    raise_capacity(session, 2, cast)
    assert statuses(session) == ["enrolled", "waitlisted"]
    assert apply(session, cast.staff).status == "waitlisted"
    raise_capacity(session, 3, cast)
    assert apply(session, cast.head).status == "waitlisted", "two free seats, two who wait"
    raise_capacity(session, 5, cast)
    assert apply(session, cast.trainer).status == "enrolled", "four free seats, three who wait"


def test_nobody_is_promoted_into_a_session_that_is_past(cast: Cast) -> None:
    session = open_session(capacity=1, times=(), starts_on=dt.date(2022, 4, 1), ends_on=dt.date(2022, 6, 28))
    apply(session, cast.ict)
    apply(session, cast.ict2)
    Session.objects.filter(pk=session.pk).update(ends_on=dt.date(2022, 6, 27))
    raise_capacity(session, 2, cast)
    assert statuses(session) == ["enrolled", "waitlisted"]


def test_a_long_queue_is_judged_in_parts_with_few_statements(cast: Cast) -> None:
    session = open_session(capacity=0, rule=FOR_ICT)
    people = crowd(cast, 120)
    for person in people:
        apply(session, person)
    AudiencePerson.objects.bulk_create(
        AudiencePerson(audience=session.course.audience, staff=person, kind="exclude", reason="対象外")
        for person in people[:110]
    )
    with CaptureQueriesContext(connection) as captured:
        raise_capacity(session, 3, cast)
    assert [staff for staff, status in line(session) if status == "enrolled"] == [p.pk for p in people[110:113]]
    assert len(captured) <= 3 * 6 + 18


def test_the_sweep_finds_what_was_missed_and_leaves_the_rest_alone(cast: Cast) -> None:
    missed, full = open_session(capacity=1), open_session(capacity=0, times=())
    hopeless = open_session(capacity=0, rule=FOR_ICT, times=(("2022-07-21 09:00", "2022-07-21 10:00"),))
    for session in (missed, full, hopeless):
        apply(session, cast.ict)
        apply(session, cast.ict2)
    Enrollment.objects.filter(session=missed, staff=cast.ict).move_to("cancelled", by=None)
    for person in (cast.ict, cast.ict2):
        AudiencePerson.objects.create(audience=hopeless.course.audience, staff=person, kind="exclude", reason="対象外")
    Session.objects.filter(pk=hopeless.pk).update(capacity=1)
    AuditEvent.objects.all().exists()
    before = AuditEvent.objects.count()
    tasks.reconcile_queues()
    assert statuses(missed) == ["cancelled", "enrolled"]
    assert statuses(full) == statuses(hopeless) == ["waitlisted", "waitlisted"]
    [event] = AuditEvent.objects.order_by("id")[before:]
    assert (event.action, event.target, event.detail) == (
        "enrollments.reconcile_queue", missed.public_id, {"promoted": 1},
    )  # fmt: skip
    tasks.reconcile_queues()
    assert AuditEvent.objects.count() == before + 1


def test_a_sweep_looks_at_sessions_in_the_order_of_their_keys(cast: Cast) -> None:
    """Who waits in two at the same time gets the seat of the first, whichever row was written last."""
    first, second = open_session(capacity=0), open_session(capacity=0)
    for session in (first, second):
        apply(session, cast.ict)
    for session in (second, first):
        Session.objects.filter(pk=session.pk).update(capacity=1)
    tasks.reconcile_queues()
    assert [line(session) for session in (first, second)] == [
        [(cast.ict.pk, "enrolled")],
        [(cast.ict.pk, "waitlisted")],
    ]


def test_the_position_in_the_queue_is_counted_from_one(cast: Cast) -> None:
    session = open_session(capacity=1)
    people = crowd(cast, 4)
    for person in people:
        apply(session, person)
    Enrollment.objects.filter(staff=people[3]).update(priority=1)
    rows = Enrollment.objects.with_queue_position().filter(session=session).order_by("queue_no")
    assert [vars(row)["queue_position"] for row in rows] == [None, 2, 3, 1]


@pytest.mark.parametrize("capacity", [1, 3])
def test_reconciling_twice_is_reconciling_once(cast: Cast, capacity: int) -> None:
    session = open_session(capacity=0)
    for person in crowd(cast, 4):
        apply(session, person)
    Session.objects.filter(pk=session.pk).update(capacity=capacity)
    queue.reconcile_queue(session_id=session.pk, by=None)
    once = statuses(session)
    queue.reconcile_queue(session_id=session.pk, by=None)
    assert statuses(session) == once == ["enrolled"] * capacity + ["waitlisted"] * (4 - capacity)


def test_seats_given_by_the_office_come_after_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1, times=JULY)
    first = apply(session, cast.ict)
    apply(session, cast.ict2)
    Enrollment.objects.filter(pk=first.pk).move_to("cancelled", by=None)
    assert assign(session, [cast.staff], cast) == [("session_full",)]
    assert statuses(session) == ["cancelled", "enrolled"]


def test_who_is_promoted_is_recorded_as_what_the_rules_saw(cast: Cast) -> None:
    """While ict2 waited, the post on the day of the first meeting became another."""
    session = open_session(capacity=1, rule=FOR_ICT)
    _, second, _ = (apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer))
    repost(cast.ict2, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 7, 1)))
    post(cast.ict2, cast.trade, cast.grades["shunin"], cast.ict_family, during=DateRange(dt.date(2022, 7, 1), None))
    raise_capacity(session, 3, cast)
    kept = {"organization", "bureau", "grade", "job_family", "reference_date", "status"}
    of = {row["staff"]: row for row in Enrollment.objects.values("staff", *kept)}
    facts = facts_of([cast.ict2.pk, cast.trainer.pk], on=dt.date(2022, 7, 14))
    for person, found in facts.items():
        assert of[person] == {
            "staff": person,
            "organization": found.organization_id,
            "bureau": found.bureau_id,
            "grade": found.grade_id,
            "job_family": found.job_family_id,
            "reference_date": dt.date(2022, 7, 14),
            "status": "enrolled",
        }
    assert of[cast.ict2.pk]["organization"] == cast.trade.pk != second.organization_id


def test_who_teaches_meanwhile_gets_no_seat(cast: Cast) -> None:
    teaching = open_session(status="draft", times=(("2022-07-14 15:00", "2022-07-14 17:00"),))
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=teaching, instructor=teacher)
    session = open_session(capacity=0)
    apply(session, cast.trainer)
    publish_session(session_id=teaching.pk, by=cast.hr)
    raise_capacity(session, 1, cast)
    assert statuses(session) == ["waitlisted"]
    other = open_session()
    assert assign(other, [cast.trainer], cast) == [("person_clash",)]
    with pytest.raises(PersonClash):
        apply(other, cast.trainer)
    assert apply(teaching, cast.trainer).status == "enrolled", "what one teaches oneself is one place"


def test_who_sits_in_a_session_teaches_no_other_meanwhile(cast: Cast) -> None:
    teaching = open_session(status="draft", times=(("2022-07-14 15:00", "2022-07-14 17:00"),))
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=teaching, instructor=teacher)
    seat = apply(open_session(), cast.trainer)
    with pytest.raises(InstructorNotFree):
        publish_session(session_id=teaching.pk, by=cast.hr)
    withdraw(seat)
    assert publish_session(session_id=teaching.pk, by=cast.hr).pk == teaching.pk
