"""Audiences: reading a rule, the verdict about a person, and its twin, the query."""

import datetime as dt
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academy.errors import Faults, InvalidInput
from academy.facts import facts_of
from academy.models import Grade, GradeLadder, JobFamily, Staff, StaffStatus
from academy.text import Text
from courses import audiences
from courses.models import Audience, AudiencePerson
from tests.cast import ALWAYS, SINCE, Cast, grade, organization, person, post, repost

DAY = dt.date(2022, 6, 28)


@pytest.fixture
def people(cast: Cast) -> dict[str, Staff]:
    """The cast, and who is different: a ward's officer, one of an affiliated body, a candidate, a recruit, one who left."""
    municipal = GradeLadder.objects.create(code="municipal", name_ja="区市町村")
    kacho = grade(municipal, "kacho", "課長(区)", 40, "managerial", equivalent=40)
    affiliated = GradeLadder.objects.create(code="affiliated", name_ja="団体")
    kanri = grade(affiliated, "kanri", "管理職員", 20, "managerial", equivalent=None)
    ward = organization("131016", "municipality", "千代田区")
    office = organization("131016-1", "section", "総務課", ward)
    body = organization("P04", "affiliated_corporation", "公園協会", cast.tmg)

    def extra(number: str, unit: Any, grade: Grade, family: JobFamily, hired_on: dt.date = SINCE) -> Staff:
        made = person(("外", "人", "ソト", "ヒト"), number, issuer=cast.tmg, hiring=cast.hiring, hired_on=hired_on)
        post(made, unit, grade, family)
        return made

    found = {name: getattr(cast, name) for name in ("staff", "ict", "ict2", "head", "trainer", "industry_head")}
    found["ward"] = extra("10", office, kacho, cast.office_family)
    found["affiliated"] = extra("11", body, kanri, cast.ict_family)
    found["authority"] = extra("12", cast.tmg, cast.grades["kyokucho"], cast.office_family)
    found["recruit"] = extra("13", cast.skills, cast.grades["shuji"], cast.ict_family, dt.date(2022, 4, 1))
    found["candidate"] = extra("14", cast.trade, cast.grades["shunin"], cast.office_family)
    StaffStatus.objects.create(staff=found["candidate"], kind="manager_candidate", during=ALWAYS)
    StaffStatus.objects.create(
        staff=found["ict2"], kind="manager_candidate", during=DateRange(SINCE, DAY)
    )  # ended the day before
    field = extra("15", cast.trade, cast.grades["kacho"], cast.office_family)
    repost(field, headquarters=False)
    found["field"] = field
    found["left"] = person(("去", "人", "サル", "ヒト"), "16", issuer=cast.tmg, hiring=cast.hiring)
    post(found["left"], cast.skills, cast.grades["kacho"], cast.ict_family, during=DateRange(SINCE, DAY))
    return found


def chosen(rule: Any, everybody: dict[str, Staff], **named: str) -> set[str]:
    """Who is in the audience; the verdicts and the query must agree, and the rule and the whole verdict too."""
    audience = Audience.objects.create(rule=rule)
    for name, kind in named.items():
        AudiencePerson.objects.create(audience=audience, staff=everybody[name], kind=kind, reason="試行")
    facts = facts_of([each.pk for each in everybody.values()], on=DAY)
    verdicts = audiences.explain_all(audience, facts.values())
    by_verdict = {name for name, each in everybody.items() if each.pk in verdicts and verdicts[each.pk].eligible}
    keys = set(audiences.people(audience, DAY).values_list("pk", flat=True))
    by_query = {name for name, each in everybody.items() if each.pk in keys}
    assert by_verdict == by_query
    for verdict in verdicts.values():
        assert verdict.eligible is not bool(verdict.blocking)
    return by_query


