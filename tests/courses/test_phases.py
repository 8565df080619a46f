"""Where a session stands: open and running at once, and the query that says the same."""

import datetime as dt
import itertools
from typing import Any

import pytest

from courses.models import Selection, Session
from courses.phases import is_open, is_running, open_at, phase_of
from tests import stage
from tests.cast import Cast

NOW = stage.tokyo("2022-06-28 10:00")
PAST, FUTURE = stage.tokyo("2022-06-01 09:00"), stage.tokyo("2022-07-01 17:00")
BEGUN, COMING = dt.date(2022, 6, 1), dt.date(2022, 7, 14)
TODAY, YESTERDAY, LATER = dt.date(2022, 6, 28), dt.date(2022, 6, 27), dt.date(2023, 3, 31)


@pytest.mark.parametrize(
    ("status", "apply_from", "apply_until", "starts_on", "ends_on", "expected"),
    [
        ("draft", PAST, FUTURE, BEGUN, LATER, ("draft", False, False)),
        ("cancelled", PAST, FUTURE, BEGUN, LATER, ("cancelled", False, False)),
        ("finished", PAST, FUTURE, BEGUN, LATER, ("over", False, False)),
        ("published", PAST, FUTURE, BEGUN, YESTERDAY, ("over", False, False)),
        ("published", PAST, FUTURE, BEGUN, TODAY, ("open", True, True)),
        ("published", PAST, None, BEGUN, LATER, ("open", True, True)),
        ("published", PAST, FUTURE, COMING, LATER, ("open", True, False)),
        ("published", NOW, FUTURE, COMING, LATER, ("open", True, False)),
        ("published", PAST, NOW, COMING, LATER, ("closed", False, False)),
        ("published", None, NOW, COMING, LATER, ("closed", False, False)),
        ("published", PAST, NOW, BEGUN, LATER, ("running", False, True)),
        ("published", FUTURE, None, BEGUN, LATER, ("running", False, True)),
        ("published", FUTURE, None, COMING, LATER, ("upcoming", False, False)),
        ("published", None, None, COMING, LATER, ("upcoming", False, False)),
        ("published", None, None, TODAY, TODAY, ("running", False, True)),
    ],
)
def test_a_session_is_in_one_phase(
    status: str,
    apply_from: dt.datetime | None,
    apply_until: dt.datetime | None,
    starts_on: dt.date,
    ends_on: dt.date,
    expected: tuple[str, bool, bool],
) -> None:
    found = (
        phase_of(status, "first_come", apply_from, apply_until, starts_on, ends_on, False, NOW),
        is_open(status, "first_come", apply_from, apply_until, ends_on, NOW),
        is_running(status, starts_on, ends_on, False, NOW),
    )
    assert found == expected


def test_the_last_day_ends_at_midnight_in_tokyo() -> None:
    last = ("published", "open", PAST, None, BEGUN, TODAY, False)
    assert phase_of(*last, stage.tokyo("2022-06-28 23:59")) == "open"
    assert phase_of(*last, stage.tokyo("2022-06-29 00:00")) == "over"


@pytest.mark.parametrize("selection", list(Selection))
@pytest.mark.parametrize(("starts_on", "otherwise"), [(BEGUN, "running"), (COMING, "upcoming")])
def test_what_nobody_applies_for_is_never_open(selection: str, starts_on: dt.date, otherwise: str) -> None:
    by_application = selection != "assigned"
    assert is_open("published", selection, PAST, None, LATER, NOW) is by_application
    phase = phase_of("published", selection, PAST, None, starts_on, LATER, False, NOW)
    assert phase == ("open" if by_application else otherwise)


def test_the_query_finds_what_is_open(cast: Cast) -> None:
    course = stage.course()
    windows = [(None, None), (PAST, None), (NOW, None), (PAST, NOW), (PAST, FUTURE), (FUTURE, None), (None, FUTURE)]
    for status, selection, (begins, ends), ends_on in itertools.product(
        ("draft", "published", "cancelled", "finished"), Selection, windows, (YESTERDAY, TODAY, LATER)
    ):
        window: dict[str, Any] = {"apply_from": begins, "apply_until": ends, "starts_on": BEGUN, "ends_on": ends_on}
        stage.session(course, status=status, selection=selection, **window)
    sessions = list(Session.objects.order_by("pk"))
    by_rule = [
        each.pk
        for each in sessions
        if is_open(each.status, each.selection, each.apply_from, each.apply_until, each.ends_on, NOW)
    ]
    by_query = Session.objects.filter(open_at(NOW)).order_by("pk").values_list("pk", flat=True)
    assert by_rule == list(by_query)
    assert len(by_rule) == 30
