"""Who may have a seat, by hand-made tables and by any quotas and people: pure, no database."""

import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments.seating import Quota, Seats


@dataclass(frozen=True)
class Person:
    bureau_id: int
    grade_id: int = 1
    new_recruit: bool = False


A, B = Person(1), Person(2)
A_NEW, B_NEW = replace(A, new_recruit=True), replace(B, new_recruit=True)
A_CHIEF = replace(A, grade_id=2)


def bureau(number: int, kept: int, ceiling: int | None = None, taken: int = 0) -> Quota:
    return Quota(number, None, False, kept, ceiling, taken)


def recruits(kept: int, ceiling: int | None = None, taken: int = 0) -> Quota:
    return Quota(None, None, True, kept, ceiling, taken)


FULL, QUOTA, KEPT = "session_full", "quota_full", "seats_kept_for_others"


@pytest.mark.parametrize(
    ("free", "quotas", "comers", "answers"),
    [
        (2, [], [A, B, A], [None, None, FULL]),
        (None, [], [A, B], [None, None]),
        # one of two is kept for bureau 1: bureau 2 gets one, whenever it comes
        (2, [bureau(1, 1)], [B, B, A], [None, KEPT, None]),
        (2, [bureau(1, 1)], [A, B, B], [None, None, FULL]),
        # at the most one for bureau 1, however many are free
        (3, [bureau(1, 0, 1)], [A, A, B], [None, QUOTA, None]),
        (None, [bureau(1, 0, 1)], [A, A, B], [None, QUOTA, None]),
        (3, [bureau(1, 0, 0)], [A, B], [QUOTA, None]),
        # without a limit nothing has to be kept
        (None, [bureau(1, 5)], [B, B], [None, None]),
        # everything is kept: a stranger gets nothing
        (2, [bureau(1, 1), bureau(2, 1)], [Person(3), A, A, B], [KEPT, None, KEPT, None]),
        # one person fills two promises, and what is left is for anybody
        (2, [bureau(1, 1), recruits(1)], [B, A_NEW, B], [KEPT, None, None]),
        # two people fill them one by one
        (2, [bureau(1, 1), recruits(1)], [A, B_NEW], [None, None]),
        # the quota of the bureau keeps a seat, but the ceiling of all new recruits is reached
        (2, [bureau(1, 1), recruits(0, 0)], [A_NEW, A], [QUOTA, None]),
        # about a bureau and a grade at once: only those who are both
        (1, [Quota(1, 2, False, 1, None, 0)], [A, replace(B, grade_id=2), A_CHIEF], [KEPT, KEPT, None]),
        # a promise that was broken past the rules does not count twice: the seat goes to those it is kept for
        (1, [bureau(1, 2)], [B, A], [KEPT, None]),
        # more seats than a quota keeps are taken in it: it keeps no more, and takes nothing from others
        (1, [bureau(1, 1, taken=3)], [B], [None]),
    ],
)
def test_who_gets_a_seat(
    free: int | None, quotas: Sequence[Quota], comers: Sequence[Person], answers: Sequence[str | None]
) -> None:
    seats = Seats(free, [replace(each) for each in quotas])
    assert [seats.give(person) for person in comers] == answers


def test_asking_takes_nothing() -> None:
    seats = Seats(2, [bureau(1, 1), recruits(1)])
    assert [seats.why_not(each) for each in (A_NEW, A_NEW, B)] == [None, None, KEPT]
    assert (seats.free, seats.kept, seats.spare) == (2, 2, 0)


@pytest.mark.parametrize("free", [3, None])
def test_a_seat_that_is_given_back_is_free_in_every_quota_it_counted_in(free: int | None) -> None:
    seats = Seats(free, [bureau(1, 2), bureau(2, 1), recruits(1)])
    before = deepcopy(seats)
    for person in (A_NEW, B):
        seats.take(person)
    assert [quota.taken for quota in seats.quotas] == [1, 1, 1]
    seats.give_back(B)
    seats.give_back(A_NEW)
    assert seats == before


PEOPLE = st.builds(Person, st.integers(1, 3), st.integers(1, 2), st.booleans())
ABOUT = st.tuples(st.none() | st.integers(1, 3), st.none() | st.integers(1, 2), st.booleans()).filter(any)


@st.composite
def sessions(draw: st.DrawFn, *, ceilings: bool) -> Seats:
    """Any session whose quotas keep no more than there is."""
    quotas = []
    for about in draw(st.lists(ABOUT, max_size=5, unique=True)):
        kept = draw(st.integers(0, 4))
        ceiling = draw(st.none() | st.integers(kept, 5)) if ceilings else None
        quotas.append(Quota(*about, kept, ceiling, 0))
    return Seats(sum(each.kept for each in quotas) + draw(st.integers(0, 4)), quotas)


def member(quota: Quota) -> Person:
    return Person(quota.organization_id or 9, quota.grade_id or 9, quota.new_recruits)


@given(sessions(ceilings=False), st.lists(PEOPLE, max_size=30), st.randoms(use_true_random=False))
def test_every_guarantee_is_kept_whoever_comes(seats: Seats, comers: list[Person], chance: random.Random) -> None:
    for person in comers:
        seats.give(person)
        assert (seats.spare or 0) >= 0
    claims = [member(quota) for quota in seats.quotas for _ in range(quota.outstanding)]
    chance.shuffle(claims)
    for person in claims:
        assert seats.give(person) is None or not any(quota.outstanding for quota in seats.own(person))
    assert seats.kept == 0


@given(sessions(ceilings=True), st.lists(PEOPLE, max_size=30), st.randoms(use_true_random=False))
def test_neither_limit_nor_ceiling_is_passed_and_the_order_of_reading_says_nothing(
    seats: Seats, comers: list[Person], chance: random.Random
) -> None:
    other = Seats(seats.free, [replace(quota) for quota in seats.quotas])
    chance.shuffle(other.quotas)
    assert [seats.give(each) for each in comers] == [other.give(each) for each in comers]
    assert (seats.free or 0) >= 0
    assert all(quota.ceiling is None or quota.taken <= quota.ceiling for quota in seats.quotas)


@given(sessions(ceilings=True), st.lists(PEOPLE, max_size=30))
def test_nobody_is_refused_while_a_seat_is_beyond_every_promise(seats: Seats, comers: list[Person]) -> None:
    for person in comers:
        spare, full = seats.spare, any(quota.full for quota in seats.own(person))
        refused = seats.give(person)
        if spare is not None and spare > 0 and not full:
            assert refused is None
