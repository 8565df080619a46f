"""Who gets the seats of one or several sessions of a course, over everybody who applied: a rule of its own, that reads nothing.

Each session takes its applicants in its order, as far as `enrollments.seating` lets it. Where people named several of the
sessions, each gets the best wish that can be had: everybody asks at the first wish; a session holds those whom it takes
first and sends the others on to their next wish; whoever was sent away by a session does not ask it again (deferred
acceptance: D. Gale, L. Shapley, College Admissions and the Stability of Marriage, 1962). With quotas that overlap a seat may
be left by the last round that somebody sent away earlier could have now: those get it at the end, again in order.

The result depends on orders and wishes alone, not on how they are listed. Nobody gets two seats of one allocation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from enrollments.seating import Person, Seats


@dataclass(frozen=True)
class Applicant:
    """One application to one session. `order`: who comes first there; `wish`: which the person wants first."""

    enrollment: int
    staff: int
    session: int
    order: tuple[Any, ...]
    wish: tuple[Any, ...]
    person: Person


def allocate(applicants: Iterable[Applicant], seats: Mapping[int, Seats]) -> set[int]:
    """The enrolments that get a seat. `seats`: what is left of each session; it is not changed."""
    wishes: defaultdict[int, list[Applicant]] = defaultdict(list)
    for each in applicants:
        wishes[each.staff].append(each)
    for own in wishes.values():
        own.sort(key=lambda each: each.wish)
    asked = dict.fromkeys(wishes, 0)  # how many of their wishes people have come to
    held: dict[int, list[Applicant]] = defaultdict(list)
    asking = [own[0] for own in wishes.values()]
    while asking:
        for each in asking:
            held[each.session].append(each)
        sent_away = [each for session in {each.session for each in asking} for each in _choose(session, held, seats)]
        asking = []
        for each in sent_away:
            asked[each.staff] += 1
            asking += wishes[each.staff][asked[each.staff] : asked[each.staff] + 1]
    _fill(wishes, held, seats)
    return {each.enrollment for those in held.values() for each in those}


def _choose(session: int, held: dict[int, list[Applicant]], seats: Mapping[int, Seats]) -> list[Applicant]:
    """Keep those whom a session takes of all who ask; returns whom it sends away."""
    left = deepcopy(seats[session])
    kept: list[Applicant] = []
    sent_away: list[Applicant] = []
    for each in sorted(held[session], key=lambda each: each.order):
        (sent_away if left.give(each.person) else kept).append(each)
    held[session] = kept
    return sent_away


def _fill(
    wishes: Mapping[int, Sequence[Applicant]], held: dict[int, list[Applicant]], seats: Mapping[int, Seats]
) -> None:
    """Seats that are left although somebody without one could have them."""
    seated = {each.staff for those in held.values() for each in those}
    for session in sorted(seats):
        left = deepcopy(seats[session])
        for each in held[session]:
            left.take(each.person)
        without = [each for own in wishes.values() for each in own if each.session == session]
        for each in sorted(without, key=lambda each: each.order):
            if left.exhausted:
                break
            if each.staff not in seated and left.give(each.person) is None:
                held[session].append(each)
                seated.add(each.staff)


def too_much(seats: Seats, people: Collection[Person]) -> str | None:
    """What seats for all of these people would break, as a code: the limit, a ceiling, or what is kept for others."""
    left = deepcopy(seats)
    for person in people:
        left.take(person)
    return left.broken


def stands_back(seats: Seats, seated: Collection[Person], gains: Person, passed_over: Iterable[Person]) -> bool:
    """Whether somebody who comes before could have the seat that another one gains."""
    others = deepcopy(seats)
    for person in seated:
        if person is not gains:
            others.take(person)
    return any(others.why_not(person) is None for person in passed_over)
