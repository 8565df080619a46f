"""指名: many seats in one call, with a word about each person, and as many statements for thousands as for one."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer
from academy.errors import DomainError
from academy.models import Assignment, AuditEvent, Job, RoleGrant, Staff
from academy.operations import jobs
from courses.models import AudiencePerson, EnrollmentPolicy, Meeting
from enrollments.errors import SessionOver
from enrollments.models import Enrollment, EnrollmentStep, SeatBatch
from enrollments.operations import assigning
from tests import stage
from tests.cast import ALWAYS, Cast, account, repost
from tests.enrollments.scene import FOR_ICT, apply, assign, crowd, line, open_session

_numbers = itertools.count(100_000)


def masses(cast: Cast, size: int) -> list[Staff]:
    """Thousands of people of the ICT family, written in bulk."""
    people = [
        Staff(issuer=cast.tmg, family_name="人", given_name="々", hired_on=dt.date(2021, 4, 1),
              hiring_category=cast.hiring, staff_number=str(next(_numbers)))
        for _ in range(size)
    ]  # fmt: skip
    Staff.objects.bulk_create(people)
    Assignment.objects.bulk_create(
        Assignment(
            staff=each, organization=cast.skills, grade=cast.grades["shuji"], job_family=cast.ict_family, during=ALWAYS
        )
        for each in people
    )
    return people


@pytest.mark.parametrize("selection", ["screening", "lottery", "nomination"])
def test_who_applied_gets_the_seat_on_the_application(cast: Cast, selection: str) -> None:
    session = open_session(capacity=2, selection=selection)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    assert [each.status for each in (first, second)] == ["applied", "applied"]
    assert assign(session, [cast.trainer, cast.ict2, cast.ict], cast) == [(), (), ("session_full",)]
    assert line(session) == [
        (cast.ict.pk, "applied"), (cast.ict2.pk, "enrolled"), (cast.trainer.pk, "enrolled"),
    ]  # fmt: skip
    second.refresh_from_db()
    assert (second.decided_at is not None, second.batch) == (True, None)
    steps = EnrollmentStep.objects.filter(subject=second).order_by("pk")
    assert list(steps.values_list("old", "new", "by")) == [
        ("", "applied", cast.ict2.user_id), ("applied", "enrolled", cast.hr.pk),
    ]  # fmt: skip
    assert assign(session, [cast.ict2], cast) == [("already_applied",)]


def test_who_waits_for_an_approval_is_not_seated(cast: Cast) -> None:
    session = open_session(capacity=2, selection="screening")
    EnrollmentPolicy.objects.create(program=session.course.program, approval="unit_head")
    waits = apply(session, cast.ict)
    assert assign(session, [cast.ict], cast) == [("already_applied",)]
    waits.refresh_from_db()
    assert waits.status == "applied"


def test_seats_are_given_in_order_and_each_refusal_is_said(cast: Cast) -> None:
    course = stage.course(rule=FOR_ICT, repeatable=False)
    session = open_session(course=course, capacity=3, selection="assigned", apply_from=None, apply_until=None)
    seated, taken, busy, excluded, gone, late, *_ = crowd(cast, 6)
    assign(open_session(course=course, times=()), [taken], cast)
    assign(open_session(), [busy], cast)
    AudiencePerson.objects.create(audience=course.audience, staff=excluded, kind="exclude", reason="対象外")
    repost(gone, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 7, 14)))
    asked = [cast.ict, cast.staff, taken, busy, excluded, gone, seated, cast.ict, cast.trainer, late]
    assert assign(session, asked, cast) == [
        (),
        ("not_eligible", "other_job_family"),
        ("course_taken_this_year",),
        ("person_clash",),
        ("not_eligible", "not_in_audience"),
        ("not_eligible", "no_post"),
        (),
        (),
        (),
        ("session_full",),
    ]
    assert line(session) == [(each.pk, "enrolled") for each in (cast.ict, seated, cast.trainer)]
    assert set(EnrollmentStep.objects.filter(subject__session=session).values_list("old", "new", "by__username")) == {
        ("", "enrolled", "hr")
    }
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target, event.detail) == (
        "enrollments.assign", session.public_id, {"asked": 9, "seated": 3},
    )  # fmt: skip
    assert assign(session, [cast.ict], cast) == [("already_applied",)]


def test_nobody_gives_a_seat_to_themselves(cast: Cast) -> None:
    session = open_session()
    codes, _ = assigning.assign(
        session_id=session.pk, staff_ids=[cast.trainer.pk, cast.ict.pk], by=cast.user("trainer")
    )
    assert codes == {cast.trainer.pk: ("own_enrollment",), cast.ict.pk: ()}


@pytest.mark.parametrize("status", ["draft", "cancelled", "finished"])
def test_only_a_published_session_has_seats_to_give(cast: Cast, status: str) -> None:
    with pytest.raises(DomainError) as refused:
        assign(open_session(status=status), [cast.ict], cast)
    assert refused.value.code == "session_not_open"


def test_a_condition_that_tells_a_sensitive_status_is_not_told(cast: Cast) -> None:
    session = open_session(rule={"all": [FOR_ICT, {"status": ["manager_candidate"]}]})
    assert assign(session, [cast.ict, cast.staff], cast) == [("not_eligible", "not_in_audience")] * 2


def test_queue_numbers_go_on_where_applications_left_off(cast: Cast) -> None:
    session = open_session()
    apply(session, cast.ict)
    assign(session, [cast.ict2, cast.trainer], cast)
    apply(session, cast.staff)
    assert list(Enrollment.objects.order_by("id").values_list("queue_no", flat=True)) == [1, 2, 3, 4]


def test_three_thousand_people_take_as_many_statements_as_one(cast: Cast) -> None:
    people = masses(cast, 3000)

    def statements(staff: list[Staff]) -> int:
        session = open_session(rule=FOR_ICT, repeatable=False, capacity=3000)
        with CaptureQueriesContext(connection) as captured:
            assign(session, staff, cast)
        assert Enrollment.objects.filter(session=session).count() == len(staff)
        session.refresh_from_db()
        assert session.seats_taken == len(staff)
        return len(captured)

    assert statements([cast.ict]) == statements(people)


def test_a_job_assigns_with_the_rights_of_whoever_asked_when_it_runs(cast: Cast) -> None:
    own = stage.course(stage.program(organization=cast.digital), rule=FOR_ICT)
    session = open_session(course=own)
    staff = [str(each.public_id) for each in (cast.ict, cast.staff, cast.ict2)]
    parameters = {"session_id": session.pk, "staff": staff}
    job = jobs.request_job(kind="enrollments.assign", parameters=parameters, by=cast.bureau_hr)
    assert jobs.run_next_job()
    job.refresh_from_db()
    assert (job.status, job.all_rows, job.done_rows) == ("done", 3, 3)
    assert job.result == {
        "asked": 3,
        "succeeded": 2,
        "batch": str(SeatBatch.objects.get().public_id),
        "failed": [{"staff": str(cast.staff.public_id), "codes": ["not_found"]}],
    }
    late = jobs.request_job(kind="enrollments.assign", parameters=parameters, by=cast.bureau_hr)
    RoleGrant.objects.filter(user=cast.bureau_hr).delete()
    assert jobs.run_next_job()
    late.refresh_from_db()
    assert (late.status, late.problem and late.problem["code"]) == ("failed", "forbidden")
    assert Job.objects.count() == 2


def test_academy_hr_assigns_anybody_and_bureau_hr_its_own_people(cast: Cast) -> None:
    session = open_session()
    staff = [cast.ict.public_id, cast.staff.public_id, cast.staff.public_id]
    outcomes, _ = assigning.assign_named(session=session, staff=staff, viewer=Viewer(cast.bureau_hr))
    assert [(each.staff, each.codes) for each in outcomes] == [
        (cast.ict.public_id, ()),
        (cast.staff.public_id, ("not_found",)),
    ]
    [late], _ = assigning.assign_named(session=session, staff=staff[1:], viewer=Viewer(cast.hr))
    assert late.succeeded


def test_a_manager_assigns_those_the_programmes_know_and_nobody_who_is_hidden(cast: Cast) -> None:
    """Else whoever sets an audience could ask about anybody: who is a candidate, who has which grade."""
    program = stage.program()
    manager = account("manager")
    RoleGrant.objects.create(user=manager, role="programme_manager", program=program.public_id, during=ALWAYS)
    known, hidden, strangers = (cast.ict, cast.ict2, [cast.staff, cast.trainer])
    before = open_session(course=stage.course(program), times=())
    apply(before, known)
    apply(before, hidden)
    apply(open_session(times=()), cast.trainer)
    Staff.objects.filter(pk=hidden.pk).update(directory_hidden=True)
    session = open_session(course=stage.course(program))
    staff = [each.public_id for each in (known, hidden, *strangers)]
    outcomes, _ = assigning.assign_named(session=session, staff=staff, viewer=Viewer(manager))
    assert [each.codes for each in outcomes] == [(), ("not_found",), ("not_found",), ("not_found",)]


@pytest.mark.parametrize(
    "times", [(("2022-06-27 14:00", "2022-06-27 16:00"),), (("2022-06-28 08:00", "2022-06-28 09:00"),)]
)
def test_a_session_that_is_over_has_no_seats_to_give(cast: Cast, times: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(SessionOver):
        assign(open_session(times=times), [cast.ict], cast)


def test_a_session_is_not_over_while_a_meeting_is_to_come_in_this_month(cast: Cast) -> None:
    session = open_session(times=(("2022-06-27 14:00", "2022-06-27 16:00"),), ends_on=dt.date(2022, 6, 30))
    Meeting.objects.create(session=session, position=2, precision="month", month=dt.date(2022, 6, 1))
    assert assign(session, [cast.ict], cast) == [()]
