"""Handing on approvals: who may, for whom, for how long, and never in a circle."""

import datetime as dt
from functools import partial

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access
from academy.access import Viewer
from academy.errors import CircularDelegation, DatesOverlap, Forbidden, InvalidInput
from academy.models import AuditEvent, Delegation, Staff, User
from academy.operations.delegations import delegate_approvals, end_delegation
from academy.posts import approver_of
from tests.cast import SINCE, Cast, organization, person, post, repost
from tests.conftest import TOKYO, Clock
from tests.enrollments.threads import at_once

TODAY = dt.date(2022, 6, 28)
DAY = dt.timedelta(days=1)
UNTIL = TODAY + 7 * DAY


def hand_on(delegator: Staff, delegate: Staff, by: User, first: dt.date = TODAY, last: dt.date = UNTIL) -> Delegation:
    return delegate_approvals(delegator=delegator, delegate=delegate, valid_from=first, valid_to=last, by=by)


def faults(delegator: Staff, delegate: Staff, by: User, **dates: dt.date) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        hand_on(delegator, delegate, by, **dates)
    assert Delegation.objects.count() == 0
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def decides(cast: Cast, on: dt.date = TODAY) -> int | None:
    found = approver_of(cast.ict.pk, on=on)
    return found.staff_id if found else None


def test_a_head_hands_on_and_it_counts_at_once(cast: Cast) -> None:
    made = delegate_approvals(
        delegator=cast.head, delegate=cast.ict2, valid_to=UNTIL, reason="出張", by=cast.user("head")
    )
    assert (made.during, made.created_by, made.reason) == (DateRange(TODAY, UNTIL + DAY), cast.user("head"), "出張")
    assert [decides(cast, day) for day in (TODAY, UNTIL, UNTIL + DAY)] == [cast.ict2.pk, cast.ict2.pk, cast.head.pk]
    event = AuditEvent.objects.get(action="academy.delegate_approvals")
    assert (event.target, event.detail) == (made.public_id, {})


def test_hr_hands_on_for_the_heads_of_its_scope_and_nobody_else_does(cast: Cast) -> None:
    for somebody in (cast.user("ict2"), cast.user("industry_head"), cast.auditor):
        with pytest.raises(Forbidden):
            hand_on(cast.head, cast.ict2, somebody)
    with pytest.raises(Forbidden):
        hand_on(cast.industry_head, cast.staff, cast.bureau_hr)
    assert hand_on(cast.head, cast.ict2, cast.bureau_hr).created_by == cast.bureau_hr
    assert hand_on(cast.industry_head, cast.staff, cast.hr).created_by == cast.hr


def test_what_is_refused_is_named_in_one_pass(cast: Cast) -> None:
    retired = person(("退", "職", "タイ", "ショク"), None, issuer=cast.tmg, hiring=cast.hiring)
    assert faults(cast.head, cast.head, cast.user("head")) == [("/delegate", "self")]
    assert faults(cast.trainer, cast.ict, cast.hr) == [("/delegator", "heads_no_unit")]
    assert faults(cast.head, retired, cast.hr) == [("/delegate", "holds_no_post")]
    assert faults(cast.head, cast.ict, cast.hr, first=TODAY - DAY) == [("/valid_from", "past")]
    assert faults(cast.head, cast.ict, cast.hr, last=dt.date(2023, 4, 1)) == [("/valid_to", "next_fiscal_year")]
    assert faults(cast.trainer, retired, cast.hr, last=TODAY - DAY) == [
        ("/valid_to", "before_start"),
        ("/delegator", "heads_no_unit"),
        ("/delegate", "holds_no_post"),
    ]


def test_who_is_head_from_a_day_on_can_be_stood_in_for_from_that_day(cast: Cast) -> None:
    repost(cast.trainer, during=DateRange(SINCE, TODAY + DAY))
    post(
        cast.trainer, cast.planning, cast.grades["kacho"], cast.office_family, head=True, during=DateRange(TODAY + DAY)
    )
    assert faults(cast.trainer, cast.ict, cast.hr) == [("/delegator", "heads_no_unit")]
    assert hand_on(cast.trainer, cast.ict, cast.hr, first=TODAY + DAY).delegate == cast.ict


def test_to_the_last_day_of_the_fiscal_year_it_may_go(cast: Cast) -> None:
    made = hand_on(cast.head, cast.ict, cast.hr, last=dt.date(2023, 3, 31))
    assert made.during.upper == dt.date(2023, 4, 1)


def test_one_at_a_time(cast: Cast) -> None:
    hand_on(cast.head, cast.ict, cast.hr)
    with pytest.raises(DatesOverlap):
        hand_on(cast.head, cast.ict2, cast.hr, first=UNTIL, last=UNTIL + DAY)
    hand_on(cast.head, cast.ict2, cast.hr, first=UNTIL + DAY, last=UNTIL + DAY)


