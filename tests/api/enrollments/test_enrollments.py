"""`enrollments/` and `me/enrollments/`: applying, withdrawing, and who reads what of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import AuditEvent
from courses.models import Session
from enrollments.models import Enrollment, ExamSource
from enrollments.operations.exams import record_exam_attempt
from enrollments.operations.lessons import report_progress
from tests import records, stage
from tests.cast import Cast
from tests.conftest import TOKYO
from tests.enrollments.scene import FOR_ICT, apply, crowd, open_session, withdraw

ClientOf = Callable[[object], APIClient]
ADDRESS = "https://meet.example.jp/ict"
NOT_YET_THERE = {
    "code": "attendance",
    "required": 1,
    "actual": 0,
    "met": False,
    "text": "0 of 1 meetings attended, 1 needed",
}


def body_of(made: Enrollment, cast: Cast, **changed: object) -> dict[str, object]:
    """The row of somebody of the skills section who has a seat."""
    session = made.session
    return {
        "id": str(made.public_id),
        "session": str(session.public_id),
        "session_title_ja": session.title_ja,
        "course": str(session.course.public_id),
        "program": str(session.course.program.public_id),
        "fiscal_year": 2022,
        "staff": str(made.staff.public_id),
        "staff_name": made.staff.name,
        "status": "enrolled",
        "status_label": "Enrolled",
        "awaiting": None,
        "awaiting_label": None,
        "ended_as": None,
        "ended_as_label": None,
        "offer_expires_at": None,
        "on_behalf": False,
        "application": None,
        "preference": None,
        "queue_position": None,
        "priority": 100,
        "applied_at": made.applied_at.astimezone(TOKYO).isoformat(),
        "decided_at": made.applied_at.astimezone(TOKYO).isoformat(),
        "judged_at": None,
        "reference_date": "2022-07-14",
        "organization": str(cast.skills.public_id),
        "bureau": str(cast.digital.public_id),
        "bureau_name_ja": "デジタルサービス局",
        "grade": str(cast.grades["shuji"].public_id),
        "grade_name_ja": "主事",
        "job_family": str(cast.ict_family.public_id),
        **changed,
    }


def step(new: str, label: str, made: Enrollment, old: str = "", reason: str = "") -> dict[str, str]:
    at = made.applied_at.astimezone(TOKYO).isoformat()
    return {"old": old, "new": new, "new_label": label, "at": at, "reason": reason}


def test_somebody_applies_and_reads_the_address(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(online_address=ADDRESS)
    client = client_of(cast.ict)
    response = client.post("/api/v1/enrollments/", {"session": str(session.public_id)})
    assert response.status_code == 201, response.content
    made = Enrollment.objects.get()
    expected = body_of(
        made,
        cast,
        online_address=ADDRESS,
        steps=[step("enrolled", "Enrolled", made)],
        completion=[NOT_YET_THERE],
        due_on=None,
    )
    assert response.json() == expected
    assert client.get(f"/api/v1/enrollments/{made.public_id}/").json() == expected
    listed = {
        name: value
        for name, value in expected.items()
        if name not in {"online_address", "steps", "completion", "due_on"}
    }
    for address in ("/api/v1/enrollments/", "/api/v1/me/enrollments/"):
        assert client.get(address).json() == {"next": None, "previous": None, "results": [listed]}
    assert client_of(cast.hr).get(f"/api/v1/enrollments/{made.public_id}/").json() == expected | {
        "online_address": None
    }


@pytest.mark.parametrize(
    ("of_course", "of_session"),
    [
        ({}, {"capacity": 0}),
        ({}, {"selection": "screening"}),
        ({"due_from": "seat", "due_days": 30}, {}),
        ({"due_from": "grade", "due_days": 400}, {}),
        ({}, {"times": ()}),
    ],
)
def test_the_answer_to_an_application_is_what_is_read_of_it_afterwards(
    cast: Cast, client_of: ClientOf, of_course: dict[str, Any], of_session: dict[str, Any]
) -> None:
    """It is made of fewer statements: by the person, and of an enrolment of which there is no evidence yet."""
    course = stage.course(policy=stage.policy(all_lessons=True), **of_course)
    records.lessons(course, 600, 300)
    session = open_session(course=course, **of_session)
    client = client_of(cast.ict)
    answer = client.post("/api/v1/enrollments/", {"session": str(session.public_id)}).json()
    assert answer == client.get(f"/api/v1/enrollments/{answer['id']}/").json()


def test_what_is_missing_for_completion_is_told_to_who_sees_scores(cast: Cast, client_of: ClientOf) -> None:
    policy = stage.policy(certifies=True, attendance_numerator=0, all_lessons=True, exam=records.it_passport())
    course = stage.course(policy=policy)
    first, _ = records.lessons(course, 60, 60)
    session = stage.session(course, status="published", starts_on=records.day("2022-06-01"))
    (made,) = records.enrolled(session, cast.ict)
    report_progress(lesson_id=first.pk, staff_id=cast.ict.pk, stretches=[(0, 60)], by=cast.ict.user)
    record_exam_attempt(
        enrollment_id=made.pk,
        taken_on=records.day("2022-06-20"),
        total=700,
        scores=records.scores(700, 700, 700),
        source=ExamSource.SELF_REPORTED,
        by=cast.ict.user,
    )
    expected = [
        {"code": "lessons", "required": 2, "actual": 1, "met": False, "text": "1 lessons viewed, 2 needed"},
        {"code": "exam", "required": 1, "actual": 0, "met": False, "text": "No pass in the examination"},
    ]
    address = f"/api/v1/enrollments/{made.public_id}/"
    told = {who: client_of(getattr(cast, who)).get(address).json()["completion"] for who in ("ict", "hr", "head")}
    assert told == {"ict": expected, "hr": expected, "head": None}


def test_who_waits_reads_the_place_in_the_queue_and_no_address(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1, online_address=ADDRESS)
    apply(session, cast.ict2)
    apply(session, cast.trainer)
    response = client_of(cast.ict).post("/api/v1/enrollments/", {"session": str(session.public_id)})
    made = Enrollment.objects.get(staff=cast.ict)
    assert response.json() == body_of(
        made,
        cast,
        status="waitlisted",
        status_label="Waitlisted",
        queue_position=2,
        decided_at=None,
        online_address=None,
        steps=[step("waitlisted", "Waitlisted", made)],
        completion=[],
        due_on=None,
    )


def test_a_label_is_japanese_unless_asked_otherwise(cast: Cast, client_of: ClientOf) -> None:
    apply(open_session(capacity=0), cast.ict)
    client = client_of(cast.ict)
    [row] = client.get("/api/v1/me/enrollments/", headers={"accept-language": "ja"}).json()["results"]
    assert row["status_label"] == "キャンセル待ち"


def test_a_refusal_lists_every_rule_that_fails(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, selection="assigned")
    response = client_of(cast.staff).post("/api/v1/enrollments/", {"session": str(session.public_id)})
    assert response.status_code == 409
    assert response.json() == {
        "type": "urn:digital-academy:problem:not_self_service",
        "title": "Not by application",
        "status": 409,
        "detail": "Seats of this session are not given by application.",
        "code": "not_self_service",
        "errors": [
            {"pointer": "", "code": "not_self_service", "detail": "Selection: Assigned."},
            {"pointer": "", "code": "other_job_family", "detail": "Job family: for ICT (now: 事務)."},
        ],
    }
    assert not Enrollment.objects.exists()


def test_hr_applies_for_the_people_of_its_scope(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    body = {"session": str(session.public_id), "staff": str(cast.ict.public_id)}
    response = client_of(cast.bureau_hr).post("/api/v1/enrollments/", body)
    assert (response.status_code, response.json()["staff"]) == (201, str(cast.ict.public_id))
    event = AuditEvent.objects.get()
    assert (event.action, event.by) == ("enrollments.apply", cast.bureau_hr)


@pytest.mark.parametrize("name", ["staff", "head", "trainer", "auditor", "bureau_hr"])
def test_nobody_applies_for_somebody_outside_the_scope(cast: Cast, client_of: ClientOf, name: str) -> None:
    body = {"session": str(open_session().public_id), "staff": str(cast.industry_head.public_id)}
    response = client_of(getattr(cast, name)).post("/api/v1/enrollments/", body)
    assert (response.status_code, response.json()["errors"]) == (
        400, [{"pointer": "/staff", "code": "not_found", "detail": "Not found."}],
    )  # fmt: skip


def test_who_is_no_person_here_says_who_applies(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post("/api/v1/enrollments/", {"session": str(open_session().public_id)})
    assert (response.status_code, response.json()["errors"]) == (
        400, [{"pointer": "/staff", "code": "required", "detail": "Say who applies."}],
    )  # fmt: skip


def test_withdrawing_answers_with_the_history(cast: Cast, client_of: ClientOf) -> None:
    made = apply(open_session(), cast.ict)
    response = client_of(cast.ict).post(f"/api/v1/enrollments/{made.public_id}/withdraw/", {"reason": "業務都合"})
    assert response.status_code == 200
    assert response.json() == body_of(
        made,
        cast,
        status="withdrawn",
        status_label="Withdrawn",
        ended_as="after_decision",
        ended_as_label="Seat given up",
        online_address=None,
        steps=[
            step("enrolled", "Enrolled", made),
            step("withdrawn", "Withdrawn", made, old="enrolled", reason="業務都合"),
        ],
        completion=[],
        due_on=None,
    )
    again = client_of(cast.ict).post(f"/api/v1/enrollments/{made.public_id}/withdraw/")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")


def test_who_sees_it_and_may_not_withdraw_is_told_so_and_others_find_nothing(cast: Cast, client_of: ClientOf) -> None:
    made = apply(open_session(), cast.ict)
    for name, status in (("head", 403), ("ict2", 404), ("staff", 404), ("auditor", 404), ("bureau_hr", 200)):
        client = client_of(getattr(cast, name))
        assert client.post(f"/api/v1/enrollments/{made.public_id}/withdraw/").status_code == status, name


def test_the_same_key_applies_once(cast: Cast, client_of: ClientOf) -> None:
    client, body = client_of(cast.ict), {"session": str(open_session().public_id)}
    first, second = (client.post("/api/v1/enrollments/", body, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, second.status_code, first.content) == (201, 201, second.content)
    assert Enrollment.objects.count() == 1


def test_a_dry_run_says_what_would_happen(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=0)
    response = client_of(cast.ict).post("/api/v1/enrollments/?dry_run=true", {"session": str(session.public_id)})
    assert (response.status_code, response.json()["result"]["status"]) == (200, "waitlisted")
    assert not Enrollment.objects.exists()
    assert Session.objects.get().last_queue_no == 0


def test_a_stale_withdrawal_is_refused(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    client = client_of(cast.ict2)
    etag = client.get(f"/api/v1/enrollments/{second.public_id}/").headers["ETag"]
    withdraw(first)
    response = client.post(f"/api/v1/enrollments/{second.public_id}/withdraw/", headers={"If-Match": etag})
    assert (response.status_code, response.json()["code"]) == (412, "stale_if_match")


def test_the_list_is_filtered_and_ordered(cast: Cast, client_of: ClientOf) -> None:
    session, other = open_session(capacity=1), open_session(times=())
    apply(session, cast.ict), apply(session, cast.staff), apply(other, cast.ict)
    client = client_of(cast.hr)

    def found(query: str) -> int:
        response = client.get(f"/api/v1/enrollments/?{query}&count=true")
        assert response.status_code == 200, response.content
        return int(response.json()["count"])

    assert found("order=applied_at") == 3
    assert found(f"session={session.public_id}") == 2
    assert found(f"course={other.course.public_id}") == 1
    assert found(f"program={other.course.program.public_id}") == 1
    assert found(f"staff={cast.ict.public_id}") == 2
    assert found(f"bureau={cast.industry.public_id}") == 1
    assert found("status=waitlisted") == 1
    assert found("fiscal_year=2022") == 3
    assert found("fiscal_year=2021") == 0
    assert client.get("/api/v1/enrollments/?state=enrolled").status_code == 400
    assert client.get("/api/v1/enrollments/?order=staff").status_code == 400


def test_the_lists_take_as_many_statements_for_many_rows_as_for_one(cast: Cast, client_of: ClientOf) -> None:
    def statements() -> list[int]:
        counts = []
        for somebody, address in ((cast.bureau_hr, "enrollments/"), (cast.ict, "me/enrollments/")):
            client = client_of(somebody)
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/api/v1/{address}")
            counts.append(len(captured))
        return counts

    apply(open_session(times=()), cast.ict)
    few = statements()
    for session in (open_session(times=(), capacity=1), open_session(times=(), capacity=2)):
        for person in (cast.ict, *crowd(cast, 4)):
            apply(session, person)
    assert statements() == few == [3, 2]


@pytest.mark.parametrize("address", ["enrollments/", "me/enrollments/", "me/opportunities/"])
def test_nobody_reads_without_signing_in(anonymous: APIClient, cast: Cast, address: str) -> None:
    assert anonymous.get(f"/api/v1/{address}").status_code == 401


@pytest.mark.parametrize("address", ["me/enrollments/", "me/opportunities/"])
def test_an_account_without_a_person_has_nothing_of_its_own(cast: Cast, client_of: ClientOf, address: str) -> None:
    assert client_of(cast.auditor).get(f"/api/v1/{address}").status_code == 403
