"""Whose approval is needed on a day: a table of cases made by hand, the reading behind it, and a naive twin."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.models import Assignment, Delegation, Organization, OrganizationEdge, Staff, StaffStatus
from academy.posts import (
    Approver,
    Capacity,
    Chain,
    Delegate,
    Holder,
    Unit,
    approver,
    approver_of,
    approvers_of,
    unit_head,
    unit_head_of,
    unit_heads_of,
)
from tests.cast import ALWAYS, Cast, organization, person, post, repost

DAY = dt.date(2022, 6, 28)
NEXT = DAY + dt.timedelta(days=1)
TODAY = DateRange(DAY, NEXT)

Decision = tuple[int, str, int, int | None]  # who, as what, for which unit, in whose place

ME, BOSS, OTHER, CHIEF, AIDE, STAND_IN = range(1, 7)
SECTION, BUREAU = 10, 20


def section(*heads: Holder, deputies: tuple[Holder, ...] = ()) -> Unit:
    return Unit(SECTION, heads, deputies)


ABOVE = Unit(BUREAU, (Holder(CHIEF),))
GIVEN = Delegate(STAND_IN, serves=True)

CASES: dict[str, tuple[tuple[Unit, ...], Approver | None]] = {
    "the head of the own unit": ((section(Holder(BOSS)), ABOVE), Approver(BOSS, Capacity.HEAD, SECTION)),
    "nobody above": ((), None),
    "a unit without a head is passed over": ((section(), ABOVE), Approver(CHIEF, Capacity.HEAD, BUREAU)),
    "a vacant post is filled by its deputy": (
        (section(deputies=(Holder(AIDE),)), ABOVE),
        Approver(AIDE, Capacity.DEPUTY, SECTION),
    ),
    "the head goes to the next unit": ((section(Holder(ME)), ABOVE), Approver(CHIEF, Capacity.HEAD, BUREAU)),
    "the head's own deputy does not decide on the head": (
        (section(Holder(ME), deputies=(Holder(AIDE),)), ABOVE),
        Approver(CHIEF, Capacity.HEAD, BUREAU),
    ),
    "of two heads the first": ((section(Holder(BOSS), Holder(OTHER)), ABOVE), Approver(BOSS, Capacity.HEAD, SECTION)),
    "of two heads the other one": ((section(Holder(ME), Holder(OTHER)), ABOVE), Approver(OTHER, Capacity.HEAD, SECTION)),
    "of two heads the one who is there": (
        (section(Holder(BOSS, on_leave=True), Holder(OTHER), deputies=(Holder(AIDE),)), ABOVE),
        Approver(OTHER, Capacity.HEAD, SECTION),
    ),
    "a head and the other one on leave": (
        (section(Holder(ME), Holder(OTHER, on_leave=True), deputies=(Holder(AIDE),)), ABOVE),
        Approver(CHIEF, Capacity.HEAD, BUREAU),
    ),
    "a head of two units in a row": ((section(Holder(ME)), Unit(BUREAU, (Holder(ME),))), None),
    "the delegate": (
        (section(Holder(BOSS, delegate=GIVEN), deputies=(Holder(AIDE),)), ABOVE),
        Approver(STAND_IN, Capacity.DELEGATE, SECTION, BOSS),
    ),
    "the delegate of a head on leave": (
        (section(Holder(BOSS, on_leave=True, delegate=GIVEN), deputies=(Holder(AIDE),)), ABOVE),
        Approver(STAND_IN, Capacity.DELEGATE, SECTION, BOSS),
    ),
    "the applicant is the delegate, the head is there": (
        (section(Holder(BOSS, delegate=Delegate(ME, serves=True))), ABOVE),
        Approver(BOSS, Capacity.HEAD, SECTION),
    ),
    "the applicant is the delegate, the head on leave": (
        (section(Holder(BOSS, on_leave=True, delegate=Delegate(ME, serves=True)), deputies=(Holder(AIDE),)), ABOVE),
        Approver(AIDE, Capacity.DEPUTY, SECTION, BOSS),
    ),
    "a delegate who does not serve": (
        (section(Holder(BOSS, delegate=Delegate(STAND_IN, serves=False))), ABOVE),
        Approver(BOSS, Capacity.HEAD, SECTION),
    ),
    "a delegate who does not serve of a head on leave": (
        (section(Holder(BOSS, on_leave=True, delegate=Delegate(STAND_IN, serves=False))), ABOVE),
        Approver(CHIEF, Capacity.HEAD, BUREAU),
    ),
    "the delegate of the unit above": (
        (section(Holder(ME)), Unit(BUREAU, (Holder(CHIEF, delegate=GIVEN),))),
        Approver(STAND_IN, Capacity.DELEGATE, BUREAU, CHIEF),
    ),
    "two heads who delegated to each other": (
        (section(Holder(BOSS, delegate=Delegate(CHIEF, serves=True))), Unit(BUREAU, (Holder(CHIEF, delegate=Delegate(BOSS, serves=True)),))),
        Approver(CHIEF, Capacity.DELEGATE, SECTION, BOSS),
    ),
    "the deputy of a head on leave": (
        (section(Holder(BOSS, on_leave=True), deputies=(Holder(AIDE),)), ABOVE),
        Approver(AIDE, Capacity.DEPUTY, SECTION, BOSS),
    ),
    "the applicant is the deputy": (
        (section(Holder(BOSS, on_leave=True), deputies=(Holder(ME),)), ABOVE),
        Approver(CHIEF, Capacity.HEAD, BUREAU),
    ),
    "the second deputy": (
        (section(Holder(BOSS, on_leave=True), deputies=(Holder(AIDE, on_leave=True), Holder(OTHER))), ABOVE),
        Approver(OTHER, Capacity.DEPUTY, SECTION, BOSS),
    ),
    "all on leave": (
        (
            section(Holder(BOSS, on_leave=True), deputies=(Holder(AIDE, on_leave=True),)),
            Unit(BUREAU, (Holder(CHIEF, on_leave=True),)),
        ),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_whose_approval_is_needed(name: str) -> None:
    units, expected = CASES[name]
    assert approver(Chain(ME, units)) == expected


def test_the_unit_head_is_the_head_whoever_acts() -> None:
    away = section(Holder(BOSS, on_leave=True, delegate=GIVEN), deputies=(Holder(AIDE),))
    assert unit_head(Chain(ME, (away, ABOVE))) == BOSS
    assert unit_head(Chain(BOSS, (away, ABOVE))) == CHIEF
    assert unit_head(Chain(ME, ())) is None


# What is read.


def deciding(staff: Staff, on: dt.date = DAY) -> Decision | None:
    found = approver_of(staff.pk, on=on)
    return (found.staff_id, found.capacity.value, found.unit_id, found.in_place_of) if found else None


def without_number(cast: Cast, unit: Organization, *, head: bool = False) -> Staff:
    """Somebody of another body: no metropolitan number, no account, no e-mail."""
    made = person(("島", "守", "シマ", "マモル"), None, issuer=unit, hiring=cast.hiring)
    post(made, unit, cast.grades["kacho"], cast.office_family, head=head)
    return made


def on_leave(staff: Staff, during: DateRange = TODAY) -> None:
    StaffStatus.objects.create(staff=staff, kind="on_leave", during=during)


def delegated(delegator: Staff, delegate: Staff, during: DateRange = TODAY) -> Delegation:
    return Delegation.objects.create(delegator=delegator, delegate=delegate, during=during)


def test_the_head_decides_and_on_the_head_nobody_here(cast: Cast) -> None:
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)
    assert deciding(cast.head) is None


def test_people_of_another_body_decide_and_are_decided_on(cast: Cast) -> None:
    island = organization("island", "municipality", "島", cast.tmg)
    mayor, clerk = without_number(cast, island, head=True), without_number(cast, island)
    assert deciding(clerk) == (mayor.pk, "head", island.pk, None)
    delegated(mayor, cast.trainer)
    assert deciding(clerk) == (cast.trainer.pk, "delegate", island.pk, mayor.pk)


def test_a_delegation_counts_on_its_days_until_it_is_revoked(cast: Cast) -> None:
    given = delegated(cast.head, cast.ict2)
    expected = (cast.ict2.pk, "delegate", cast.skills.pk, cast.head.pk)
    assert [deciding(cast.ict, DAY + dt.timedelta(days=n)) == expected for n in (-1, 0, 1)] == [False, True, False]
    given.revoked_at = dt.datetime(2022, 6, 27, tzinfo=dt.UTC)
    given.save()
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)


def test_a_delegation_is_followed_one_step(cast: Cast) -> None:
    delegated(cast.head, cast.industry_head)
    delegated(cast.industry_head, cast.head)
    assert deciding(cast.ict) == (cast.industry_head.pk, "delegate", cast.skills.pk, cast.head.pk)
    assert deciding(cast.staff) == (cast.head.pk, "delegate", cast.trade.pk, cast.industry_head.pk)


def test_a_delegate_without_a_post_or_on_leave_does_not_decide(cast: Cast) -> None:
    delegated(cast.head, cast.ict2)
    on_leave(cast.ict2)
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)
    StaffStatus.objects.all().supersede()
    assert deciding(cast.ict) == (cast.ict2.pk, "delegate", cast.skills.pk, cast.head.pk)
    repost(cast.ict2, during=DateRange(dt.date(2021, 4, 1), DAY))
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)


def test_a_head_on_leave_is_stood_in_for_by_the_deputy_of_the_unit(cast: Cast) -> None:
    repost(cast.trainer, deputy_of_unit=True)
    on_leave(cast.head)
    assert deciding(cast.ict) == (cast.trainer.pk, "deputy", cast.skills.pk, cast.head.pk)
    assert deciding(cast.trainer) is None
    assert deciding(cast.ict, NEXT) == (cast.head.pk, "head", cast.skills.pk, None)


def test_another_status_is_no_leave(cast: Cast) -> None:
    StaffStatus.objects.create(staff=cast.head, kind="manager_candidate", during=TODAY)
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)


def test_who_holds_the_unit_as_primary_post_heads_it_first(cast: Cast) -> None:
    repost(cast.head, kind="concurrent")
    repost(cast.trainer, head_of_unit=True)
    assert deciding(cast.ict) == (cast.trainer.pk, "head", cast.skills.pk, None)


def test_a_head_of_two_units_heads_both(cast: Cast) -> None:
    post(cast.industry_head, cast.planning, cast.grades["bucho"], cast.office_family, head=True, kind="concurrent")
    assert deciding(cast.head) == (cast.industry_head.pk, "head", cast.planning.pk, None)
    assert deciding(cast.staff) == (cast.industry_head.pk, "head", cast.trade.pk, None)
    assert deciding(cast.industry_head) is None


def test_a_unit_that_ended_is_headed_by_nobody(cast: Cast) -> None:
    post(cast.industry_head, cast.planning, cast.grades["bucho"], cast.office_family, head=True, kind="concurrent")
    Organization.objects.filter(pk=cast.skills.pk).update(during=DateRange(dt.date(2021, 4, 1), NEXT))
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)
    assert deciding(cast.ict, NEXT) == (cast.industry_head.pk, "head", cast.planning.pk, None)


def test_who_moves_is_decided_on_by_the_new_head_from_the_day_on(cast: Cast) -> None:
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), NEXT))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(NEXT, None))
    assert [deciding(cast.ict, day) for day in (DAY, NEXT)] == [
        (cast.head.pk, "head", cast.skills.pk, None),
        (cast.industry_head.pk, "head", cast.trade.pk, None),
    ]


def test_a_head_who_moves_decides_until_the_day_before(cast: Cast) -> None:
    repost(cast.head, during=DateRange(dt.date(2021, 4, 1), NEXT))
    post(cast.head, cast.digital, cast.grades["bucho"], cast.office_family, head=True, during=DateRange(NEXT, None))
    assert [deciding(cast.ict, day) for day in (DAY, NEXT)] == [
        (cast.head.pk, "head", cast.skills.pk, None),
        (cast.head.pk, "head", cast.digital.pk, None),
    ]


def test_who_is_seconded_is_decided_on_where_they_are_sent_from(cast: Cast) -> None:
    island = organization("island", "municipality", "島", cast.tmg)
    without_number(cast, island, head=True)
    Assignment.objects.create(
        staff=cast.ict, kind="secondment", organization=cast.skills, work_place=island,
        grade=cast.grades["shuji"], job_family=cast.ict_family, during=ALWAYS,
    )  # fmt: skip
    assert deciding(cast.ict) == (cast.head.pk, "head", cast.skills.pk, None)


def test_any_number_of_people_is_one_statement(cast: Cast) -> None:
    people = [cast.ict.pk, cast.ict2.pk, cast.trainer.pk, cast.staff.pk, cast.head.pk]
    with CaptureQueriesContext(connection) as captured:
        found = approvers_of(people, on=DAY)
        heads = unit_heads_of(people, on=DAY)
    assert len(captured) == 2
    assert {person: each.staff_id for person, each in found.items()} == heads
    assert heads == {
        cast.ict.pk: cast.head.pk,
        cast.ict2.pk: cast.head.pk,
        cast.trainer.pk: cast.head.pk,
        cast.staff.pk: cast.industry_head.pk,
    }


# The twin: the same rule, walked naively, one question at a time.


class World:
    """All rows of a day, read once."""

    def __init__(self, day: dt.date) -> None:
        posts = Assignment.objects.on(day)
        self._posts = sorted(posts, key=lambda each: (each.kind != "primary", each.pk))
        self._away = set(StaffStatus.objects.on(day).filter(kind="on_leave").values_list("staff", flat=True))
        self.units = set(Organization.objects.on(day).values_list("pk", flat=True))
        self.up = dict(OrganizationEdge.objects.on(day).values_list("child", "parent"))
        self.taker = dict(Delegation.objects.in_force(day).values_list("delegator", "delegate"))

    def posts(self, **what: Any) -> list[Assignment]:
        return [each for each in self._posts if all(getattr(each, name) == value for name, value in what.items())]

    def there(self, who: int) -> bool:
        return who not in self._away

    def walk(self, person: int) -> Iterator[int]:
        """The person's own unit and all above it, without those that ended."""
        unit = next((each.organization_id for each in self.posts(staff_id=person, kind="primary")), None)
        while unit is not None:
            if unit in self.units:
                yield unit
            unit = self.up.get(unit)


