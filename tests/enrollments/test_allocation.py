"""Who gets the seats over everybody who applied: by hand-made tables, and by what must hold of any allocation."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from enrollments.allocation import Applicant, allocate, stands_back, too_much
from enrollments.seating import Quota, Seats


@dataclass(frozen=True)
class Somebody:
    bureau_id: int = 1
    grade_id: int = 1
    new_recruit: bool = False


def applicants(*rows: tuple[str, int, int, int], bureaus: dict[str, int] | None = None) -> list[Applicant]:
    """Of rows (person, session, place in the order there, wish); the key of an enrolment is its place in the list."""
    return [
        Applicant(at, ord(name), session, (order,), (wish,), Somebody(bureau_id=(bureaus or {}).get(name, 1)))
        for at, (name, session, order, wish) in enumerate(rows)
    ]


def seated(rows: Sequence[Applicant], seats: dict[int, Seats]) -> set[tuple[str, int]]:
    given_to = allocate(rows, seats)
    return {(chr(each.staff), each.session) for each in rows if each.enrollment in given_to}


def test_the_first_in_the_order_get_the_seats() -> None:
    rows = applicants(("A", 1, 3, 1), ("B", 1, 1, 1), ("C", 1, 2, 1))
    assert seated(rows, {1: Seats(2)}) == {("B", 1), ("C", 1)}
    assert seated(rows, {1: Seats(0)}) == set()
    assert seated(rows, {1: Seats(None)}) == {("A", 1), ("B", 1), ("C", 1)}


def test_each_gets_the_best_wish_that_can_be_had() -> None:
    """A wants 1 then 2, B wants 1 then 2, C wants 2 alone. In 1 the order is B, A; in 2 it is A, C."""
    rows = applicants(("A", 1, 2, 1), ("A", 2, 1, 2), ("B", 1, 1, 1), ("B", 2, 3, 2), ("C", 2, 2, 1))
    assert seated(rows, {1: Seats(1), 2: Seats(1)}) == {("B", 1), ("A", 2)}
    assert seated(rows, {1: Seats(1), 2: Seats(2)}) == {("B", 1), ("A", 2), ("C", 2)}
    assert seated(rows, {1: Seats(2), 2: Seats(1)}) == {("A", 1), ("B", 1), ("C", 2)}


def test_what_is_kept_goes_to_those_whom_it_is_kept_for() -> None:
    """Three seats, two of them kept for bureau 2, whose people come last in the order."""
    rows = applicants(
        ("A", 1, 1, 1), ("B", 1, 2, 1), ("C", 1, 3, 1), ("D", 1, 4, 1), bureaus={"C": 2, "D": 2}
    )  # fmt: skip
    quota = Quota(2, None, False, 2, None, 0)
    assert seated(rows, {1: Seats(3, [quota])}) == {("A", 1), ("C", 1), ("D", 1)}
    assert quota.taken == 0
    ceiling = Quota(1, None, False, 0, 1, 0)
    assert seated(rows, {1: Seats(3, [ceiling])}) == {("A", 1), ("C", 1), ("D", 1)}


def test_a_seat_that_fills_two_quotas_at_once_leaves_none_idle() -> None:
    """Two seats, one kept for bureau 2 and one for new recruits. A comes first and is neither; B is both: with B in, a seat
    is left over, which A had been refused before."""
    both = Somebody(bureau_id=2, new_recruit=True)
    rows = [Applicant(0, 1, 1, (1,), (1,), Somebody()), Applicant(1, 2, 1, (2,), (1,), both)]
    quotas = [Quota(2, None, False, 1, None, 0), Quota(None, None, True, 1, None, 0)]
    assert allocate(rows, {1: Seats(2, quotas)}) == {0, 1}


def test_what_seats_for_some_people_break() -> None:
    other = Somebody(bureau_id=2)
    assert too_much(Seats(1), [Somebody()]) is None
    assert too_much(Seats(1), [Somebody(), other]) == "session_full"
    assert too_much(Seats(2, [Quota(2, None, False, 0, 1, 1)]), [other]) == "quota_full"
    assert too_much(Seats(2, [Quota(2, None, False, 1, None, 0)]), [Somebody()] * 2) == "seats_kept_for_others"


def test_who_comes_before_stands_in_the_way_of_a_gain() -> None:
    gains, before = Somebody(), Somebody(bureau_id=2)
    assert stands_back(Seats(1), [gains], gains, [before])
    assert not stands_back(Seats(1, [Quota(2, None, False, 0, 0, 0)]), [gains], gains, [before])
    assert not stands_back(Seats(2), [gains, Somebody(bureau_id=3)], gains, [])


people = st.builds(Somebody, st.integers(1, 2), st.integers(1, 2), st.booleans())


@st.composite
def contests(draw: st.DrawFn, quotas: int) -> tuple[list[Applicant], dict[int, Seats]]:
    """Up to eight people with up to three wishes, in orders that differ by session."""
    sessions = {
        session: Seats(
            draw(st.integers(0, 4)),
            [
                Quota(each, None, False, draw(st.integers(0, 2)), draw(st.none() | st.integers(2, 4)), 0)
                for each in range(1, quotas + 1)
            ],
        )
        for session in (1, 2, 3)
    }
    crowd = draw(st.lists(people, max_size=8))
    orders = {session: draw(st.permutations(range(len(crowd)))) for session in sessions}
    rows, key = [], itertools.count()
    for staff, person in enumerate(crowd):
        wishes = draw(st.lists(st.sampled_from([1, 2, 3]), unique=True, min_size=1))
        rows += [
            Applicant(next(key), staff, session, (orders[session][staff],), (wish,), person)
            for wish, session in enumerate(wishes)
        ]
    return rows, sessions


@given(contests(quotas=2), st.randoms(use_true_random=False))
def test_any_allocation_is_fair_and_none_depends_on_the_listing(
    contest: tuple[list[Applicant], dict[int, Seats]], random: object
) -> None:
    rows, seats = contest
    given_to = allocate(rows, seats)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis types it as an object of its own
    assert allocate(shuffled, seats) == given_to
    got = [each for each in rows if each.enrollment in given_to]
    assert len({each.staff for each in got}) == len(got)
    for session, left in seats.items():
        here = [each for each in got if each.session == session]
        if left.broken is None:
            assert too_much(left, [each.person for each in here]) is None
        _nobody_is_passed_over(session, rows, got, left)


def _nobody_is_passed_over(session: int, rows: list[Applicant], got: list[Applicant], seats: Seats) -> None:
    """Stability: whoever would rather be here comes after everybody whose seat here could be theirs; no seat is idle."""
    here = [each for each in got if each.session == session]
    wish_of = {each.staff: each.wish for each in got}
    for each in rows:
        if each.session != session or each in here or wish_of.get(each.staff, (99,)) <= each.wish:
            continue
        idle = too_much(seats, [*(one.person for one in here), each.person]) is None
        assert each.staff in wish_of or not idle or seats.broken
        for other in here:
            if other.order > each.order and other.person == each.person:
                raise AssertionError("somebody alike who comes later has the seat")
