"""Titles that name the number of their session."""

import pytest

from courses.models import Session
from courses.titles import filled, pattern_of


def session(ordinal: int, of_all: int | None, year: int) -> Session:
    return Session(ordinal=ordinal, all_time_ordinal=of_all, fiscal_year=year)


@pytest.mark.parametrize(
    ("title", "pattern", "next_title"),
    [
        ("第2回勉強会", "第{ordinal}回勉強会", "第3回勉強会"),
        ("第12回勉強会", "第12回勉強会", "第12回勉強会"),  # another number
        ("勉強会(通算21回)", "勉強会(通算{all_time_ordinal}回)", "勉強会(通算22回)"),
        ("通算第21回・第2回", "通算第{all_time_ordinal}回・第{ordinal}回", "通算第22回・第3回"),
        ("令和4年度 第2回", "{fiscal_year_ja} 第{ordinal}回", "令和5年度 第3回"),
        ("2022年度研修", "{fiscal_year}年度研修", "2023年度研修"),
        ("Session 2", "Session {ordinal}", "Session 3"),
        ("Session 21", "Session 21", "Session 21"),
        ("FY2022, No. 2", "FY{fiscal_year}, No. {ordinal}", "FY2023, No. 3"),
        ("{theme}を学ぶ", "{theme}を学ぶ", "{theme}を学ぶ"),
        ("セミナー", "セミナー", "セミナー"),
    ],
)
def test_a_title_takes_the_numbers_of_the_next_session(title: str, pattern: str, next_title: str) -> None:
    assert pattern_of(title, session(2, 21, 2022)) == pattern
    assert filled(pattern, session(3, 22, 2023)) == next_title


def test_without_a_number_of_all_its_place_stays() -> None:
    assert filled("通算{all_time_ordinal}回", session(1, None, 2022)) == "通算{all_time_ordinal}回"