def test_none_leads_back_on_the_same_days(cast: Cast) -> None:
    third = person(("三", "人目", "サン", "ニンメ"), None, issuer=cast.tmg, hiring=cast.hiring)
    post(third, cast.planning, cast.grades["bucho"], cast.office_family, head=True)
    hand_on(cast.head, cast.industry_head, cast.hr)
    with pytest.raises(CircularDelegation):
        hand_on(cast.industry_head, cast.head, cast.hr, first=UNTIL, last=UNTIL + DAY)
    hand_on(cast.industry_head, third, cast.hr, first=UNTIL, last=UNTIL + DAY)
    with pytest.raises(CircularDelegation):
        hand_on(third, cast.head, cast.hr)
    # Each step overlaps the next, but on no day does the circle close.
    hand_on(third, cast.head, cast.hr, first=UNTIL + DAY, last=UNTIL + 2 * DAY)


def test_what_was_taken_back_leads_nowhere(cast: Cast) -> None:
    made = hand_on(cast.head, cast.industry_head, cast.hr)
    end_delegation(delegation_id=made.pk, by=cast.hr)
    hand_on(cast.industry_head, cast.head, cast.hr)


@pytest.mark.django_db(transaction=True)
def test_two_heads_who_delegate_to_each_other_at_once_do_not_both_succeed(cast: Cast) -> None:
    one, other = cast.head, cast.industry_head
    results = at_once([partial(hand_on, one, other, cast.hr), partial(hand_on, other, one, cast.hr)])
    assert sorted(type(each).__name__ for each in results) == ["CircularDelegation", "Delegation"]


def test_ending_counts_at_once_and_keeps_the_days_before(cast: Cast, at: Clock) -> None:
    made = hand_on(cast.head, cast.ict2, cast.hr)
    at(dt.datetime(2022, 6, 30, 9, tzinfo=TOKYO))
    ended = end_delegation(delegation_id=made.pk, by=cast.user("head"))
    assert (ended.during, ended.revoked_at) == (DateRange(TODAY, TODAY + 2 * DAY), None)
    assert [decides(cast, TODAY + n * DAY) == cast.ict2.pk for n in (0, 1, 2)] == [True, True, False]
    assert end_delegation(delegation_id=made.pk, by=cast.hr).during == ended.during


def test_what_began_today_is_taken_back(cast: Cast) -> None:
    made = hand_on(cast.head, cast.ict2, cast.hr)
    assert end_delegation(delegation_id=made.pk, by=cast.bureau_hr).revoked_at is not None
    assert decides(cast) == cast.head.pk


def test_the_delegate_and_other_hr_do_not_end_it(cast: Cast) -> None:
    made = hand_on(cast.industry_head, cast.ict2, cast.hr)
    for somebody in (cast.user("ict2"), cast.bureau_hr, cast.user("staff")):
        with pytest.raises(Forbidden):
            end_delegation(delegation_id=made.pk, by=somebody)


def test_people_of_another_body_delegate_like_others(cast: Cast) -> None:
    island = organization("island", "municipality", "島", cast.tmg)
    mayor, clerk = (
        person(("島", name, "シマ", "ナマエ"), None, issuer=island, hiring=cast.hiring) for name in ("長", "員")
    )
    post(mayor, island, cast.grades["bucho"], cast.office_family, head=True)
    post(clerk, island, cast.grades["shuji"], cast.office_family)
    assert (mayor.user, mayor.email, mayor.staff_number) == (None, None, None)
    hand_on(mayor, cast.head, cast.hr)
    found = approver_of(clerk.pk, on=TODAY)
    assert found is not None
    assert (found.staff_id, found.in_place_of) == (cast.head.pk, mayor.pk)


VIEWERS = ["hr", "bureau_hr", "auditor", "staff", "ict", "ict2", "head", "trainer", "industry_head"]


@pytest.mark.parametrize("hidden", [None, "head", "ict2"])
def test_who_sees_which(cast: Cast, hidden: str | None) -> None:
    """The queryset against its predicate, and both against the rule as a table."""
    made = {
        "head": hand_on(cast.head, cast.ict2, cast.hr),
        "industry_head": hand_on(cast.industry_head, cast.trainer, cast.hr),
    }
    if hidden:
        Staff.objects.filter(pk=getattr(cast, hidden).pk).update(directory_hidden=True)
    seen = {}
    for name in VIEWERS:
        viewer = Viewer(cast.user(name))
        found = set(access.delegations_visible_to(viewer))
        rows = Delegation.objects.select_related("delegator", "delegate")
        assert found == {each for each in rows if access.may_see_delegation(viewer, each)}
        seen[name] = sorted(key for key, each in made.items() if each in found)
    assert seen == {
        **{name: [] for name in VIEWERS},
        "hr": ["head", "industry_head"],
        "bureau_hr": [] if hidden else ["head"],
        "head": ["head"],
        "ict2": ["head"],
        "trainer": ["industry_head"],
        "industry_head": ["industry_head"],
    }
