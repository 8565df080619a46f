"""Every file of the corpus is refused, reported by line, column and code, or read rightly (T6)."""

import pytest

from tests.academy.rosters.cases import Case
from tests.academy.rosters.corpus import everything
from tests.academy.rosters.files import outcome

CASES = everything()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_comes_of_a_file(case: Case) -> None:
    found = outcome(case.data, case.mode)
    assert found.faults == sorted(case.refused if case.refused is not None else case.faults)
    assert found.refused == (case.refused is not None)
    assert len(found.entries) == case.entries
    assert {name: getattr(found.entries[0], name) for name in case.first} == case.first


def test_there_are_more_than_two_hundred_files_and_no_two_are_equal() -> None:
    assert len({(case.data, case.mode) for case in CASES}) == len(CASES) > 200
