"""How deadlines move while a roster is awaited: a table made by hand, and properties that hold of any pauses."""

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.waiting import Deadline, Pause, deadline_after, pause_of, waits_until
from tests.conftest import TOKYO


def day(number: int, hour: int = 0) -> dt.datetime:
    """A moment of April 2023 in Tokyo; days up to zero are the last of March."""
    return dt.datetime(2023, 4, 1, hour, tzinfo=TOKYO) + dt.timedelta(days=number - 1)


APRIL = Pause(day(1), day(11))  # true from the 1st, expected by the 10th

CASES: dict[str, tuple[dt.datetime, dt.datetime, list[Pause], dt.datetime, Deadline]] = {
    # name: since, deadline, pauses, now, what is expected
    "no pause": (day(-5), day(5), [], day(2), Deadline(day(5), stopped=False)),
    "before the pause": (day(-5), day(5), [APRIL], day(0), Deadline(day(15), stopped=False)),
    "in the pause": (day(-5), day(5), [APRIL], day(5), Deadline(day(15), stopped=True)),
    "at its first moment": (day(-5), day(5), [APRIL], day(1), Deadline(day(15), stopped=True)),
    "at its end": (day(-5), day(5), [APRIL], day(11), Deadline(day(15), stopped=False)),
    "closed early, on the 8th": (day(-5), day(5), [Pause(day(1), day(8, 9))], day(9), Deadline(day(12, 9), stopped=False)),
    "over when it begins": (day(-5), day(1), [APRIL], day(2), Deadline(day(1), stopped=False)),
    "over before it begins": (day(-5), day(0), [APRIL], day(2), Deadline(day(0), stopped=False)),
    "began within it": (day(4), day(20), [APRIL], day(5), Deadline(day(27), stopped=True)),
    "not begun yet": (day(4), day(20), [APRIL], day(3), Deadline(day(27), stopped=False)),
    "began at its end": (day(11), day(20), [APRIL], day(12), Deadline(day(20), stopped=False)),
    "began after it": (day(12), day(20), [APRIL], day(12), Deadline(day(20), stopped=False)),
    "two at once count once": (day(0), day(5), [APRIL, APRIL], day(5), Deadline(day(15), stopped=True)),
    "two that overlap count once": (
        day(0), day(5), [Pause(day(3), day(8)), Pause(day(1), day(4))], day(7), Deadline(day(12), stopped=True),
    ),
    "one within another": (day(0), day(5), [Pause(day(2), day(3)), APRIL], day(10), Deadline(day(15), stopped=True)),
    "one after another": (
        day(0), day(5), [Pause(day(1), day(3)), Pause(day(6), day(8))], day(5), Deadline(day(9), stopped=False),
    ),
    "the second is reached only because of the first": (
        day(0), day(5), [Pause(day(1), day(3)), Pause(day(6), day(8))], day(7), Deadline(day(9), stopped=True),
    ),
    "the second comes too late": (
        day(0), day(5), [Pause(day(1), day(3)), Pause(day(7), day(9))], day(8), Deadline(day(7), stopped=False),
    ),
    "closed before it began": (day(-5), day(5), [Pause(day(1), day(-2))], day(2), Deadline(day(5), stopped=False)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_deadline_moves_by_the_time_that_stood_still(name: str) -> None:
    since, deadline, pauses, now, expected = CASES[name]
    assert deadline_after(deadline, pauses, since=since, now=now) == expected


def test_a_window_pauses_from_the_first_moment_of_its_day_to_the_last_of_the_day_expected() -> None:
    first, last = dt.date(2023, 4, 1), dt.date(2023, 4, 10)
    assert pause_of(first, last, None) == APRIL
    assert pause_of(first, last, day(8, 9)) == Pause(day(1), day(8, 9))
    assert pause_of(first, last, day(12)) == APRIL
    assert pause_of(first, first, None) == Pause(day(1), day(2))


def test_what_was_there_before_waits_and_what_came_since_does_not() -> None:
    assert waits_until([APRIL], since=day(0, 23), now=day(5)) == day(11)
    assert waits_until([APRIL], since=day(1), now=day(5)) is None
    assert waits_until([APRIL], since=day(0), now=day(0, 23)) is None
    assert waits_until([APRIL], since=day(0), now=day(11)) is None
    assert waits_until([APRIL, Pause(day(2), day(20))], since=day(0), now=day(5)) == day(20)
    assert waits_until([], since=day(0), now=day(5)) is None


# Properties, in whole hours so that a twin can count them one by one.

hours = st.integers(0, 60)
pauses_of_hours = st.lists(st.tuples(hours, hours), max_size=5)
ORIGIN = day(0)


def at_hour(number: int) -> dt.datetime:
    return ORIGIN + dt.timedelta(hours=number)


def made(spans: list[tuple[int, int]]) -> list[Pause]:
    return [Pause(at_hour(begins), at_hour(ends)) for begins, ends in spans]


def moved(since: int, deadline: int, spans: list[tuple[int, int]], now: int = 0) -> Deadline:
    return deadline_after(at_hour(deadline), made(spans), since=at_hour(since), now=at_hour(now))


@given(since=hours, lasts=hours, spans=pauses_of_hours, now=hours)
def test_a_clock_that_stands_still_in_pauses_agrees(
    since: int, lasts: int, spans: list[tuple[int, int]], now: int
) -> None:
    still = {hour for begins, ends in spans for hour in range(begins, ends)}
    left, hour = lasts, since
    while left:
        left -= hour not in still
        hour += 1
    found = moved(since, since + lasts, spans, now)
    assert found.at == at_hour(hour)
    assert found.stopped == (since <= now < hour and now in still)


@given(since=hours, lasts=hours, spans=pauses_of_hours, order=st.randoms())
def test_neither_order_nor_repetition_matters(
    since: int, lasts: int, spans: list[tuple[int, int]], order: Random
) -> None:
    again = [*spans, *spans]
    order.shuffle(again)
    assert moved(since, since + lasts, again) == moved(since, since + lasts, spans)


@given(since=hours, lasts=hours, more=hours, spans=pauses_of_hours)
def test_a_deadline_never_moves_forward_and_a_later_one_stays_later(
    since: int, lasts: int, more: int, spans: list[tuple[int, int]]
) -> None:
    early, late = moved(since, since + lasts, spans).at, moved(since, since + lasts + more, spans).at
    assert at_hour(since + lasts) <= early <= late
    assert late - early >= dt.timedelta(hours=more)
