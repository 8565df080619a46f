"""Who sees scores, progress, teams: the query sets agree with the rules, for everybody and every row."""

import pytest
from psycopg.types.multirange import Multirange

from academy.access import Viewer
from academy.models import Role, RoleGrant
from courses.models import Session, SessionInstructor
from enrollments.access import records as records_access
from enrollments.models import Enrollment, LessonProgress
from enrollments.operations.teams import form_team, hand_in_proposal
from tests import stage
from tests.cast import ALWAYS, Cast, account, repost
from tests.records import enrolled, lessons

EVERYBODY = ("staff", "ict", "ict2", "head", "industry_head", "trainer", "hr", "bureau_hr", "auditor")


@pytest.fixture
def session(cast: Cast) -> Session:
    """`trainer` teaches it, `industry_head` manages its programme; `ict2` was with the industry bureau on the day."""
    made = stage.session(stage.course(), status="published")
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=made, instructor=teacher)
    RoleGrant.objects.create(
        user=cast.user("industry_head"),
        role=Role.PROGRAMME_MANAGER,
        program=made.course.program.public_id,
        during=ALWAYS,
    )
    return made


@pytest.fixture
def learners(cast: Cast, session: Session) -> list[Enrollment]:
    made = enrolled(session, cast.staff, cast.ict, cast.ict2, cast.head)
    for row in made:
        Enrollment.objects.filter(staff=cast.ict2).update(bureau=cast.industry, organization=cast.trade)
        row.refresh_from_db()
    enrolled(stage.session(status="published"), cast.trainer, cast.ict)
    return made


@pytest.mark.parametrize("who", EVERYBODY)
def test_scores_and_progress_have_one_audience(cast: Cast, learners: list[Enrollment], who: str) -> None:
    viewer = Viewer(cast.user(who))
    (lesson,) = lessons(learners[0].course, 60)
    for row in Enrollment.objects.filter(course=lesson.module.version.course_id):
        LessonProgress.objects.create(enrollment=row, lesson=lesson, watched=Multirange())
    seen = set(records_access.scored_enrollments_visible_to(viewer))
    assert seen == {row for row in Enrollment.objects.all() if records_access.may_see_scores(viewer, row)}
    progress = records_access.progress_visible_to(viewer)
    assert {row.enrollment for row in progress} == {
        row for row in seen if row.course_id == lesson.module.version.course_id
    }


def test_scores_are_for_todays_hr_and_not_for_teachers_or_heads(
    cast: Cast, session: Session, learners: list[Enrollment]
) -> None:
    industry_hr = account("industry-hr")
    RoleGrant.objects.create(user=industry_hr, role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS)

    def seen(user: object) -> set[str]:
        rows = records_access.scored_enrollments_visible_to(Viewer(user)).filter(session=session)  # type: ignore[arg-type]
        return set(rows.values_list("staff__given_name", flat=True))

    assert seen(cast.hr) == {"太郎", "花子", "次郎", "三恵"}
    assert seen(cast.bureau_hr) == {"花子", "次郎", "三恵"}  # 次郎 is theirs today
    assert seen(industry_hr) == {"太郎"}  # 次郎 was theirs on the day
    assert seen(cast.user("industry_head")) == {"太郎", "花子", "次郎", "三恵"}  # manages the programme
    assert seen(cast.user("trainer")) == set()  # teaches it
    assert seen(cast.user("head")) == {"三恵"}  # heads the unit: the own score alone
    assert seen(cast.user("ict")) == {"花子"}
    assert seen(cast.auditor) == set()


def test_a_person_who_moves_takes_the_scores_to_the_new_hr(
    cast: Cast, session: Session, learners: list[Enrollment]
) -> None:
    repost(cast.ict, organization=cast.trade)
    seen = records_access.scored_enrollments_visible_to(Viewer(cast.bureau_hr)).filter(session=session)
    assert set(seen.values_list("staff__given_name", flat=True)) == {"次郎", "三恵"}


@pytest.mark.parametrize("who", EVERYBODY)
def test_teams_are_seen_by_members_and_by_who_runs_or_teaches(
    cast: Cast, session: Session, learners: list[Enrollment], who: str
) -> None:
    ids = [row.public_id for row in learners[:2]]
    team = form_team(session_id=session.pk, name="A班", members=ids, leader=ids[0], by=cast.hr)
    proposal = hand_in_proposal(team_id=team.pk, title="題", summary="要旨", by=cast.user("ict"))
    viewer = Viewer(cast.user(who))
    sees = who in {"staff", "ict", "trainer", "industry_head", "hr"}
    assert list(records_access.teams_visible_to(viewer)) == ([team] if sees else [])
    assert list(records_access.proposals_visible_to(viewer)) == ([proposal] if sees else [])
    runs = who in {"industry_head", "hr"}
    assert records_access.may_present(viewer, proposal) is runs
    assert records_access.may_form_teams(viewer, session) is runs
    assert (session in records_access.sessions_run_by(viewer)) is runs


def test_a_member_who_runs_the_session_does_not_present_the_own_proposal(cast: Cast, session: Session) -> None:
    (own,) = enrolled(session, cast.industry_head)
    team = form_team(session_id=session.pk, name="A班", members=[own.public_id], by=cast.hr)
    proposal = hand_in_proposal(team_id=team.pk, title="題", summary="要旨", by=cast.user("industry_head"))
    assert records_access.may_present(Viewer(cast.user("industry_head")), proposal) is False
    assert records_access.may_present(Viewer(cast.hr), proposal) is True
