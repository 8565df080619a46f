"""`staff/{id}/assignments/`, `staff/{id}/statuses/` and how each ends."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import Assignment, AuditEvent, StaffStatus
from tests.cast import Cast, organization

ClientOf = Callable[[object], APIClient]


def posts_of(cast: Cast) -> str:
    return f"/api/v1/staff/{cast.ict.public_id}/assignments/"


def statuses_of(cast: Cast) -> str:
    return f"/api/v1/staff/{cast.ict.public_id}/statuses/"


def a_post(cast: Cast, **also: Any) -> dict[str, Any]:
    return {
        "kind": "primary",
        "organization": str(cast.planning.public_id),
        "grade": str(cast.grades["shunin"].public_id),
        "job_family": str(cast.ict_family.public_id),
        "valid_from": "2022-07-01",
        **also,
    }


def test_hr_changes_the_primary_post(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.bureau_hr).post(posts_of(cast), a_post(cast, post="主任", head_of_unit=True))
    made = Assignment.objects.live().get(organization=cast.planning)
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": str(made.public_id),
            "staff": str(cast.ict.public_id),
            "kind": "primary",
            "kind_label": "Primary post",
            "organization": str(cast.planning.public_id),
            "organization_name_ja": "戦略部",
            "grade": str(cast.grades["shunin"].public_id),
            "grade_name_ja": "主任級",
            "job_family": str(cast.ict_family.public_id),
            "job_family_name_ja": "ICT",
            "post": "主任",
            "head_of_unit": True,
            "headquarters": True,
            "valid_from": "2022-07-01",
            "valid_to": None,
            "work_place": None,
            "work_place_name_ja": None,
            "deputy_of_unit": False,
        },
    )
    shown = client_of(cast.ict).get(posts_of(cast)).json()
    assert [(each["organization_name_ja"], each["valid_from"], each["valid_to"]) for each in shown] == [
        ("人材課", "2021-04-01", "2022-06-30"),
        ("戦略部", "2022-07-01", None),
    ]
    event = AuditEvent.objects.get(action="academy.add_post")
    assert (event.target, event.detail) == (made.public_id, {"staff": str(cast.ict.public_id), "kind": "primary"})


def test_a_secondment_names_its_work_place_and_ends_with_a_day(cast: Cast, client_of: ClientOf) -> None:
    client, island = client_of(cast.bureau_hr), organization("island", "municipality", "島", cast.tmg)
    body = a_post(cast, kind="secondment", organization=str(cast.skills.public_id))
    assert client.post(posts_of(cast), body).json()["errors"][0]["pointer"] == "/work_place"
    made = client.post(posts_of(cast), {**body, "work_place": str(island.public_id)}).json()
    assert made["work_place"] == str(island.public_id)
    ended = client.post(f"/api/v1/assignments/{made['id']}/end/", {"last_day": "2022-12-31"})
    assert (ended.status_code, ended.json()) == (200, {**made, "id": ended.json()["id"], "valid_to": "2022-12-31"})
    assert ended.json()["id"] != made["id"]
    assert client.post(f"/api/v1/assignments/{made['id']}/end/", {"last_day": "2022-12-31"}).status_code == 404


def test_outside_the_scope_it_is_refused_at_either_end(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.bureau_hr).post(posts_of(cast), a_post(cast, organization=str(cast.trade.public_id)))
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    elsewhere = f"/api/v1/staff/{cast.staff.public_id}/assignments/"
    assert client_of(cast.bureau_hr).post(elsewhere, a_post(cast)).status_code == 404
    post = Assignment.objects.get(staff=cast.staff).public_id
    ending = client_of(cast.bureau_hr).post(f"/api/v1/assignments/{post}/end/", {"last_day": "2022-07-01"})
    assert ending.status_code == 404


def test_who_is_not_hr_of_the_person_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    own = Assignment.objects.get(staff=cast.ict).public_id
    for somebody, expected in ((cast.ict, 403), (cast.head, 403), (cast.trainer, 404), (cast.auditor, 404)):
        client = client_of(somebody)
        assert client.post(posts_of(cast), a_post(cast)).status_code == expected
        assert client.post(statuses_of(cast), {"kind": "on_leave", "valid_from": "2022-07-01"}).status_code == expected
        assert client.post(f"/api/v1/assignments/{own}/end/", {"last_day": "2022-07-01"}).status_code == expected
    assert Assignment.objects.filter(staff=cast.ict).count() == 1


def test_what_is_wrong_is_named_by_its_place(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    wrong = client.post(posts_of(cast), a_post(cast, organization=str(cast.ict.public_id), salary=1))
    assert [(each["pointer"], each["code"]) for each in wrong.json()["errors"]] == [
        ("/salary", "unknown_field"),
        ("/organization", "not_found"),
    ]
    missing = client.post(posts_of(cast), a_post(cast, organization=str(cast.ict.public_id)))
    assert [(each["pointer"], each["code"]) for each in missing.json()["errors"]] == [("/organization", "not_found")]
    early = client.post(posts_of(cast), a_post(cast, valid_to="2022-06-30"))
    assert [(each["pointer"], each["code"]) for each in early.json()["errors"]] == [("/valid_to", "before_start")]


def test_a_status_is_told_to_the_person_and_hr_alone(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bureau_hr)
    made = client.post(statuses_of(cast), {"kind": "on_leave", "reason": "育児休業", "valid_from": "2022-07-01"})
    row = {
        "id": str(StaffStatus.objects.get().public_id),
        "kind": "on_leave",
        "kind_label": "On leave",
        "reason": "育児休業",
        "sensitivity": "sensitive",
        "sensitivity_label": "Named only to the person and HR",
        "valid_from": "2022-07-01",
        "valid_to": None,
    }
    assert (made.status_code, made.json()) == (201, row)
    for somebody in (cast.ict, cast.bureau_hr, cast.hr):
        assert client_of(somebody).get(statuses_of(cast)).json() == [row]
    refused = client_of(cast.head).get(statuses_of(cast))
    assert (refused.status_code, "育児" in str(refused.json())) == (403, False)
    assert client_of(cast.ict2).get(statuses_of(cast)).status_code == 404
    assert (
        client_of(cast.head).post(f"/api/v1/statuses/{row['id']}/end/", {"last_day": "2022-07-31"}).status_code == 404
    )
    assert client_of(cast.ict).post(f"/api/v1/statuses/{row['id']}/end/", {"last_day": "2022-07-31"}).status_code == 403
    ended = client.post(f"/api/v1/statuses/{row['id']}/end/", {"last_day": "2022-07-31"}).json()
    assert ended == {**row, "id": ended["id"], "valid_to": "2022-07-31"}
    assert client_of(cast.ict).get(statuses_of(cast)).json() == [ended]
    details = AuditEvent.objects.filter(action__contains="status").values_list("detail", flat=True)
    assert list(details) == [{"staff": str(cast.ict.public_id)}] * 2
