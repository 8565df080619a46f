"""Application rounds, kept in step with the window by every operation that changes it."""

import datetime as dt
from collections.abc import Callable

import pytest

from courses.deadlines import Rule
from courses.models import Deadline, DeadlineUnit, Session
from courses.operations import sessions
from courses.operations.deadlines import set_deadline_rules, set_deadlines
from tests.courses.catalogue import Catalogue, at
from tests.courses.test_sessions import about, faults, row

Clock = Callable[[dt.datetime], None]
FIRST, LAST = at("2022-07-01 09:00"), at("2022-07-10 17:00")


def rounds(session: Session) -> list[tuple[int, dt.datetime, dt.datetime | None]]:
    return list(session.rounds.order_by("number").values_list("number", "apply_from", "apply_until"))


def test_the_window_of_a_draft_is_its_first_round(catalogue: Catalogue) -> None:
    made = catalogue.draft(apply_from=FIRST)
    assert rounds(made) == [(1, FIRST, None)]
    sessions.change_session(session_id=made.pk, apply_until=LAST, by=None)
    assert rounds(made) == [(1, FIRST, LAST)]
    later = at("2022-07-12 09:00")
    sessions.change_session(session_id=made.pk, apply_from=later, apply_until=None, by=None)
    assert rounds(made) == [(1, later, None)]
    sessions.change_session(session_id=made.pk, apply_from=None, by=None)
    assert rounds(made) == []


def test_a_draft_without_a_window_has_no_round_until_it_opens(catalogue: Catalogue) -> None:
    made = catalogue.published()
    assert rounds(made) == []
    sessions.open_session(session_id=made.pk, apply_until=LAST, by=None)
    ((number, begins, ends),) = rounds(made)
    assert (number, about("2022-06-28 10:00", begins), ends) == (1, True, LAST)


def test_opening_early_moves_the_round_that_was_announced(catalogue: Catalogue) -> None:
    made = catalogue.published(apply_from=FIRST, apply_until=LAST)
    sessions.open_session(session_id=made.pk, apply_until=LAST, by=None)
    assert [(number, ends) for number, _, ends in rounds(made)] == [(1, LAST)]
    assert about("2022-06-28 10:00", rounds(made)[0][1])


def test_an_open_session_keeps_its_round(catalogue: Catalogue, business_time: Clock) -> None:
    made = catalogue.published()
    sessions.open_session(session_id=made.pk, by=None)
    business_time(at("2022-06-29 10:00"))
    sessions.open_session(session_id=made.pk, apply_until=LAST, by=None)
    assert [(number, ends) for number, _, ends in rounds(made)] == [(1, LAST)]
    assert about("2022-06-28 10:00", rounds(made)[0][1])


def test_opening_after_the_window_has_ended_is_a_further_round(catalogue: Catalogue, business_time: Clock) -> None:
    made = catalogue.published()
    sessions.open_session(session_id=made.pk, by=None)
    sessions.close_session(session_id=made.pk, by=None)
    business_time(at("2022-06-29 10:00"))
    sessions.open_session(session_id=made.pk, apply_until=LAST, by=None)
    first, second = rounds(made)
    assert (first[0], about("2022-06-28 10:00", first[2])) == (1, True)
    assert (second[0], about("2022-06-29 10:00", second[1]), second[2]) == (2, True, LAST)
    assert (row(made).apply_from, row(made).apply_until) == second[1:]


def test_closing_ends_the_round_and_takes_away_one_that_has_not_begun(
    catalogue: Catalogue, business_time: Clock
) -> None:
    made = catalogue.published(apply_from=FIRST, apply_until=LAST)
    sessions.close_session(session_id=made.pk, by=None)
    assert rounds(made) == []
    opened = catalogue.published(apply_from=at("2022-06-01 09:00"), apply_until=LAST)
    sessions.close_session(session_id=opened.pk, by=None)
    ((number, begins, ends),) = rounds(opened)
    assert (number, begins, about("2022-06-28 10:00", ends)) == (1, at("2022-06-01 09:00"), True)


def test_the_end_that_a_rule_gives_is_that_of_the_open_round(catalogue: Catalogue, business_time: Clock) -> None:
    week_before = Rule(kind=Deadline.APPLY, count=1, unit=DeadlineUnit.WEEK, time=dt.time(17))
    set_deadline_rules(course_id=catalogue.seminar.pk, rules=[week_before], by=None)
    made = catalogue.published()  # on 14 and 15 July
    sessions.open_session(session_id=made.pk, by=None)
    assert (rounds(made)[0][2], row(made).fixed_deadlines) == (at("2022-07-07 17:00"), [])
    session = Session.objects.locked().get(pk=made.pk)
    set_deadlines(session, dt.date(2022, 7, 21), {})
    assert rounds(made)[0][2] == at("2022-07-14 17:00")
    sessions.open_session(session_id=made.pk, apply_until=None, by=None)
    assert (rounds(made)[0][2], row(made).fixed_deadlines) == (None, ["apply"])
    business_time(at("2022-07-08 10:00"))
    found = faults(lambda: sessions.open_session(session_id=made.pk, by=None))
    assert found == [("/apply_until", "past")]


@pytest.mark.parametrize(("until", "code"), [("2022-06-28 09:59", "past"), ("2022-07-14 14:01", "after_begin")])
def test_a_window_ends_ahead_and_before_the_first_meeting(catalogue: Catalogue, until: str, code: str) -> None:
    made = catalogue.published()
    found = faults(lambda: sessions.open_session(session_id=made.pk, apply_until=at(until), by=None))
    assert found == [("/apply_until", code)]
    assert rounds(made) == []