MANAGERS = {"head", "industry_head", "field", "ward", "authority"}
EVERYBODY = {
    *("staff", "ict", "ict2", "head", "trainer", "industry_head", "ward", "affiliated", "authority", "recruit"),
    *("candidate", "field"),
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, EVERYBODY),
        ({"grade_at_least": "tmg.kacho"}, MANAGERS),
        ({"grade_at_most": "tmg.shunin"}, {"staff", "ict", "ict2", "recruit", "candidate"}),
        ({"grade_is": ["tmg.kacho"]}, MANAGERS - {"authority"}),
        ({"grade_is": ["affiliated.kanri", "tmg.shunin"]}, {"affiliated", "ict2", "candidate"}),
        ({"grade_at_least": "affiliated.kanri"}, {"affiliated"}),
        ({"grade_at_least": "municipal.kacho"}, MANAGERS),
        ({"job_family": ["ict"]}, {"ict", "ict2", "trainer", "affiliated", "recruit"}),
        ({"hiring_category": ["I-B"]}, EVERYBODY),
        ({"status": ["manager_candidate"]}, {"candidate"}),
        ({"organization_kind": ["municipality"]}, {"ward"}),
        ({"organization_kind": ["authority"]}, {"authority"}),
        ({"organization_kind": ["section"]}, set()),
        ({"organization": ["digital"]}, {"ict", "ict2", "head", "trainer", "recruit"}),
        ({"organization": ["trade", "131016"]}, {"staff", "industry_head", "candidate", "field", "ward"}),
        ({"headquarters": False}, {"field"}),
        ({"new_recruit": True}, {"recruit"}),
        ({"new_recruit": False}, EVERYBODY - {"recruit"}),
        ({"any": [{"grade_at_least": "tmg.kacho"}, {"status": ["manager_candidate"]}]}, MANAGERS | {"candidate"}),
        (
            {"all": [{"job_family": ["ict"]}, {"hiring_category": ["I-B"]}, {"new_recruit": True}]},
            {"recruit"},
        ),
        (
            {"all": [{"grade_is": ["tmg.kacho"]}, {"headquarters": True}, {"organization_kind": ["bureau"]}]},
            {"head", "industry_head"},
        ),
    ],
)
def test_a_rule_chooses_the_people_it_names(people: dict[str, Staff], rule: Any, expected: set[str]) -> None:
    assert chosen(rule, people) == expected


def test_people_are_added_and_left_out_by_name(people: dict[str, Staff]) -> None:
    rule = {"new_recruit": True}
    assert chosen(rule, people, staff="include") == {"recruit", "staff"}
    assert chosen(rule, people, recruit="exclude", staff="include") == {"staff"}
    assert chosen({}, people, staff="include", recruit="exclude") == EVERYBODY - {"recruit"}


def test_whoever_holds_no_post_that_day_is_in_no_audience(people: dict[str, Staff]) -> None:
    assert "left" not in chosen({}, people, left="include")


CODES = {
    "grade_is": ["tmg.shuji", "tmg.shunin", "tmg.kacho", "municipal.kacho", "affiliated.kanri"],
    "job_family": ["ict", "jimu"],
    "hiring_category": ["I-B", "I-A"],
    "status": ["manager_candidate", "on_leave"],
    "organization_kind": ["bureau", "municipality", "affiliated_corporation", "authority"],
    "organization": ["TMG", "digital", "trade", "131016", "P04"],
}


def of(kind: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda value: {kind: value}, values)


leaves: st.SearchStrategy[Any] = st.one_of(
    *[of(kind, st.lists(st.sampled_from(codes), min_size=1, max_size=3)) for kind, codes in CODES.items()],
    *[of(kind, st.sampled_from(CODES["grade_is"])) for kind in ("grade_at_least", "grade_at_most")],
    *[of(kind, st.booleans()) for kind in ("headquarters", "new_recruit")],
)
rules = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, nodes: {name: nodes}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rule=st.one_of(st.just({}), rules),
    named=st.dictionaries(
        st.sampled_from(["staff", "ward", "left", "recruit"]), st.sampled_from(["include", "exclude"])
    ),
)
def test_the_verdict_and_the_query_are_twins(people: dict[str, Staff], rule: Any, named: dict[str, str]) -> None:
    chosen(rule, people, **named)


def test_the_query_is_one_statement(people: dict[str, Staff], django_assert_num_queries: Any) -> None:
    audience = Audience.objects.create(
        rule={"all": [{"organization": ["TMG"]}, {"any": [{"job_family": ["ict"]}, {"status": ["on_leave"]}]}]}
    )
    found = audiences.people(audience, DAY)
    with django_assert_num_queries(1):
        assert len(found) == 5


def test_a_hundred_verdicts_take_the_statements_of_one(
    people: dict[str, Staff], django_assert_num_queries: Any
) -> None:
    audience = Audience.objects.create(rule={"all": [{"organization": ["TMG"]}, {"grade_at_least": "tmg.kacho"}]})
    facts = list(facts_of([each.pk for each in people.values()], on=DAY).values())
    for some in (facts[:1], facts * 9):
        with django_assert_num_queries(3):
            audiences.explain_all(audience, some)


def verdict_on(rule: Any, staff: Staff, on: dt.date = DAY) -> audiences.Verdict:
    audience = Audience.objects.create(rule=rule)
    return audiences.explain(audience, facts_of([staff.pk], on=on)[staff.pk])


