"""`audit-cases/`: central HR opens and closes cases; what an auditor reads in one is written down."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from academy.models import AuditCase, AuditEvent, RoleGrant, StaffStatus
from tests import records, stage
from tests.cast import ALWAYS, Cast, account
from tests.whole_cast import open_case

ClientOf = Callable[[object], APIClient]
CASES = "/api/v1/audit-cases/"


def body_of(cast: Cast, **fields: object) -> dict[str, object]:
    return {"auditor": str(cast.auditor.public_id), "purpose": "定期監査", "valid_to": "2022-07-31", **fields}


def reads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="academy.audit_read").order_by("pk"))


def test_central_hr_opens_a_case(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post(CASES, body_of(cast, organization=str(cast.digital.public_id)))
    assert response.status_code == 201, response.content
    case = AuditCase.objects.get()
    shown = response.json()
    assert dt.datetime.fromisoformat(shown.pop("opened_at")) == case.opened_at
    assert shown == {
        "id": str(case.public_id),
        "auditor": str(cast.auditor.public_id),
        "auditor_username": "auditor",
        "opened_by": str(cast.hr.public_id),
        "purpose": "定期監査",
        "organization": str(cast.digital.public_id),
        "valid_from": "2022-06-28",
        "valid_to": "2022-07-31",
        "closed_at": None,
    }
    client = client_of(cast.auditor)
    assert client.get(f"{CASES}{case.public_id}/").json()["purpose"] == "定期監査"
    assert [row["id"] for row in client.get(CASES).json()["results"]] == [str(case.public_id)]


def test_what_a_head_reads_only_because_of_a_case_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    """A head sees their people anyhow, but not why somebody is on leave."""
    StaffStatus.objects.create(staff=cast.ict, kind="on_leave", reason="病気休職", during=ALWAYS)
    RoleGrant.objects.create(user=cast.user("head"), role="auditor", during=ALWAYS)
    client, address = client_of(cast.user("head")), f"/api/v1/staff/{cast.ict.public_id}/"
    assert client.get(f"{address}statuses/").status_code == 403
    open_case(cast.user("head"), by=cast.hr)
    assert client.get(address).status_code == 200
    assert reads() == []
    assert client.get(f"{address}statuses/").status_code == 200
    assert [event.detail["ids"] for event in reads()] == [[str(cast.ict.public_id)]]


def test_a_case_without_an_end_or_a_purpose_is_refused(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post(CASES, {"auditor": str(cast.auditor.public_id)})
    assert response.status_code == 400
    assert sorted((each["pointer"], each["code"]) for each in response.json()["errors"]) == [
        ("/purpose", "required"),
        ("/valid_to", "required"),
    ]


def test_a_rehearsed_case_opens_nothing(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post(f"{CASES}?dry_run=true", body_of(cast))
    assert (response.status_code, response.json()["changes"][0]["action"]) == (200, "academy.open_audit_case")
    assert not AuditCase.objects.exists()


def test_nobody_else_opens_or_closes_a_case(cast: Cast, client_of: ClientOf) -> None:
    case = open_case(cast.auditor, by=cast.hr)
    for somebody in (cast.auditor, cast.bureau_hr, cast.head, cast.staff):
        client = client_of(somebody)
        assert client.post(CASES, body_of(cast)).status_code == 403
        closing = client.post(f"{CASES}{case.public_id}/close/", {}).status_code
        assert closing == (403 if somebody == cast.auditor else 404)
        assert client.get(CASES).json()["results"] == [] or somebody == cast.auditor
    case.refresh_from_db()
    assert case.closed_at is None


def test_closing_takes_effect_at_once(cast: Cast, client_of: ClientOf) -> None:
    case = open_case(cast.auditor, by=cast.hr)
    auditor = client_of(cast.auditor)
    assert len(auditor.get("/api/v1/staff/").json()["results"]) == 6
    closed = client_of(cast.hr).post(f"{CASES}{case.public_id}/close/", {})
    assert (closed.status_code, closed.json()["closed_at"] is not None) == (200, True)
    assert auditor.get("/api/v1/staff/").json()["results"] == []
    assert auditor.get(f"/api/v1/staff/{cast.ict.public_id}/").status_code == 404


@pytest.mark.parametrize("address", ["staff/", "roles/", "enrollments/", "audit-events/"])
def test_without_a_case_an_auditor_reads_nothing_of_others(cast: Cast, client_of: ClientOf, address: str) -> None:
    records.enrolled(stage.session(status="published"), cast.ict)
    AuditEvent.objects.create(action="academy.test", by=cast.hr)
    RoleGrant.objects.filter(user=cast.auditor).update(during=ALWAYS)
    rows = client_of(cast.auditor).get(f"/api/v1/{address}").json()["results"]
    assert [row.get("username") for row in rows] == (["auditor"] if address == "roles/" else [])
    assert reads() == []


def test_a_list_is_written_down_without_the_values_asked_for(cast: Cast, client_of: ClientOf) -> None:
    case = open_case(cast.auditor, by=cast.hr, organization=cast.digital)
    answer = client_of(cast.auditor).get("/api/v1/staff/?search=髙橋&page_size=2")
    assert [row["name"] for row in answer.json()["results"]] == ["髙橋 花子"]
    (event,) = reads()
    assert (event.by, event.target_kind, event.target) == (cast.auditor, "academy.auditcase", case.public_id)
    assert event.detail == {
        "address": "/api/v1/staff/",
        "parameters": ["page_size", "search"],
        "rows": 1,
        "ids": [str(cast.ict.public_id)],
        "counted": None,
    }


def test_every_kind_of_row_that_a_case_opens_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    open_case(cast.auditor, by=cast.hr)
    (enrollment,) = records.enrolled(stage.session(status="published"), cast.ict)
    event = AuditEvent.objects.create(action="academy.test", by=cast.hr)
    grant = RoleGrant.objects.get(user=cast.bureau_hr)
    client = client_of(cast.auditor)
    rows = {
        f"staff/{cast.ict.public_id}/": cast.ict.public_id,
        f"staff/{cast.ict.public_id}/assignments/": cast.ict.public_id,
        f"enrollments/{enrollment.public_id}/": enrollment.public_id,
        f"roles/{grant.public_id}/": grant.public_id,
        f"audit-events/{event.public_id}/": event.public_id,
    }
    for address, read in rows.items():
        assert client.get(f"/api/v1/{address}").status_code == 200
        logged = reads()[-1].detail
        assert (logged["address"], logged["ids"]) == (f"/api/v1/{address}", [str(read)])
    assert len(reads()) == len(rows)
    for address in ("staff/", "enrollments/", "roles/", "audit-events/"):
        shown = client.get(f"/api/v1/{address}").json()["results"]
        logged = reads()[-1].detail
        assert logged["address"] == f"/api/v1/{address}"
        assert set(logged["ids"] or []) <= {row["id"] for row in shown}
        assert logged["rows"] > 0


def test_a_number_alone_is_written_down_too(cast: Cast, client_of: ClientOf) -> None:
    """Of a page without a row of others, `count` still tells how many there are."""
    open_case(cast.auditor, by=cast.hr)
    client = client_of(cast.auditor)
    assert client.get("/api/v1/roles/?count=true&page_size=1&order=-granted_at").json()["count"] == 3
    assert reads()[-1].detail["counted"] == 2


def test_a_reading_that_found_the_client_up_to_date_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    open_case(cast.auditor, by=cast.hr)
    client, address = client_of(cast.auditor), f"/api/v1/staff/{cast.ict.public_id}/"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(address).status_code == 200
    assert [event.detail["ids"] for event in reads()] == [[str(cast.ict.public_id)]] * 3


def test_what_is_public_ones_own_or_refused_leaves_no_reading(cast: Cast, client_of: ClientOf) -> None:
    case = open_case(cast.auditor, by=cast.hr, organization=cast.digital)
    client = client_of(cast.auditor)
    own = RoleGrant.objects.get(user=cast.auditor)
    addresses = {
        "organizations/": 200,
        "sessions/": 200,
        "me/": 200,
        f"roles/{own.public_id}/": 200,
        f"audit-cases/{case.public_id}/": 200,
        f"staff/{cast.staff.public_id}/": 404,
        "staff/?colour=red": 400,
        "assessments/": 200,
        "exam-attempts/": 200,
    }
    assert {each: client.get(f"/api/v1/{each}").status_code for each in addresses} == addresses
    assert reads() == []


def test_the_readings_of_others_are_no_audit(cast: Cast, client_of: ClientOf) -> None:
    open_case(cast.auditor, by=cast.hr)
    for somebody in (cast.hr, cast.bureau_hr, cast.head, cast.ict):
        assert client_of(somebody).get("/api/v1/staff/").status_code == 200
    assert reads() == []


def test_two_open_cases_are_both_told(cast: Cast, client_of: ClientOf) -> None:
    cases = [open_case(cast.auditor, by=cast.hr, organization=each) for each in (cast.digital, cast.industry)]
    client_of(cast.auditor).get("/api/v1/staff/")
    assert {event.target for event in reads()} == {case.public_id for case in cases}


def test_a_case_opens_no_writing(cast: Cast, client_of: ClientOf) -> None:
    open_case(cast.auditor, by=cast.hr)
    session = stage.session(status="published", apply_from=stage.tokyo("2022-06-01 09:00"))
    (enrollment,) = records.enrolled(session, cast.ict)
    client, before = client_of(cast.auditor), AuditEvent.objects.count()
    attempts: dict[str, dict[str, object]] = {
        f"enrollments/{enrollment.public_id}/withdraw/": {"reason": "監査"},
        "enrollments/": {"session": str(session.public_id), "staff": str(cast.ict2.public_id)},
        f"roles/{RoleGrant.objects.get(user=cast.bureau_hr).public_id}/end/": {},
        f"sessions/{session.public_id}/attendance/": {"meeting": str(UUID(int=0)), "rest": "present"},
    }
    statuses = [client.post(f"/api/v1/{address}", body).status_code for address, body in attempts.items()]
    assert statuses == [403, 400, 403, 403]
    assert AuditEvent.objects.count() == before


def test_a_planner_in_a_case_names_nobody_they_know_from_it(cast: Cast, client_of: ClientOf) -> None:
    """A manager who is also an auditor adds to the audience whom a manager may, not whom the case shows."""
    both, program = account("both"), stage.program()
    RoleGrant.objects.create(user=both, role="programme_manager", program=program.public_id, during=ALWAYS)
    RoleGrant.objects.create(user=both, role="auditor", during=ALWAYS)
    open_case(both, by=cast.hr)
    course = stage.course(program)
    client = client_of(both)
    assert client.get(f"/api/v1/staff/{cast.ict.public_id}/").status_code == 200
    body = {"staff": str(cast.ict.public_id), "reason": "監査で知った"}
    refused = client.post(f"/api/v1/courses/{course.public_id}/include/", body)
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [("/staff", "not_found")]
