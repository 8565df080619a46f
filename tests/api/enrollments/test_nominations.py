"""`sessions/{id}/nominate/`, `sessions/{id}/nominations/`, `nominations/{id}/` and its `recall/`."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import Staff
from enrollments.models import Enrollment, Nomination, NominationList
from tests.cast import Cast
from tests.enrollments.nominating import awaiting, nominate, session

ClientOf = Callable[[object], APIClient]


def line(each: Nomination, staff: Staff, name: str, *, added: bool = False, status: str = "applied") -> dict[str, Any]:
    return {
        "id": str(each.public_id),
        "rank": each.rank,
        "enrollment": str(each.enrollment.public_id),
        "staff": str(staff.public_id),
        "staff_name": name,
        "organization_name_ja": "人材課",
        "grade_name_ja": each.enrollment.grade.name_ja,
        "added": added,
        "status": status,
        "status_label": status.title(),
    }


def test_a_bureau_hands_in_its_list_reads_it_and_recalls_it(cast: Cast, client_of: ClientOf) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    hr, address = client_of(cast.bureau_hr), f"/api/v1/sessions/{held.public_id}/"
    body = {
        "organization": str(cast.digital.public_id),
        "ranked": [{"staff": str(cast.ict2.public_id)}, {"enrollment": str(mine.public_id)}],
    }
    rehearsed = hr.post(f"{address}nominate/?dry_run=true", body)
    assert (rehearsed.status_code, NominationList.objects.exists()) == (200, False)
    answer = hr.post(f"{address}nominate/", body)
    assert answer.status_code == 201, answer.json()
    made = NominationList.objects.get()
    first, second = Nomination.objects.order_by("rank")
    expected = {
        "id": str(made.public_id),
        "session": str(held.public_id),
        "round": 1,
        "organization": str(cast.digital.public_id),
        "organization_name_ja": "デジタルサービス局",
        "submitted_at": answer.json()["submitted_at"],
        "recalled_at": None,
        "ranked": [
            line(first, cast.ict2, "山﨑 次郎", added=True),
            line(second, cast.ict, "髙橋 花子"),
        ],
    }
    assert answer.json() == expected
    for reader in (cast.bureau_hr, cast.hr):
        read = client_of(reader).get(f"{address}nominations/").json()
        assert read == {"next": None, "previous": None, "results": [expected]}
        assert client_of(reader).get(f"/api/v1/nominations/{made.public_id}/").json() == expected
    assert client_of(cast.ict).get(f"{address}nominations/").json()["results"] == []
    own = client_of(cast.ict).get("/api/v1/me/enrollments/").json()["results"]
    assert "rank" not in own[0], "ranks are for bureau and office"
    recalled = hr.post(f"/api/v1/nominations/{made.public_id}/recall/", {})
    assert recalled.status_code == 200
    expected["recalled_at"] = recalled.json()["recalled_at"]
    expected["ranked"] = [
        line(first, cast.ict2, "山﨑 次郎", added=True, status="withdrawn"),
        line(second, cast.ict, "髙橋 花子"),
    ]
    assert expected["recalled_at"] is not None
    assert recalled.json() == expected


def test_what_is_wrong_is_told_at_its_place(cast: Cast, client_of: ClientOf) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    hr, address = client_of(cast.bureau_hr), f"/api/v1/sessions/{held.public_id}/nominate/"
    bureau = {"organization": str(cast.digital.public_id)}
    left = hr.post(address, bureau | {"ranked": []})
    assert left.status_code == 400
    assert [(each["pointer"], each["code"]) for each in left.json()["errors"]] == [("/ranked", "not_named")]
    neither = hr.post(address, bureau | {"ranked": [{}]})
    assert [each["code"] for each in neither.json()["errors"]] == ["one_of_two"]
    no_reason = hr.post(address, bureau | {"ranked": [], "refused": [{"enrollment": str(mine.public_id)}]})
    assert [each["code"] for each in no_reason.json()["errors"]] == ["required"]
    assert hr.post(address, bureau | {"ranked": [], "other": 1}).status_code == 400
    assert Enrollment.objects.get(pk=mine.pk).rank is None


def test_others_hand_in_and_recall_nothing(cast: Cast, client_of: ClientOf) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    address = f"/api/v1/sessions/{held.public_id}/nominate/"
    others = {"organization": str(cast.industry.public_id), "ranked": []}
    assert client_of(cast.bureau_hr).post(address, others).status_code == 403
    assert client_of(cast.ict).post(address, others).status_code == 403
    made = nominate(cast, held, organization=cast.industry, by=cast.hr)
    assert client_of(cast.bureau_hr).post(f"/api/v1/nominations/{made.public_id}/recall/", {}).status_code == 404
    assert client_of(cast.bureau_hr).get(f"/api/v1/nominations/{made.public_id}/").status_code == 404
    read = client_of(cast.bureau_hr).get(f"/api/v1/sessions/{held.public_id}/nominations/")
    assert read.json()["results"] == []
    assert mine.status == "applied"


def test_who_is_hidden_is_on_it_for_academy_hr_alone(cast: Cast, client_of: ClientOf) -> None:
    held = session()
    first, second = awaiting(cast, held, cast.ict, cast.ict2)
    made = nominate(cast, held, first, second)
    cast.ict2.directory_hidden = True
    cast.ict2.save()
    address = f"/api/v1/sessions/{held.public_id}/nominations/"
    shown = {
        who: [each["rank"] for each in client_of(reader).get(address).json()["results"][0]["ranked"]]
        for who, reader in {"bureau": cast.bureau_hr, "office": cast.hr}.items()
    }
    assert shown == {"bureau": [1], "office": [1, 2]}
    assert made.nominations.count() == 2
