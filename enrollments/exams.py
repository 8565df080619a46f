"""The pass rule of an outside examination: a decision that writes nothing.

Passed is: the total reaches the scheme's minimum and each field its own, all of them. For the IT Passport (IPA:
総合評価点 600 以上, 各分野別評価点 300 以上, of 1,000 each) these are four conditions. The total is marked by item response
theory: it is neither the sum nor the mean of the fields, so nothing is derived from one for the other.
"""

from collections.abc import Iterable, Mapping

from academy.errors import Faults
from courses.models import ExamField, ExamScheme


def passes(scheme: ExamScheme, fields: Iterable[ExamField], total: int, scores: Mapping[str, int]) -> bool:
    """`scores` are by field code and name every field (see `check_scores`)."""
    return total >= scheme.total_min and all(scores[field.code] >= field.score_min for field in fields)


def check_scores(scheme: ExamScheme, fields: Iterable[ExamField], total: int, scores: Mapping[str, int]) -> None:
    """Refuse scores out of bounds, of a field that the scheme does not have, or missing."""
    faults = Faults()
    known = {field.code: field for field in fields}
    if not 0 <= total <= scheme.total_max:
        _out_of_bounds(faults, "/total", scheme.total_max)
    for code, field in known.items():
        if code not in scores:
            faults.add(
                f"/scores/{code}", "required", "この分野の評価点が必要です。", "The score of this field is needed."
            )
        elif not 0 <= scores[code] <= field.score_max:
            _out_of_bounds(faults, f"/scores/{code}", field.score_max)
    for code in scores.keys() - known.keys():
        faults.add(f"/scores/{code}", "unknown_field", "この試験にない分野です。", "The examination has no such field.")
    faults.refuse()


def _out_of_bounds(faults: Faults, pointer: str, most: int) -> None:
    faults.add(pointer, "out_of_bounds", f"0から{most}までの整数です。", f"A whole number from 0 to {most}.")
