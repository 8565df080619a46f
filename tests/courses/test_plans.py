"""The plan of a fiscal year: drafted, approved by another, published, revised within the year."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from academy.errors import IllegalTransition, InvalidInput
from academy.models import AuditEvent, User
from courses.errors import plans as refused
from courses.models import PlanLine, Program, ProgramPlan
from courses.operations import plans
from courses.operations.plans import MOST, PlanLineInput
from courses.planning import planning_day
from tests import stage
from tests.cast import Cast, account
from tests.conftest import THE_DAY, Clock
from tests.courses.catalogue import Catalogue
from tests.stage import tokyo


@pytest.fixture
def second(cast: Cast) -> User:
    return account("second-hr")


@pytest.fixture
def lines(catalogue: Catalogue) -> Sequence[PlanLineInput]:
    return (
        PlanLineInput(catalogue.central, catalogue.seminar, 1, sessions=3, seats=90, yen=1_200_000),
        PlanLineInput(catalogue.central, catalogue.seminar, 2, sessions=2, seats=60, provisional=True, note="調整中"),
        PlanLineInput(catalogue.own, sessions=0),
    )


def drafted(lines: Sequence[PlanLineInput], by: User | None, **fields: object) -> ProgramPlan:
    given = {"fiscal_year": 2022, "title_ja": "2022年度計画", "lines": lines, **fields}
    return plans.draft_plan(**given, by=by)  # type: ignore[arg-type]


def in_force(lines: Sequence[PlanLineInput], cast: Cast, second: User, **fields: object) -> ProgramPlan:
    plan = drafted(lines, cast.hr, **fields)
    plans.approve_plan(plan_id=plan.pk, by=second)
    return plans.publish_plan(plan_id=plan.pk, by=cast.hr)


def as_rows(plan: ProgramPlan) -> list[tuple[object, ...]]:
    columns = ("program__code", "course__code", "quarter", "sessions", "seats", "yen", "provisional", "note")
    return list(plan.lines.order_by("pk").values_list(*columns))


LINES = [
    ("central", "seminar", 1, 3, 90, 1_200_000, False, ""),
    ("central", "seminar", 2, 2, 60, None, True, "調整中"),
    ("own", None, None, 0, None, None, False, ""),
]


def steps(plan: ProgramPlan) -> list[tuple[str, str, str | None, str]]:
    return list(plan.steps.order_by("pk").values_list("old", "new", "by__username", "reason"))


def event(action: str) -> tuple[User | None, object, object]:
    found = AuditEvent.objects.filter(action=f"courses.{action}").latest("pk")
    return found.by, found.target, found.detail


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        call()
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_a_plan_is_drafted_with_its_lines(cast: Cast, lines: Sequence[PlanLineInput]) -> None:
    plan = drafted(lines, cast.hr, note="初版")
    assert (plan.fiscal_year, plan.organization, plan.version, plan.status) == (2022, None, 1, "draft")
    assert (plan.drafted_by, plan.approved_by, plan.published_at, plan.note) == (cast.hr, None, None, "初版")
    assert as_rows(plan) == LINES
    assert steps(plan) == [("", "draft", "hr", "")]
    assert event("draft_plan") == (cast.hr, plan.public_id, {"fiscal_year": 2022, "version": 1, "lines": 3})


def test_from_draft_to_force_it_takes_two_people(
    cast: Cast, second: User, lines: Sequence[PlanLineInput], at: Clock
) -> None:
    plan = drafted(lines, cast.hr)
    with pytest.raises(IllegalTransition):
        plans.publish_plan(plan_id=plan.pk, by=second)
    with pytest.raises(refused.PlanNeedsSecond):
        plans.approve_plan(plan_id=plan.pk, by=cast.hr)
    assert plans.approve_plan(plan_id=plan.pk, by=second).approved_by == second
    at(tokyo("2022-06-29 10:00"))
    published = plans.publish_plan(plan_id=plan.pk, by=cast.hr)
    assert published.status == "published"
    assert published.published_at is not None
    assert published.published_at.astimezone(THE_DAY.tzinfo).isoformat()[:10] == "2022-06-29"
    assert steps(plan) == [
        ("", "draft", "hr", ""),
        ("draft", "approved", "second-hr", ""),
        ("approved", "published", "hr", ""),
    ]
    assert event("publish_plan") == (
        cast.hr,
        plan.public_id,
        {"before": "approved", "after": "published", "version": 1, "superseded": 0},
    )


def test_who_changed_it_last_does_not_approve(cast: Cast, second: User, lines: Sequence[PlanLineInput]) -> None:
    plan = drafted(lines, cast.hr)
    plans.set_plan_lines(plan_id=plan.pk, lines=lines[:1], by=second)
    with pytest.raises(refused.PlanNeedsSecond):
        plans.approve_plan(plan_id=plan.pk, by=second)
    plans.change_plan(plan_id=plan.pk, title_en="Plan", by=cast.hr)
    with pytest.raises(refused.PlanNeedsSecond):
        plans.approve_plan(plan_id=plan.pk, by=cast.hr)
    assert plans.approve_plan(plan_id=plan.pk, by=second).status == "approved"


def test_the_database_refuses_that_one_person_does_both(cast: Cast, lines: Sequence[PlanLineInput]) -> None:
    plan = drafted(lines, cast.hr)
    with pytest.raises(IntegrityError, match="plan_is_approved_by_another"), transaction.atomic():
        ProgramPlan.objects.filter(pk=plan.pk).update(approved_by=cast.hr)


def test_an_empty_plan_is_not_approved(cast: Cast, second: User) -> None:
    plan = drafted((), cast.hr)
    with pytest.raises(refused.PlanHasNoLine):
        plans.approve_plan(plan_id=plan.pk, by=second)


def test_lines_are_replaced_as_a_whole(cast: Cast, second: User, lines: Sequence[PlanLineInput]) -> None:
    plan = drafted(lines, cast.hr)
    first, provisional, _ = lines
    replaced = [replace(provisional, provisional=False), first, replace(first, quarter=4)]
    assert plans.set_plan_lines(plan_id=plan.pk, lines=replaced, by=second).drafted_by == second
    assert as_rows(plan) == [
        ("central", "seminar", 2, 2, 60, None, False, "調整中"),
        LINES[0],
        ("central", "seminar", 4, 3, 90, 1_200_000, False, ""),
    ]
    detail = {"lines": 3, "added": 1, "removed": 1, "changed": 1}
    assert event("set_plan_lines") == (second, plan.public_id, detail)


def test_every_fault_of_every_line_is_named_and_nothing_is_written(
    cast: Cast, catalogue: Catalogue, lines: Sequence[PlanLineInput]
) -> None:
    plan = drafted(lines, cast.hr)
    bad = [
        PlanLineInput(catalogue.own, catalogue.seminar),
        PlanLineInput(catalogue.central, quarter=5, sessions=-1, seats=-1, yen=-1),
        PlanLineInput(catalogue.central, sessions=MOST + 1),
        PlanLineInput(catalogue.central),
    ]
    assert faults(lambda: plans.set_plan_lines(plan_id=plan.pk, lines=bad, by=cast.hr)) == [
        ("/lines/0/course", "other_program"),
        ("/lines/1/quarter", "out_of_range"),
        ("/lines/1/sessions", "out_of_range"),
        ("/lines/1/seats", "out_of_range"),
        ("/lines/1/yen", "out_of_range"),
        ("/lines/2/sessions", "out_of_range"),
        ("/lines/3", "repeated"),
    ]
    assert as_rows(plan) == LINES
    assert faults(lambda: drafted((), cast.hr, title_ja=" ", fiscal_year=22)) == [
        ("/title_ja", "required"),
        ("/fiscal_year", "out_of_range"),
    ]
    assert faults(lambda: plans.change_plan(plan_id=plan.pk, title_ja="", by=cast.hr)) == [("/title_ja", "required")]


def test_the_plan_of_an_organisation_names_the_programmes_of_its_subtree(cast: Cast, catalogue: Catalogue) -> None:
    below = stage.program(organization=cast.skills)
    other = stage.program(organization=cast.industry)
    kept = [PlanLineInput(catalogue.own), PlanLineInput(below)]
    assert drafted(kept, cast.hr, organization=cast.digital).lines.count() == 2
    strange = [*kept, PlanLineInput(catalogue.central), PlanLineInput(other)]
    assert faults(lambda: drafted(strange, cast.hr, organization=cast.digital, fiscal_year=2023)) == [
        ("/lines/2/program", "outside_plan"),
        ("/lines/3/program", "outside_plan"),
    ]
    assert drafted(strange, cast.hr).lines.count() == 4  # the academy's names any


def test_the_tree_is_asked_within_the_fiscal_year(cast: Cast) -> None:
    assert [str(planning_day(year)) for year in (2021, 2022, 2023)] == ["2022-03-31", "2022-06-28", "2023-04-01"]


def test_an_approved_version_is_returned_with_a_reason(
    cast: Cast, second: User, lines: Sequence[PlanLineInput]
) -> None:
    plan = drafted(lines, cast.hr)
    with pytest.raises(IllegalTransition):
        plans.return_plan(plan_id=plan.pk, reason="まだ", by=second)
    plans.approve_plan(plan_id=plan.pk, by=second)
    with pytest.raises(refused.PlanNotDraft):
        plans.set_plan_lines(plan_id=plan.pk, lines=(), by=cast.hr)
    with pytest.raises(refused.PlanNotDraft):
        plans.change_plan(plan_id=plan.pk, note="改", by=cast.hr)
    with pytest.raises(IntegrityError, match="a plan changes while it is a draft"), transaction.atomic():
        PlanLine.objects.filter(plan=plan).update(sessions=9)
    assert faults(lambda: plans.return_plan(plan_id=plan.pk, reason=" ", by=second)) == [("/reason", "required")]
    returned = plans.return_plan(plan_id=plan.pk, reason="予算", by=second)
    assert (returned.status, returned.approved_by) == ("draft", None)
    assert steps(plan)[-1] == ("approved", "draft", "second-hr", "予算")
    plans.set_plan_lines(plan_id=plan.pk, lines=lines[:1], by=cast.hr)


def test_a_revision_supersedes_and_both_stay(cast: Cast, second: User, lines: Sequence[PlanLineInput]) -> None:
    first = in_force(lines, cast, second)
    with pytest.raises(refused.PlanInForce):
        drafted(lines, cast.hr)
    revised = plans.revise_plan(plan_id=first.pk, note="会場の変更", by=second)
    assert (revised.version, revised.based_on, revised.status, revised.title_ja, revised.note) == (
        2, first, "draft", "2022年度計画", "会場の変更",
    )  # fmt: skip
    assert as_rows(revised) == LINES
    with pytest.raises(refused.PlanDrafted):
        plans.revise_plan(plan_id=first.pk, by=cast.hr)
    plans.set_plan_lines(plan_id=revised.pk, lines=lines[:1], by=second)
    plans.approve_plan(plan_id=revised.pk, by=cast.hr)
    first.refresh_from_db()
    assert first.status == "published"
    plans.publish_plan(plan_id=revised.pk, by=second)
    first.refresh_from_db()
    assert (first.status, as_rows(first), as_rows(revised)) == ("superseded", LINES, LINES[:1])
    assert event("publish_plan")[2] == {"before": "approved", "after": "published", "version": 2, "superseded": 1}
    for old in (first, drafted(lines, cast.hr, fiscal_year=2023)):
        with pytest.raises(refused.PlanNotInForce):
            plans.revise_plan(plan_id=old.pk, by=cast.hr)


def test_years_and_organisations_have_plans_of_their_own(
    cast: Cast, second: User, lines: Sequence[PlanLineInput]
) -> None:
    central = in_force(lines, cast, second)
    own = in_force(lines[2:], cast, second, organization=cast.digital)
    later = in_force(lines, cast, second, fiscal_year=2023)
    assert {plan.version for plan in (central, own, later)} == {1}
    assert ProgramPlan.objects.filter(status="published").count() == 3


def test_a_discarded_version_gives_its_number_to_nobody(
    cast: Cast, second: User, lines: Sequence[PlanLineInput]
) -> None:
    plan = drafted(lines, cast.hr)
    with pytest.raises(refused.PlanDrafted):
        drafted(lines, second)
    assert plans.discard_plan(plan_id=plan.pk, reason="作り直し", by=cast.hr).status == "discarded"
    assert steps(plan)[-1] == ("draft", "discarded", "hr", "作り直し")
    again = in_force(lines, cast, second)
    assert again.version == 2
    with pytest.raises(IllegalTransition):
        plans.discard_plan(plan_id=again.pk, by=cast.hr)
    assert Program.objects.count() == 2
