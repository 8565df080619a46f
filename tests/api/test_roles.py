"""`roles/`: central HR gives and ends roles; a role counts from the next request."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from academy.access import Viewer, staff_visible_to
from academy.models import AuditEvent, Role, RoleGrant
from tests import stage
from tests.cast import Cast

ClientOf = Callable[[object], APIClient]


def test_central_hr_grants_a_role(cast: Cast, client_of: ClientOf) -> None:
    body = {
        "user": str(cast.user("trainer").public_id),
        "role": "bureau_hr",
        "organization": str(cast.industry.public_id),
    }
    response = client_of(cast.hr).post("/api/v1/roles/", body)
    assert response.status_code == 201, response.content
    grant = RoleGrant.objects.get(user=cast.user("trainer"))
    assert response.json() == {
        "id": str(grant.public_id),
        "user": str(cast.user("trainer").public_id),
        "username": "trainer",
        "role": "bureau_hr",
        "role_label": "Bureau HR",
        "organization": str(cast.industry.public_id),
        "program": None,
        "job_family": None,
        "valid_from": "2022-06-28",
        "valid_to": None,
        "revoked_at": None,
    }
    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.target) == ("academy.grant_role", cast.hr, grant.public_id)


def test_a_dry_run_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("trainer").public_id), "role": "statistics"}
    before = RoleGrant.objects.count()
    response = client_of(cast.hr).post("/api/v1/roles/?dry_run=true", body)
    assert response.status_code == 200
    assert response.json()["dry_run"] is True
    assert [change["action"] for change in response.json()["changes"]] == ["academy.grant_role"]
    assert (RoleGrant.objects.count(), AuditEvent.objects.count()) == (before, 0)


def test_a_key_gives_the_same_answer_and_one_effect(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("trainer").public_id), "role": "statistics"}
    client = client_of(cast.hr)
    first = client.post("/api/v1/roles/", body, headers={"Idempotency-Key": "k1"})
    second = client.post("/api/v1/roles/", body, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert RoleGrant.objects.filter(role="statistics").count() == 1
    other = client.post("/api/v1/roles/", {**body, "role": "auditor"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_only_central_hr_grants(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("ict").public_id), "role": "auditor"}
    for somebody in (cast.bureau_hr, cast.auditor, cast.head, cast.staff):
        response = client_of(somebody).post("/api/v1/roles/", body)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_nobody_grants_to_themselves(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post("/api/v1/roles/", {"user": str(cast.hr.public_id), "role": "auditor"})
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "/user", "code": "own_role", "detail": "Nobody grants a role to themselves."}
    ]


def test_a_scope_that_no_rule_reads_is_refused(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("trainer").public_id)}
    program, organization = str(stage.program().public_id), str(cast.industry.public_id)
    family = str(cast.ict_family.public_id)
    for role, wrong in (
        ("academy_hr", {"program": program}),
        ("provider", {"program": program, "organization": organization}),
        ("programme_manager", {"program": program, "job_family": family}),
        ("statistics", {"organization": organization}),
        ("auditor", {"organization": organization}),
    ):
        response = client_of(cast.hr).post("/api/v1/roles/", {**body, "role": role, **wrong})
        assert [each["code"] for each in response.json()["errors"]] == ["scope_not_read"]
    missing = {"role": "provider", "program": str(uuid4())}
    assert client_of(cast.hr).post("/api/v1/roles/", {**body, **missing}).json()["errors"][0]["code"] == "not_found"


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("academy_hr", "program"),
        ("bureau_hr", "program"),
        ("programme_manager", "job_family"),
        ("provider", "organization"),
        ("provider", "job_family"),
        ("skill_office", "program"),
        ("statistics", "organization"),
        ("auditor", "organization"),
    ],
)
def test_a_narrower_grant_than_the_rules_read_opens_nothing(cast: Cast, role: str, part: str) -> None:
    """Rows that reached the table by another way: closed, not wide open."""
    scope = {
        "organization": cast.digital if role == "bureau_hr" or part == "organization" else None,
        "program": uuid4() if role in {"programme_manager", "provider"} or part == "program" else None,
        "job_family": cast.ict_family if part == "job_family" else None,
    }
    RoleGrant.objects.filter(user=cast.hr).update(role=role, **scope)
    viewer = Viewer(cast.hr)
    assert (viewer.has(*Role), viewer.everywhere(*Role), viewer.roots(*Role), viewer.programs(*Role)) == (
        False, False, [], [],
    )  # fmt: skip
    assert not staff_visible_to(viewer).exists()


def test_a_role_is_given_for_a_job_family(cast: Cast, client_of: ClientOf) -> None:
    body = {
        "user": str(cast.user("trainer").public_id),
        "role": "skill_office",
        "job_family": str(cast.ict_family.public_id),
    }
    given = client_of(cast.hr).post("/api/v1/roles/", body)
    assert (given.status_code, given.json()["job_family"]) == (201, body["job_family"])
    assert RoleGrant.objects.get(role="skill_office").job_family == cast.ict_family
    assert client_of(cast.hr).post("/api/v1/roles/", body).json()["code"] == "already_exists"
    other = {**body, "job_family": str(cast.office_family.public_id)}
    assert client_of(cast.hr).post("/api/v1/roles/", other).status_code == 201


def test_the_same_role_is_not_given_twice(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("trainer").public_id), "role": "statistics"}
    assert client_of(cast.hr).post("/api/v1/roles/", body).status_code == 201
    again = client_of(cast.hr).post("/api/v1/roles/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("valid_from", "ended"),
    [("2022-06-01", ("2022-06-01", "2022-06-27", False)), ("2022-06-28", ("2022-06-28", None, True))],
)
def test_ending_a_role_rewrites_no_day_that_was(
    cast: Cast, client_of: ClientOf, valid_from: str, ended: tuple[str, str | None, bool]
) -> None:
    body = {"user": str(cast.user("trainer").public_id), "role": "auditor", "valid_from": valid_from}
    given = client_of(cast.hr).post("/api/v1/roles/", body).json()
    row = client_of(cast.hr).post(f"/api/v1/roles/{given['id']}/end/", {}).json()
    assert (row["valid_from"], row["valid_to"], row["revoked_at"] is not None) == ended
    assert not Viewer(cast.user("trainer")).has(Role.AUDITOR)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31"])
def test_a_day_outside_the_known_years_is_refused(cast: Cast, client_of: ClientOf, day: str) -> None:
    body = {"user": str(cast.user("trainer").public_id), "role": "auditor", "valid_to": day}
    response = client_of(cast.hr).post("/api/v1/roles/", body)
    assert [(each["pointer"], each["code"]) for each in response.json()["errors"]] == [("/valid_to", "out_of_range")]


def test_staff_list_pages(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    first = client.get("/api/v1/staff/?page_size=4&count=true").json()
    second = client.get(first["next"]).json()
    names = [row["kana"] for row in first["results"] + second["results"]]
    assert (first["count"], len(names), names) == (6, 6, sorted(names))
    assert client.get(second["previous"]).json()["results"] == first["results"]