def test_a_finding_says_what_is_required_and_what_would_help(people: dict[str, Staff]) -> None:
    verdict = verdict_on({"all": [{"grade_at_least": "tmg.kacho"}, {"job_family": ["ict"]}]}, people["ict2"])
    grade, family = verdict.findings
    assert (verdict.eligible, verdict.code) == (False, "not_in_audience")
    assert grade == audiences.Finding(
        condition="grade_at_least",
        pointer="/all/0/grade_at_least",
        passed=False,
        code="grade_too_low",
        required=Text("課長級以上", "課長級 or above"),
        actual=Text("主任級", "主任級"),
        text=Text("職層:課長級以上が対象です(現在:主任級)。", "Grade: for 課長級 or above (now: 主任級)."),
        fix=Text("課長級から対象になります。", "From 課長級 upwards."),
        blocks=True,
    )
    assert (family.passed, family.code, family.blocks, family.fix) == (True, "met", False, None)


@pytest.mark.parametrize(
    ("name", "rule", "code", "fix"),
    [
        ("affiliated", {"grade_at_least": "tmg.kacho"}, "grade_not_comparable", None),
        ("head", {"grade_at_least": "affiliated.kanri"}, "grade_not_comparable", None),
        ("head", {"grade_at_most": "tmg.shunin"}, "grade_too_high", None),
        ("staff", {"grade_is": ["tmg.kacho", "tmg.shunin"]}, "other_grade", "Opens at the grade 主任級."),
        ("head", {"grade_is": ["tmg.shunin"]}, "other_grade", None),
        ("staff", {"job_family": ["ict"]}, "other_job_family", None),
        ("staff", {"hiring_category": ["I-A"]}, "other_hiring_category", None),
        ("staff", {"status": ["manager_candidate"]}, "status_missing", None),
        ("staff", {"organization_kind": ["municipality"]}, "other_organization_kind", None),
        ("staff", {"organization": ["digital"]}, "other_organization", "Opens with a post in digital."),
        ("field", {"headquarters": True}, "other_work_place", "Opens with a post at: Headquarters."),
        ("staff", {"new_recruit": True}, "other_year_of_service", None),
        ("recruit", {"new_recruit": False}, "other_year_of_service", "Opens on 2023-04-01."),
    ],
)
def test_each_condition_has_its_reason_and_fix(
    people: dict[str, Staff], name: str, rule: Any, code: str, fix: str | None
) -> None:
    [finding] = verdict_on(rule, people[name]).findings
    assert (finding.code, finding.fix.en if finding.fix else None) == (code, fix)


def test_the_day_named_as_a_fix_is_the_day_it_opens(people: dict[str, Staff]) -> None:
    before, on = dt.date(2023, 3, 31), dt.date(2023, 4, 1)
    rule = {"new_recruit": False}
    assert not verdict_on(rule, people["recruit"], before).eligible
    assert verdict_on(rule, people["recruit"], on).eligible


def test_an_alternative_that_failed_beside_one_that_passed_does_not_block(people: dict[str, Staff]) -> None:
    either = {"any": [{"grade_at_least": "tmg.kacho"}, {"status": ["manager_candidate"]}]}
    verdict = verdict_on({"all": [either, {"job_family": ["ict"]}]}, people["candidate"])
    assert [finding.condition for finding in verdict.blocking] == ["job_family"]


def test_a_naming_comes_first_with_its_reason(people: dict[str, Staff]) -> None:
    audience = Audience.objects.create(rule={"new_recruit": True})
    AudiencePerson.objects.create(audience=audience, staff=people["staff"], kind="include", reason="本人の希望")
    AudiencePerson.objects.create(audience=audience, staff=people["recruit"], kind="exclude", reason="受講済み")
    keys = [people["staff"].pk, people["recruit"].pk]
    verdicts = audiences.explain_all(audience, facts_of(keys, on=DAY).values())
    added, left_out = (verdicts[key] for key in keys)
    assert (added.eligible, added.by_rule, added.code, added.blocking) == (True, False, "included", ())
    assert added.findings[0].text.ja == "個別に対象に追加されています(理由:本人の希望)。"
    assert (left_out.eligible, left_out.by_rule, left_out.code) == (False, True, "excluded")
    assert [finding.text.en for finding in left_out.blocking] == ["Left out by name (reason: 受講済み)."]
    for verdict in (added, left_out):
        shown = verdict.for_others()
        assert [finding.condition for finding in shown.findings] == ["audience"]
        assert "理由" not in repr(shown)
        assert shown.eligible == verdict.eligible


