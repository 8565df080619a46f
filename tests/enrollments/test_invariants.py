"""Each invariant is found broken by a row that no operation would write, past the triggers and constraints that refuse it."""

import datetime as dt
from collections.abc import Sequence
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from courses.models import EnrollmentPolicy, SeatQuota
from courses.operations.quotas import Quota
from enrollments.invariants import INVARIANTS, violations
from enrollments.models import Decision, Enrollment, SeatOffer
from enrollments.operations.quotas import set_quotas
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_offers import offered

E = "enrollments_enrollment"
SEAT = "status = 'enrolled'"
WAITS = "status = 'waitlisted'"

# What is switched off, what is written then, and the kind of the rows that are told.
CORRUPTIONS: dict[str, tuple[Sequence[str], str]] = {
    "session_seats_differ": ((), "UPDATE courses_session SET seats_taken = 0"),
    "session_over_capacity": (
        ("session_seats_within_capacity",),
        "UPDATE courses_session SET capacity = 1 WHERE capacity = 4",
    ),
    "quota_seats_differ": ((), "UPDATE courses_seatquota SET seats_taken = 0"),
    "quota_over_ceiling": (
        ("seat_quota_within_ceiling", "seat_quota_keeps_no_more_than_its_ceiling"),
        "UPDATE courses_seatquota SET ceiling = 0 WHERE ceiling IS NOT NULL",
    ),
    "quotas_over_capacity": ((), "UPDATE courses_seatquota SET seats = 9 WHERE ceiling IS NULL"),
    "kept_seat_given_away": ((), "UPDATE courses_seatquota SET seats = 3 WHERE ceiling IS NULL"),
    "seat_without_origin": ((), f"UPDATE {E} SET seat_grade_id = NULL WHERE {SEAT}"),
    "two_enrollments_of_a_person": (
        ("enrollment_one_per_person_and_session", "enrollment_person_not_in_two_places"),
        f"UPDATE {E} SET staff_id = (SELECT staff_id FROM {E} WHERE {WAITS} LIMIT 1)",
    ),
    "two_seats_of_a_course": (
        (
            "enrollment_one_seat_per_person_course_and_year",
            "enrollment_one_per_person_and_session",
            "enrollment_person_not_in_two_places",
        ),
        f"UPDATE {E} SET one_seat_key = true, staff_id = (SELECT min(staff_id) FROM {E} WHERE {SEAT}) WHERE {SEAT}",
    ),
    "two_places_at_once": (
        ("enrollment_person_not_in_two_places", "enrollment_one_per_person_and_session"),
        f"UPDATE {E} SET staff_id = (SELECT min(staff_id) FROM {E} WHERE {SEAT}) WHERE {SEAT}",
    ),
    "queue_number_repeated": (("enrollment_queue_number_is_unique",), f"UPDATE {E} SET queue_no = 1"),
    "queue_number_never_given": ((), "UPDATE courses_session SET last_queue_no = 0"),
    "status_without_step": ((), f"UPDATE {E} SET status = 'enrolled' WHERE {WAITS}"),
    "ended_without_kind": ((), f"UPDATE {E} SET ended_as = 'cancelled' WHERE {WAITS}"),
    "offered_without_offer": ((), f"UPDATE {E} SET status = 'offered' WHERE {WAITS}"),
}


def run(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)  # type: ignore[arg-type] # what the statements here take


def unguarded(*constraints: str) -> None:
    """Past every trigger and the constraints that are named, for the rest of the test's transaction."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in (E, "courses_session", "courses_seatquota", "enrollments_approval", "enrollments_decision"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for name in constraints:
            run(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    for name in constraints:
        run(f"DROP INDEX IF EXISTS {name}")


def broken() -> dict[str, tuple[str, ...]]:
    return {each.invariant.code: each.ids for each in violations()}


@pytest.fixture
def seated(cast: Cast) -> None:
    """Two seats and one who waits, in a session with two quotas."""
    session = open_session(capacity=4)
    quotas = [Quota(cast.digital, 1, ceiling=2), Quota(cast.industry, 1)]
    set_quotas(session_id=session.pk, quotas=quotas, by=None)
    assert [apply(session, each).status for each in (cast.ict, cast.ict2, cast.head)] == [
        *("enrolled", "enrolled"),
        "waitlisted",
    ]


@pytest.mark.usefixtures("seated")
def test_what_operations_write_breaks_none() -> None:
    assert broken() == {}


@pytest.mark.usefixtures("seated")
@pytest.mark.parametrize("code", CORRUPTIONS)
def test_a_corrupted_row_is_found(code: str) -> None:
    constraints, statement = CORRUPTIONS[code]
    unguarded(*constraints)
    run(statement)
    assert code in broken()


def test_an_offer_of_what_was_never_offered_is_found(cast: Cast) -> None:
    _, seat = offered(cast)
    assert broken() == {}
    unguarded()
    Enrollment.objects.filter(pk=seat.pk).update(status="waitlisted")
    assert broken()["offer_without_offered"] == (str(seat.public_id),)
    assert SeatOffer.objects.get().enrollment_id == seat.pk


def test_an_application_nobody_decides_on_is_found(cast: Cast) -> None:
    session = open_session()
    EnrollmentPolicy.objects.create(program=session.course.program, approval="unit_head")
    waits = apply(session, cast.ict)
    assert broken() == {}
    unguarded()
    run("UPDATE enrollments_approval SET enrollment_id = enrollment_id, status = 'withdrawn'")
    assert broken()["applied_without_approval"] == (str(waits.public_id),)
    run("UPDATE enrollments_approval SET status = 'pending'")
    Enrollment.objects.filter(pk=waits.pk).update(status="withdrawn")
    assert broken()["approval_of_nothing"] == (str(waits.approvals.get().public_id),)


def test_a_published_decision_without_a_number_is_found(cast: Cast) -> None:
    decision = Decision.objects.create(course=open_session().course, fiscal_year=2022)
    assert broken() == {}
    unguarded("decision_is_dated_and_numbered")
    Decision.objects.filter(pk=decision.pk).update(status="published", decided_on=dt.date(2022, 7, 1))
    assert broken() == {"decision_number": (str(decision.public_id),)}


def test_each_invariant_is_tried() -> None:
    tried = {
        *CORRUPTIONS,
        "offer_without_offered",
        "applied_without_approval",
        "approval_of_nothing",
        "decision_number",
    }
    assert tried == {each.code for each in INVARIANTS}


@pytest.mark.usefixtures("seated")
def test_the_command_tells_ids_and_nothing_of_people() -> None:
    said = StringIO()
    call_command("check_invariants", stdout=said)
    assert said.getvalue() == f"{len(INVARIANTS)} 件とも問題なし / all hold\n"
    unguarded()
    run("UPDATE courses_seatquota SET seats_taken = 0")
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", stdout=said)
    quota = SeatQuota.objects.get(ceiling=2)
    assert ended.value.code == 1
    assert said.getvalue().splitlines() == [
        "quota_seats_differ: 枠の席の数が受講者の数と違う / The seats counted in a quota are not the seats there are",
        f"  quota {quota.public_id}",
    ]
