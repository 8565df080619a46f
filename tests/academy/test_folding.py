"""Search keys."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from academy.folding import VARIANTS, fold, fold_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("𠮷田", "吉田"),
        ("やまだ", "ヤマダ"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("森 太郎", "森太郎"),
        ("Ｔａｎａｋａ", "tanaka"),
    ],
)
def test_variants_are_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_different_names_stay_different() -> None:
    assert len({fold(name) for name in ["森", "林", "高木", "高橋", "ヤマダ", "ヤマタ"]}) == 6


@given(st.text())
@example("a \u0301")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_staff_number_keeps_its_leading_zeros() -> None:
    assert fold_number("００１２３ ") == "00123"


@pytest.mark.parametrize(
    "names",
    [
        ("渡辺", "渡邉", "渡邊", "渡邉\U000e0101"),
        ("斎藤", "齋藤", "齊藤", "斉藤"),
        ("辻", "辻\U000e0100", "辻\ufe00"),
        ("祐子", "祐子"),
        ("冨永", "富永"),
        ("峯岸", "峰岸"),
        ("大槗", "大橋"),
        ("淵上", "渕上", "渊上"),
        ("舘", "館", "館"),
        ("靏田", "鶴田", "靍田", "鶴田"),
        ("曽根", "曾根"),
        ("増井", "增井", "増井"),
    ],
)
def test_the_shapes_of_a_name_are_one_name(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


def test_a_common_form_is_no_variant_itself() -> None:
    assert {fold(form) for form in VARIANTS.values()} == set(VARIANTS.values())
