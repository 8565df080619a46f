"""How seats are shared out by what organisations said they need: the method of largest remainders (Hamilton, Hare).

All demands together fit: each organisation gets what it asked for, and the rest of the seats stays unallocated.
They do not: the exact share of an organisation is `seats × demand ÷ all demands`, as a fraction. Each gets the whole part
of it; the seats that are left go, one each, to the largest remainders. Remainders that are equal are told apart by the
larger demand, then by the organisation's code, so that the same answers always give the same seats. Nobody gets more
than it asked for, and nobody's seats differ from the exact share by one or more (the quota rule).

A guaranteed minimum `m` goes first: every organisation with a demand gets `min(m, demand)`, and the seats that are left
are shared in the same way by the demands that are left. The exact share is then the guarantee and the share of the rest.

As with every method that keeps the quota rule, a seat more in all may cost an organisation one (the Alabama paradox);
within one proposal a larger demand never gets fewer seats. See Balinski and Young, Fair Representation (1982).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Demand:
    """What one organisation asks for; `code` is the last to break a tie."""

    key: int
    code: str
    expected: int


@dataclass(frozen=True)
class Share:
    """What one organisation gets. `seats` is the whole part of the exact share, and one more where it was rounded up."""

    demand: Demand
    exact: Fraction
    seats: int

    @property
    def whole(self) -> int:
        return self.exact.numerator // self.exact.denominator

    @property
    def remainder(self) -> Fraction:
        return self.exact - self.whole

    @property
    def rounded_up(self) -> bool:
        return self.seats > self.whole


def guaranteed(demands: Sequence[Demand], minimum: int) -> int:
    """The seats that a guaranteed minimum takes: they must not be more than there are."""
    return sum(min(minimum, each.expected) for each in demands)


def apportion(seats: int, demands: Sequence[Demand], minimum: int = 0) -> list[Share]:
    """The shares in the order of the demands. `ValueError` where the seats do not suffice for the minimum."""
    held = [min(minimum, each.expected) for each in demands]
    left = [each.expected - kept for each, kept in zip(demands, held, strict=True)]
    wanted = sum(left)
    rest = min(seats - sum(held), wanted)
    if rest < 0:
        raise ValueError("the seats do not suffice for the guaranteed minimum")
    exact = [
        kept + (Fraction(rest * more, wanted) if wanted else Fraction(0)) for kept, more in zip(held, left, strict=True)
    ]
    whole = [share.numerator // share.denominator for share in exact]
    spare = sum(held) + rest - sum(whole)
    ranked = sorted(
        range(len(demands)),
        key=lambda at: (whole[at] - exact[at], -demands[at].expected, demands[at].code),  # largest remainder first
    )
    lucky = set(ranked[:spare])
    return [Share(demand, exact[at], whole[at] + (at in lucky)) for at, demand in enumerate(demands)]
