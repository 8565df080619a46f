"""Grades of other bodies in rules: comparable by their rank on the common scale of the day, or not comparable."""

import datetime as dt
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.facts import facts_of
from academy.models import Assignment, Grade, GradeEquivalence, Organization, Staff, StaffStatus
from academy.operations import reference_data
from courses import audiences
from courses.audiences import Verdict
from courses.models import Audience
from tests.cast import ALWAYS, Cast, organization, person, post

DAY = dt.date(2022, 6, 28)
EVE, REFORM = dt.date(2022, 6, 30), dt.date(2022, 7, 1)
MANAGERS_AND_CANDIDATES = {"any": [{"grade_at_least": "tmg.kacho"}, {"status": ["manager_candidate"]}]}
SUPERVISORS_AND_BELOW = {"grade_at_most": "tmg.kacho_dairi"}


@pytest.fixture
def grades(cast: Cast) -> dict[str, Grade]:
    """The ladders that are shipped."""
    return reference_data.load_grades(content=reference_data.data_file("academy", "grades.yaml"))


@pytest.fixture
def elsewhere(cast: Cast) -> Organization:
    return organization("elsewhere", "bureau", "ほかの団体", cast.tmg)


def of_grade(cast: Cast, unit: Organization, grade: Grade) -> Staff:
    made = person(("外", "人", "ソト", "ヒト"), f"8{grade.pk:07}", issuer=cast.tmg, hiring=cast.hiring)
    post(made, unit, grade, cast.office_family)
    return made


def judged(rule: Any, staff: Staff, on: dt.date = DAY) -> Verdict:
    """The verdict; the query must agree with it."""
    audience = Audience.objects.create(rule=rule)
    verdict = audiences.explain(audience, facts_of([staff.pk], on=on)[staff.pk])
    assert audiences.people(audience, on).filter(pk=staff.pk).exists() is verdict.eligible
    return verdict


INCOMPARABLE = [
    "school.tokatsu_kocho", "police.keishisei", "police.keishicho", "police.keishikan", "police.keishisokan",
    "fire.shikan", "fire.sokan", "affiliated.ippan", "affiliated.kanri",
]  # fmt: skip


@pytest.mark.parametrize("code", INCOMPARABLE)
@pytest.mark.parametrize(
    "rule", [{"grade_at_least": "tmg.kacho"}, {"grade_at_most": "tmg.kacho_dairi"}, {"grade_is": ["tmg.kacho"]}]
)
def test_a_grade_without_an_equivalent_is_not_comparable(
    cast: Cast, grades: dict[str, Grade], elsewhere: Organization, code: str, rule: Any
) -> None:
    verdict = judged(rule, of_grade(cast, elsewhere, grades[code]))
    assert (verdict.eligible, [finding.code for finding in verdict.findings]) == (False, ["grade_not_comparable"])
    assert "比較できません" in verdict.findings[0].text.ja
    assert verdict.findings[0].fix is None


def test_every_ladder_but_ours_and_the_municipal_one_has_grades_that_are_not_comparable(
    grades: dict[str, Grade],
) -> None:
    without = {code for code, grade in grades.items() if not GradeEquivalence.objects.filter(grade=grade).exists()}
    assert without == set(INCOMPARABLE)


@pytest.mark.parametrize(
    ("code", "manager", "up_to_supervisor"),
    [
        ("school.kyoyu", False, True),
        ("school.shukan_kyoyu", False, True),
        ("school.fuku_kocho", True, False),
        ("police.junsa", False, True),
        ("police.keibu", False, True),
        ("police.keishi", True, False),
        ("fire.shoboshi", False, True),
        ("fire.shirei", False, True),
        ("fire.shireicho", True, False),
        ("municipal.kakaricho", False, True),
        ("municipal.kacho", True, False),
    ],
)
def test_a_grade_with_an_equivalent_is_compared_by_it(
    cast: Cast, grades: dict[str, Grade], elsewhere: Organization, code: str, manager: bool, up_to_supervisor: bool
) -> None:
    staff = of_grade(cast, elsewhere, grades[code])
    assert judged({"grade_at_least": "tmg.kacho"}, staff).eligible is manager
    assert judged(SUPERVISORS_AND_BELOW, staff).eligible is up_to_supervisor


