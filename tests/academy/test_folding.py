"""Search keys."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from academy.folding import fold, fold_number


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
