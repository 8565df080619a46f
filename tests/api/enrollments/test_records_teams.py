"""`teams/` and `proposals/`: a team is formed, hands in, presents."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from courses.models import Session, SessionInstructor
from enrollments.models import Enrollment, Proposal, Team
from enrollments.operations.teams import form_team, hand_in_proposal
from tests import stage
from tests.cast import Cast
from tests.records import enrolled

ClientOf = Callable[[object], APIClient]
TEAMS, PROPOSALS = "/api/v1/teams/", "/api/v1/proposals/"


@pytest.fixture
def session(cast: Cast) -> Session:
    policy = stage.policy(certifies=True, attendance_numerator=0, proposal=True)
    return stage.session(stage.course(policy=policy), status="published")


@pytest.fixture
def members(cast: Cast, session: Session) -> list[Enrollment]:
    return enrolled(session, cast.ict, cast.staff)


@pytest.fixture
def team(cast: Cast, session: Session, members: list[Enrollment]) -> Team:
    ids = [member.public_id for member in members]
    return form_team(session_id=session.pk, name="A班", theme="窓口のDX", members=ids, leader=ids[0], by=cast.hr)


def test_hr_forms_a_team(cast: Cast, client_of: ClientOf, session: Session, members: list[Enrollment]) -> None:
    first, second = (str(member.public_id) for member in members)
    body = {
        "session": str(session.public_id),
        "name": "A班",
        "theme": "窓口のDX",
        "members": [first, second],
        "leader": second,
    }
    answer = client_of(cast.hr).post(TEAMS, body)
    made = answer.json()
    assert (answer.status_code, made.pop("id")) == (201, str(Team.objects.get().public_id))
    assert made.pop("created_at").startswith("2022-06-28T10:00:")
    assert made == {
        "session": str(session.public_id),
        "name": "A班",
        "theme": "窓口のDX",
        "members": [
            {"enrollment": first, "name": "髙橋 花子", "leader": False},
            {"enrollment": second, "name": "森 太郎", "leader": True},
        ],
    }
    again = client_of(cast.hr).post(TEAMS, {**body, "name": "B班"})
    assert (again.status_code, again.json()["code"]) == (409, "already_in_team")


def test_only_who_runs_the_session_forms_teams(
    cast: Cast, client_of: ClientOf, session: Session, members: list[Enrollment]
) -> None:
    body = {"session": str(session.public_id), "name": "A班", "members": [str(members[0].public_id)]}
    for somebody in (cast.ict, cast.head, cast.bureau_hr, cast.auditor):
        assert client_of(somebody).post(TEAMS, body).status_code == 403
    stage_program = session.course.program
    stage_program.organization = cast.industry
    stage_program.save()
    assert client_of(cast.bureau_hr).post(TEAMS, body).status_code == 403


def test_teams_are_hidden_from_others(cast: Cast, client_of: ClientOf, session: Session, team: Team) -> None:
    for somebody in (cast.ict2, cast.head, cast.bureau_hr, cast.auditor):
        assert client_of(somebody).get(TEAMS).json()["results"] == []
        assert client_of(somebody).get(f"{TEAMS}{team.public_id}/").status_code == 404
    for somebody in (cast.ict, cast.staff, cast.hr):
        rows = client_of(somebody).get(f"{TEAMS}?session={session.public_id}").json()["results"]
        assert [row["id"] for row in rows] == [str(team.public_id)]


def test_a_member_hands_in_and_the_office_records_the_presentation(
    cast: Cast, client_of: ClientOf, team: Team, members: list[Enrollment]
) -> None:
    body = {"team": str(team.public_id), "title": "申請の電子化", "summary": "紙の申請をなくす。"}
    answer = client_of(cast.ict).post(PROPOSALS, body)
    made = answer.json()
    proposal = Proposal.objects.get()
    assert made.pop("recorded_at").startswith("2022-06-28T10:00:")
    expected = {
        "id": str(proposal.public_id),
        "team": str(team.public_id),
        "team_name": "A班",
        "revision": 1,
        "title": "申請の電子化",
        "summary": "紙の申請をなくす。",
        "presented_on": None,
    }
    assert (answer.status_code, made) == (201, expected)
    address = f"{PROPOSALS}{proposal.public_id}/present/"
    assert client_of(cast.staff).post(address, {"presented_on": "2022-06-28"}).status_code == 403
    presented = client_of(cast.hr).post(address, {"presented_on": "2022-06-28"})
    shown = presented.json()
    del shown["recorded_at"]
    assert (presented.status_code, shown) == (200, {**expected, "presented_on": "2022-06-28"})
    assert set(Enrollment.objects.values_list("status", flat=True)) == {"completed"}
    again = client_of(cast.ict).post(PROPOSALS, body)
    assert (again.status_code, again.json()["code"]) == (409, "already_presented")


def test_only_members_hand_in(cast: Cast, client_of: ClientOf, team: Team) -> None:
    body = {"team": str(team.public_id), "title": "題", "summary": "要旨"}
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=team.session, instructor=teacher)
    asked = ("ict2", "head", "hr", "trainer")
    answers = {who: client_of(getattr(cast, who)).post(PROPOSALS, body) for who in asked}
    codes = {who: (answer.status_code, answer.json()["code"]) for who, answer in answers.items()}
    assert codes == {
        "ict2": (400, "invalid_input"),
        "head": (400, "invalid_input"),
        "hr": (403, "forbidden"),
        "trainer": (403, "members_only"),
    }
    assert [(f["pointer"], f["code"]) for f in answers["ict2"].json()["errors"]] == [("/team", "not_found")]


def test_a_presentation_to_come_is_refused(cast: Cast, client_of: ClientOf, team: Team) -> None:
    proposal = hand_in_proposal(team_id=team.pk, title="題", summary="要旨", by=cast.user("ict"))
    address = f"{PROPOSALS}{proposal.public_id}/present/"
    answer = client_of(cast.hr).post(address, {"presented_on": "2022-06-29"})
    assert [(f["pointer"], f["code"]) for f in answer.json()["errors"]] == [("/presented_on", "in_the_future")]
    assert client_of(cast.ict2).post(address, {"presented_on": "2022-06-28"}).status_code == 404


def test_proposals_are_listed_by_team(cast: Cast, client_of: ClientOf, session: Session, team: Team) -> None:
    for title in ("初版", "第二版"):
        hand_in_proposal(team_id=team.pk, title=title, summary="要旨", by=cast.user("ict"))
    rows = client_of(cast.hr).get(f"{PROPOSALS}?team={team.public_id}&session={session.public_id}").json()["results"]
    assert [(row["revision"], row["title"]) for row in rows] == [(2, "第二版"), (1, "初版")]
