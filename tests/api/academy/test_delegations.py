"""`delegations/`."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import Delegation, Role, RoleGrant
from academy.posts import approver_of
from tests.cast import ALWAYS, Cast

URL = "/api/v1/delegations/"
TODAY = dt.date(2022, 6, 28)

ClientOf = Callable[[object], APIClient]


def handed_on(client: APIClient, cast: Cast, **also: Any) -> dict[str, Any]:
    body = {"delegate": str(cast.ict2.public_id), "valid_to": "2022-07-05", "reason": "出張", **also}
    answer = client.post(URL, body)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_a_head_hands_on_their_own(cast: Cast, client_of: ClientOf) -> None:
    made = handed_on(client_of(cast.head), cast)
    assert dt.datetime.fromisoformat(made.pop("created_at")).utcoffset() == dt.timedelta(hours=9)
    assert made == {
        "id": str(Delegation.objects.get().public_id),
        "delegator": str(cast.head.public_id),
        "delegator_name": "𠮷田 三恵",
        "delegate": str(cast.ict2.public_id),
        "delegate_name": "山﨑 次郎",
        "reason": "出張",
        "valid_from": "2022-06-28",
        "valid_to": "2022-07-05",
        "revoked_at": None,
    }
    assert client_of(cast.ict2).get(f"{URL}{made['id']}/").json()["delegator_name"] == "𠮷田 三恵"


def test_hr_hands_on_for_a_head_and_takes_it_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bureau_hr)
    made = handed_on(client, cast, delegator=str(cast.head.public_id))
    found = approver_of(cast.ict.pk, on=TODAY)
    assert found is not None
    assert found.staff_id == cast.ict2.pk
    ended = client.post(f"{URL}{made['id']}/end/", {})
    assert (ended.status_code, ended.json()["revoked_at"] is None) == (200, False)
    found = approver_of(cast.ict.pk, on=TODAY)
    assert found is not None
    assert found.staff_id == cast.head.pk


def test_hr_who_is_no_person_here_names_the_head(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.hr).post(URL, {"delegate": str(cast.ict.public_id), "valid_to": "2022-07-05"})
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"pointer": "/delegator", "code": "required", "detail": "Name who delegates."}],
    )


def test_the_hidden_and_the_missing_are_refused_alike(cast: Cast, client_of: ClientOf) -> None:
    answers = [
        client_of(cast.head).post(URL, {"delegate": str(each), "valid_to": "2022-07-05"})
        for each in (cast.staff.public_id, cast.tmg.public_id)
    ]
    assert [(answer.status_code, answer.json()["errors"][0]["code"]) for answer in answers] == [(400, "not_found")] * 2
    assert answers[0].json() == answers[1].json()


def test_an_end_is_required_and_nothing_unknown_comes_in(cast: Cast, client_of: ClientOf) -> None:
    client, body = client_of(cast.head), {"delegate": str(cast.ict2.public_id)}
    assert client.post(URL, body).json()["errors"][0]["pointer"] == "/valid_to"
    answer = client.post(URL, {**body, "valid_to": "2022-07-05", "revoked_at": None})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")


def test_who_heads_nothing_delegates_nothing(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ict).post(URL, {"delegate": str(cast.ict.public_id), "valid_to": "2022-07-05"})
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/delegate", "self"),
        ("/delegator", "heads_no_unit"),
    ]


def test_a_circle_and_an_overlap_are_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    pair = {"delegator": str(cast.head.public_id), "delegate": str(cast.industry_head.public_id)}
    assert client.post(URL, {**pair, "valid_to": "2022-07-05"}).status_code == 201
    again = client.post(URL, {**pair, "valid_to": "2022-07-05"})
    back = {"delegator": pair["delegate"], "delegate": pair["delegator"], "valid_to": "2022-07-05"}
    assert [(each.status_code, each.json()["code"]) for each in (again, client.post(URL, back))] == [
        (409, "dates_overlap"),
        (409, "circular_delegation"),
    ]


def test_a_dry_run_hands_nothing_on(cast: Cast, client_of: ClientOf) -> None:
    body = {"delegate": str(cast.ict2.public_id), "valid_to": "2022-07-05"}
    answer = client_of(cast.head).post(f"{URL}?dry_run=true", body)
    assert (answer.status_code, answer.json()["result"]["delegate_name"]) == (200, "山﨑 次郎")
    assert Delegation.objects.count() == 0


def test_the_list_is_filtered_by_either_side(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    handed_on(client, cast, delegator=str(cast.head.public_id))
    handed_on(client, cast, delegator=str(cast.industry_head.public_id), delegate=str(cast.trainer.public_id))

    def found(query: str) -> list[str]:
        return [each["delegator_name"] for each in client.get(f"{URL}{query}").json()["results"]]

    assert found("?order=created_at") == ["𠮷田 三恵", "鈴木 五月"]
    assert found(f"?delegator={cast.industry_head.public_id}") == ["鈴木 五月"]
    assert found(f"?delegate={cast.ict2.public_id}") == ["𠮷田 三恵"]
    assert client.get(f"{URL}?reason=x").status_code == 400


def test_others_do_not_find_it(cast: Cast, client_of: ClientOf) -> None:
    made = handed_on(client_of(cast.head), cast)
    RoleGrant.objects.create(user=cast.auditor, role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS)
    for somebody in (cast.ict, cast.trainer, cast.auditor):
        client = client_of(somebody)
        assert client.get(f"{URL}{made['id']}/").status_code == 404
        assert client.post(f"{URL}{made['id']}/end/", {}).status_code == 404
        assert client.get(URL).json()["results"] == []
    assert client_of(cast.ict2).post(f"{URL}{made['id']}/end/", {}).status_code == 403
