"""Sessions below their minimum: against a table made by hand."""

import datetime as dt
from typing import Any

import pytest

from academy import clock
from courses.models import Session
from enrollments.minimums import seats_held, sessions_below_minimum
from tests import records, stage
from tests.cast import Cast

JULY = (("2022-07-14 14:00", "2022-07-14 16:00"),)
CLOSED = {"apply_from": stage.tokyo("2022-06-01 09:00"), "apply_until": stage.tokyo("2022-06-20 17:00")}


def session(**fields: Any) -> Session:
    return stage.session(**{"times": JULY, "status": "published", "minimum": 3, **CLOSED, **fields})


@pytest.mark.parametrize(
    ("fields", "seats", "below"),
    [
        ({}, 2, True),  # without a limit no counter is kept: counted
        ({}, 3, False),
        ({"capacity": 10}, 2, True),
        ({"capacity": 10}, 3, False),
        ({"minimum": None}, 0, False),
        ({"status": "draft"}, 0, False),
        ({"status": "cancelled"}, 0, False),
        ({"apply_until": None}, 0, False),  # applications go on
        ({"apply_until": stage.tokyo("2022-06-28 10:30")}, 0, False),  # for half an hour
        ({"apply_until": stage.tokyo("2022-06-28 10:00")}, 0, True),
        ({"apply_from": None, "apply_until": None, "selection": "assigned"}, 0, False),  # seats are still given
        ({"times": (("2022-06-28 09:00", "2022-06-28 12:00"),)}, 0, False),  # begun
        ({"times": (("2022-06-28 11:00", "2022-06-28 12:00"),), "apply_until": None}, 0, True),  # begins today
        ({"undated": True, "times": ()}, 0, False),
    ],
)  # fmt: skip
def test_who_is_below_the_minimum(cast: Cast, fields: dict[str, Any], seats: int, below: bool) -> None:
    made = session(**fields)
    records.enrolled(made, *records.crowd(cast, seats))
    found = sessions_below_minimum(clock.now()).values_list("pk", flat=True)
    assert list(found) == ([made.pk] if below else [])


def test_seats_are_counted_only_where_a_minimum_asks_and_no_counter_is_kept(cast: Cast) -> None:
    counted, kept, unasked = session(), session(capacity=10), session(minimum=None)
    people = records.crowd(cast, 2)
    for each in (counted, kept, unasked):
        records.enrolled(each, *people)
    records.enrolled(counted, *[cast.ict], status="waitlisted")  # type: ignore[arg-type]
    found = dict(Session.objects.annotate(held=seats_held()).values_list("pk", "held"))
    assert found == {counted.pk: 2, kept.pk: 2, unasked.pk: 0}


def test_a_meeting_by_month_has_begun_with_the_month(cast: Cast) -> None:
    made = session(times=(), starts_on=dt.date(2022, 6, 1), ends_on=dt.date(2022, 6, 30))
    assert sessions_below_minimum(clock.now()).filter(pk=made.pk).exists()
    made.meetings.create(position=1, precision="month", month=dt.date(2022, 6, 1))
    assert not sessions_below_minimum(clock.now()).filter(pk=made.pk).exists()
