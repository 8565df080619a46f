"""Keyset lists: every row once, in order, forwards and backwards, whatever is inserted meanwhile."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from rest_framework.test import APIClient

from academy.models import Staff
from tests.cast import Cast, assemble, person

ClientOf = Callable[[object], APIClient]


def many(cast: Cast, names: list[str]) -> None:
    for number, name in enumerate(names):
        person((name, "名", name, "ナ"), f"9{number:07}", issuer=cast.tmg, hiring=cast.hiring)


def walk(client: APIClient, url: str | None, direction: str = "next") -> list[list[str]]:
    pages = []
    while url:
        page = client.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        url = page[direction]
    return pages


class Walks(TestCase):
    """Random names, many of them equal, any page size."""

    @given(names=st.lists(st.sampled_from("アイウエオ"), max_size=12), size=st.integers(1, 7))
    @settings(max_examples=20, deadline=None)
    def test_a_walk_meets_every_row_once_and_back(self, names: list[str], size: int) -> None:
        cast = assemble()
        many(cast, names)
        client = APIClient()
        client.force_authenticate(cast.hr)
        everybody = [str(pk) for pk in Staff.objects.order_by("kana_folded", "pk").values_list("public_id", flat=True)]
        first = f"/api/v1/staff/?page_size={size}"
        pages = walk(client, first)
        assert [row for page in pages for row in page] == everybody
        last = first
        while (following := client.get(last).json()["next"]) is not None:
            last = following
        assert [row for page in reversed(walk(client, last, "previous")) for row in page] == everybody
        backwards = walk(client, f"{first}&order=-kana_folded")
        assert [row for page in backwards for row in page] == everybody[::-1]


def test_a_row_inserted_before_the_cursor_moves_nothing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    before = walk(client, "/api/v1/staff/?page_size=2")
    page = client.get("/api/v1/staff/?page_size=2").json()
    many(cast, ["ア"])
    assert [row["id"] for row in client.get(page["next"]).json()["results"]] == before[1]


def test_a_cursor_of_another_order_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    following = client.get("/api/v1/staff/?page_size=2").json()["next"]
    answer = client.get(f"{following}&order=-kana_folded")
    assert answer.json()["errors"][0]["code"] == "invalid_cursor"


def test_an_empty_list(cast: Cast, client_of: ClientOf) -> None:
    body = client_of(cast.auditor).get("/api/v1/staff/?count=true").json()
    assert body == {"next": None, "previous": None, "results": [], "count": 0}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("森", ["staff"]),
        ("高橋", ["ict"]),
        ("髙", ["ict"]),
        ("ヤマサ", ["ict2"]),
        ("やま", ["ict2"]),
        ("吉田", ["head"]),
        ("０００００００５", ["trainer"]),
        ("橋", []),
    ],
)
def test_search_by_kanji_kana_number_and_prefix(cast: Cast, client_of: ClientOf, text: str, found: list[str]) -> None:
    answer = client_of(cast.hr).get("/api/v1/staff/", {"search": text})
    assert [row["id"] for row in answer.json()["results"]] == [str(getattr(cast, name).public_id) for name in found]


def test_the_subtree_filter(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.staff).get("/api/v1/organizations/", {"within": str(cast.digital.public_id)})
    assert {row["code"] for row in answer.json()["results"]} == {"digital", "planning", "skills"}


def test_a_whole_body(cast: Cast, client_of: ClientOf) -> None:
    body = client_of(cast.staff).get(f"/api/v1/organizations/{cast.skills.public_id}/").json()
    assert body == {
        "id": str(cast.skills.public_id),
        "code": "skills",
        "kind": "section",
        "kind_label": "Section",
        "name_ja": "人材課",
        "name_en": "skills",
        "name_kana": "",
        "area": "",
        "valid_from": "2021-04-01",
        "valid_to": None,
        "parents": [
            {
                "organization": str(cast.planning.public_id),
                "name_ja": "戦略部",
                "valid_from": "2021-04-01",
                "valid_to": None,
            }
        ],
        "predecessors": [],
        "successors": [],
    }
