"""`program-plans/`: drafted and approved by HR, read by everybody once in force."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, User
from courses.models import ProgramPlan
from courses.operations import plans
from courses.operations.plans import PlanLineInput
from tests import stage
from tests.cast import ALWAYS, Cast, account
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
PATH = "/api/v1/program-plans/"


@pytest.fixture
def second(cast: Cast) -> User:
    user = account("second-hr")
    RoleGrant.objects.create(user=user, role=Role.ACADEMY_HR, during=ALWAYS)
    return user


@pytest.fixture
def body(catalogue: Catalogue) -> dict[str, Any]:
    line = {
        "program": str(catalogue.central.public_id),
        "course": str(catalogue.seminar.public_id),
        "quarter": 1,
        "sessions": 3,
        "seats": 90,
        "yen": 1_200_000,
    }
    return {
        "fiscal_year": 2022,
        "title_ja": "2022年度計画",
        "lines": [
            line,
            {"program": str(catalogue.own.public_id), "sessions": 1, "provisional": True, "note": "調整中"},
        ],
    }


def codes(response: Any) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in response.json()["errors"]]


def without_ids(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in names} for row in rows]


def test_a_plan_goes_from_draft_to_force(
    catalogue: Catalogue, cast: Cast, second: User, client_of: ClientOf, body: dict[str, Any]
) -> None:
    made = client_of(cast.hr).post(PATH, body)
    plan = ProgramPlan.objects.get()
    short = {
        "id": str(plan.public_id),
        "fiscal_year": 2022,
        "organization": None,
        "organization_name_ja": None,
        "version": 1,
        "based_on": None,
        "status": "draft",
        "status_label": "Draft",
        "title_ja": "2022年度計画",
        "title_en": "",
        "note": "",
        "published_at": None,
    }
    lines = [
        {
            "program": str(catalogue.central.public_id),
            "program_title_ja": "研修central",
            "course": str(catalogue.seminar.public_id),
            "course_title_ja": "セミナー",
            "quarter": 1,
            "sessions": 3,
            "seats": 90,
            "yen": 1_200_000,
            "provisional": False,
            "note": "",
        },
        {
            "program": str(catalogue.own.public_id),
            "program_title_ja": "研修own",
            "course": None,
            "course_title_ja": None,
            "quarter": None,
            "sessions": 1,
            "seats": None,
            "yen": None,
            "provisional": True,
            "note": "調整中",
        },
    ]
    first = {"old": "", "new": "draft", "by": str(cast.hr.public_id), "reason": ""}
    found = made.json()
    assert (made.status_code, without_ids(found.pop("lines"), "id"), without_ids(found.pop("steps"), "at")) == (
        201,
        lines,
        [first],
    )
    assert found == {**short, "drafted_by": str(cast.hr.public_id), "approved_by": None}

    path = f"{PATH}{plan.public_id}/"
    assert client_of(cast.hr).post(f"{path}approve/").json()["code"] == "plan_needs_second_person"
    approved = client_of(second).post(f"{path}approve/").json()
    assert (approved["status"], approved["approved_by"]) == ("approved", str(second.public_id))
    assert client_of(cast.staff).get(path).status_code == 404
    published = client_of(cast.hr).post(f"{path}publish/").json()
    assert (published["status"], published["published_at"][:10]) == ("published", "2022-06-28")

    seen = client_of(cast.staff).get(path).json()
    assert without_ids(seen["lines"], "id") == lines
    assert (seen["status"], seen["drafted_by"], seen["approved_by"]) == ("published", None, None)
    assert without_ids(seen["steps"], "at") == [{"old": "approved", "new": "published", "by": None, "reason": ""}]
    assert len(client_of(second).get(path).json()["steps"]) == 3
    [row] = client_of(cast.staff).get(f"{PATH}?fiscal_year=2022&status=published").json()["results"]
    assert row == {**short, "status": "published", "status_label": "Published", "published_at": row["published_at"]}


def test_lines_are_replaced_and_each_fault_has_its_place(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]
) -> None:
    client = client_of(cast.hr)
    made = client.post(PATH, body).json()
    path = f"{PATH}{made['id']}/lines/"
    one = {"program": str(catalogue.central.public_id), "quarter": 2, "sessions": 1}
    changed = client.post(path, {"lines": [one]}).json()
    assert [(each["quarter"], each["sessions"], each["seats"]) for each in changed["lines"]] == [(2, 1, None)]
    rehearsed = client.post(f"{path}?dry_run=true", {"lines": body["lines"]}).json()
    assert rehearsed["changes"][0]["detail"] == {"lines": 2, "added": 2, "removed": 1, "changed": 0}
    assert client.get(f"{PATH}{made['id']}/").json()["lines"] == changed["lines"]
    nobody = "00000000-0000-7000-8000-000000000000"
    assert codes(client.post(path, {"lines": [one, {"program": nobody, "course": nobody, "sessions": 1}]})) == [
        ("/lines/1/program", "not_found"),
        ("/lines/1/course", "not_found"),
    ]
    bad = [{**one, "quarter": 5, "place": "?"}, {**one, "sessions": -1}, {"sessions": 1}, "line"]
    assert codes(client.post(path, {"lines": bad})) == [
        ("/lines/0/place", "unknown_field"),
        ("/lines/0/quarter", "max_value"),
        ("/lines/1/sessions", "min_value"),
        ("/lines/2/program", "required"),
        ("/lines/3", "invalid"),
    ]
    mixed = {"program": str(catalogue.own.public_id), "course": str(catalogue.seminar.public_id), "sessions": 1}
    assert codes(client.post(path, {"lines": [one, mixed, one]})) == [
        ("/lines/1/course", "other_program"),
        ("/lines/2", "repeated"),
    ]
    assert codes(client.post(PATH, {"fiscal_year": 1999, "lines": []})) == [
        ("/title_ja", "required"),
        ("/fiscal_year", "min_value"),
    ]


def test_an_organisation_plans_for_itself(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    other = account("other-hr")
    RoleGrant.objects.create(user=other, role=Role.BUREAU_HR, organization=cast.tmg, during=ALWAYS)
    client = client_of(cast.bureau_hr)
    line = {"program": str(catalogue.own.public_id), "sessions": 2, "seats": 100}
    body = {"fiscal_year": 2022, "title_ja": "局の計画", "lines": [line]}
    assert client.post(PATH, body).status_code == 403
    assert client.post(PATH, {**body, "organization": str(cast.industry.public_id)}).status_code == 403
    made = client.post(PATH, {**body, "organization": str(cast.digital.public_id)})
    assert (made.status_code, made.json()["organization_name_ja"]) == (201, "デジタルサービス局")
    path = f"{PATH}{made.json()['id']}/"
    for somebody in (cast.staff, catalogue.manager, cast.auditor):
        assert client_of(somebody).get(path).status_code == 404
        assert client_of(somebody).post(f"{path}approve/").status_code == 404
        assert client_of(somebody).post(PATH, body).status_code == 403
    assert client_of(other).post(f"{path}approve/").json()["status"] == "approved"
    assert client.post(f"{path}publish/").json()["status"] == "published"
    strange = {"program": str(catalogue.central.public_id), "sessions": 1}
    revised = f"{PATH}{client.post(f'{path}revise/', {'note': '追加'}).json()['id']}/"
    assert codes(client.post(f"{revised}lines/", {"lines": [line, strange]})) == [("/lines/1/program", "outside_plan")]
    assert client_of(catalogue.manager).get(path).status_code == 200
    assert client_of(catalogue.manager).post(f"{path}revise/").status_code == 403


def test_a_version_is_returned_changed_discarded_and_revised(
    catalogue: Catalogue, cast: Cast, second: User, client_of: ClientOf, body: dict[str, Any]
) -> None:
    client = client_of(second)
    made = client_of(cast.hr).post(PATH, body).json()
    path = f"{PATH}{made['id']}/"
    assert client.post(f"{path}return/", {"reason": "予算"}).json()["code"] == "illegal_transition"
    client.post(f"{path}approve/")
    assert client.patch(path, {"title_en": "Plan"}).json()["code"] == "plan_not_draft"
    assert client.post(f"{path}lines/", {"lines": []}).json()["code"] == "plan_not_draft"
    assert codes(client.post(f"{path}return/")) == [("/reason", "required")]
    returned = client.post(f"{path}return/", {"reason": "予算"}).json()
    assert (returned["status"], returned["approved_by"], returned["steps"][-1]["reason"]) == ("draft", None, "予算")
    changed = client.patch(path, {"title_en": "Plan"}).json()
    assert (changed["title_en"], changed["drafted_by"]) == ("Plan", str(second.public_id))
    assert client_of(cast.hr).post(f"{path}discard/", {"reason": "作り直し"}).json()["status"] == "discarded"
    assert client.post(f"{path}revise/").json()["code"] == "plan_not_in_force"
    assert client_of(cast.staff).get(path).status_code == 404

    line = PlanLineInput(catalogue.central, sessions=1)
    plan = plans.draft_plan(fiscal_year=2022, title_ja="計画", lines=[line], by=None)
    plans.approve_plan(plan_id=plan.pk, by=None)
    plans.publish_plan(plan_id=plan.pk, by=None)
    again = client.post(f"{PATH}{plan.public_id}/revise/", {"note": "会場の変更"})
    row = again.json()
    assert (again.status_code, row["version"], row["based_on"], row["note"], len(row["lines"])) == (
        201, 3, str(plan.public_id), "会場の変更", 1,
    )  # fmt: skip
    assert client.post(PATH, body).json()["code"] == "plan_in_force"
    assert client.post(f"{PATH}{plan.public_id}/revise/").json()["code"] == "plan_drafted"


def test_the_list_is_filtered_and_ordered(cast: Cast, client_of: ClientOf) -> None:
    for year, organization in ((2023, None), (2021, cast.digital), (2022, cast.digital)):
        ProgramPlan.objects.create(fiscal_year=year, organization=organization, version=1, title_ja="計画")
    client = client_of(cast.hr)

    def years(query: str) -> list[int]:
        return [row["fiscal_year"] for row in client.get(f"{PATH}?{query}").json()["results"]]

    assert years("") == [2021, 2022, 2023]
    assert years("order=-fiscal_year") == [2023, 2022, 2021]
    assert years(f"organization={cast.digital.public_id}") == [2021, 2022]
    assert (years("fiscal_year=2023"), years("status=published")) == ([2023], [])
    assert client.get(f"{PATH}?version=1").status_code == 400
    own = client_of(cast.bureau_hr).get(PATH).json()["results"]
    assert [row["fiscal_year"] for row in own] == [2021, 2022]
    assert client_of(cast.staff).get(PATH).json()["results"] == []


def test_a_stale_change_and_a_repeated_one(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any]
) -> None:
    client = client_of(cast.hr)
    made = client.post(PATH, body, headers={"idempotency-key": "k1"})
    assert client.post(PATH, body, headers={"idempotency-key": "k1"}).json() == made.json()
    path = f"{PATH}{made.json()['id']}/"
    etag = client.get(path).headers["ETag"]
    line = {"program": str(stage.program().public_id), "sessions": 1}
    assert client.post(f"{path}lines/", {"lines": [line]}, headers={"if-match": etag}).status_code == 200
    assert client.post(f"{path}lines/", {"lines": []}, headers={"if-match": etag}).status_code == 412
