"""Who sees which enrolments: the rows that are shown and the rule about one row say the same for everybody."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.access import Viewer
from academy.models import Role, RoleGrant, Staff
from courses.models import Session, SessionInstructor
from enrollments import access
from enrollments.models import Enrollment
from tests import stage
from tests.cast import ALWAYS, Cast, account, post, repost
from tests.enrollments.scene import apply, open_session

EVERYBODY = (
    "hr", "bureau_hr", "industry_hr", "town_hr", "manager", "auditor", "staff", "ict", "ict2", "head", "trainer",
    "industry_head",
)  # fmt: skip
ALL = {"staff", "ict", "ict2", "head", "trainer"}


@pytest.fixture
def session(cast: Cast) -> Session:
    """One session with five people: ict2 has moved to the other bureau since, the trainer teaches it, head is hidden."""
    made = open_session(course=stage.course(stage.program(organization=cast.industry)))
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=made, instructor=teacher)
    for name in sorted(ALL):
        apply(made, getattr(cast, name))
    repost(cast.ict2, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 6, 1)))
    post(cast.ict2, cast.trade, cast.grades["shunin"], cast.ict_family, during=DateRange(dt.date(2022, 6, 1), None))
    Staff.objects.filter(pk=cast.head.pk).update(directory_hidden=True)
    return made


def viewer(cast: Cast, name: str) -> Viewer:
    grants = {
        "industry_hr": {"role": Role.BUREAU_HR, "organization": cast.industry},
        "town_hr": {"role": Role.ACADEMY_HR, "organization": cast.skills},
        "manager": {"role": Role.PROGRAMME_MANAGER, "program": Enrollment.objects.all()[0].course.program.public_id},
    }
    if name not in grants:
        return Viewer(cast.user(name))
    made = account(name)
    RoleGrant.objects.create(user=made, during=ALWAYS, **grants[name])
    return Viewer(made)


def names(cast: Cast, rows: list[Enrollment]) -> set[str]:
    return {name for name in ALL for row in rows if row.staff_id == getattr(cast, name).pk}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("hr", ALL),
        ("bureau_hr", {"ict", "ict2", "trainer"}),  # ict2 was of the bureau on the day, the head is hidden
        ("industry_hr", {"staff", "ict2"}),
        ("town_hr", {"ict", "ict2", "head", "trainer"}),
        ("manager", ALL - {"head"}),
        ("auditor", set()),
        ("staff", {"staff"}),
        ("ict", {"ict"}),
        ("ict2", {"ict2"}),
        ("head", {"ict", "head", "trainer"}),
        ("trainer", ALL - {"head"}),
        ("industry_head", {"staff", "ict2"}),
    ],
)
def test_who_sees_whom(cast: Cast, session: Session, name: str, seen: set[str]) -> None:
    assert names(cast, list(access.enrollments_visible_to(viewer(cast, name)))) == seen


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("hr", ALL),
        ("bureau_hr", {"ict", "ict2", "trainer"}),
        ("industry_hr", {"staff", "ict2"}),
        ("town_hr", {"ict", "ict2", "head", "trainer"}),
        ("manager", set()),
        ("auditor", set()),
        ("staff", {"staff"}),
        ("head", {"ict", "head", "trainer"}),
        ("trainer", {"trainer"}),
        ("industry_head", {"staff", "ict2"}),
    ],
)
def test_who_reads_the_letters_of_a_decision(cast: Cast, session: Session, name: str, seen: set[str]) -> None:
    """The person, HR and the head; not who manages the programme, teaches the session or audits."""
    assert names(cast, list(access.letters_visible_to(viewer(cast, name)))) == seen


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_is_shown_is_what_the_rule_allows(cast: Cast, session: Session, name: str) -> None:
    who = viewer(cast, name)
    shown = set(access.enrollments_visible_to(who))
    assert shown == {row for row in Enrollment.objects.all() if access.may_view(who, row)}


@pytest.mark.parametrize(
    ("name", "marks", "runs"),
    [
        ("hr", True, True),
        ("bureau_hr", False, False),  # another bureau's programme: people are nominated, not seated
        ("industry_hr", True, True),  # the programme is the bureau's own
        ("manager", True, True),
        ("trainer", True, False),
        ("head", False, False),
        ("auditor", False, False),
        ("staff", False, False),
    ],
)
def test_who_does_what_with_a_session(cast: Cast, session: Session, name: str, marks: bool, runs: bool) -> None:
    who = viewer(cast, name)
    assert (access.may_mark(who, session), access.runs(who, session)) == (marks, runs)


def test_nobody_decides_their_own_enrolment(cast: Cast, session: Session) -> None:
    trainer = Viewer(cast.user("trainer"))
    decides = {row.staff_id: access.may_decide(trainer, row) for row in Enrollment.objects.all()}
    assert decides == {getattr(cast, name).pk: name != "trainer" for name in ALL}


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("hr", ALL),
        ("bureau_hr", {"ict", "ict2", "trainer"}),
        ("head", {"head"}),
        ("trainer", {"trainer"}),
        ("manager", set()),
    ],
)
def test_who_withdraws_for_whom(cast: Cast, session: Session, name: str, may: set[str]) -> None:
    who = viewer(cast, name)
    assert names(cast, [row for row in Enrollment.objects.all() if access.may_withdraw(who, row)]) == may


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("bureau_hr", {"ict", "trainer"}),
        ("industry_hr", {"staff", "ict2"}),
        ("town_hr", {"ict", "head", "trainer"}),
        ("head", {"head"}),
        ("auditor", set()),
    ],
)
def test_who_applies_for_whom(cast: Cast, session: Session, name: str, people: set[str]) -> None:
    found = set(access.people_of(viewer(cast, name)).values_list("pk", flat=True))
    assert {each for each in ALL if getattr(cast, each).pk in found} == people
