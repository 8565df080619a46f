"""Seats shared out by largest remainders: hand-made tables, and what holds for all of them."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.apportionment import Demand, Share, apportion, guaranteed

NUMBERS = st.integers(min_value=0, max_value=500)
DEMANDS = st.lists(NUMBERS, min_size=1, max_size=12)


def of(*expected: int) -> list[Demand]:
    """Organisations a, b, c … with these demands."""
    return [Demand(number, chr(ord("a") + number), each) for number, each in enumerate(expected)]


def seats(shares: list[Share]) -> list[int]:
    return [share.seats for share in shares]


@pytest.mark.parametrize(
    ("expected", "there_are", "minimum", "given_out"),
    [
        ((10, 20, 5), 40, 0, [10, 20, 5]),  # all of it fits, 5 seats stay
        ((10, 20, 5), 35, 0, [10, 20, 5]),
        ((10, 20, 5), 0, 0, [0, 0, 0]),
        ((0, 0), 7, 0, [0, 0]),
        ((), 7, 0, []),
        # 2.857 5.714 1.428: one to 0.857, the next to 0.714
        ((10, 20, 5), 10, 0, [3, 6, 1]),
        # 1.25 each, one seat left: the remainders and the demands are equal, a comes first
        ((5, 5, 5, 5), 5, 0, [2, 1, 1, 1]),
        # 0.5 and 1.5 of 2: equal remainders, the larger demand has it
        ((1, 3), 2, 0, [0, 2]),
        # 0.099 of 9.9 would be none; one each first, then 8 by 99 and 0
        ((1, 100), 10, 1, [1, 9]),
        ((1, 100), 10, 0, [0, 10]),
        # 2 + 0 + 1 guaranteed; 6 of 8 + 98 left: 0.4528 and 5.547 more
        ((10, 0, 100), 10, 2, [2, 0, 8]),
        ((3, 3), 6, 9, [3, 3]),  # a minimum is never more than was asked for
    ],
)
def test_a_table_worked_out_by_hand(
    expected: tuple[int, ...], there_are: int, minimum: int, given_out: list[int]
) -> None:
    assert seats(apportion(there_are, of(*expected), minimum)) == given_out


def test_a_share_shows_how_it_was_rounded() -> None:
    shares = apportion(10, of(10, 20, 5))
    assert [(each.exact, each.whole, each.remainder, each.rounded_up) for each in shares] == [
        (Fraction(20, 7), 2, Fraction(6, 7), True),
        (Fraction(40, 7), 5, Fraction(5, 7), True),
        (Fraction(10, 7), 1, Fraction(3, 7), False),
    ]
    first, none, last = apportion(10, of(10, 0, 100), 2)
    assert [first.exact, none.exact, last.exact] == [2 + Fraction(48, 106), Fraction(0), 2 + Fraction(588, 106)]


def test_the_order_of_the_organisations_decides_nothing() -> None:
    demands = of(5, 5, 7, 5)
    shares = {each.demand.code: each.seats for each in apportion(6, demands[::-1])}
    assert (
        shares == {each.demand.code: each.seats for each in apportion(6, demands)} == {"a": 2, "b": 1, "c": 2, "d": 1}
    )


def test_a_seat_more_may_cost_an_organisation_one() -> None:
    """The Alabama paradox, which every method of largest remainders has: said in the module, and seen here."""
    assert seats(apportion(10, of(6, 6, 2))) == [4, 4, 2]
    assert seats(apportion(11, of(6, 6, 2))) == [5, 5, 1]


def test_a_minimum_that_the_seats_do_not_suffice_for_is_refused() -> None:
    demands = of(5, 1, 0, 5)
    assert guaranteed(demands, 2) == 5
    assert seats(apportion(5, demands, 2)) == [2, 1, 0, 2]
    with pytest.raises(ValueError, match="do not suffice"):
        apportion(4, demands, 2)


@given(DEMANDS, NUMBERS)
def test_the_seats_are_given_out_and_nobody_is_off_by_one(expected: list[int], there_are: int) -> None:
    shares = apportion(there_are, of(*expected))
    assert sum(seats(shares)) == min(there_are, sum(expected))
    for each in shares:
        assert each.whole <= each.seats <= -(-each.exact.numerator // each.exact.denominator)
        assert each.seats <= each.demand.expected
        if sum(expected) > there_are:
            assert each.exact == Fraction(there_are * each.demand.expected, sum(expected))


@given(DEMANDS, NUMBERS, st.integers(min_value=0, max_value=20))
def test_a_minimum_is_kept_and_a_larger_demand_never_gets_fewer(expected: list[int], more: int, minimum: int) -> None:
    demands = of(*expected)
    there_are = guaranteed(demands, minimum) + more
    shares = apportion(there_are, demands, minimum)
    assert sum(seats(shares)) == min(there_are, sum(expected))
    for each in shares:
        assert min(minimum, each.demand.expected) <= each.seats <= each.demand.expected
        assert abs(each.seats - each.exact) < 1
    ranked = sorted(shares, key=lambda share: share.demand.expected)
    for smaller, larger in pairwise(ranked):
        if smaller.demand.expected < larger.demand.expected:
            assert smaller.seats <= larger.seats


@given(DEMANDS, NUMBERS, st.integers(min_value=2, max_value=9))
def test_a_remainder_that_is_larger_goes_first(expected: list[int], there_are: int, times: int) -> None:
    shares = apportion(there_are, of(*expected))
    up = [each.remainder for each in shares if each.rounded_up]
    down = [each.remainder for each in shares if not each.rounded_up]
    assert not up or not down or min(up) >= max(down)
    larger = apportion(there_are * times, of(*[each * times for each in expected]))
    assert [each.exact for each in larger] == [each.exact * times for each in shares]
