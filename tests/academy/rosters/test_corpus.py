"""Every file of the corpus is refused, reported by line, column and code, or read rightly (T6)."""

import pytest

from tests.academy.rosters.cases import Case
from tests.academy.rosters.corpus import everything

CASES = everything()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_comes_of_a_file(case: Case) -> None:
    assert case.differences() == []


def test_there_are_more_than_two_hundred_files_and_no_two_are_equal() -> None:
    assert len({(case.data, case.mode) for case in CASES}) == len(CASES) > 200
