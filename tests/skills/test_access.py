"""Who reads what of the skill map: each rule and its queryset agree for the whole cast."""

import datetime as dt
from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.access import Viewer
from academy.models import Assignment, Organization, Role, RoleGrant, Staff, User
from skills import access
from skills.models import Assessment, AssessmentCycle, JobType, JobTypeAssignment, Rating, SkillFramework
from skills.operations import assessments, frameworks
from tests.cast import ALWAYS, Cast, account, repost
from tests.skills import small_map
from tests.skills.small_map import rate, started, submitted

NAMES = ("hr", "bureau_hr", "auditor", "staff", "ict", "ict2", "head", "trainer", "industry_head")


@pytest.fixture
def everybody(cast: Cast) -> dict[str, User]:
    """The cast, and further people with a role each."""
    found = {name: cast.user(name) for name in NAMES}
    grants: list[tuple[str, Role, Organization | None]] = [
        ("office", Role.SKILL_OFFICE, None),
        ("digital_office", Role.SKILL_OFFICE, cast.digital),
        ("industry_office", Role.SKILL_OFFICE, cast.industry),
        ("industry_hr", Role.BUREAU_HR, cast.industry),
        ("digital_academy_hr", Role.ACADEMY_HR, cast.digital),
        ("statistics", Role.STATISTICS, None),
    ]
    for name, role, organization in grants:
        found[name] = account(name)
        RoleGrant.objects.create(user=found[name], role=role, organization=organization, during=ALWAYS)
    for name, family in (("ict_office", cast.ict_family), ("office_family_office", cast.office_family)):
        found[name] = account(name)
        RoleGrant.objects.create(user=found[name], role=Role.SKILL_OFFICE, job_family=family, during=ALWAYS)
    return found


@pytest.fixture
def board(cast: Cast, framework: SkillFramework, cycle: AssessmentCycle) -> dict[str, Assessment]:
    """One assessment in each state; the planning division above the section has a head too."""
    Assignment.objects.create(
        staff=cast.industry_head,
        organization=cast.planning,
        kind="concurrent",
        head_of_unit=True,
        grade=cast.grades["bucho"],
        job_family=cast.office_family,
        during=ALWAYS,
    )
    repost(cast.head, job_family=cast.ict_family)
    found = {
        "draft": started(cast, cycle, "trainer"),
        "confirmed": submitted(cast, cycle, 2, 1, 0, who="ict2"),
        "returned": submitted(cast, cycle, 2, 1, 0, who="ict"),
        "of_the_head": submitted(cast, cycle, 3, 3, 3, who="head"),
    }
    rate(cast, found["draft"], 1, who="trainer")
    assessments.confirm(assessment_id=found["confirmed"].pk, ratings=[], by=cast.user("head"))
    assessments.return_(assessment_id=found["returned"].pk, reason="根拠", by=cast.user("head"))
    rate(cast, found["returned"], 3)
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    for staff in Staff.objects.all():
        job_type = JobType.objects.get(number=1)
        JobTypeAssignment.objects.create(staff=staff, job_type=job_type, kind="main", during=ALWAYS)
    return found


SEEN = {
    "hr": {"draft", "confirmed", "returned", "of_the_head"},
    "office": {"draft", "returned", "of_the_head"},  # ict2, the confirmed one, is hidden from the directory
    "digital_office": {"draft", "returned", "of_the_head"},
    "ict_office": {"draft", "returned", "of_the_head"},
    "digital_academy_hr": {"draft", "confirmed", "returned", "of_the_head"},
    "bureau_hr": {"draft", "returned", "of_the_head"},
    "head": {"returned", "of_the_head"},
    "industry_head": {"of_the_head"},
    "ict": {"returned"},
    "ict2": {"confirmed"},
    "trainer": {"draft"},
}


def test_who_sees_which_assessment(everybody: dict[str, User], board: dict[str, Assessment]) -> None:
    names = {assessment.pk: name for name, assessment in board.items()}
    seen = {
        who: {names[pk] for pk in access.assessments_visible_to(Viewer(user)).values_list("pk", flat=True)}
        for who, user in everybody.items()
    }
    assert seen == {who: SEEN.get(who, set()) for who in everybody}


def test_the_predicates_agree_with_their_querysets(everybody: dict[str, User], board: dict[str, Assessment]) -> None:
    for user in everybody.values():
        viewer = Viewer(user)
        rows = Assessment.objects.select_related("staff")
        assert set(access.assessments_visible_to(viewer)) == {row for row in rows if access.may_see(viewer, row)}
        held = JobTypeAssignment.objects.select_related("staff")
        expected = {row for row in held if access.may_see_job_type(viewer, row)}
        assert set(access.job_type_assignments_visible_to(viewer)) == expected


