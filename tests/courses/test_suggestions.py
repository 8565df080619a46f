"""Days, hours and rooms in order: the pure part of what is suggested for a session."""

import datetime as dt

import pytest

from academy.business_days import is_business_day
from courses.suggestions import (
    Candidate,
    Place,
    Ranked,
    Span,
    candidates,
    in_order,
    pattern_of,
    patterns,
    rooms_that_fit,
)
from tests.stage import tokyo


def span(begins: str, ends: str) -> Span:
    return Span(tokyo(begins), tokyo(ends))


ONE = pattern_of([span("2022-07-14 10:00", "2022-07-14 12:00")])


def days(first: str, last: str, *spans: Span) -> list[str]:
    pattern = pattern_of(spans)
    found = candidates([(pattern, True)], dt.date.fromisoformat(first), dt.date.fromisoformat(last), is_business_day)
    return ["+".join(f"{each.starts_at:%m-%d}" for each in candidate.spans) for candidate in found]


def test_a_meeting_is_offered_on_business_days() -> None:
    """Fri 15 July to Wed 20: a weekend, and 海の日 on Monday."""
    found = days("2022-07-15", "2022-07-20", span("2022-07-01 10:00", "2022-07-01 12:00"))
    assert found == ["07-15", "07-19", "07-20"]


def test_several_meetings_keep_their_distance_and_all_fall_on_business_days() -> None:
    """Two days running: not from Friday into the weekend, and not past the last day."""
    two = (span("2022-06-02 13:00", "2022-06-02 17:00"), span("2022-06-01 10:00", "2022-06-01 12:00"))
    assert days("2022-07-11", "2022-07-15", *two) == ["07-11+07-12", "07-12+07-13", "07-13+07-14", "07-14+07-15"]
    assert days("2022-07-14", "2022-07-19", *two) == ["07-14+07-15"]
    [first, second] = next(
        candidates([(pattern_of(two), True)], dt.date(2022, 7, 11), dt.date(2022, 7, 12), is_business_day)
    ).spans
    assert (first, second) == (
        span("2022-07-11 10:00", "2022-07-11 12:00"),
        span("2022-07-12 13:00", "2022-07-12 17:00"),
    )


@pytest.mark.parametrize(
    ("planned", "minutes", "starts"),
    [
        (ONE, 60, ["10:00 own", "09:30", "13:30", "15:00"]),
        (None, 120, ["09:30", "13:30", "15:00"]),
        (None, 165, ["09:30", "13:30", "15:00"]),
        (None, 166, ["09:30", "13:30"]),
        (None, 480, ["09:30"]),
        (pattern_of([span("2022-07-14 13:30", "2022-07-14 15:00")]), 60, ["13:30 own", "09:30", "15:00"]),
        (pattern_of([span("2022-07-14 18:00", "2022-07-14 20:00")]), 60, ["18:00 own", "09:30", "13:30", "15:00"]),
    ],
)
def test_one_meeting_is_offered_at_the_usual_hours_too(planned: None, minutes: int, starts: list[str]) -> None:
    offered = patterns(planned, minutes)
    assert [f"{beat.starts:%H:%M}{' own' if own else ''}" for (beat,), own in offered] == starts


def test_several_meetings_keep_their_hours() -> None:
    two = pattern_of([span("2022-07-14 10:00", "2022-07-14 12:00"), span("2022-07-14 18:00", "2022-07-14 19:00")])
    assert patterns(two, 60) == [(two, True)]


def test_the_smallest_room_that_is_large_enough_comes_first() -> None:
    rooms = [Place(1, 100), Place(2, 30), Place(3, None), Place(4, 29), Place(5, 30)]
    assert [room.pk for room in rooms_that_fit(rooms, 30)] == [2, 5, 1]
    assert [room.pk for room in rooms_that_fit(rooms, None)] == [4, 2, 5, 1, 3]
    assert rooms_that_fit(rooms, 101) == []


def test_the_order_is_by_who_is_free_then_early_then_at_the_planned_hours() -> None:
    def ranked(day: str, busy: int, *, own: bool = True) -> Ranked:
        return Ranked(Candidate((span(f"{day} 10:00", f"{day} 11:00"),), own), None, 0, busy)

    late, early, other = ranked("2022-07-15", 1), ranked("2022-07-14", 1), ranked("2022-07-14", 1, own=False)
    best = ranked("2022-07-29", 0)
    assert in_order([late, other, early, best]) == [best, early, other, late]
