"""`sessions/{id}/…`: may I, the roster, giving seats, the limit, cancelling."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent, Job
from academy.operations import jobs
from courses.models import Session, SessionInstructor
from enrollments.models import Enrollment, SeatBatch
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import FOR_ICT, apply, open_session

ClientOf = Callable[[object], APIClient]


def at(session: Session, action: str) -> str:
    return f"/api/v1/sessions/{session.public_id}/{action}/"


def met(condition: str, required: str, actual: str, text: str) -> dict[str, Any]:
    return {
        "condition": condition,
        "code": "met",
        "passed": True,
        "blocks": False,
        "required": required,
        "actual": actual,
        "text": text,
        "fix": None,
    }


def test_staff_reads_why_the_ict_session_is_not_for_them(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, capacity=2)
    now = Session.objects.filter(pk=session.pk)
    response = client_of(cast.staff).get(at(session, "eligibility"))
    assert response.status_code == 200
    body = response.json()
    moment = body["findings"][1]["actual"]
    period = "from 2022-06-01 09:00 until 2022-07-10 17:00"
    assert moment.startswith("2022-06-28 ")
    assert body == {
        "session": str(now.get().public_id),
        "staff": str(cast.staff.public_id),
        "eligible": False,
        "findings": [
            met("published", "Published", "Published", "Published sessions take applications (now: Published)."),
            met("window", period, moment, f"Applications: {period} (now: {moment})."),
            met("selection", "a way in by application", "First come", "Selection: First come."),
            met("not_here_yet", "none", "none", "An application for this session: none."),
            met("course_once_a_year", "none", "none", "A seat of this course in fiscal year 2022: none."),
            {
                "condition": "job_family",
                "code": "other_job_family",
                "passed": False,
                "blocks": True,
                "required": "ICT",
                "actual": "事務",
                "text": "Job family: for ICT (now: 事務).",
                "fix": None,
            },
            met("no_clash", "none", "none", "A seat elsewhere at the same time: none."),
            met("seats", "a free seat and nobody waiting", "2 free, 0 waiting", "Seats: 2 free, 0 waiting."),
            met(
                "deciding",
                "First come",
                "nobody: seats go in the order of applications",
                "How seats are given: First come. Free seats are given in the order of applications.",
            ),
        ],
    }
    japanese = client_of(cast.staff).get(at(session, "eligibility"), headers={"accept-language": "ja"}).json()
    assert [each["text"] for each in japanese["findings"]][3:] == [
        "この回への申込み:なし。",
        "2022年度のこの講座の席:なし。",
        "職種:ICTが対象です(現在:事務)。",
        "同じ時間の別の席:なし。",
        "席の状況:空席2・キャンセル待ち0人。",
        "席の決め方:先着。空席があれば申込順に決まります。",
    ]


def test_what_would_help_is_said(cast: Cast, client_of: ClientOf) -> None:
    elsewhere = open_session(repeatable=False)
    apply(elsewhere, cast.ict)
    session = open_session(course=elsewhere.course, capacity=0, apply_from=stage.tokyo("2022-07-01 09:00"))
    body = client_of(cast.ict).get(at(session, "eligibility")).json()
    failed = [(each["condition"], each["code"], each["fix"]) for each in body["findings"] if not each["passed"]]
    assert failed == [
        ("window", "session_not_open", "Opens at 2022-07-01 09:00."),
        ("course_once_a_year", "course_taken_this_year", "Apply in fiscal year 2023."),
        ("no_clash", "person_clash", f"Withdraw from “{elsewhere.title_ja}” first."),
        ("seats", "would_wait", "The application joins the queue."),
    ]


def test_hr_asks_about_its_people_and_nobody_about_others(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT)
    asked = {"staff": str(cast.ict.public_id)}
    body = client_of(cast.bureau_hr).get(at(session, "eligibility"), asked).json()
    assert (body["staff"], body["eligible"]) == (str(cast.ict.public_id), True)
    for who, staff in ((cast.bureau_hr, cast.staff.public_id), (cast.head, cast.ict.public_id), (cast.hr, "x")):
        response = client_of(who).get(at(session, "eligibility"), {"staff": str(staff)})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "not_found")
    response = client_of(cast.hr).get(at(session, "eligibility"))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "required")


def test_a_draft_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ict).get(at(open_session(status="draft"), "eligibility")).status_code == 404


def test_the_roster_is_for_those_who_run_or_teach_the_session(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1)
    seated, waiting = apply(session, cast.ict), apply(session, cast.staff)
    gone = apply(session, cast.ict2)
    Enrollment.objects.filter(pk=gone.pk).move_to("withdrawn", by=None)
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=session, instructor=teacher)
    for who in (cast.hr, cast.trainer):
        rows = client_of(who).get(at(session, "roster")).json()["results"]
        assert [(row["id"], row["status"], row["queue_position"]) for row in rows] == [
            (str(seated.public_id), "enrolled", None),
            (str(waiting.public_id), "waitlisted", 1),
        ]
    waits = client_of(cast.hr).get(at(session, "roster"), {"status": "waitlisted"}).json()["results"]
    assert [row["staff_name"] for row in waits] == ["森 太郎"]
    for who in (cast.ict, cast.head, cast.bureau_hr, cast.auditor):
        assert client_of(who).get(at(session, "roster")).status_code == 403


def test_seats_are_given_and_each_person_is_answered(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, selection="assigned", apply_from=None, apply_until=None)
    people = [cast.ict, cast.staff, cast.ict2]
    body = {"staff": [str(each.public_id) for each in people]}
    response = client_of(cast.hr).post(at(session, "assign"), body)
    assert response.status_code == 200, response.content
    assert response.json() == {
        "asked": 3,
        "succeeded": 2,
        "batch": str(SeatBatch.objects.get().public_id),
        "results": [
            {"staff": str(cast.ict.public_id), "succeeded": True, "codes": []},
            {
                "staff": str(cast.staff.public_id),
                "succeeded": False,
                "codes": ["not_eligible", "other_job_family"],
            },
            {"staff": str(cast.ict2.public_id), "succeeded": True, "codes": []},
        ],
    }
    assert AuditEvent.objects.get().detail == {"asked": 3, "seated": 2}


def test_bureau_hr_gives_seats_of_its_own_programmes_to_its_own_people_alone(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(course=stage.course(stage.program(organization=cast.digital)))
    body = {"staff": [str(cast.ict.public_id), str(cast.staff.public_id)]}
    results = client_of(cast.bureau_hr).post(at(session, "assign"), body).json()["results"]
    assert [each["codes"] for each in results] == [[], ["not_found"]]
    for who in (cast.ict, cast.head, cast.trainer, cast.auditor):
        assert client_of(who).post(at(session, "assign"), body).status_code == 403
    assert client_of(cast.bureau_hr).post(at(open_session(), "assign"), body).status_code == 403


@pytest.mark.parametrize(("size", "key"), [(1001, None), (301, "k")])
def test_many_people_are_a_job(cast: Cast, client_of: ClientOf, size: int, key: str | None) -> None:
    session = open_session(capacity=1)
    staff = [str(cast.ict.public_id)] * (size - 1) + [str(cast.ict2.public_id)]
    headers = {"Idempotency-Key": key} if key else {}
    response = client_of(cast.hr).post(at(session, "assign"), {"staff": staff}, headers=headers)
    job = Job.objects.get()
    assert response.status_code == 202
    assert (response.json()["id"], response.json()["status"]) == (str(job.public_id), "waiting")
    assert not Enrollment.objects.exists()
    assert jobs.run_next_job()
    body = client_of(cast.hr).get(f"/api/v1/jobs/{job.public_id}/").json()
    assert (body["status"], body["all_rows"], body["result"]) == (
        "done",
        2,
        {
            "asked": 2,
            "succeeded": 1,
            "batch": str(SeatBatch.objects.get().public_id),
            "failed": [{"staff": str(cast.ict2.public_id), "codes": ["session_full"]}],
        },
    )


def test_a_dry_run_over_a_thousand_people_is_answered_at_once(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    client, address = client_of(cast.hr), at(session, "assign") + "?dry_run=true"
    some = {"staff": [str(cast.ict.public_id)] * 1000}
    shown = client.post(address, some, headers={"Idempotency-Key": "k"}).json()
    assert (shown["dry_run"], shown["result"]["asked"]) == (True, 1)
    assert not Job.objects.exists()
    assert not Enrollment.objects.exists()


def test_an_empty_list_and_too_long_a_list_are_malformed(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    for staff in ([], ["x"], [str(cast.ict.public_id)] * 50_001):
        response = client_of(cast.hr).post(at(session, "assign"), {"staff": staff})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


def test_the_limit_changes_and_the_queue_moves_up(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    waiting = apply(session, cast.ict2)
    response = client_of(cast.hr).post(at(session, "capacity"), {"capacity": 3})
    assert response.status_code == 200, response.content
    row = response.json()
    assert (row["id"], row["capacity"], row["seats_taken"], row["free_seats"]) == (str(session.public_id), 3, 2, 1)
    waiting.refresh_from_db()
    assert waiting.status == "enrolled"
    refused = client_of(cast.hr).post(at(session, "capacity"), {"capacity": 1})
    assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (
        409, "capacity_below_seats_taken", "Seats taken: 2, too many: 1.",
    )  # fmt: skip
    lifted = client_of(cast.hr).post(at(session, "capacity"), {"capacity": None}).json()
    assert (lifted["capacity"], lifted["seats_taken"], lifted["free_seats"]) == (None, None, None)
    for body in ({}, {"capacity": -1}, {"capacity": "many"}, {"capacity": 1, "seats": 2}):
        assert client_of(cast.hr).post(at(session, "capacity"), body).status_code == 400


@pytest.mark.parametrize(
    ("action", "body"), [("capacity", {"capacity": 9}), ("cancel", {"reason": "x"}), ("reschedule", {"reason": "x"})]
)
def test_only_those_who_run_the_session_change_it(
    cast: Cast, client_of: ClientOf, action: str, body: dict[str, Any]
) -> None:
    session = open_session()
    for who in (cast.bureau_hr, cast.ict, cast.head, cast.trainer, cast.auditor):
        response = client_of(who).post(at(session, action), body)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
