"""Who sees and plans what: the rule and its query are compared for the whole cast."""

import datetime as dt
from typing import Any

import pytest

from academy.access import Viewer
from academy.models import RoleGrant, User
from courses import access
from courses.models import Mode, Module, Program, Session
from courses.operations import audiences, sessions
from tests.cast import ALWAYS, Cast, account
from tests.courses.catalogue import Catalogue, program

EVERYONE = ("hr", "bureau_hr", "auditor", "staff", "ict", "ict2", "head", "trainer", "industry_head", "manager")


@pytest.fixture
def plays(cast: Cast, catalogue: Catalogue) -> dict[str, Session]:
    """A draft and a published session of each programme; the trainer teaches the draft of the central one."""
    days: dict[str, Any] = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}
    return {
        "central draft": catalogue.draft(instructors=[catalogue.lecturer]),
        "central": catalogue.published(),
        "own draft": catalogue.draft(catalogue.video, meetings=(), **days),
        "own": catalogue.published(catalogue.video, meetings=(), **days),
    }


def viewer(cast: Cast, catalogue: Catalogue, name: str) -> Viewer:
    return Viewer(catalogue.manager if name == "manager" else cast.user(name))


DRAFTS_SEEN = {
    "hr": {"central draft", "own draft"},
    "bureau_hr": {"own draft"},
    "manager": {"central draft"},
    "trainer": {"central draft"},
}
PLANNED = {"hr": {"central", "own"}, "bureau_hr": {"own"}, "manager": {"central"}}


@pytest.mark.parametrize("name", EVERYONE)
def test_drafts_are_seen_by_who_plans_or_teaches_them(
    cast: Cast, catalogue: Catalogue, plays: dict[str, Session], name: str
) -> None:
    seen = set(access.sessions_visible_to(viewer(cast, catalogue, name)).values_list("pk", flat=True))
    found = {play for play, session in plays.items() if session.pk in seen}
    assert found == {"central", "own"} | DRAFTS_SEEN.get(name, set())


@pytest.mark.parametrize("name", EVERYONE)
def test_meetings_are_seen_with_their_session(
    cast: Cast, catalogue: Catalogue, plays: dict[str, Session], name: str
) -> None:
    who = viewer(cast, catalogue, name)
    of_sessions = set(access.sessions_visible_to(who).filter(meetings__isnull=False).values_list("pk", flat=True))
    assert set(access.meetings_visible_to(who).values_list("session", flat=True)) == of_sessions


@pytest.mark.parametrize("name", EVERYONE)
def test_a_programme_is_planned_by_its_hr_and_its_managers(
    cast: Cast, catalogue: Catalogue, plays: dict[str, Session], name: str
) -> None:
    who = viewer(cast, catalogue, name)
    for session in plays.values():
        version = session.course.versions.get_or_create(number=1)[0]
        module = version.modules.create(position=session.pk, title_ja="一")
        module.lessons.create(position=1, title_ja="動画", seconds=60)
    for play, session in plays.items():
        planned = play.split()[0] in PLANNED.get(name, set())
        modules = Module.objects.filter(version__course=session.course)
        lessons = [lesson for module in modules for lesson in module.lessons.all()]
        rows = (session, session.course, session.course.program, *session.meetings.all(), *modules, *lessons)
        assert {access.may_schedule(who, row) for row in rows} == {planned}
    assert access.may_schedule(who, None) is (name in PLANNED)
    assert access.may_keep_places(who, None) is (name in PLANNED)


@pytest.mark.parametrize("name", EVERYONE)
def test_a_programme_is_made_by_the_hr_of_its_organisation(cast: Cast, catalogue: Catalogue, name: str) -> None:
    who = viewer(cast, catalogue, name)
    for organization in (None, cast.digital, cast.skills, cast.industry):
        within = organization in (cast.digital, cast.skills)
        allowed = name == "hr" or (name == "bureau_hr" and within)
        assert access.may_offer(who, Program(organization=organization)) is allowed
    assert access.may_offer(who, None) is (name in {"hr", "bureau_hr"})


@pytest.mark.parametrize("name", EVERYONE)
def test_who_is_named_is_seen_by_the_planners(cast: Cast, catalogue: Catalogue, name: str) -> None:
    who = viewer(cast, catalogue, name)
    courses = {"central": catalogue.seminar, "own": catalogue.video}
    for course in courses.values():
        audiences.include_person(audience_id=course.audience_id, staff=cast.ict, reason="希望", by=None)
    seen = set(access.audience_people_visible_to(who).values_list("audience_id", flat=True))
    assert {play for play, course in courses.items() if course.audience_id in seen} == PLANNED.get(name, set())
    assert len(seen) == sum(access.may_schedule(who, course) for course in courses.values())


def test_academy_hr_of_one_organisation_plans_there(cast: Cast, catalogue: Catalogue) -> None:
    user: User = account("local-hr")
    RoleGrant.objects.create(user=user, role="academy_hr", organization=cast.planning, during=ALWAYS)
    below = program("below", Mode.CLASSROOM, cast.skills)
    planned = access.programs_planned_by(Viewer(user))
    assert list(planned) == [below]


def test_a_grant_that_ended_plans_nothing(cast: Cast, catalogue: Catalogue) -> None:
    RoleGrant.objects.filter(user=catalogue.manager).update(during="[2021-04-01,2022-06-28)")
    assert not access.programs_planned_by(Viewer(catalogue.manager)).exists()


def test_whatever_was_published_stays_visible(cast: Cast, catalogue: Catalogue) -> None:
    for status in ("cancelled", "finished"):
        Session.objects.filter(pk=catalogue.published().pk).move_to(status, by=None)
    assert access.sessions_visible_to(Viewer(cast.user("staff"))).count() == 2


def test_a_row_of_no_programme_is_a_mistake_of_ours(cast: Cast, catalogue: Catalogue) -> None:
    with pytest.raises(TypeError):
        access.may_schedule(Viewer(cast.hr), catalogue.room)


def test_planning_does_not_depend_on_the_state(cast: Cast, catalogue: Catalogue) -> None:
    made = catalogue.draft()
    before = access.may_schedule(Viewer(cast.hr), made)
    sessions.publish_session(session_id=made.pk, by=None)
    assert access.may_schedule(Viewer(cast.hr), Session.objects.get(pk=made.pk)) is before
