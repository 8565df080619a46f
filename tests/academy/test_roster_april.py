"""April 2023, played: the roster of 1 April comes on the 8th, is looked at, applied, undone and applied again."""

import datetime as dt

import pytest

from academy.facts import facts_of
from academy.models import RosterChange, RosterImport, Staff, StaffName
from tests import april, stage
from tests.april import FIRST, City, Reshuffle
from tests.cast import Cast
from tests.conftest import Clock
from tests.rosters import applied, everything, sent, undone, written

EIGHTH = stage.tokyo("2023-04-08 10:00")


@pytest.mark.parametrize("people", [2_000, pytest.param(40_000, marks=pytest.mark.long)])
def test_april_is_previewed_applied_undone_and_applied_again(cast: Cast, at: Clock, people: int) -> None:
    at(EIGHTH)
    city = april.build(cast, people)
    plan = april.reshuffle(cast, city)
    before = everything()
    content = written(plan.rows)

    first = sent(content, cast.tmg, effective_on=FIRST, by=cast.hr)
    assert (first.status, first.encoding, first.lines) == ("ready", "utf-8-sig", len(plan.rows))
    check_counts(first, plan, city)
    assert everything() == before, "a preview changes nothing"

    applied(first, by=cast.hr)
    check_world(cast, plan, city)
    after = everything()

    undone(first, by=cast.hr)
    assert (first.status, first.compensated_by.mode) == ("undone", "undo")
    assert everything() == before

    second = sent(content, cast.tmg, effective_on=FIRST, by=cast.hr)
    check_counts(second, plan, city)
    applied(second, by=cast.hr)
    assert everything() == after

    third = sent(content, cast.tmg, effective_on=FIRST, by=cast.hr)
    assert (third.status, third.summary["kinds"], third.ending) == ("ready", {}, 0), (
        "the same file again changes nothing"
    )
    applied(third, by=cast.hr)
    assert everything() == after


def check_counts(made: RosterImport, plan: Reshuffle, city: City) -> None:
    assert made.summary["kinds"] == dict(sorted(plan.kinds.items()))
    told = {(each["code"], kind): count for each in made.summary["bureaus"] for kind, count in each["kinds"].items()}
    assert told == dict(plan.bureaus)
    assert made.ending == plan.kinds["leaver"]
    rows = RosterChange.objects.filter(roster=made)
    leavers = rows.filter(kinds__contains=["leaver"]).values_list("staff_number", flat=True)
    assert sorted(leavers) == sorted(plan.leavers)


def check_world(cast: Cast, plan: Reshuffle, city: City) -> None:
    wanted = {row["職員番号"]: row for row in plan.rows}
    keys = dict(Staff.objects.filter(issuer=cast.tmg).values_list("staff_number", "pk"))
    now = facts_of(keys.values(), on=FIRST)
    codes = {unit.pk: unit.code for unit in city.sections}
    for number in (*plan.movers, *plan.joiners):
        assert codes[now[keys[number]].organization_id] == wanted[number]["所属コード"]
    assert not {keys[number] for number in plan.leavers} & now.keys()
    earlier = facts_of(keys.values(), on=FIRST - dt.timedelta(days=1))
    assert {keys[number] for number in plan.leavers} <= earlier.keys(), "whoever left was there until the day before"
    assert not {keys[number] for number in plan.joiners} & earlier.keys()
    for number in plan.renamed:
        names = StaffName.objects.live().filter(staff=keys[number]).order_by("during")
        assert [(name.family_name, name.during.lower, name.during.upper) for name in names] == [
            (wanted[number]["旧姓"], None, FIRST),
            ("大森", FIRST, None),
        ]
        assert Staff.objects.get(pk=keys[number]).romaji_folded.startswith("omori")
