"""The pass rule: the IT Passport's four conditions, and the bounds of scores."""

import pytest

from academy.errors import InvalidInput
from courses.models import ExamField, ExamScheme
from enrollments.exams import check_scores, passes
from tests.records import IP_FIELDS, scores

SCHEME = ExamScheme(code="ip", total_max=1000, total_min=600)
FIELDS = [ExamField(code=code, score_max=1000, score_min=300) for code, _ in IP_FIELDS]


@pytest.mark.parametrize(
    ("total", "by_field", "passed"),
    [
        (600, (300, 300, 300), True),
        (599, (900, 900, 900), False),
        (800, (299, 800, 800), False),
        (800, (800, 299, 800), False),
        (800, (800, 800, 299), False),
        (1000, (1000, 1000, 1000), True),
        (0, (0, 0, 0), False),
        (600, (1000, 1000, 300), True),
    ],
)
def test_all_four_conditions_pass(total: int, by_field: tuple[int, int, int], passed: bool) -> None:
    assert passes(SCHEME, FIELDS, total, scores(*by_field)) is passed


@pytest.mark.parametrize(
    ("total", "by_field", "faults"),
    [
        (1001, scores(1, 1, 1), [("/total", "out_of_bounds")]),
        (-1, scores(1, 1, 1), [("/total", "out_of_bounds")]),
        (1, scores(1001, 1, -1), [("/scores/strategy", "out_of_bounds"), ("/scores/technology", "out_of_bounds")]),
        (1, {"strategy": 1, "technology": 1}, [("/scores/management", "required")]),
        (1, {**scores(1, 1, 1), "law": 1}, [("/scores/law", "unknown_field")]),
    ],
)
def test_scores_out_of_bounds_are_refused(total: int, by_field: dict[str, int], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_scores(SCHEME, FIELDS, total, by_field)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults
