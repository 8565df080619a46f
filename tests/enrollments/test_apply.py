"""Applying: a seat where one is free and nobody waits for it, else a place in the queue; each refusal with its code."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext
from psycopg.pq import PipelineStatus

from academy import statements
from academy.errors import DomainError
from academy.models import AuditEvent, Staff
from courses.models import AudiencePerson, Session, SessionStatus
from enrollments import eligibility
from enrollments.models import Enrollment, EnrollmentStep
from enrollments.operations import assigning, changes, leaving
from tests import stage
from tests.cast import Cast, repost
from tests.enrollments.scene import FOR_ICT, JULY, apply, open_session


def refusal_of(session: Session, staff: Staff) -> tuple[str, list[str]]:
    with pytest.raises(DomainError) as refused:
        apply(session, staff)
    return refused.value.code, [fault.code for fault in refused.value.faults]


def test_a_free_seat_is_given_at_once(cast: Cast) -> None:
    session = open_session(capacity=2, repeatable=False)
    made = apply(session, cast.ict)
    assert (made.status, made.queue_no, made.priority, made.one_seat_key) == ("enrolled", 1, 100, True)
    assert (made.course_id, made.fiscal_year) == (session.course_id, 2022)
    assert made.reference_date == dt.date(2022, 7, 14)
    assert (made.organization, made.bureau) == (cast.skills, cast.digital)
    assert (made.grade, made.job_family) == (cast.grades["shuji"], cast.ict_family)
    assert made.decided_at == made.applied_at
    [busy] = made.busy or []
    assert (busy.lower, busy.upper) == (stage.tokyo(JULY[0][0]), stage.tokyo(JULY[0][1]))
    step = EnrollmentStep.objects.get()
    assert (step.subject, step.old, step.new, step.by, step.at) == (
        made, "", "enrolled", cast.ict.user, made.applied_at,
    )  # fmt: skip
    session.refresh_from_db()
    assert (session.seats_taken, session.last_queue_no) == (1, 1)
    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.target, event.detail) == (
        "enrollments.apply", cast.ict.user, made.public_id, {"status": "enrolled"},
    )  # fmt: skip


def test_a_full_session_puts_the_person_in_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    second, third = apply(session, cast.ict2), apply(session, cast.staff)
    assert [(each.status, each.queue_no, each.decided_at) for each in (second, third)] == [
        ("waitlisted", 2, None),
        ("waitlisted", 3, None),
    ]


def test_a_session_without_a_limit_has_a_seat_for_everybody_and_counts_none(cast: Cast) -> None:
    session = open_session(capacity=None)
    assert [apply(session, person).status for person in (cast.ict, cast.ict2, cast.staff)] == ["enrolled"] * 3
    session.refresh_from_db()
    assert session.seats_taken == 0


def test_a_session_without_meetings_counts_for_today(cast: Cast) -> None:
    made = apply(open_session(times=()), cast.ict)
    assert (made.reference_date, made.busy) == (dt.date(2022, 6, 28), None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "draft"}, "session_not_open"),
        ({"status": "cancelled"}, "session_not_open"),
        ({"status": "finished"}, "session_not_open"),
        ({"apply_from": None}, "session_not_open"),
        ({"apply_from": stage.tokyo("2022-06-28 10:30")}, "session_not_open"),
        ({"apply_until": stage.tokyo("2022-06-28 10:00")}, "session_closed"),
        ({"times": (), "ends_on": dt.date(2022, 6, 27), "starts_on": dt.date(2022, 4, 1)}, "session_closed"),
        ({"selection": "assigned"}, "not_self_service"),
    ],
)
def test_the_session_must_take_applications(cast: Cast, fields: dict[str, Any], code: str) -> None:
    assert refusal_of(open_session(**fields), cast.ict) == (code, [code])


def test_the_window_is_open_at_its_first_instant_and_closed_at_its_last(cast: Cast) -> None:
    session = open_session()
    moment = dt.timedelta(microseconds=1)
    opens, closes = stage.tokyo("2022-06-01 09:00"), stage.tokyo("2022-07-10 17:00")
    asked = (opens - moment, opens, closes - moment, closes)
    assert [eligibility.window(session, now).code for now in asked] == [
        "session_not_open", "met", "met", "session_closed",
    ]  # fmt: skip


def test_somebody_outside_the_audience_is_told_every_condition_that_fails(cast: Cast) -> None:
    session = open_session(rule={"all": [FOR_ICT, {"grade_at_least": "tmg.kacho"}]})
    assert refusal_of(session, cast.staff) == ("not_eligible", ["other_job_family", "grade_too_low"])
    assert Enrollment.objects.count() == 0


def test_somebody_left_out_by_name_is_refused(cast: Cast) -> None:
    session = open_session(rule=FOR_ICT)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict, kind="exclude", reason="受講済み")
    assert refusal_of(session, cast.ict) == ("not_eligible", ["excluded_by_name"])


def test_the_audience_is_that_of_the_reference_date(cast: Cast) -> None:
    """Who becomes ICT on 1 July is in time for a session on 14 July."""
    held = cast.staff.assignments.get()
    repost(cast.staff, during=DateRange(held.during.lower, dt.date(2022, 7, 1)))
    session = open_session(rule=FOR_ICT)
    assert refusal_of(session, cast.staff) == ("not_eligible", ["no_post"])
    held.pk, held.public_id, held.job_family = None, cast.ict.public_id, cast.ict_family
    held.during = (dt.date(2022, 7, 1), None)
    held.save(force_insert=True)
    made = apply(session, cast.staff)
    assert (made.status, made.job_family) == ("enrolled", cast.ict_family)


def test_a_second_application_is_refused(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    apply(session, cast.ict2)
    assert refusal_of(session, cast.ict) == ("already_applied", ["already_applied"])
    assert refusal_of(session, cast.ict2) == ("already_applied", ["already_applied"])


def test_who_withdrew_applies_again_with_a_new_number(cast: Cast) -> None:
    session = open_session(capacity=1)
    first = apply(session, cast.ict)
    apply(session, cast.ict2)
    leaving.withdraw(enrollment_id=first.pk, by=cast.ict.user)
    again = apply(session, cast.ict)
    assert (again.status, again.queue_no) == ("waitlisted", 3)


def test_a_course_is_taken_once_a_year_unless_it_allows_repeats(cast: Cast) -> None:
    course = stage.course(repeatable=False)
    apply(open_session(course=course), cast.ict)
    later = open_session(course=course, times=(("2022-07-21 14:00", "2022-07-21 16:00"),))
    assert refusal_of(later, cast.ict) == ("course_taken_this_year", ["course_taken_this_year"])
    next_year = open_session(course=course, fiscal_year=2023, times=(("2023-04-21 14:00", "2023-04-21 16:00"),))
    assert apply(next_year, cast.ict).status == "enrolled"


def test_a_course_that_allows_repeats_is_refused_for_its_time_and_not_for_itself(cast: Cast) -> None:
    course = stage.course(repeatable=True)
    apply(open_session(course=course), cast.ict)
    assert refusal_of(open_session(course=course), cast.ict) == ("person_clash", ["person_clash"])


def test_nobody_is_in_two_places_and_touching_ends_do_not_clash(cast: Cast) -> None:
    apply(open_session(), cast.ict)
    overlapping = open_session(times=(("2022-07-14 15:59", "2022-07-14 17:00"),))
    assert refusal_of(overlapping, cast.ict) == ("person_clash", ["person_clash"])
    touching = open_session(times=(("2022-07-14 16:00", "2022-07-14 17:00"), ("2022-07-14 13:00", "2022-07-14 14:00")))
    assert apply(touching, cast.ict).status == "enrolled"


def test_who_waits_is_not_busy(cast: Cast) -> None:
    full = open_session(capacity=0)
    assert apply(full, cast.ict).status == "waitlisted"
    assert apply(open_session(), cast.ict).status == "enrolled"


def test_an_application_takes_few_statements(cast: Cast) -> None:
    session = open_session(capacity=30, rule=FOR_ICT, repeatable=False)
    with CaptureQueriesContext(connection) as captured:
        apply(session, cast.ict)
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 9, "\n".join(asked)


def test_an_application_takes_few_round_trips(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock with the meetings, then all that the rules ask, each at once; the row and the event by themselves."""
    made, together = statements._cursor, []

    def noted() -> CursorWrapper:
        cursor = made()
        together.append(connection.connection.pgconn.pipeline_status == PipelineStatus.ON)
        return cursor

    session = open_session(capacity=30, rule={"grade_at_most": "tmg.kacho"}, repeatable=False)
    monkeypatch.setattr(statements, "_cursor", noted)
    apply(session, cast.ict)
    assert together == [True] * 7 + [False] * 2


def test_a_session_that_was_cancelled_meanwhile_takes_nobody(cast: Cast) -> None:
    session = open_session()
    changes.cancel_session(session_id=session.pk, reason="講師の都合", by=cast.hr)
    assert refusal_of(session, cast.ict) == ("session_not_open", ["session_not_open"])
    session.refresh_from_db()
    assert session.status == SessionStatus.CANCELLED


def test_the_refusal_names_the_first_rule_and_lists_all(cast: Cast) -> None:
    session = open_session(rule=FOR_ICT, apply_until=stage.tokyo("2022-06-20 17:00"), selection="assigned")
    assigning.assign(session_id=session.pk, staff_ids=[cast.ict.pk], by=cast.hr)
    assert refusal_of(session, cast.staff) == (
        "session_closed",
        ["session_closed", "not_self_service", "other_job_family"],
    )
