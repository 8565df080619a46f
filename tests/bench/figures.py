"""A figure: one work done by us and by a rival, in one run, on one server."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`ratio` is how many times as fast we are as the rival; `reached` is None where design and rival set no target."""

    work: str
    unit: str
    ours: float
    rival: float | None
    ratio: float | None
    target: str
    reached: bool | None


def rate(work: str, ours: float, rival: float, *, at_least: float | None = None) -> Figure:
    """Per second: more is better."""
    ratio = ours / rival
    target, reached = (f"≥ {at_least} ×", ratio >= at_least) if at_least else ("", None)
    return Figure(work, "per s", ours, rival, ratio, target, reached)


def duration(work: str, ours: float, rival: float, *, most: float | None = None) -> Figure:
    """Seconds: less is better."""
    target, reached = (f"< {most:.2g} s", ours < most) if most else ("", None)
    return Figure(work, "s", ours, rival, rival / ours, target, reached)


def seconds_of(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def in_turns(ours: Callable[[], object], rival: Callable[[], object], *, turns: int) -> tuple[float, float]:
    """The median seconds of both; they take turns, so that what else the machine does hits both."""
    ours(), rival()  # caches of either are warm
    taken = [(seconds_of(ours), seconds_of(rival)) for _ in range(turns)]
    return statistics.median(first for first, _ in taken), statistics.median(second for _, second in taken)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


HEAD = ("work", "unit", "ours", "rival", "ratio", "target", "reached")


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(_cells(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    reached = {True: "yes", False: "NO", None: ""}[figure.reached]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} ×"
    return figure.work, figure.unit, _number(figure.ours), _number(figure.rival), ratio, figure.target, reached


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"
