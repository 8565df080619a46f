"""Deadlines: counted from the first meeting by the rules of the course, fixed where they are set by hand."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from academy.errors import Faults, InvalidInput
from courses.deadlines import Rule, check_rules, deadlines_of
from courses.errors import SessionNotPublished
from courses.errors.sessions import WindowOutOfOrder
from courses.models import Deadline, DeadlineUnit, Session
from courses.operations import sessions
from courses.operations.deadlines import set_deadline_rules, set_deadlines
from courses.scheduling import Slot
from tests.courses.catalogue import Catalogue, at, slot
from tests.courses.test_sessions import faults, row

APPLY, CHANGE, SUBSTITUTE = Deadline.APPLY, Deadline.CHANGE, Deadline.SUBSTITUTE
BUSINESS_DAY, DAY, WEEK = DeadlineUnit.BUSINESS_DAY, DeadlineUnit.DAY, DeadlineUnit.WEEK
FIVE, NOON = dt.time(17), dt.time(12)


@pytest.mark.parametrize(
    ("rule", "first_day", "expected"),
    [
        (Rule(SUBSTITUTE, 1, BUSINESS_DAY, FIVE), "2022-07-14", "2022-07-13 17:00"),
        (Rule(SUBSTITUTE, 1, BUSINESS_DAY, FIVE), "2022-07-19", "2022-07-15 17:00"),  # 海の日 and a weekend between
        (Rule(SUBSTITUTE, 1, BUSINESS_DAY, FIVE), "2022-05-06", "2022-05-02 17:00"),  # Golden Week
        (Rule(SUBSTITUTE, 3, BUSINESS_DAY, NOON), "2022-05-06", "2022-04-27 12:00"),
        (Rule(SUBSTITUTE, 1, BUSINESS_DAY, FIVE), "2023-01-04", "2022-12-28 17:00"),  # the turn of the year
        (Rule(APPLY, 10, DAY, FIVE), "2022-07-14", "2022-07-04 17:00"),
        (Rule(APPLY, 10, DAY, FIVE), "2022-05-13", "2022-05-03 17:00"),  # a holiday: calendar days do not ask
        (Rule(APPLY, 2, WEEK, FIVE, weekday=4), "2022-07-14", "2022-07-01 17:00"),  # Friday two weeks before
        (Rule(APPLY, 2, WEEK, FIVE, weekday=4), "2022-07-11", "2022-07-01 17:00"),  # the same for its Monday
        (Rule(APPLY, 2, WEEK, FIVE, weekday=4), "2022-07-17", "2022-07-01 17:00"),  # and for its Sunday
        (Rule(APPLY, 1, WEEK, FIVE, weekday=0), "2022-07-14", "2022-07-04 17:00"),
        (Rule(APPLY, 1, WEEK, FIVE, weekday=6), "2022-07-14", "2022-07-10 17:00"),
        (Rule(APPLY, 2, WEEK, FIVE), "2022-07-14", "2022-06-30 17:00"),
    ],
)
def test_a_rule_gives_an_instant(rule: Rule, first_day: str, expected: str) -> None:
    assert deadlines_of([rule], dt.date.fromisoformat(first_day))[rule.kind] == at(expected)


def test_what_no_rule_speaks_of_is_not_given_but_for_substitutes() -> None:
    assert deadlines_of([], dt.date(2022, 7, 14)) == {SUBSTITUTE: at("2022-07-13 17:00")}
    ruled = deadlines_of([Rule(SUBSTITUTE, 3, DAY, NOON), Rule(CHANGE, 5, DAY, NOON)], dt.date(2022, 7, 14))
    assert ruled == {SUBSTITUTE: at("2022-07-11 12:00"), CHANGE: at("2022-07-09 12:00")}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([Rule(APPLY, 1, DAY, FIVE), Rule(APPLY, 2, DAY, FIVE)], [("/rules/1/deadline", "repeated")]),
        ([Rule(APPLY, 0, BUSINESS_DAY, FIVE)], [("/rules/0/count", "out_of_range")]),
        ([Rule(APPLY, 367, DAY, FIVE)], [("/rules/0/count", "out_of_range")]),
        ([Rule(APPLY, 1, DAY, FIVE, weekday=4)], [("/rules/0/weekday", "counts_weeks")]),
        ([Rule(APPLY, 1, WEEK, FIVE, weekday=7)], [("/rules/0/weekday", "out_of_range")]),
    ],
)
def test_what_no_rule_can_say_is_named_with_its_place(
    catalogue: Catalogue, rules: list[Rule], expected: list[tuple[str, str]]
) -> None:
    course = catalogue.seminar.pk
    assert faults(lambda: set_deadline_rules(course_id=course, rules=rules, by=None)) == expected
    assert not catalogue.seminar.deadline_rules.exists()


def deadlines(session: Session) -> tuple[dt.datetime | None, dt.datetime | None, dt.datetime | None, list[str]]:
    found = row(session)
    return found.apply_until, found.change_until, found.substitute_until, found.fixed_deadlines


RULES = [Rule(APPLY, 2, WEEK, FIVE, weekday=4), Rule(CHANGE, 3, BUSINESS_DAY, NOON)]


def ruled(catalogue: Catalogue, rules: list[Rule] = RULES) -> None:
    set_deadline_rules(course_id=catalogue.seminar.pk, rules=rules, by=None)


def test_a_draft_follows_the_rules_of_its_course(catalogue: Catalogue) -> None:
    ruled(catalogue)
    made = catalogue.draft()  # 14 and 15 July
    friday, change, substitute = at("2022-07-01 17:00"), at("2022-07-11 12:00"), at("2022-07-13 17:00")
    assert deadlines(made) == (friday, change, substitute, [])
    sessions.change_session(session_id=made.pk, meetings=[slot("2022-07-21 10:00", "2022-07-21 12:00")], by=None)
    assert deadlines(made) == (at("2022-07-08 17:00"), at("2022-07-15 12:00"), at("2022-07-20 17:00"), [])


def test_without_rules_there_is_the_one_of_substitutes(catalogue: Catalogue) -> None:
    assert deadlines(catalogue.draft()) == (None, None, at("2022-07-13 17:00"), [])


def test_what_has_no_meeting_has_no_deadline_by_a_rule(catalogue: Catalogue) -> None:
    ruled(catalogue)
    made = catalogue.draft(meetings=(), starts_on=dt.date(2022, 4, 1), ends_on=dt.date(2023, 3, 31))
    assert deadlines(made) == (None, None, None, [])


def test_a_month_is_counted_from_its_first_day(catalogue: Catalogue) -> None:
    made = catalogue.draft(meetings=(Slot(month=dt.date(2022, 8, 1)),))
    assert deadlines(made) == (None, None, at("2022-07-29 17:00"), [])


def test_what_is_set_by_hand_stays_when_the_days_move(catalogue: Catalogue) -> None:
    ruled(catalogue)
    by_hand = at("2022-07-12 15:00")
    made = catalogue.draft(substitute_until=by_hand, change_until=None)
    assert deadlines(made) == (at("2022-07-01 17:00"), None, by_hand, ["change", "substitute"])
    later = [slot("2022-07-21 10:00", "2022-07-21 12:00")]
    sessions.change_session(session_id=made.pk, meetings=later, by=None)
    assert deadlines(made) == (at("2022-07-08 17:00"), None, by_hand, ["change", "substitute"])
    sessions.change_session(session_id=made.pk, follow_rules=[SUBSTITUTE], by=None)
    assert deadlines(made) == (at("2022-07-08 17:00"), None, at("2022-07-20 17:00"), ["change"])


@pytest.mark.parametrize("column", ["apply_until", "change_until", "substitute_until"])
def test_no_deadline_comes_after_the_first_meeting_begins(catalogue: Catalogue, column: str) -> None:
    opens: dict[str, Any] = {"apply_from": at("2022-06-01 09:00")}
    late = {**opens, column: at("2022-07-14 14:01")}
    assert faults(lambda: catalogue.draft(**late)) == [(f"/{column}", "after_begin")]
    assert catalogue.draft(**{**opens, column: at("2022-07-14 14:00")}).pk  # the control


def test_a_year_round_run_may_take_applications_to_its_end(catalogue: Catalogue) -> None:
    year = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}
    window = {"apply_from": at("2022-04-01 09:00"), "apply_until": at("2023-03-01 17:00")}
    assert catalogue.draft(catalogue.video, (), **year, **window).pk


def test_drafts_follow_new_rules_and_what_is_published_keeps_what_people_were_told(catalogue: Catalogue) -> None:
    draft, fixed, published = catalogue.draft(), catalogue.draft(change_until=None), catalogue.published()
    ruled(catalogue)
    friday, change, substitute = at("2022-07-01 17:00"), at("2022-07-11 12:00"), at("2022-07-13 17:00")
    assert deadlines(draft) == (friday, change, substitute, [])
    assert deadlines(fixed) == (friday, None, substitute, ["change"])
    assert deadlines(published) == (None, None, substitute, [])
    ruled(catalogue, [])
    assert deadlines(draft) == (friday, None, substitute, [])  # no rule speaks of the window any more: it stays
    assert not catalogue.seminar.deadline_rules.exists()


def test_a_rule_that_would_end_a_window_before_it_begins_is_refused(catalogue: Catalogue) -> None:
    made = catalogue.draft(apply_from=at("2022-07-05 09:00"))
    with pytest.raises(WindowOutOfOrder):
        ruled(catalogue)
    assert deadlines(made) == (None, None, at("2022-07-13 17:00"), [])
    assert not catalogue.seminar.deadline_rules.exists()


def test_moving_a_published_session_moves_its_deadlines_but_no_window_that_has_ended(
    catalogue: Catalogue, business_time: Callable[[dt.datetime], None]
) -> None:
    ruled(catalogue)
    made = catalogue.published(apply_from=at("2022-06-01 09:00"))
    locked = Session.objects.locked()
    session = locked.get(pk=made.pk)
    assert set_deadlines(session, dt.date(2022, 7, 14), {}) == []
    changed = set_deadlines(session, dt.date(2022, 7, 21), {})
    assert changed == ["apply_until", "change_until", "substitute_until"]
    assert session.apply_until == at("2022-07-08 17:00")
    business_time(at("2022-07-05 10:00"))  # the window has ended on the first of July
    session = locked.get(pk=made.pk)
    changed = set_deadlines(session, dt.date(2022, 7, 21), {CHANGE: None})
    assert changed == ["change_until", "substitute_until", "fixed_deadlines"]
    assert (session.apply_until, session.change_until) == (at("2022-07-01 17:00"), None)
    assert set_deadlines(session, None, {}) == ["substitute_until"]
    assert session.substitute_until is None


def test_a_rule_is_checked_without_a_database() -> None:
    found = Faults()
    check_rules(RULES, found)
    found.refuse()
    check_rules([Rule(APPLY, 0, DAY, FIVE)], found)
    with pytest.raises(InvalidInput):
        found.refuse()


def test_a_deadline_by_hand_that_the_first_day_overtakes_is_fixed_no_longer(catalogue: Catalogue) -> None:
    window: dict[str, Any] = {"apply_from": at("2022-06-01 09:00"), "apply_until": at("2022-07-10 17:00")}
    late = at("2022-07-12 12:00")
    made = catalogue.draft(change_until=late, substitute_until=at("2022-07-06 12:00"), **window)
    assert made.fixed_deadlines == ["apply", "change", "substitute"]
    sessions.change_session(session_id=made.pk, meetings=[slot("2022-07-07 14:00", "2022-07-07 17:00")], by=None)
    begin_of_day = at("2022-07-07 00:00")
    assert deadlines(made) == (begin_of_day, begin_of_day, at("2022-07-06 12:00"), ["substitute"])
    sessions.change_session(session_id=made.pk, meetings=[slot("2022-07-06 14:00", "2022-07-06 17:00")], by=None)
    assert deadlines(made)[2:] == (at("2022-07-06 12:00"), ["substitute"])  # on the day itself
    sessions.change_session(session_id=made.pk, meetings=[slot("2022-07-05 14:00", "2022-07-05 17:00")], by=None)
    assert deadlines(made)[2:] == (at("2022-07-04 17:00"), [])


def test_deadlines_of_what_is_published_change_by_hand(catalogue: Catalogue) -> None:
    made = catalogue.published()
    by_hand = at("2022-07-14 12:00")
    sessions.change_deadlines(session_id=made.pk, substitute_until=by_hand, by=None)
    assert deadlines(made) == (None, None, by_hand, ["substitute"])
    ruled(catalogue)
    sessions.change_deadlines(session_id=made.pk, change_until=None, follow_rules=[SUBSTITUTE], by=None)
    assert deadlines(made) == (None, None, at("2022-07-13 17:00"), ["change"])
    sessions.change_deadlines(session_id=made.pk, follow_rules=[CHANGE], by=None)
    assert deadlines(made) == (None, at("2022-07-11 12:00"), at("2022-07-13 17:00"), [])
    late = at("2022-07-14 14:01")
    found = faults(
        lambda: sessions.change_deadlines(session_id=made.pk, change_until=late, follow_rules=[APPLY], by=None)
    )
    assert found == [("/follow_rules", "apply"), ("/change_until", "after_begin")]
    Session.objects.filter(pk=made.pk).move_to("cancelled", by=None)
    with pytest.raises(SessionNotPublished):
        sessions.change_deadlines(session_id=made.pk, change_until=None, by=None)
