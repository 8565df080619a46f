"""The fiscal calendar (会計年度: 地方自治法 第208条, 1 April to 31 March) and the Japanese era.

Nothing here reads a clock: give it a business date.
"""

import datetime as dt
from dataclasses import dataclass

REIWA_BEGAN = dt.date(2019, 5, 1)
REIWA_YEAR_ZERO = 2018
HEISEI_YEAR_ZERO = 1988


def fiscal_year_of(day: dt.date) -> int:
    """January to March belong to the fiscal year that began in the April before."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a fiscal year, both inclusive."""
    return dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that of a day."""
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, order=True)
class Quarter:
    """Q1 is April to June, Q4 January to March of the next calendar year."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in {1, 2, 3, 4}:
            raise ValueError("a fiscal year has quarters 1 to 4")

    @classmethod
    def of(cls, day: dt.date) -> "Quarter":
        return cls(fiscal_year_of(day), (day.month - 4) % 12 // 3 + 1)

    @property
    def first(self) -> dt.date:
        month = 1 if self.number == 4 else 1 + 3 * self.number
        return dt.date(self.year + (self.number == 4), month, 1)

    @property
    def last(self) -> dt.date:
        return self.next.first - dt.timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def in_japanese(year: int) -> str:
    """A fiscal year by its era: 2022 → 令和4年度, 2018 → 平成30年度; years before Heisei keep their Western number.

    A year in which the era changed has the name of its end: 2019 → 令和元年度.
    """
    for era, zero in (("令和", REIWA_YEAR_ZERO), ("平成", HEISEI_YEAR_ZERO)):
        if year > zero:
            return f"{era}元年度" if year == zero + 1 else f"{era}{year - zero}年度"
    return f"{year}年度"
