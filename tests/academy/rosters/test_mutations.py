"""Damaged files never do more than be refused or reported (T6)."""

from collections.abc import Iterator
from itertools import chain

import pytest

from tests.academy.rosters.mutations import (
    SOURCES,
    Mutation,
    changed_parts,
    check,
    flips,
    rearranged,
    truncations,
)


def damaged(*, step: int, count: int, seed: int) -> Iterator[Mutation]:
    for source in SOURCES:
        yield from truncations(source, step)
        yield from flips(source, count, seed)
    yield from chain(changed_parts(count * 2, seed), rearranged(count * 2, seed))


def test_some_hundred_damaged_files() -> None:
    seen = set()
    for mutation in damaged(step=17, count=60, seed=1):
        check(mutation)
        seen.add(mutation.data)
    assert len(seen) > 400


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_thousands_of_damaged_files(seed: int) -> None:
    seen = set()
    for mutation in damaged(step=1 if seed == 0 else 7, count=500, seed=100 + seed):
        check(mutation)
        seen.add(mutation.data)
    assert len(seen) > 3_000


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_the_sources_are_sound(source: str) -> None:
    found = [*truncations(source, len(SOURCES[source]) - 1)]
    assert len(found[-1].data) == len(SOURCES[source]) - 1
    check(Mutation("flipped", source, SOURCES[source]))
