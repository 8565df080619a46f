"""Who has which place in a session, and whether there is room, in plain lists: see `life`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

PEOPLE = 6
BUREAUS = ("digital", "industry")
RESULTS = ("completed", "not_completed", "absent")
TAKING_PART = ("enrolled", "in_progress", *RESULTS)
SEATED = ("offered", *TAKING_PART)
LIVE = ("applied", "waitlisted", "offered", "enrolled", "in_progress")
HELD = (*LIVE, *RESULTS)

FIRST_DAY = 56  # of the meetings; before it time goes by in weeks, afterwards in days
ANSWERED_WITHIN = 2  # days that an offer or a stage of an approval stands


def bureau_of(who: int) -> str:
    return BUREAUS[who % 3 == 2]


class Refused(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


def refuse(when: bool, code: str) -> None:
    if when:
        raise Refused(code)


def refuse_first(codes: Sequence[str]) -> None:
    if codes:
        raise Refused(codes[0])


class Kind(NamedTuple):
    """What the two sessions of a play have in common."""

    decided: bool  # seats are given by a decision, not in the order of coming
    stages: int  # how many have to agree: nobody, the head of unit, then the bureau
    overdue: dict[str, str]  # by level: what becomes of a late stage
    offers: bool  # whoever moves up has to accept
    repeatable: bool
    together: bool  # both sessions meet at the same time

    @property
    def closes(self) -> int:
        """The last day of applications."""
        return 7 if self.decided else 42


class Kept(NamedTuple):
    """A quota: seats that are kept for a bureau, and the most that it gets."""

    seats: int
    most: int | None


@dataclass
class Place:
    who: int
    number: int
    status: str
    since: int  # the day on which the last stage or the offer began
    ended_as: str = ""
    stages: list[tuple[str, str]] = field(default_factory=list)
    marks: dict[int, bool] = field(default_factory=dict)
    batch: int | None = None

    def end(self, status: str, ended_as: str) -> None:
        self.status, self.ended_as = status, ended_as
        if self.pending:
            self.stage_ends("void")

    @property
    def pending(self) -> str | None:
        """The level that has to agree now."""
        return self.stages[-1][0] if self.stages and self.stages[-1][1] == "pending" else None

    def stage_ends(self, how: str) -> None:
        self.stages[-1] = (self.stages[-1][0], how)


@dataclass
class Run:
    """A session of two meetings, on two days."""

    first: int
    capacity: int | None
    quotas: dict[str, Kept] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    last_number: int = 0
    cancelled_on: int | None = None
    draft: list[tuple[int, str]] | None = None  # which place, what is proposed

    @property
    def last(self) -> int:
        return self.first + 1

    @property
    def cancelled(self) -> bool:
        return self.cancelled_on is not None

    def of(self, *statuses: str) -> list[Place]:
        return sorted((each for each in self.places if each.status in statuses), key=lambda each: each.number)

    def taken(self, bureau: str | None = None) -> int:
        return sum(bureau in (None, bureau_of(each.who)) for each in self.of(*SEATED))

    def outstanding(self) -> int:
        """How many seats are kept that nobody has taken."""
        return sum(max(each.seats - self.taken(bureau), 0) for bureau, each in self.quotas.items())

    def no_room(self, who: int) -> str | None:
        """Why there is no seat for somebody."""
        own = self.quotas.get(bureau_of(who), Kept(0, None))
        if self.capacity is not None and self.taken() >= self.capacity:
            return "session_full"
        if own.most is not None and self.taken(bureau_of(who)) >= own.most:
            return "quota_full"
        kept_for_own = own.seats > self.taken(bureau_of(who))
        if self.capacity is not None and not kept_for_own and self.taken() + self.outstanding() >= self.capacity:
            return "seats_kept_for_others"
        return None

    def promises_more_than_it_has(self) -> bool:
        ceilings = any(each.most is not None and self.taken(bureau) > each.most for bureau, each in self.quotas.items())
        return ceilings or (self.capacity is not None and self.taken() + self.outstanding() > self.capacity)

    def enter(self, who: int, status: str, day: int, batch: int | None = None) -> Place:
        self.last_number += 1
        self.places.append(Place(who, self.last_number, status, day, batch=batch))
        return self.places[-1]