def twin_in(world: World, unit: int, person: int) -> Decision | None:
    heads = [each.staff_id for each in world.posts(organization_id=unit, head_of_unit=True)]
    for head in heads:
        taker = world.taker.get(head, person)
        if head != person != taker and world.posts(staff_id=taker) and world.there(taker):
            return taker, "delegate", unit, head
        if head != person and world.there(head):
            return head, "head", unit, None
    deputies = world.posts(organization_id=unit, head_of_unit=False, deputy_of_unit=True)
    there = [each.staff_id for each in deputies if each.staff_id != person and world.there(each.staff_id)]
    return (there[0], "deputy", unit, heads[0] if heads else None) if there and person not in heads else None


def twin(world: World, person: int) -> Decision | None:
    return next(filter(None, (twin_in(world, unit, person) for unit in world.walk(person))), None)


def naive_head(world: World, person: int) -> int | None:
    for unit in world.walk(person):
        heads = [each.staff_id for each in world.posts(organization_id=unit, head_of_unit=True)]
        if others := [head for head in heads if head != person]:
            return others[0]
    return None


UNITS, PEOPLE = 5, 6
SPANS = [DateRange(DAY - dt.timedelta(days=2), DAY), TODAY, DateRange(DAY, None), DateRange(NEXT, None)]
who, where, span = st.integers(0, PEOPLE - 1), st.integers(0, UNITS - 1), st.sampled_from(SPANS)
parents = st.tuples(*(st.none() | st.integers(0, n - 1) for n in range(1, UNITS)))
further = st.tuples(who, where, st.sampled_from(["head", "deputy", "neither"]), span)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    above=parents,
    dead=st.none() | where,
    homes=st.lists(
        st.tuples(where, st.sampled_from(["head", "deputy", "neither"]), span), min_size=PEOPLE, max_size=PEOPLE
    ),
    more=st.lists(further, max_size=4),
    leaves=st.lists(st.tuples(who, span), max_size=4),
    handed=st.lists(st.tuples(who, who, span), max_size=3, unique_by=lambda each: each[0]),
)
def test_the_reading_agrees_with_a_naive_walk(
    cast: Cast,
    above: tuple[int | None, ...],
    dead: int | None,
    homes: list[tuple[int, str, DateRange]],
    more: list[tuple[int, int, str, DateRange]],
    leaves: list[tuple[int, DateRange]],
    handed: list[tuple[int, int, DateRange]],
) -> None:
    with transaction.atomic():
        units = [organization(f"u{n}", "section", f"課{n}") for n in range(UNITS)]
        for child, parent in enumerate(above, start=1):
            if parent is not None:
                OrganizationEdge.objects.create(child=units[child], parent=units[parent], during=ALWAYS)
        if dead is not None:
            Organization.objects.filter(pk=units[dead].pk).update(during=SPANS[0])
        people = [
            person(("人", str(n), "ヒト", "ヒト"), None, issuer=cast.tmg, hiring=cast.hiring) for n in range(PEOPLE)
        ]
        posts = [(n, *home, "primary") for n, home in enumerate(homes)] + [(*each, "concurrent") for each in more]
        for n, unit, rank, during, kind in posts:
            Assignment.objects.create(
                staff=people[n], organization=units[unit], kind=kind, during=during, grade=cast.grades["shuji"],
                job_family=cast.ict_family, head_of_unit=rank == "head", deputy_of_unit=rank == "deputy",
            )  # fmt: skip
        for n, during in leaves:
            on_leave(people[n], during)
        for giver, taker, during in handed:
            if giver != taker and during.upper:
                delegated(people[giver], people[taker], during)
        for day in (DAY, NEXT):
            keys, world = [each.pk for each in people], World(day)
            found = approvers_of(keys, on=day)
            assert {key: deciding(each, day) for key, each in zip(keys, people, strict=True)} == {
                key: twin(world, key) for key in keys
            }
            assert {key: unit_head_of(key, on=day) for key in keys} == {key: naive_head(world, key) for key in keys}
            assert set(found) == {key for key in keys if twin(world, key)}
            assert all(each.staff_id != key and each.in_place_of != each.staff_id for key, each in found.items())
        transaction.set_rollback(True)
