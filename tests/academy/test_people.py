"""Organisations and posts in time: the database keeps what must never be false."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.facts import facts_of
from academy.models import Organization, OrganizationEdge, StaffStatus
from academy.posts import unit_head_of
from tests.cast import ALWAYS, Cast, person, post, repost

DAY = dt.date(2022, 6, 28)


def codes(roots: list[Organization], on: dt.date) -> set[str]:
    return set(Organization.objects.within([root.pk for root in roots], on).values_list("code", flat=True))


def test_a_subtree_is_that_of_the_day(cast: Cast) -> None:
    reform = dt.date(2022, 7, 1)
    OrganizationEdge.objects.filter(child=cast.trade).update(during=DateRange(dt.date(2021, 4, 1), reform))
    OrganizationEdge.objects.create(child=cast.trade, parent=cast.digital, during=DateRange(reform, None))
    assert codes([cast.industry], DAY) == {"industry", "trade"}
    assert codes([cast.industry], reform) == {"industry"}
    assert codes([cast.digital], reform) == {"digital", "planning", "skills", "trade"}


def test_a_subtree_costs_one_statement(cast: Cast, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(codes([cast.tmg], DAY)) == 6


def test_a_loop_of_edges_ends(cast: Cast) -> None:
    OrganizationEdge.objects.create(child=cast.tmg, parent=cast.trade, during=ALWAYS)
    assert codes([cast.trade], DAY) == {"TMG", "digital", "planning", "skills", "industry", "trade"}


def test_an_organisation_has_one_parent_at_a_time(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="organization_has_one_parent_at_a_time"), transaction.atomic():
        OrganizationEdge.objects.create(child=cast.trade, parent=cast.digital, during=ALWAYS)


def test_a_person_has_one_primary_post_at_a_time(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="assignment_one_primary_at_a_time"), transaction.atomic():
        post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family)


def test_a_concurrent_post_may_overlap(cast: Cast) -> None:
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    assert facts_of([cast.ict.pk], on=DAY)[cast.ict.pk].organization_id == cast.skills.pk


def test_facts_of_a_person_on_a_day(cast: Cast) -> None:
    StaffStatus.objects.create(
        staff=cast.ict2, kind="manager_candidate", during=DateRange(dt.date(2022, 4, 1), dt.date(2022, 7, 1))
    )
    facts = facts_of([cast.ict2.pk], on=DAY)[cast.ict2.pk]
    assert facts.organizations == (cast.skills.pk, cast.planning.pk, cast.digital.pk, cast.tmg.pk)
    assert (facts.bureau_id, facts.bureau_kind) == (cast.digital.pk, "bureau")
    assert (facts.ladder, facts.grade, facts.rank) == ("tmg", "shunin", 20)
    assert (facts.job_family, facts.hiring_category, facts.statuses) == ("ict", "I-B", frozenset({"manager_candidate"}))
    assert facts_of([cast.ict2.pk], on=dt.date(2022, 7, 1))[cast.ict2.pk].statuses == frozenset()


def test_facts_are_those_of_the_day(cast: Cast) -> None:
    move = dt.date(2022, 4, 1)
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), move))
    post(cast.ict, cast.trade, cast.grades["shunin"], cast.ict_family, during=DateRange(move, None))
    before = facts_of([cast.ict.pk], on=dt.date(2022, 3, 31))[cast.ict.pk]
    after = facts_of([cast.ict.pk], on=move)[cast.ict.pk]
    assert (before.bureau_id, before.grade) == (cast.digital.pk, "shuji")
    assert (after.bureau_id, after.grade) == (cast.industry.pk, "shunin")


def test_who_holds_no_post_has_no_facts(cast: Cast) -> None:
    assert facts_of([cast.ict.pk], on=dt.date(2021, 3, 31)) == {}


def test_a_new_recruit_is_one_for_the_first_fiscal_year(cast: Cast) -> None:
    recruit = person(
        ("東", "新", "ヒガシ", "アラタ"), "00000099", issuer=cast.tmg, hiring=cast.hiring, hired_on=dt.date(2022, 4, 1)
    )
    post(recruit, cast.skills, cast.grades["shuji"], cast.ict_family)
    assert facts_of([recruit.pk], on=dt.date(2023, 3, 31))[recruit.pk].new_recruit
    assert not facts_of([recruit.pk], on=dt.date(2023, 4, 1))[recruit.pk].new_recruit


def test_the_unit_head_is_the_nearest_one(cast: Cast) -> None:
    assert unit_head_of(cast.ict.pk, on=DAY) == cast.head.pk
    assert unit_head_of(cast.staff.pk, on=DAY) == cast.industry_head.pk


def test_nobody_is_their_own_head(cast: Cast) -> None:
    assert unit_head_of(cast.head.pk, on=DAY) is None
    boss = person(("上", "司", "ウエ", "ツカサ"), "00000098", issuer=cast.tmg, hiring=cast.hiring)
    post(boss, cast.digital, cast.grades["kyokucho"], cast.office_family, head=True)
    assert unit_head_of(cast.head.pk, on=DAY) == boss.pk


def test_public_ids_made_by_sql_are_version_7_and_in_order(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT academy_uuid7() FROM generate_series(1, 50)")
        first = [row[0] for row in cursor.fetchall()]
    assert {(made.version, made.variant) for made in first} == {(7, "specified in RFC 4122")}
    stamps = [made.int >> 80 for made in first]
    assert stamps == sorted(stamps)
    assert len(set(first)) == 50
