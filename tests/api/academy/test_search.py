"""Finding people: kanji, kana, Latin letters, number; prefix by prefix; sorted by reading."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Staff, User
from tests import stage
from tests.cast import Cast, person

ClientOf = Callable[[User | Staff], APIClient]


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """With people whose names are written, read or numbered in difficult ways."""
    for number, names in {
        "Ａ００７": ("渡邉", "一郎", "ワタナベ", "イチロウ"),
        "B0008": ("渡辺", "二郎", "ワタナベ", "ジロウ"),
        "00000010": ("辻\U000e0100", "祐子", "ツジ", "ユウコ"),
        "00000011": ("森", "愛", "モリ", "アイ"),
        "00000012": ("森田", "純", "モリタ", "ジュン"),
        "00000013": ("大内", "翔", "オオウチ", "ショウ"),
        "00000014": ("本間", "恵", "ホンマ", "メグミ"),
        "00000015": ("Smith", "Ann", "スミス", "アン"),
    }.items():
        person(names, number, issuer=cast.tmg, hiring=cast.hiring)
    return cast


def found(client: APIClient, text: str, **more: Any) -> list[str]:
    answer = client.get("/api/v1/staff/", {"search": text, **more})
    assert answer.status_code == 200, answer.content
    return [row["kana"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # kanji, one character, and the shapes of a character
        ("森", ["モリ アイ", "モリタ ジュン", "モリ タロウ"]),
        ("森田", ["モリタ ジュン"]),
        ("森太郎", ["モリ タロウ"]),
        ("森 太郎", ["モリ タロウ"]),
        ("森\u3000太", ["モリ タロウ"]),
        ("渡邊", ["ワタナベ イチロウ", "ワタナベ ジロウ"]),
        ("渡部", []),
        ("辻", ["ツジ ユウコ"]),
        ("辻祐子", ["ツジ ユウコ"]),
        ("吉田", ["ヨシダ ミエ"]),
        ("山崎", ["ヤマサキ ジロウ"]),
        # kana
        ("もり", ["モリ アイ", "モリタ ジュン", "モリ タロウ"]),
        ("ﾜﾀﾅﾍﾞ ｼﾞ", ["ワタナベ ジロウ"]),
        ("おおうち", ["オオウチ ショウ"]),
        # Latin letters
        ("watanabe", ["ワタナベ イチロウ", "ワタナベ ジロウ"]),
        ("Watanabe Ji", ["ワタナベ ジロウ"]),
        ("WATANABE ZI", ["ワタナベ ジロウ"]),
        ("Ōuchi", ["オオウチ ショウ"]),
        ("outi syou", ["オオウチ ショウ"]),
        ("homma", ["ホンマ メグミ"]),
        ("hom", ["ホンマ メグミ"]),
        ("tsuji", ["ツジ ユウコ"]),
        ("ts", ["タカハシ ハナコ", "ツジ ユウコ"]),
        ("ｍｏｒｉｔａ", ["モリタ ジュン", "モリ タロウ"]),
        ("smith", ["スミス アン"]),
        ("sumisu", ["スミス アン"]),
        ("x", []),
        # numbers
        ("００００００１１", ["モリ アイ"]),
        ("0000001", ["オオウチ ショウ", "スミス アン", "ツジ ユウコ", "ホンマ メグミ", "モリ アイ", "モリタ ジュン"]),
        ("a007", ["ワタナベ イチロウ"]),
        ("Ｂ 0008", ["ワタナベ ジロウ"]),
        ("1", []),
        # nothing that a pattern could mean
        ("%", []),
        ("_", []),
        ("森%", []),
        ("\\", []),
    ],
)  # fmt: skip
def test_whoever_is_searched_for_is_found(cast: Cast, client_of: ClientOf, text: str, names: list[str]) -> None:
    assert found(client_of(cast.hr), text) == names


def test_people_are_sorted_by_their_reading(cast: Cast, client_of: ClientOf) -> None:
    readings = [
        "オオウチ ショウ", "サトウ シロウ", "スズキ サツキ", "スミス アン", "タカハシ ハナコ", "ツジ ユウコ", "ホンマ メグミ",
        "モリ アイ", "モリタ ジュン", "モリ タロウ", "ヤマサキ ジロウ", "ヨシダ ミエ", "ワタナベ イチロウ", "ワタナベ ジロウ",
    ]  # fmt: skip
    client = client_of(cast.hr)
    rows = client.get("/api/v1/staff/").json()["results"]
    assert sorted(readings, key=lambda each: each.replace(" ", "")) == [row["kana"] for row in rows]
    backwards = client.get("/api/v1/staff/", {"order": "-kana_folded"}).json()["results"]
    assert [row["kana"] for row in backwards] == [row["kana"] for row in rows][::-1]


def test_a_search_finds_nobody_whom_one_does_not_see(cast: Cast, client_of: ClientOf) -> None:
    assert found(client_of(cast.staff), "watanabe") == []
    assert found(client_of(cast.staff), "mori") == ["モリ タロウ"]
    assert found(client_of(cast.head), "tak") == ["タカハシ ハナコ"]


def test_instructors_are_found_whatever_the_shape_of_their_name(cast: Cast, client_of: ClientOf) -> None:
    stage.instructor("髙﨑 三郎")
    stage.instructor("高橋 四郎")
    rows = client_of(cast.hr).get("/api/v1/instructors/", {"search": "高崎"}).json()["results"]
    assert [row["name"] for row in rows] == ["髙﨑 三郎"]
