"""The arithmetic of a draw: known answers, whatever the order of the list, and every order alike likely."""

import hashlib
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments import lottery
from enrollments.lottery import Entrant, Head

SESSION = UUID("0190a000-0000-7000-8000-000000000001")
HEAD = Head(SESSION, 1, [{"rule": {}, "number": 1, "label_ja": "管理職"}])
SECRET = bytes(range(32)).hex()
BEACON = "日経平均 26804.67"
A, B, C, D = (UUID(int=number, version=4) for number in (1, 2, 3, 4))
ENTRANTS = [Entrant(2, A), Entrant(1, B), Entrant(2, C), Entrant(1, D)]
TICKETS = [UUID(int=number, version=4) for number in range(4)]

entrants = st.lists(st.tuples(st.integers(1, 4), st.uuids(version=4)), max_size=30, unique_by=lambda each: each[1]).map(
    lambda pairs: [Entrant(*pair) for pair in pairs]
)


def test_known_answers() -> None:
    """Made beside this code with `sha256sum` and `openssl dgst -mac hmac`."""
    assert lottery.commitment_of(SECRET) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    assert lottery.list_text(HEAD, ENTRANTS) == (
        "session 0190a000-0000-7000-8000-000000000001\n"
        "round 1\n"
        "classes 88c60eb21b0fd6f3a7b576d4c55f81a1c57b8521783187554add35d9b3a6aca8\n"
        "entrants 4\n"
        "1,00000000-0000-4000-8000-000000000002\n"
        "1,00000000-0000-4000-8000-000000000004\n"
        "2,00000000-0000-4000-8000-000000000001\n"
        "2,00000000-0000-4000-8000-000000000003\n"
    )
    assert lottery.digest_of(lottery.list_text(HEAD, ENTRANTS)) == (
        "4f8c3948781453e52ae12cb2371516cebcf28295fbe0961e25e03c6345c79bd7"
    )
    seed = lottery.seed_of(SECRET, BEACON)
    assert seed == "b78807f674fd9d8083b42ac0b597de2a9964175966fafd9aa30b2b91db1bdb1f"
    assert lottery.order(seed, ENTRANTS) == [Entrant(1, D), Entrant(1, B), Entrant(2, C), Entrant(2, A)]


@given(entrants, st.randoms(use_true_random=False))
def test_the_order_of_coming_changes_nothing(entered: list[Entrant], chance: random.Random) -> None:
    shuffled = entered[:]
    chance.shuffle(shuffled)
    seed = lottery.seed_of(SECRET, BEACON)
    drawn = lottery.order(seed, shuffled)
    assert drawn == lottery.order(seed, entered)
    assert lottery.list_text(HEAD, shuffled) == lottery.list_text(HEAD, entered)
    assert sorted(drawn) == sorted(entered)
    assert [each.priority_class for each in drawn] == sorted(each.priority_class for each in entered)


def test_a_class_is_drawn_as_if_it_were_alone() -> None:
    """Who is in another class, and how many they are, moves nobody inside a class."""
    seed = lottery.seed_of(SECRET, BEACON)
    alone = [each for each in ENTRANTS if each.priority_class == 2]
    assert [each for each in lottery.order(seed, ENTRANTS) if each.priority_class == 2] == lottery.order(seed, alone)


# The χ² that is exceeded once in a thousand times, by degrees of freedom.
ONCE_IN_A_THOUSAND = {23: 49.728, 3: 16.266}


def chi_squared(counts: Counter[Any], cells: int) -> float:
    expected = counts.total() / cells
    return sum((count - expected) ** 2 / expected for count in counts.values()) + (cells - len(counts)) * expected


def orders(draws: int) -> Counter[Any]:
    """How often each order of four tickets was drawn, by seeds that are the same in every run."""
    seeds = (hashlib.sha256(b"%d" % number).hexdigest() for number in range(draws))
    four = [Entrant(1, ticket) for ticket in TICKETS]
    return Counter(tuple(lottery.order(seed, four)) for seed in seeds)


def test_every_order_is_equally_likely() -> None:
    assert chi_squared(orders(12_000), 24) < ONCE_IN_A_THOUSAND[23]


@pytest.mark.long
def test_every_order_is_equally_likely_in_a_million_draws() -> None:
    assert chi_squared(orders(1_000_000), 24) < ONCE_IN_A_THOUSAND[23]


def test_a_weighted_draw_is_found_out() -> None:
    """The control: the same figure of a draw that favours one of four."""
    first = Counter(random.Random(number).choices("abcd", [30, 25, 25, 25])[0] for number in range(12_000))
    assert chi_squared(first, 4) > ONCE_IN_A_THOUSAND[3]
