"""Who sees which people: the queryset against a plain reading of the rule, for the whole cast."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access
from academy.access import Viewer
from academy.models import Role, RoleGrant, Staff
from tests.cast import ALWAYS, Cast, post, repost

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
