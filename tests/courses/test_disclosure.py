"""Which counts are withheld: few people, those beside them, and what would follow from a total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.disclosure import SMALLEST, Counts, tells_too_much, withheld


def line(staff: int, before: int, after: int | None = None, joined: int = 0, left: int = 0) -> Counts:
    return Counts(staff, before, before if after is None else after, joined, left)


@pytest.mark.parametrize(
    ("counts", "too_much"),
    [
        (line(100, 0), False),
        (line(100, 4), True),
        (line(100, 5), False),
        (line(100, 95), False),
        (line(100, 96), True),
        (line(3, 3), True),
        (line(3, 0), True),
        (line(5, 5), False),
        (line(100, 50, 51, joined=1), True),
        (line(100, 50, 50, joined=5, left=5), False),
        (line(100, 50, 46, left=4), True),
    ],
)
def test_few_people_and_those_beside_a_great_many_are_told_apart(counts: Counts, too_much: bool) -> None:
    assert tells_too_much(counts) is too_much


def test_a_line_alone_would_follow_from_the_total_so_another_goes_with_it() -> None:
    lines = {"a": line(100, 50), "b": line(60, 30), "c": line(80, 3)}
    assert withheld(lines).lines == {"b", "c"}
    assert not withheld(lines).total


def test_lines_that_hold_few_people_together_take_another_with_them() -> None:
    lines = {"a": line(100, 50), "b": line(60, 30), "c": line(80, 1), "d": line(70, 1)}
    assert withheld(lines).lines == {"b", "c", "d"}


def test_what_one_may_know_stays_and_then_the_total_goes() -> None:
    lines = {"own": line(100, 3), "other": line(100, 3)}
    assert withheld(lines, {"own"}).lines == {"other"}
    assert withheld(lines, {"own"}).total
    assert withheld({"own": line(100, 3)}, {"own"}) == withheld({})


groups = st.integers(0, 40).flatmap(
    lambda staff: st.tuples(st.just(staff), st.integers(0, staff), st.integers(0, staff))
)


def between(staff: int, before: int, after: int) -> Counts:
    """As many as can be stay."""
    return Counts(staff, before, after, max(after - before, 0), max(before - after, 0))


@given(table=st.lists(groups, max_size=8), known=st.sets(st.integers(0, 7), max_size=3))
def test_no_small_count_goes_out_or_follows(table: list[tuple[int, int, int]], known: set[int]) -> None:
    lines = {place: between(*each) for place, each in enumerate(table)}
    found = withheld(lines, known)
    shown = {place: counts for place, counts in lines.items() if place not in found.lines}
    assert all(place in known or not tells_too_much(counts) for place, counts in shown.items())
    assert known.isdisjoint(found.lines)
    if found.lines and not found.total:
        total, told = sum(lines.values(), Counts()), sum(shown.values(), Counts())
        rests = [getattr(total, name) - getattr(told, name) for name in ("before", "after", "joined", "left")]
        assert len(found.lines) > 1
        assert all(rest == 0 or rest >= SMALLEST for rest in rests)