def test_who_reviews_sees(everybody: dict[str, User], board: dict[str, Assessment]) -> None:
    reviewers = {}
    for who, user in everybody.items():
        viewer = Viewer(user)
        reviewers[who] = {name for name, each in board.items() if access.may_review(viewer, each)}
    assert {who: names for who, names in reviewers.items() if names} == {
        "hr": {"confirmed"},  # whoever is hidden is reviewed by academy HR
        "digital_academy_hr": {"confirmed"},
        "office": {"draft", "returned", "of_the_head"},
        "digital_office": {"draft", "returned", "of_the_head"},
        "ict_office": {"draft", "returned", "of_the_head"},
        "head": {"draft", "returned"},
        "industry_head": {"of_the_head"},
    }


def levels_seen(user: User, assessment: Assessment) -> list[tuple[int, int | None]]:
    """Item number and self level of the current ratings as a viewer reads them."""
    seen = access.ratings_visible_to(Viewer(user)).filter(assessment=assessment).current()
    return sorted(seen.values_list("item__number", "self_level"))


def test_what_is_not_handed_in_is_read_by_its_subject_alone(
    everybody: dict[str, User], board: dict[str, Assessment]
) -> None:
    others = [user for who, user in everybody.items() if who != "trainer"]
    assert levels_seen(everybody["trainer"], board["draft"]) == [(1, 1)]
    assert [levels_seen(user, board["draft"]) for user in others] == [[]] * len(others)


def test_what_is_written_after_a_return_is_the_subjects_own_until_submitted(
    everybody: dict[str, User], board: dict[str, Assessment]
) -> None:
    assert levels_seen(everybody["ict"], board["returned"]) == [(1, 3), (2, 1), (3, 0)]
    for who in ("head", "office", "hr", "bureau_hr"):
        assert levels_seen(everybody[who], board["returned"]) == [(1, 2), (2, 1), (3, 0)]
    assessments.submit(assessment_id=board["returned"].pk, by=everybody["ict"])
    assert levels_seen(everybody["head"], board["returned"]) == [(1, 3), (2, 1), (3, 0)]


def test_others_read_of_each_round_what_was_handed_in(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 3, 1, 0)
    rate(cast, assessment, 2)
    assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))

    def revisions(who: str) -> list[tuple[int, int]]:
        seen = access.ratings_visible_to(Viewer(cast.user(who)))
        return sorted(seen.values_list("item__number", "revision"))

    assert revisions("ict") == [(1, 1), (1, 2), (2, 1), (3, 1)]
    assert revisions("head") == [(1, 2), (2, 1), (3, 1)]


def test_levels_follow_the_person_to_the_new_bureau(
    cast: Cast, everybody: dict[str, User], board: dict[str, Assessment]
) -> None:
    today = Viewer(cast.hr).day
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), today))
    Assignment.objects.create(
        staff=cast.ict,
        organization=cast.trade,
        grade=cast.grades["shuji"],
        job_family=cast.ict_family,
        during=DateRange(today, None),
    )
    seen = {
        who: board["returned"] in access.assessments_visible_to(Viewer(everybody[who]))
        for who in ("bureau_hr", "head", "industry_hr", "industry_head", "ict")
    }
    assert seen == {"bureau_hr": False, "head": False, "industry_hr": True, "industry_head": True, "ict": True}


def test_a_draft_framework_is_the_offices(
    everybody: dict[str, User], framework: SkillFramework, tmp_path: Path
) -> None:
    text = small_map.FILE.replace('version: "1"', 'version: "2"')
    frameworks.load_framework(path=small_map.written(tmp_path, text), by=None)
    for who, user in everybody.items():
        viewer = Viewer(user)
        versions = sorted(access.frameworks_visible_to(viewer).values_list("version", flat=True))
        assert versions == (["1", "2"] if who in {"hr", "office"} else ["1"])
        assert access.items_visible_to(viewer).count() == 3 * len(versions)
        assert access.job_types_visible_to(viewer).count() == 2 * len(versions)


def test_colleagues_and_other_offices_read_no_ratings(everybody: dict[str, User], board: dict[str, Assessment]) -> None:
    for who in ("staff", "auditor", "statistics", "industry_hr", "industry_office", "office_family_office"):
        assert not access.ratings_visible_to(Viewer(everybody[who])).exists()
    assert Rating.objects.exists()