def test_a_status_is_told_to_the_person_and_not_to_others(people: dict[str, Staff]) -> None:
    rule = {"any": [{"grade_at_least": "tmg.kacho"}, {"status": ["manager_candidate"]}]}
    own = verdict_on(rule, people["candidate"])
    assert [finding.required.ja for finding in own.findings] == ["課長級以上", "管理職候補者"]
    shown = own.for_others()
    assert [(finding.condition, finding.text.ja) for finding in shown.findings] == [("audience", "対象です。")]
    refused = verdict_on(rule, people["staff"]).for_others()
    assert [(finding.code, finding.text.ja) for finding in refused.findings] == [("not_in_audience", "対象外です。")]
    plain = verdict_on({"job_family": ["ict"]}, people["staff"])
    assert plain.for_others() is plain


NESTED: Any = {"job_family": ["ict"]}
for _ in range(7):
    NESTED = {"all": [NESTED]}


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ([], [("/rule", "one_condition")]),
        ("everyone", [("/rule", "one_condition")]),
        ({"all": [{}]}, [("/rule/all/0", "one_condition")]),
        ({"job_family": ["ict"], "new_recruit": True}, [("/rule", "one_condition")]),
        ({"all": []}, [("/rule/all", "not_a_list")]),
        ({"not": [{"new_recruit": True}]}, [("/rule/not", "unknown_condition")]),
        ({"a/b~c": 1}, [("/rule/a~1b~0c", "unknown_condition")]),
        ({"new_recruit": "yes"}, [("/rule/new_recruit", "not_a_boolean")]),
        ({"new_recruit": 1}, [("/rule/new_recruit", "not_a_boolean")]),
        ({"grade_at_least": ["tmg.kacho"]}, [("/rule/grade_at_least", "not_a_code")]),
        ({"grade_is": "tmg.kacho"}, [("/rule/grade_is", "not_a_list")]),
        ({"grade_is": []}, [("/rule/grade_is", "not_a_list")]),
        ({"job_family": ["ict"] * 201}, [("/rule/job_family", "not_a_list")]),
        (
            {"job_family": ["ict", None, "a\x00"]},
            [("/rule/job_family/1", "not_a_code"), ("/rule/job_family/2", "not_a_code")],
        ),
        (NESTED, [("/rule" + "/all/0" * 6 + "/all", "too_deep")]),
        ({"any": [{"new_recruit": True}] * 101}, [("/rule/any/99", "too_large")]),
        (
            {"all": [{"grade_is": [1]}, {"any": [{"x": 1}, {"headquarters": None}]}]},
            [
                ("/rule/all/0/grade_is/0", "not_a_code"),
                ("/rule/all/1/any/0/x", "unknown_condition"),
                ("/rule/all/1/any/1/headquarters", "not_a_boolean"),
            ],
        ),
    ],
)
def test_every_fault_of_a_rule_is_named_with_its_place(rule: Any, faults: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        audiences.parse(rule, at="/rule")
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults


def test_codes_that_name_nothing_are_faults(people: dict[str, Staff]) -> None:
    rule = {
        "all": [
            {"grade_at_least": "tmg.shogun"},
            {"grade_is": ["tmg.kacho", "nowhere.kacho"]},
            {"job_family": ["ict", "ninja"]},
            {"hiring_category": ["Z"]},
            {"status": ["tired"]},
            {"organization_kind": ["castle"]},
            {"organization": ["digital", "B99"]},
        ]
    }
    faults = Faults()
    audiences.unknown_codes(audiences.parse(rule), faults)
    assert [(fault.pointer, fault.code) for fault in faults.found] == [
        ("/all/0/grade_at_least", "unknown_code"),
        ("/all/1/grade_is/1", "unknown_code"),
        ("/all/2/job_family/1", "unknown_code"),
        ("/all/3/hiring_category/0", "unknown_code"),
        ("/all/4/status/0", "unknown_code"),
        ("/all/5/organization_kind/0", "unknown_code"),
        ("/all/6/organization/1", "unknown_code"),
    ]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["all", "any", *audiences.Kind, "x"]), inner, max_size=2)
        ),
        max_leaves=10,
    )
)
def test_whatever_comes_in_is_read_or_refused(raw: Any) -> None:
    faults = Faults()
    node = audiences.read(raw, faults)
    assert bool(faults.found) is not (raw == {} or list(audiences.rules.conditions(node)) != [])
