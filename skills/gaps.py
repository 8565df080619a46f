"""How far a person is from a job type, and how a category stands: decisions that write nothing.

A level that is missing is unknown. It counts neither as zero nor as met.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass(frozen=True)
class Fit(Generic[K]):
    """Required levels compared with actual ones.

    `met`: required items whose level is at least the required one. `unknown`: required items without a level.
    `gaps`: of every required item max(0, required − actual) in levels; None where the level is unknown.
    """

    required: int
    met: int
    unknown: int
    gaps: Mapping[K, int | None]

    @property
    def share(self) -> float | None:
        """met ÷ required, from 0 to 1; None for a job type that requires nothing."""
        return self.met / self.required if self.required else None


def fit(required: Mapping[K, int], actual: Mapping[K, int | None]) -> Fit[K]:
    gaps = {item: _gap(level, actual.get(item)) for item, level in required.items()}
    return Fit(
        required=len(required),
        met=sum(gap == 0 for gap in gaps.values()),
        unknown=sum(gap is None for gap in gaps.values()),
        gaps=gaps,
    )


def _gap(required: int, actual: int | None) -> int | None:
    return None if actual is None else max(0, required - actual)


@dataclass(frozen=True)
class Mean:
    """The mean of the levels that are present, to two decimals; `value` is None where none is."""

    value: float | None
    present: int


def mean(levels: Iterable[int | None]) -> Mean:
    present = [level for level in levels if level is not None]
    return Mean(round(fmean(present), 2) if present else None, len(present))
