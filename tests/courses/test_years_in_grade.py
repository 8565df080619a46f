"""Rules on whole years in the grade: since when a grade is held, the verdict, and its twin, the query."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.errors import InvalidInput
from academy.facts import facts_of, facts_of_pairs
from academy.models import Assignment, Staff
from academy.text import Text
from courses import audiences
from courses.models import Audience, AudiencePerson
from tests.cast import Cast, person, post

DAY = dt.date(2022, 6, 28)
History = list[tuple[str, str | None, str | None]]  # grade, first day, day after the last one


def d(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def serving(cast: Cast, *history: tuple[str, str | None, str | None]) -> Staff:
    made = person(("職", "員", "ショク", "イン"), None, issuer=cast.tmg, hiring=cast.hiring)
    for grade, first, until in history:
        post(made, cast.skills, cast.grades[grade], cast.ict_family, during=DateRange(d(first), d(until)))
    return made


@pytest.mark.parametrize(
    ("history", "since"),
    [
        ([("kacho", "2021-04-01", None)], "2021-04-01"),
        ([("shunin", "2015-04-01", "2021-04-01"), ("kacho", "2021-04-01", None)], "2021-04-01"),
        # another post of the same grade goes on; so does the grade after a time without a post
        ([("kacho", "2018-04-01", "2020-04-01"), ("kacho", "2020-04-01", None)], "2018-04-01"),
        ([("kacho", "2018-04-01", "2019-04-01"), ("kacho", "2021-07-01", None)], "2018-04-01"),
        # another grade in between breaks it, however short
        ([("kacho", "2015-04-01", "2020-04-01"), ("bucho", "2020-04-01", "2020-05-01"), ("kacho", "2020-05-01", None)],
         "2020-05-01"),
        # what is to come changes nothing today
        ([("kacho", "2018-04-01", "2022-07-01"), ("bucho", "2022-07-01", None)], "2018-04-01"),
        # a post of which no record says when it began
        ([("kacho", None, None)], "0001-01-01"),
        ([("shunin", None, "2010-04-01"), ("kacho", "2010-04-01", None)], "2010-04-01"),
    ],
)  # fmt: skip
def test_since_when_a_grade_is_held(cast: Cast, history: History, since: str) -> None:
    made = serving(cast, *history)
    assert facts_of([made.pk], on=DAY)[made.pk].grade_since.isoformat() == since


def test_a_second_post_beside_and_what_was_set_aside_do_not_count(cast: Cast) -> None:
    made = serving(cast, ("kacho", "2018-04-01", None))
    during = DateRange(dt.date(2020, 4, 1), None)
    post(made, cast.trade, cast.grades["bucho"], cast.office_family, during=during, kind="concurrent")
    assert facts_of([made.pk], on=DAY)[made.pk].grade_since == dt.date(2018, 4, 1)
    Assignment.objects.filter(staff=made, kind="primary").supersede()
    post(made, cast.skills, cast.grades["kacho"], cast.ict_family, during=during)
    assert facts_of([made.pk], on=DAY)[made.pk].grade_since == dt.date(2020, 4, 1)


def test_each_person_and_day_has_a_beginning_of_its_own(cast: Cast) -> None:
    early, late = dt.date(2020, 6, 1), DAY
    made = serving(cast, ("shunin", "2019-04-01", "2021-04-01"), ("kacho", "2021-04-01", None))
    found = facts_of_pairs([(made.pk, early), (made.pk, late), (cast.staff.pk, late)])
    assert {key: facts.grade_since.isoformat() for key, facts in found.items()} == {
        (made.pk, early): "2019-04-01",
        (made.pk, late): "2021-04-01",
        (cast.staff.pk, late): "2021-04-01",
    }


def verdict_of(rule: Any, staff: Staff, on: dt.date) -> audiences.Verdict:
    audience = Audience.objects.create(rule=rule)
    verdict = audiences.explain(audience, facts_of([staff.pk], on=on)[staff.pk])
    assert verdict.eligible == audiences.people(audience, on).filter(pk=staff.pk).exists()
    return verdict


def test_the_verdict_names_the_day_from_which_it_holds(cast: Cast) -> None:
    made = serving(cast, ("kacho", "2020-02-29", None))
    rule = {"years_in_grade_at_least": 3}
    [finding] = verdict_of(rule, made, DAY).findings
    assert finding == audiences.Finding(
        condition="years_in_grade_at_least",
        pointer="/years_in_grade_at_least",
        passed=False,
        code="too_few_years_in_grade",
        required=Text("3年以上", "3 years or more"),
        actual=Text("2年(2020-02-29から)", "2 years, since 2020-02-29"),
        text=Text(
            "現職層の在職年数:3年以上が対象です(現在:2年(2020-02-29から))。",
            "Time in the grade: for 3 years or more (now: 2 years, since 2020-02-29).",
        ),
        fix=Text("2023-03-01から対象になります。", "Opens on 2023-03-01."),
        blocks=True,
    )
    assert not verdict_of(rule, made, dt.date(2023, 2, 28)).eligible
    assert verdict_of(rule, made, dt.date(2023, 3, 1)).eligible


def test_under_a_year_in_the_grade_ends_on_the_anniversary_and_nothing_brings_it_back(cast: Cast) -> None:
    made = serving(cast, ("shunin", "2015-04-01", "2021-04-01"), ("kacho_dairi", "2021-04-01", None))
    rule = {"all": [{"grade_is": ["tmg.kacho_dairi"]}, {"years_in_grade_less_than": 1}]}
    assert verdict_of(rule, made, dt.date(2022, 3, 31)).eligible
    [blocking] = verdict_of(rule, made, dt.date(2022, 4, 1)).blocking
    assert (blocking.code, blocking.fix) == ("too_many_years_in_grade", None)
    assert blocking.required == Text("1年未満", "less than 1 year")


def test_a_grade_held_since_before_the_records_counts_for_any_number_of_years(cast: Cast) -> None:
    made = serving(cast, ("kacho", None, None))
    [finding] = verdict_of({"years_in_grade_at_least": 60}, made, DAY).findings
    assert (finding.passed, finding.actual.en) == (True, "since before the records begin")


@pytest.mark.parametrize("value", [-1, 61, True, "3", 1.5, None, [3]])
@pytest.mark.parametrize("kind", ["years_in_grade_at_least", "years_in_grade_less_than"])
def test_years_are_a_whole_number_up_to_sixty(kind: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        audiences.parse({"all": [{kind: value}]}, at="/rule")
    assert [(each.pointer, each.code) for each in refused.value.faults] == [
        (f"/rule/all/0/{kind}", "not_a_number_of_years")
    ]


GRADES = ["shunin", "kacho", "bucho"]
# Lengths of posts and of times between them in days; the last post may go on.
careers = st.lists(
    st.tuples(st.sampled_from(GRADES), st.integers(1, 1200), st.one_of(st.just(0), st.integers(0, 400))),
    min_size=1,
    max_size=5,
)
FIRST = dt.date(2016, 2, 29)


def put_down(cast: Cast, career: list[tuple[str, int, int]], goes_on: bool, always: bool) -> Staff:
    made = person(("職", "員", "ショク", "イン"), None, issuer=cast.tmg, hiring=cast.hiring)
    at = FIRST
    for place, (grade, length, away) in enumerate(career):
        last, until = place == len(career) - 1, at + dt.timedelta(days=length)
        during = DateRange(None if always and place == 0 else at, None if last and goes_on else until)
        post(made, cast.skills, cast.grades[grade], cast.ict_family, during=during)
        at = until + dt.timedelta(days=away)
    return made


leaves = st.one_of(
    st.builds(
        lambda kind, years: {kind: years},
        st.sampled_from(["years_in_grade_at_least", "years_in_grade_less_than"]),
        st.integers(0, 7),
    ),
    st.builds(lambda grade: {"grade_is": [f"tmg.{grade}"]}, st.sampled_from(GRADES)),
)
rules = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, nodes: {name: nodes}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.tuples(careers, st.booleans(), st.booleans()), min_size=1, max_size=4),
    rule=rules,
    on=st.one_of(
        st.dates(dt.date(2016, 3, 1), dt.date(2024, 12, 31)),
        st.sampled_from([dt.date(2020, 2, 29), dt.date(2021, 2, 28), dt.date(2021, 3, 1), dt.date(2024, 2, 29)]),
    ),
    naming=st.sampled_from([None, "include", "exclude"]),
)
def test_the_verdict_and_the_query_are_twins(
    cast: Cast, people: list[Any], rule: Any, on: dt.date, naming: str | None
) -> None:
    with transaction.atomic():
        made = [put_down(cast, *each) for each in people]
        audience = Audience.objects.create(rule=rule)
        if naming:
            AudiencePerson.objects.create(audience=audience, staff=made[0], kind=naming, reason="試行")
        facts = facts_of([each.pk for each in made], on=on)
        by_verdict = {pk for pk, each in audiences.explain_all(audience, facts.values()).items() if each.eligible}
        found = audiences.people(audience, on).filter(pk__in=[each.pk for each in made])
        by_query = set(found.values_list("pk", flat=True))
        transaction.set_rollback(True)
    assert by_verdict == by_query


def test_the_query_is_one_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    rule = {"any": [{"years_in_grade_at_least": 1}, {"years_in_grade_less_than": 1}]}
    found = audiences.people(Audience.objects.create(rule=rule), DAY)
    with django_assert_num_queries(1):
        assert len(found) == 6
