"""Fit and gaps by hand-made tables: missing is unknown, not zero."""

import pytest

from skills.gaps import Fit, Mean, fit, mean


@pytest.mark.parametrize(
    ("required", "actual", "expected", "share"),
    [
        pytest.param({"a": 2, "b": 1}, {"a": 2, "b": 3}, Fit(2, 2, 0, {"a": 0, "b": 0}), 1.0, id="more is met"),
        pytest.param({"a": 3, "b": 1}, {"a": 1, "b": 1}, Fit(2, 1, 0, {"a": 2, "b": 0}), 0.5, id="less is a gap"),
        pytest.param({"a": 3, "b": 1}, {"b": 0}, Fit(2, 0, 1, {"a": None, "b": 1}), 0.0, id="missing is unknown"),
        pytest.param({"a": 1}, {"a": None}, Fit(1, 0, 1, {"a": None}), 0.0, id="a null level is unknown"),
        pytest.param({"a": 0}, {}, Fit(1, 0, 1, {"a": None}), 0.0, id="even zero is not met by what is unknown"),
        pytest.param({"a": 0}, {"a": 0}, Fit(1, 1, 0, {"a": 0}), 1.0, id="zero meets zero"),
        pytest.param({"a": 1}, {"a": 1, "z": 3}, Fit(1, 1, 0, {"a": 0}), 1.0, id="other items do not count"),
        pytest.param({}, {"a": 1}, Fit(0, 0, 0, {}), None, id="nothing required has no share"),
    ],
)
def test_fit(required: dict[str, int], actual: dict[str, int | None], expected: Fit[str], share: float | None) -> None:
    found = fit(required, actual)
    assert found == expected
    assert found.share == share


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([1, 2, 3], Mean(2.0, 3)),
        ([1, None, 2], Mean(1.5, 2)),
        ([0, None], Mean(0.0, 1)),
        ([1, 1, 2], Mean(1.33, 3)),
        ([None], Mean(None, 0)),
        ([], Mean(None, 0)),
    ],
)
def test_a_mean_is_of_the_levels_that_are_present(levels: list[int | None], expected: Mean) -> None:
    assert mean(levels) == expected
