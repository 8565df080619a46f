"""`demand-surveys/`, `seat-proposals/` and `sessions/{id}/quotas/`: asked, answered, shared out, adopted."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Organization, Staff, User
from courses.models import DemandSurvey, SeatProposal
from tests.cast import Cast, organization
from tests.conftest import Clock
from tests.courses.catalogue import Catalogue
from tests.stage import tokyo

ClientOf = Callable[[User | Staff], APIClient]
SURVEYS = "/api/v1/demand-surveys/"
PROPOSALS = "/api/v1/seat-proposals/"


@pytest.fixture
def town(cast: Cast) -> Organization:
    return organization("132012", "municipality", "八王子市")


@pytest.fixture
def body(catalogue: Catalogue, cast: Cast, town: Organization) -> dict[str, Any]:
    return {
        "title_ja": "2023年度需要調査",
        "fiscal_year": 2023,
        "answer_by": "2022-06-30",
        "courses": [{"course": str(catalogue.seminar.public_id), "seats": 30}],
        "organizations": [str(each.public_id) for each in (cast.digital, cast.industry, town)],
    }


def codes(response: Any) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in response.json()["errors"]]


def opened(client: APIClient, body: dict[str, Any]) -> str:
    path = f"{SURVEYS}{client.post(SURVEYS, body).json()['id']}/"
    assert client.post(f"{path}open/").status_code == 200
    return path


def test_a_survey_is_made_changed_opened_and_closed(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]
) -> None:
    client = client_of(cast.hr)
    made = client.post(SURVEYS, body)
    expected = {
        "id": str(DemandSurvey.objects.get().public_id),
        "fiscal_year": 2023,
        "title_ja": "2023年度需要調査",
        "title_en": "",
        "answer_by": "2022-06-30",
        "status": "draft",
        "status_label": "Draft",
        "opened_at": None,
        "closed_at": None,
        "asked": 3,
        "answered": 0,
        "courses": [{"course": str(catalogue.seminar.public_id), "course_title_ja": "セミナー", "seats": 30}],
    }
    assert (made.status_code, made.json()) == (201, expected)
    path = f"{SURVEYS}{expected['id']}/"
    changed = client.patch(path, {"title_en": "Demand", "courses": [{"course": str(catalogue.video.public_id)}]})
    assert changed.json() == expected | {
        "title_en": "Demand",
        "courses": [{"course": str(catalogue.video.public_id), "course_title_ja": "動画講座", "seats": None}],
    }
    found = client.post(f"{path}open/").json()
    assert (found["status"], found["opened_at"][:10], found["closed_at"]) == ("open", "2022-06-28", None)
    assert client.patch(path, {"organizations": body["organizations"]}).json()["code"] == "survey_opened"
    assert client.patch(path, {"answer_by": "2022-06-01"}).json()["status"] == "due"
    assert client.post(f"{path}close/").json()["status"] == "closed"
    assert client.patch(path, {"title_ja": "x"}).json()["code"] == "survey_closed"
    assert client.get(f"{SURVEYS}?fiscal_year=2023").json()["results"][0]["id"] == expected["id"]
    assert client.get(f"{SURVEYS}?fiscal_year=2022").json()["results"] == []


def test_the_places_of_faults(catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]) -> None:
    client = client_of(cast.hr)
    nobody = "00000000-0000-7000-8000-000000000000"
    bad = {"courses": [*body["courses"], {"course": nobody}], "organizations": [nobody, str(cast.digital.public_id)]}
    assert codes(client.post(SURVEYS, body | bad)) == [
        ("/courses/1/course", "not_found"),
        ("/organizations/0", "not_found"),
    ]
    below = {"organizations": [str(cast.digital.public_id), str(cast.skills.public_id)]}
    assert codes(client.post(SURVEYS, body | below)) == [("/organizations/1", "not_bureau_level")]
    assert not DemandSurvey.objects.exists()


def test_an_organisation_sees_the_survey_and_its_own_answer(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any], town: Organization
) -> None:
    client, own = client_of(cast.hr), client_of(cast.bureau_hr)
    path = f"{SURVEYS}{client.post(SURVEYS, body).json()['id']}/"
    assert own.get(path).status_code == 404  # not opened yet
    client.post(f"{path}open/")
    assert own.get(path).json()["asked"] == 3
    seminar = str(catalogue.seminar.public_id)
    answer = {"organization": str(cast.digital.public_id), "answers": [{"course": seminar, "expected": 12}]}
    given = own.post(f"{path}answer/", answer | {"note": "仮の数"})
    row = {
        "id": given.json()["id"],
        "organization": str(cast.digital.public_id),
        "organization_code": "digital",
        "organization_name_ja": "デジタルサービス局",
        "answered_at": given.json()["answered_at"],
        "note": "仮の数",
        "answers": [{"course": seminar, "course_title_ja": "セミナー", "expected": 12}],
    }
    assert (given.status_code, given.json()) == (200, row)
    assert row["answered_at"][:10] == "2022-06-28"
    assert own.get(f"{path}answers/").json()["results"] == [row]
    assert own.post(f"{path}answer/", answer | {"organization": str(town.public_id)}).status_code == 403
    for action in ("open", "close"):
        assert own.post(f"{path}{action}/").status_code == 403
    assert own.patch(path, {"title_ja": "x"}).status_code == 403

    everybody = client.get(f"{path}answers/").json()["results"]
    assert [(each["organization_code"], each["answered_at"] is None, each["answers"]) for each in everybody] == [
        ("digital", False, row["answers"]),
        ("industry", True, []),
        ("132012", True, []),
    ]
    assert client.get(path).json()["answered"] == 1
    only = client.get(f"{path}answers/?organization={town.public_id}").json()["results"]
    assert [each["organization_code"] for each in only] == ["132012"]
    for somebody in (cast.staff, cast.auditor, cast.head):
        assert client_of(somebody).get(path).status_code == 404
        assert client_of(somebody).get(f"{path}answers/").status_code == 404
        assert client_of(somebody).post(f"{path}answer/", answer).status_code == 404


def test_an_answer_that_is_not_one(catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]) -> None:
    client = client_of(cast.hr)
    path = opened(client, body)
    one = {"course": str(catalogue.seminar.public_id), "expected": 1}
    to = {"organization": str(cast.digital.public_id)}
    assert codes(client.post(f"{path}answer/", {**to, "answers": [one, one]})) == [("/answers", "repeated")]
    assert codes(client.post(f"{path}answer/", {**to, "answers": [{**one, "expected": -1}]})) == [
        ("/answers/0/expected", "min_value")
    ]
    other = {"course": str(catalogue.video.public_id), "expected": 1}
    assert codes(client.post(f"{path}answer/", {**to, "answers": [one, other]})) == [("/answers/1/course", "not_asked")]
    elsewhere = {"organization": str(cast.tmg.public_id), "answers": [one]}
    assert client.post(f"{path}answer/", elsewhere).json()["code"] == "organization_not_asked"
    client.patch(path, {"answer_by": "2022-06-27"})
    assert client.post(f"{path}answer/", {**to, "answers": [one]}).json()["code"] == "answer_too_late"


def test_a_programme_manager_asks_about_the_own_courses(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]
) -> None:
    client = client_of(catalogue.manager)
    path = opened(client, body)
    assert client.get(f"{path}answers/").json()["results"][0]["organization_code"] == "digital"
    answer = {
        "organization": str(cast.digital.public_id),
        "answers": [{"course": str(catalogue.seminar.public_id), "expected": 12}],
    }
    assert client.post(f"{path}answer/", answer).status_code == 403
    others = {"courses": [*body["courses"], {"course": str(catalogue.video.public_id)}]}
    assert client.post(SURVEYS, body | others).status_code == 403
    assert client.patch(path, others).status_code == 403
    mixed = client_of(cast.hr).post(SURVEYS, body | others).json()["id"]
    assert client.get(f"{SURVEYS}{mixed}/").status_code == 404
    assert client_of(cast.staff).post(SURVEYS, body).status_code == 403


def test_answers_become_a_proposal_and_the_proposal_quotas(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any], town: Organization
) -> None:
    client = client_of(cast.hr)
    path = opened(client, body)
    seminar = str(catalogue.seminar.public_id)
    asked = {"survey": path.split("/")[-2], "course": seminar, "seats": 10}
    assert client.post(PROPOSALS, asked).json()["code"] == "nothing_demanded"
    for each, expected in ((cast.digital, 10), (cast.industry, 20), (town, 5)):
        answer = {"organization": str(each.public_id), "answers": [{"course": seminar, "expected": expected}]}
        client.post(f"{path}answer/", answer)
    made = client.post(PROPOSALS, asked)
    proposal = SeatProposal.objects.get()
    shares = [
        {"organization": str(body_.public_id), "organization_code": body_.code, "organization_name_ja": body_.name_ja,
         "expected": expected, "exact_numerator": numerator, "exact_denominator": 7, "exact": exact, "whole": whole,
         "remainder": remainder, "rounded_up": up, "seats": seats}
        for body_, expected, numerator, exact, whole, remainder, up, seats in (
            (town, 5, 10, "1.4286", 1, "0.4286", False, 1),
            (cast.digital, 10, 20, "2.8571", 2, "0.8571", True, 3),
            (cast.industry, 20, 40, "5.7143", 5, "0.7143", True, 6),
        )
    ]  # fmt: skip
    row = {
        "id": str(proposal.public_id),
        "survey": asked["survey"],
        "course": seminar,
        "course_title_ja": "セミナー",
        "seats": 10,
        "minimum": 0,
        "expected": 35,
        "allocated": 10,
        "unallocated": 0,
        "session": None,
        "adopted_at": None,
        "created_at": made.json()["created_at"],
    }
    assert (made.status_code, made.json()) == (201, {**row, "shares": shares})
    assert client.get(f"{PROPOSALS}?survey={asked['survey']}&course={seminar}").json()["results"] == [row]
    assert codes(client.post(PROPOSALS, asked | {"course": str(catalogue.video.public_id)})) == [
        ("/course", "not_asked")
    ]
    assert codes(client.post(PROPOSALS, asked | {"minimum": 4})) == [("/minimum", "exceeds_seats")]
    most = client.post(PROPOSALS, asked | {"seats": 40, "minimum": 2}).json()
    assert (most["minimum"], most["allocated"], most["unallocated"]) == (2, 35, 5)

    session = catalogue.draft(capacity=10)
    adopt, where = f"{PROPOSALS}{proposal.public_id}/adopt/", {"session": str(session.public_id)}
    assert client.post(adopt, where).json()["code"] == "survey_still_open"
    client.post(f"{path}close/")
    adopted = client.post(adopt, where).json()
    assert (adopted["session"], adopted["adopted_at"][:10]) == (where["session"], "2022-06-28")
    assert client.post(adopt, where).json()["code"] == "proposal_adopted"
    held = client.get(f"/api/v1/sessions/{session.public_id}/quotas/").json()["results"]
    assert {each["organization_code"]: each["seats"] for each in held} == {"digital": 3, "industry": 6, "132012": 1}

    assert client_of(catalogue.manager).get(f"{PROPOSALS}{proposal.public_id}/").status_code == 200
    for somebody in (cast.bureau_hr, cast.staff):
        assert client_of(somebody).get(f"{PROPOSALS}{proposal.public_id}/").status_code == 404
        assert client_of(somebody).post(adopt, where).status_code == 404
    assert client_of(cast.bureau_hr).post(PROPOSALS, asked).status_code == 403


def test_quotas_are_set_by_hand_and_an_organisation_sees_its_own(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, town: Organization
) -> None:
    session = catalogue.published(capacity=10)
    path = f"/api/v1/sessions/{session.public_id}/quotas/"
    client = client_of(catalogue.manager)
    one = {"organization": str(cast.digital.public_id), "seats": 6}
    bare = {"grade": None, "grade_name_ja": None, "new_recruits": False, "ceiling": None, "release_at": None,
            "seats_taken": 0}  # fmt: skip
    row = {**bare, **one, "organization_code": "digital", "organization_name_ja": "デジタルサービス局"}
    other = {"organization": str(town.public_id), "seats": 4}
    made = client.post(path, {"quotas": [one, other]})
    assert (made.status_code, made.json()) == (
        200,
        {
            "id": str(session.public_id),
            "capacity": 10,
            "quotas": [{**bare, **other, "organization_code": "132012", "organization_name_ja": "八王子市"}, row],
        },
    )
    assert client.post(path, {"quotas": [{**one, "seats": 11}]}).json()["code"] == "quotas_exceed_capacity"
    assert codes(client.post(path, {"quotas": [one, one]})) == [("/quotas/1/organization", "repeated")]
    assert len(client.get(path).json()["results"]) == 2
    assert client_of(cast.bureau_hr).get(path).json()["results"] == [row]
    assert client_of(cast.staff).get(path).json()["results"] == []
    assert client_of(cast.bureau_hr).post(path, {"quotas": []}).status_code == 403
    hidden = catalogue.draft()
    assert client_of(cast.bureau_hr).get(f"/api/v1/sessions/{hidden.public_id}/quotas/").status_code == 404


def test_what_is_to_be_answered_waits_among_the_tasks(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any], at: Clock
) -> None:
    """For HR of the organisation, from the opening until it has answered, or until the last day is over."""
    client, own = client_of(cast.hr), client_of(cast.bureau_hr)

    def tasks(reader: APIClient) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = reader.get("/api/v1/me/tasks/").json()["results"]
        return [each for each in found if each["kind"] == "demand_answer"]

    path = f"{SURVEYS}{client.post(SURVEYS, body).json()['id']}/"
    assert tasks(own) == []
    client.post(f"{path}open/")
    (task,) = tasks(own)
    assert task == {
        "kind": "demand_answer",
        "id": path.split("/")[-2],
        "title": "Answer “2023年度需要調査” for digital",
        "since": task["since"],
        "waits_until": None,
        "due_on": "2022-06-30",
        "due_at": None,
        "overdue": False,
        "next_session": None,
        "next_session_starts_on": None,
        "href": path,
    }
    assert tasks(client) == tasks(client_of(cast.staff)) == []
    at(tokyo("2022-07-01 00:00"))
    assert tasks(own) == []
    at(tokyo("2022-06-30 23:59"))
    answer = {"course": str(catalogue.seminar.public_id), "expected": 0}
    own.post(f"{path}answer/", {"organization": str(cast.digital.public_id), "answers": [answer]})
    assert tasks(own) == []
