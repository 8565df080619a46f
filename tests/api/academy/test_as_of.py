"""`?as_of=`: what was true on a day, as known now."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Assignment, Organization, OrganizationEdge, OrganizationSuccession, Staff, StaffName, User
from tests.cast import SINCE, Cast, organization, person, post, repost
from tests.records import crowd

ClientOf = Callable[[User | Staff], APIClient]
REFORM = dt.date(2022, 7, 1)
EVE = "2022-06-30"
DAY = "2022-07-01"


@pytest.fixture
def reform(cast: Cast) -> Organization:
    """On 2022-07-01 商工課 moves to the digital bureau, 人材課 ends and becomes 育成課; ict moves there, ict2 leaves."""
    OrganizationEdge.objects.filter(child=cast.trade).update(during=DateRange(SINCE, REFORM))
    OrganizationEdge.objects.create(child=cast.trade, parent=cast.digital, during=DateRange(REFORM, None))
    growth = organization("growth", "section", "育成課", cast.planning)
    Organization.objects.filter(pk=growth.pk).update(during=DateRange(REFORM, None))
    OrganizationEdge.objects.filter(child=growth).update(during=DateRange(REFORM, None))
    Organization.objects.filter(pk=cast.skills.pk).update(during=DateRange(SINCE, REFORM))
    OrganizationEdge.objects.filter(child=cast.skills).update(during=DateRange(SINCE, REFORM))
    OrganizationSuccession.objects.create(
        predecessor=cast.skills, successor=growth, on=REFORM, kind="renamed", certainty="guess", note="改称"
    )
    for each in (cast.ict, cast.ict2, cast.head, cast.trainer):
        repost(each, during=DateRange(SINCE, REFORM))
    post(cast.ict, growth, cast.grades["shunin"], cast.ict_family, during=DateRange(REFORM, None))
    return growth


def listed(client: APIClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}/", asked)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def codes(client: APIClient, **asked: Any) -> set[str]:
    return {row["code"] for row in listed(client, "organizations", **asked)}


def people(client: APIClient, **asked: Any) -> list[str]:
    return [row["name"] for row in listed(client, "staff", **asked)]


def test_a_former_bureau_is_not_told_the_name_of_later(cast: Cast, client_of: ClientOf) -> None:
    june = dt.date(2022, 6, 1)
    repost(cast.ict, during=DateRange(SINCE, june))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(june, None))
    names = {"given_name": "花子", "family_kana": "タカハシ", "given_kana": "ハナコ", "staff": cast.ict}
    StaffName.objects.create(family_name="髙橋", during=DateRange(None, dt.date(2022, 6, 10)), **names)
    StaffName.objects.create(family_name="大森", during=DateRange(dt.date(2022, 6, 10), None), **names)
    Staff.objects.filter(pk=cast.ict.pk).update(family_name="大森")

    def told(who: User) -> set[tuple[str, str]]:
        rows = client_of(who).get("/api/v1/assignments/").json()["results"]
        own = [row for row in rows if row["staff"] == str(cast.ict.public_id)]
        return {(row["organization_name_ja"], row["staff_name"]) for row in own}

    assert told(cast.bureau_hr) == {("人材課", "髙橋 花子")}
    assert told(cast.hr) == {("人材課", "髙橋 花子"), ("商工課", "大森 花子")}


@pytest.mark.usefixtures("reform")
def test_organisations_are_those_that_live_that_day(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.staff)
    always = {"TMG", "digital", "planning", "industry", "trade"}
    assert codes(client, as_of=EVE) == always | {"skills"}
    assert codes(client, as_of=DAY) == always | {"growth"}
    assert codes(client) == always | {"skills", "growth"}


@pytest.mark.usefixtures("reform")
def test_within_walks_the_tree_of_that_day(cast: Cast, client_of: ClientOf) -> None:
    client, root = client_of(cast.staff), str(cast.digital.public_id)
    assert codes(client, within=root, as_of=EVE) == {"digital", "planning", "skills"}
    assert codes(client, within=root, as_of=DAY) == {"digital", "planning", "growth", "trade"}
    assert codes(client, within=root) == {"digital", "planning", "skills"}  # today is 2022-06-28


@pytest.mark.usefixtures("reform")
def test_the_parent_is_that_of_the_day(cast: Cast, client_of: ClientOf) -> None:
    client, url = client_of(cast.staff), f"/api/v1/organizations/{cast.trade.public_id}/"
    edge = {
        "organization": str(cast.digital.public_id),
        "name_ja": "デジタルサービス局",
        "valid_from": DAY,
        "valid_to": None,
    }
    assert client.get(url, {"as_of": DAY}).json()["parents"] == [edge]
    assert [each["name_ja"] for each in client.get(url, {"as_of": EVE}).json()["parents"]] == ["産業労働局"]
    assert len(client.get(url).json()["parents"]) == 2
    [row] = [row for row in listed(client, "organizations", as_of=DAY) if row["code"] == "trade"]
    assert row["parents"] == [edge]


def test_what_was_not_there_that_day_is_not_found(cast: Cast, reform: Organization, client_of: ClientOf) -> None:
    client = client_of(cast.staff)
    for row, day, status in ((reform, EVE, 404), (reform, DAY, 200), (cast.skills, DAY, 404), (cast.skills, EVE, 200)):
        assert client.get(f"/api/v1/organizations/{row.public_id}/", {"as_of": day}).status_code == status


def test_an_organisation_names_what_it_came_of_and_what_became_of_it(
    cast: Cast, reform: Organization, client_of: ClientOf
) -> None:
    client = client_of(cast.staff)
    told = {
        "on": DAY,
        "kind": "renamed",
        "kind_label": "Renamed",
        "certainty": "guess",
        "certainty_label": "Guess",
        "note": "改称",
    }
    old = client.get(f"/api/v1/organizations/{cast.skills.public_id}/").json()
    new = client.get(f"/api/v1/organizations/{reform.public_id}/", {"as_of": DAY}).json()
    assert (old["predecessors"], new["successors"]) == ([], [])
    assert old["successors"] == [{"id": str(reform.public_id), "code": "growth", "name_ja": "育成課", **told}]
    assert new["predecessors"] == [{"id": str(cast.skills.public_id), "code": "skills", "name_ja": "人材課", **told}]


@pytest.mark.usefixtures("reform")
def test_staff_are_those_with_a_post_that_day(cast: Cast, client_of: ClientOf) -> None:
    client, root = client_of(cast.hr), str(cast.digital.public_id)
    assert people(client, as_of=EVE) == ["佐藤 四郎", "鈴木 五月", "髙橋 花子", "森 太郎", "山﨑 次郎", "𠮷田 三恵"]
    assert people(client, as_of=DAY) == ["鈴木 五月", "髙橋 花子", "森 太郎"]
    assert people(client, as_of="2021-03-31") == []
    assert people(client, as_of=EVE, organization=root) == ["佐藤 四郎", "髙橋 花子", "山﨑 次郎", "𠮷田 三恵"]
    assert people(client, as_of=DAY, organization=root) == ["鈴木 五月", "髙橋 花子", "森 太郎"]
    assert people(client, organization=root) == ["佐藤 四郎", "髙橋 花子", "山﨑 次郎", "𠮷田 三恵"]
    assert len(people(client)) == 6


def test_a_person_of_a_day_has_the_post_of_that_day(cast: Cast, reform: Organization, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    [row] = [row for row in listed(client, "staff", as_of=DAY) if row["id"] == str(cast.ict.public_id)]
    post_of_the_day = {
        "staff": str(cast.ict.public_id),
        "organization": str(reform.public_id),
        "organization_name_ja": "育成課",
        "grade": str(cast.grades["shunin"].public_id),
        "grade_name_ja": "主任級",
        "job_family": str(cast.ict_family.public_id),
        "job_family_name_ja": "ICT",
        "bureau": str(cast.digital.public_id),
        "bureau_name_ja": "デジタルサービス局",
    }
    assert row["post"] == post_of_the_day
    url = f"/api/v1/staff/{cast.ict.public_id}/"
    assert client.get(url, {"as_of": DAY}).json() == row
    assert client.get(url, {"as_of": EVE}).json()["post"]["grade_name_ja"] == "主事"
    assert "post" not in client.get(url).json()
    assert client.get(f"/api/v1/staff/{cast.ict2.public_id}/", {"as_of": DAY}).status_code == 404


def test_who_holds_a_further_post_only_has_no_primary_one(cast: Cast, client_of: ClientOf) -> None:
    guest = person(("客", "員", "キャク", "イン"), "00000077", issuer=cast.tmg, hiring=cast.hiring)
    post(guest, cast.trade, cast.grades["shuji"], cast.office_family, kind="concurrent")
    [row] = [row for row in listed(client_of(cast.hr), "staff", as_of=EVE) if row["id"] == str(guest.public_id)]
    assert row["post"] is None


def test_a_name_is_that_of_the_day(cast: Cast, client_of: ClientOf) -> None:
    change = dt.date(2022, 1, 1)
    names = [("林", "ハヤシ", DateRange(SINCE, change)), ("髙橋", "タカハシ", DateRange(change, None))]
    for family, kana, during in names:
        StaffName.objects.create(
            staff=cast.ict, family_name=family, given_name="花子", family_kana=kana, given_kana="ハナコ", during=during
        )
    client, url = client_of(cast.hr), f"/api/v1/staff/{cast.ict.public_id}/"
    told = [client.get(url, {"as_of": day}).json() for day in ("2021-12-31", "2022-01-01")]
    assert [(each["name"], each["kana"]) for each in told] == [
        ("林 花子", "ハヤシ ハナコ"),
        ("髙橋 花子", "タカハシ ハナコ"),
    ]
    assert client.get(url).json()["name"] == "髙橋 花子"
    held = {row["staff_name"] for row in listed(client, "assignments", as_of="2021-12-31")}
    assert {"林 花子", "𠮷田 三恵"} <= held
    StaffName.objects.filter(staff=cast.ict).supersede()
    assert client.get(url, {"as_of": "2021-12-31"}).json()["name"] == "髙橋 花子"


@pytest.mark.usefixtures("reform")
def test_posts_of_a_person_on_a_day(cast: Cast, client_of: ClientOf) -> None:
    client, url = client_of(cast.ict), f"/api/v1/staff/{cast.ict.public_id}/assignments/"
    names = {day: [each["organization_name_ja"] for each in client.get(url, asked).json()]
             for day, asked in (("all", {}), (EVE, {"as_of": EVE}), (DAY, {"as_of": DAY}))}  # fmt: skip
    assert names == {"all": ["人材課", "育成課"], EVE: ["人材課"], DAY: ["育成課"]}


def test_a_list_of_posts(cast: Cast, reform: Organization, client_of: ClientOf) -> None:
    client, root = client_of(cast.hr), str(cast.digital.public_id)
    Assignment.objects.filter(staff=cast.staff).supersede()
    post(cast.staff, cast.trade, cast.grades["shuji"], cast.office_family)
    lent = Assignment.objects.create(
        staff=cast.staff,
        organization=cast.trade,
        work_place=cast.planning,
        grade=cast.grades["shuji"],
        job_family=cast.office_family,
        kind="secondment",
        deputy_of_unit=True,
        during=DateRange(SINCE, None),
    )
    [row] = listed(client, "assignments", kind="secondment")
    assert row == {
        "id": str(lent.public_id),
        "staff": str(cast.staff.public_id),
        "staff_name": "森 太郎",
        "kind": "secondment",
        "kind_label": "Secondment",
        "organization": str(cast.trade.public_id),
        "organization_name_ja": "商工課",
        "grade": str(cast.grades["shuji"].public_id),
        "grade_name_ja": "主事",
        "job_family": str(cast.office_family.public_id),
        "job_family_name_ja": "事務",
        "post": "",
        "head_of_unit": False,
        "deputy_of_unit": True,
        "headquarters": True,
        "work_place": str(cast.planning.public_id),
        "work_place_name_ja": "戦略部",
        "valid_from": "2021-04-01",
        "valid_to": None,
    }
    assert len(listed(client, "assignments")) == 8  # six people, one moves, one has two
    assert len(listed(client, "assignments", as_of=EVE)) == 7
    assert [each["staff_name"] for each in listed(client, "assignments", as_of=EVE, head_of_unit="true")] == [
        "鈴木 五月",
        "𠮷田 三恵",
    ]
    assert len(listed(client, "assignments", as_of=EVE, organization=root)) == 4
    assert {each["staff_name"] for each in listed(client, "assignments", as_of=DAY, organization=root)} == {
        "髙橋 花子", "鈴木 五月", "森 太郎",
    }  # fmt: skip


def test_posts_are_seen_of_whom_one_sees(cast: Cast, client_of: ClientOf) -> None:
    names = {
        name: {each["staff_name"] for each in listed(client_of(cast.user(name)), "assignments", as_of=EVE)}
        for name in ("staff", "head", "industry_head", "auditor")
    }
    assert names == {
        "staff": {"森 太郎"},
        "head": {"髙橋 花子", "山﨑 次郎", "𠮷田 三恵", "佐藤 四郎"},
        "industry_head": {"森 太郎", "鈴木 五月"},
        "auditor": set(),
    }


ADDRESSES = ("organizations/", "organizations/{o}/", "staff/", "staff/{s}/", "staff/{s}/assignments/", "assignments/")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid"),
        ("today", "invalid"),
        ("2022-02-30", "invalid"),
        ("2022-7-1", "invalid"),
        ("20220701", "invalid"),
        ("2022-W26-5", "invalid"),
        ("２０２２-07-01", "invalid"),
        ("2022-07-01T00:00:00", "invalid"),
        ("1999-12-31", "out_of_range"),
        ("2101-01-01", "out_of_range"),
    ],
)
def test_a_day_that_is_none_is_refused(cast: Cast, client_of: ClientOf, address: str, text: str, code: str) -> None:
    url = "/api/v1/" + address.format(o=cast.trade.public_id, s=cast.staff.public_id)
    answer = client_of(cast.hr).get(url, {"as_of": text})
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (400, "as_of", code)


@pytest.mark.parametrize("address", ["grades/", "job-families/", "roles/", "me/"])
def test_what_has_no_dates_takes_no_day(cast: Cast, client_of: ClientOf, address: str) -> None:
    answer = client_of(cast.hr).get(f"/api/v1/{address}", {"as_of": EVE})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_parameter")


def test_a_day_given_twice_is_refused(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.hr).get(f"/api/v1/staff/?as_of={EVE}&as_of={DAY}")
    assert answer.json()["errors"][0]["code"] == "repeated_parameter"


# A single row is rendered twice for who reads English: its ETag is that of the Japanese one.
STATEMENTS = dict(zip(ADDRESSES, (3, 9, 6, 10, 3, 3), strict=True))


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_statements_of_a_day_do_not_grow_with_the_people(cast: Cast, client_of: ClientOf, address: str) -> None:
    client = client_of(cast.hr)
    url = "/api/v1/" + address.format(o=cast.skills.public_id, s=cast.ict.public_id)
    asked: dict[str, Any] = {"as_of": EVE}
    if "/" not in address.removesuffix("/"):
        asked |= {"within" if address.startswith("org") else "organization": str(cast.tmg.public_id)}

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, asked).status_code == 200
        return len(captured)

    few = statements()
    crowd(cast, 20)
    assert (few, statements()) == (STATEMENTS[address],) * 2


def test_links_to_further_pages_keep_the_day(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    page = client.get("/api/v1/staff/", {"as_of": EVE, "page_size": "4"}).json()
    rest = client.get(page["next"]).json()
    assert [row["name"] for row in rest["results"]] == ["山﨑 次郎", "𠮷田 三恵"]
    assert all("post" in row for row in rest["results"])
