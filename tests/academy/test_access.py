"""Who sees which people: the queryset against a plain reading of the rule, for the whole cast."""

import datetime as dt
from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access, clock
from academy.access import Viewer
from academy.models import Role, RoleGrant, Staff, User
from tests import whole_cast
from tests.cast import ALWAYS, Cast, account, organization, person, post, repost
from tests.whole_cast import open_case

EVERYBODY = ["ict", "ict2", "head", "industry_head", "staff", "trainer"]
SEEN = {
    "hr": EVERYBODY,
    "bureau_hr": ["head", "ict", "ict2", "trainer"],
    "auditor": [],
    "staff": ["staff"],
    "ict": ["ict"],
    "ict2": ["ict2"],
    "head": ["head", "ict", "ict2", "trainer"],
    "trainer": ["trainer"],
    "industry_head": ["industry_head", "staff"],
}


def seen(cast: Cast, name: str) -> list[str]:
    found = set(access.staff_visible_to(Viewer(cast.user(name))).values_list("pk", flat=True))
    return sorted(each for each in EVERYBODY if getattr(cast, each).pk in found)


@pytest.mark.parametrize("name", SEEN)
def test_who_sees_whom(cast: Cast, name: str) -> None:
    assert seen(cast, name) == sorted(SEEN[name])


def test_a_hidden_person_is_seen_by_self_and_academy_hr(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    assert [name for name in SEEN if "ict" in seen(cast, name)] == ["hr", "ict"]


def test_a_grant_counts_from_its_first_to_its_last_day(cast: Cast) -> None:
    today = dt.date(2022, 6, 28)
    RoleGrant.objects.filter(user=cast.bureau_hr).update(during=DateRange(today, today + dt.timedelta(days=1)))
    for day, count in ((today - dt.timedelta(days=1), 0), (today, 4), (today + dt.timedelta(days=1), 0)):
        assert access.staff_visible_to(Viewer(cast.bureau_hr, day)).count() == count


def test_who_moved_away_is_no_longer_seen(cast: Cast) -> None:
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 6, 28)))
    post(
        cast.ict,
        cast.trade,
        cast.grades["shuji"],
        cast.ict_family,
        during=DateRange(dt.date(2022, 6, 28), None),
    )
    assert "ict" not in seen(cast, "bureau_hr")
    assert "ict" not in seen(cast, "head")
    assert "ict" in seen(cast, "industry_head")


def test_academy_hr_of_one_authority_sees_its_own(cast: Cast) -> None:
    RoleGrant.objects.filter(user=cast.hr).update(organization=cast.industry)
    assert seen(cast, "hr") == ["industry_head", "staff"]


def test_a_grant_for_a_programme_shows_nobody_in_the_staff_list(cast: Cast) -> None:
    RoleGrant.objects.create(
        user=cast.user("trainer"), role=Role.PROGRAMME_MANAGER, program=cast.tmg.public_id, during=ALWAYS
    )
    assert seen(cast, "trainer") == ["trainer"]


def test_a_grant_for_a_job_family_follows_the_primary_post_of_today(cast: Cast) -> None:
    RoleGrant.objects.filter(user=cast.hr).update(job_family=cast.ict_family)
    assert seen(cast, "hr") == ["ict", "ict2", "trainer"]
    repost(cast.ict, job_family=cast.office_family)
    assert seen(cast, "hr") == ["ict2", "trainer"]
    post(cast.ict, cast.skills, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    assert seen(cast, "hr") == ["ict2", "trainer"]


def test_a_job_family_inside_an_organisation_is_that_of_the_post_inside(cast: Cast) -> None:
    """The primary post is elsewhere, of the family; the concurrent one is inside: the grant does not reach the person."""
    RoleGrant.objects.filter(user=cast.bureau_hr).update(job_family=cast.ict_family)
    post(cast.staff, cast.skills, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    repost(cast.ict2, organization=cast.trade)
    assert seen(cast, "bureau_hr") == ["ict", "trainer"]


def test_hr_of_a_municipality_sees_its_people(cast: Cast) -> None:
    """A body of its own, not of the metropolis; its people have no metropolitan staff number."""
    town = organization("town", "municipality", "青空市")
    office = organization("town-office", "section", "情報課", town)
    names = ("原", "一郎", "ハラ", "イチロウ")
    citizen = person(names, None, issuer=town, hiring=cast.hiring)
    post(citizen, office, cast.grades["shuji"], cast.office_family)
    RoleGrant.objects.filter(user=cast.bureau_hr).update(organization=town)
    assert list(access.staff_visible_to(Viewer(cast.bureau_hr))) == [citizen]


def test_an_open_case_is_needed_and_enough(cast: Cast) -> None:
    assert seen(cast, "auditor") == []
    case = open_case(cast.auditor, by=cast.hr, organization=cast.industry)
    assert seen(cast, "auditor") == ["industry_head", "staff"]
    case.closed_at = clock.real_now()
    case.save()
    assert seen(cast, "auditor") == []


@pytest.mark.parametrize("role", [Role.ACADEMY_HR, Role.BUREAU_HR, Role.SKILL_OFFICE, Role.AUDITOR])
def test_whom_each_account_reaches_is_what_each_is_asked(cast: Cast, role: Role, tmp_path: Path) -> None:
    """Every scope in which the role is given, a grant that is over or taken back, and every kind of post."""
    whole_cast.assemble(cast, tmp_path)
    if role != Role.BUREAU_HR:  # which always names an organisation
        RoleGrant.objects.create(user=account("everywhere"), role=role, during=ALWAYS)
    RoleGrant.objects.create(
        user=account("gone"), role=role, organization=cast.digital, during=ALWAYS, revoked_at=clock.real_now()
    )
    people = list(Staff.objects.registered().values_list("pk", flat=True))
    today = clock.today()
    of_each = {
        user.pk: {pk for pk in people if access.reaches(Viewer(user, today), pk, role)} for user in User.objects.all()
    }
    assert access.reached_by_each(role, people, today) == {pk: reached for pk, reached in of_each.items() if reached}
    assert access.reached_by_each(role, [], today) == {}