@pytest.mark.parametrize("code", ["police.keishisei", "fire.sokan", "school.tokatsu_kocho"])
def test_within_a_ladder_everything_is_comparable(
    cast: Cast, grades: dict[str, Grade], elsewhere: Organization, code: str
) -> None:
    ladder = code.split(".")[0]
    lowest = min((grade for name, grade in grades.items() if name.startswith(ladder)), key=lambda grade: grade.rank)
    staff = of_grade(cast, elsewhere, grades[code])
    assert judged({"grade_at_least": f"{ladder}.{lowest.code}"}, staff).eligible
    assert judged({"grade_at_least": code}, staff).eligible


def test_a_senior_teacher_was_comparable_only_since_there_are_any(
    cast: Cast, grades: dict[str, Grade], elsewhere: Organization
) -> None:
    staff = of_grade(cast, elsewhere, grades["school.shunin_kyoyu"])
    Assignment.objects.filter(staff=staff).supersede()
    post(
        staff, elsewhere, grades["school.shunin_kyoyu"], cast.office_family, during=DateRange(dt.date(2008, 4, 1), None)
    )
    before, since = dt.date(2009, 3, 31), dt.date(2009, 4, 1)
    assert [finding.code for finding in judged(SUPERVISORS_AND_BELOW, staff, before).findings] == [
        "grade_not_comparable"
    ]
    assert judged(SUPERVISORS_AND_BELOW, staff, since).eligible


def test_an_equivalent_may_change_on_a_day(cast: Cast, elsewhere: Organization) -> None:
    entry = {
        "code": "chief",
        "ja": "主幹",
        "rank": 10,
        "group": "supervisory",
        "equivalents": [
            {"rank": 30, "to": EVE, "certainty": "known"},
            {"rank": 40, "from": REFORM, "to": dt.date(2022, 7, 31), "certainty": "known"},
        ],
    }
    grades = reference_data.load_grades(content={"ladders": [{"code": "other", "ja": "ほか", "grades": [entry]}]})
    staff = of_grade(cast, elsewhere, grades["other.chief"])
    rule = {"grade_at_least": "tmg.kacho"}
    assert [judged(rule, staff, day).findings[0].code for day in (EVE, REFORM, dt.date(2022, 8, 1))] == [
        "grade_too_low",
        "met",
        "grade_not_comparable",
    ]


def test_a_senior_who_passed_the_selection_is_a_candidate_and_no_manager_at_once(cast: Cast) -> None:
    """管理職候補者 is a status, not a grade: 主任 + manager_candidate is in 「管理職候補者」 and in 「監督職以下」."""
    StaffStatus.objects.create(staff=cast.ict2, kind="manager_candidate", during=ALWAYS)
    upper, lower = judged(MANAGERS_AND_CANDIDATES, cast.ict2), judged(SUPERVISORS_AND_BELOW, cast.ict2)
    assert (upper.eligible, lower.eligible) == (True, True)
    assert [(finding.condition, finding.passed, finding.blocks) for finding in upper.findings] == [
        ("grade_at_least", False, False),
        ("status", True, False),
    ]
    assert [finding.text.ja for finding in lower.findings] == ["職層:課長代理級以下が対象です(現在:主任級)。"]
    both = {"all": [MANAGERS_AND_CANDIDATES, SUPERVISORS_AND_BELOW]}
    assert judged(both, cast.ict2).eligible
    assert not judged(both, cast.ict).eligible  # no candidate
    assert not judged(both, cast.head).eligible  # a manager


def test_the_candidate_of_one_day_is_none_of_the_next(cast: Cast) -> None:
    StaffStatus.objects.create(staff=cast.ict2, kind="manager_candidate", during=DateRange(dt.date(2022, 4, 1), REFORM))
    assert judged(MANAGERS_AND_CANDIDATES, cast.ict2, EVE).eligible
    assert not judged(MANAGERS_AND_CANDIDATES, cast.ict2, REFORM).eligible
    assert judged(SUPERVISORS_AND_BELOW, cast.ict2, REFORM).eligible
