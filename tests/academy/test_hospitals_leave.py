"""2022-07-01: 6,838 posts of the metropolitan hospitals leave for the agency in one day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.facts import facts_of
from academy.models import Assignment, Organization, Staff, User
from academy.posts import unit_head_of
from tests import hospitals
from tests.conftest import Clock
from tests.hospitals import HOSPITALS, LAST_DAY, POSTS_THAT_LEFT

ClientOf = Callable[[User], APIClient]
FIRST_DAY = dt.date(2022, 7, 1)


@pytest.fixture
def hr(db: None, business_time: Clock) -> User:
    asks = hospitals.load_places()
    hospitals.employ(hospitals.hospital_staff(POSTS_THAT_LEFT), until=FIRST_DAY)
    return asks


def key(code: str) -> int:
    return Organization.objects.get(code=code).pk


def serving(code: str, day: dt.date) -> int:
    return Staff.objects.serving_within([key(code)], day).count()


@pytest.mark.usefixtures("hr")
def test_the_posts_end_with_the_day() -> None:
    assert [serving(code, LAST_DAY) for code in ("B12", "A01", "TMG")] == [POSTS_THAT_LEFT] * 3
    assert [serving(code, FIRST_DAY) for code in ("B12", "A01", "TMG", "I01")] == [0] * 4
    assert sum(serving(code, LAST_DAY) for code in HOSPITALS) == POSTS_THAT_LEFT
    assert Assignment.objects.live().filter(during__endswith=FIRST_DAY).count() == POSTS_THAT_LEFT


@pytest.mark.usefixtures("hr")
def test_everybody_is_of_the_bureau_until_the_day_and_of_nothing_after_it() -> None:
    everybody = list(Staff.objects.values_list("pk", flat=True))
    before = facts_of(everybody, on=LAST_DAY)
    assert {facts.bureau_id for facts in before.values()} == {key("B12")}
    assert len(before) == POSTS_THAT_LEFT
    assert facts_of(everybody, on=FIRST_DAY) == {}
    [nurse] = Staff.objects.filter(staff_number="70000100")
    [head] = Staff.objects.filter(staff_number="70000004")
    assert unit_head_of(nurse.pk, on=LAST_DAY) == head.pk
    assert unit_head_of(nurse.pk, on=FIRST_DAY) is None


def test_the_tree_loses_the_bureau_and_gains_the_agency(hr: User) -> None:
    def alive(root: str, day: dt.date) -> set[str]:
        found = Organization.objects.within([key(root)], day).on(day)
        return {code for code in found.values_list("code", flat=True) if "-H" in code or "-" not in code}

    agency = {f"I01-H{number}" for number in range(1, 9)}
    assert alive("B12", LAST_DAY) == {"B12", *HOSPITALS}
    assert alive("B12", FIRST_DAY) == set()
    assert alive("I01", LAST_DAY) == set()
    assert alive("I01", FIRST_DAY) == {"I01", *agency}
    assert alive("TMG", LAST_DAY) - alive("TMG", FIRST_DAY) == {"B12", *HOSPITALS}


def counted(client: APIClient, path: str, **asked: Any) -> int:
    answer = client.get(f"/api/v1/{path}/", {**asked, "count": "true", "page_size": 1})
    assert answer.status_code == 200, answer.content
    return int(answer.json()["count"])


def test_the_lists_of_a_day_say_the_same(hr: User, client_of: ClientOf) -> None:
    client = client_of(hr)
    bureau = str(Organization.objects.get(code="B12").public_id)
    for day, people, units in ((LAST_DAY, POSTS_THAT_LEFT, 12), (FIRST_DAY, 0, 0)):
        assert counted(client, "staff", organization=bureau, as_of=day) == people
        assert counted(client, "assignments", organization=bureau, as_of=day) == people
        assert counted(client, "organizations", within=bureau, as_of=day) == units
    assert counted(client, "staff", as_of=FIRST_DAY) == 0
    assert counted(client, "staff") == POSTS_THAT_LEFT
    assert counted(client, "assignments", organization=bureau, as_of=LAST_DAY, head_of_unit="true") == len(HOSPITALS)


def test_a_hospital_names_its_successor(hr: User, client_of: ClientOf) -> None:
    client = client_of(hr)
    before, after = (Organization.objects.get(code=code).public_id for code in ("B12-H4", "I01-H4"))
    assert client.get(f"/api/v1/organizations/{before}/?as_of=2022-07-01").status_code == 404
    body = client.get(f"/api/v1/organizations/{before}/?as_of=2022-06-30").json()
    assert (body["name_ja"], body["valid_to"], body["predecessors"]) == ("墨東病院", "2022-06-30", [])
    assert body["successors"] == [
        {
            "id": str(after),
            "code": "I01-H4",
            "name_ja": "墨東病院",
            "on": "2022-07-01",
            "kind": "transferred",
            "kind_label": "Transferred",
            "certainty": "known",
            "certainty_label": "General knowledge",
            "note": "",
        }
    ]
    later = client.get(f"/api/v1/organizations/{after}/?as_of=2022-07-01").json()
    assert [each["code"] for each in later["predecessors"]] == ["B12-H4"]
    assert [each["name_ja"] for each in later["parents"]] == ["地方独立行政法人東京都立病院機構"]


def test_the_subtree_of_a_day_is_one_statement_however_many_serve(hr: User, django_assert_num_queries: Any) -> None:
    root = key("TMG")
    with django_assert_num_queries(1):
        assert Staff.objects.serving_within([root], LAST_DAY).count() == POSTS_THAT_LEFT
    with django_assert_num_queries(1):
        assert Organization.objects.within([root], LAST_DAY).on(LAST_DAY).count() > 100


@pytest.mark.usefixtures("hr")
def test_the_tree_is_walked_once_and_not_for_every_person() -> None:
    people = Staff.objects.serving_within([key("B12")], LAST_DAY).order_by("kana_folded", "pk")[:51]
    plan = people.explain(analyze=True, timing=False)
    [walk] = [line for line in plan.splitlines() if "ProjectSet" in line]
    assert "loops=1)" in walk, plan
    assert "CTE Scan on tree" in plan, plan  # kept, so that no plan for other people walks it again


def test_the_same_people_are_made_for_the_same_count() -> None:
    people = hospitals.hospital_staff(100)
    assert people == hospitals.hospital_staff(200)[:100]
    assert {person.organization for person in people} == set(HOSPITALS)
    assert [person.staff_number for person in people if person.head_of_unit] == [f"7000000{n}" for n in range(8)]
