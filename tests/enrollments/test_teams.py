"""Teams: formed once, proposing in versions, presenting; the members complete together."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.models import Session
from enrollments.errors import (
    AlreadyInTeam,
    AlreadyPresented,
    MembersOnly,
    NotTakingPart,
    OwnRecord,
    Superseded,
    TeamNameTaken,
)
from enrollments.models import Enrollment, Mark, Presentation, Proposal, Status, Team
from enrollments.operations import teams as operation
from enrollments.operations.attendance import mark_attendance
from enrollments.operations.teams import form_team, hand_in_proposal, record_presentation
from tests import stage
from tests.cast import Cast
from tests.records import after_both, at_once, day, enrolled, meetings_of, steps_of, unlocked

THE_DAY = day("2022-06-28")


@pytest.fixture
def training(cast: Cast) -> Session:
    policy = stage.policy(certifies=True, attendance_numerator=3, attendance_denominator=4, proposal=True)
    times = (("2022-06-20 09:00", "2022-06-20 17:00"),)
    return stage.session(stage.course(policy=policy), times=times, status="published")


@pytest.fixture
def members(cast: Cast, training: Session) -> list[Enrollment]:
    return enrolled(training, cast.ict, cast.ict2)


@pytest.fixture
def team(cast: Cast, training: Session, members: list[Enrollment]) -> Team:
    ids = [member.public_id for member in members]
    return form_team(session_id=training.pk, name="A班", theme="窓口のDX", members=ids, leader=ids[0], by=cast.hr)


def hand_in(cast: Cast, team: Team, title: str = "申請の電子化") -> Proposal:
    return hand_in_proposal(team_id=team.pk, title=title, summary="紙の申請をなくす。", by=cast.user("ict"))


def test_a_team_is_formed_of_who_takes_part(cast: Cast, training: Session, team: Team) -> None:
    held = team.members.order_by("pk").values_list("enrollment__staff__given_name", "leader")
    assert list(held) == [("花子", True), ("次郎", False)]
    event = AuditEvent.objects.get()
    assert (event.action, event.target) == ("enrollments.form_team", team.public_id)
    assert event.detail == {"session": str(training.public_id), "members": 2}


def test_a_team_is_not_formed_of_others(cast: Cast, training: Session, members: list[Enrollment]) -> None:
    (offered,) = enrolled(training, cast.staff, status=Status.OFFERED)
    first = members[0].public_id
    with pytest.raises(InvalidInput) as refused:
        form_team(
            session_id=training.pk,
            name="B班",
            members=[first, offered.public_id, uuid4(), first],
            leader=members[1].public_id,
            by=cast.hr,
        )
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/members/1", "not_found"),
        ("/members/2", "not_found"),
        ("/members/3", "repeated"),
        ("/leader", "not_a_member"),
    ]
    with pytest.raises(InvalidInput):
        form_team(session_id=training.pk, name="B班", members=[], by=cast.hr)


def test_nobody_is_in_two_teams_and_no_name_is_given_twice(cast: Cast, training: Session, team: Team) -> None:
    taken = team.members.get(leader=True).enrollment.public_id
    with pytest.raises(AlreadyInTeam):
        form_team(session_id=training.pk, name="B班", members=[taken], by=cast.hr)
    (free,) = enrolled(training, cast.staff)
    with pytest.raises(TeamNameTaken):
        form_team(session_id=training.pk, name="A班", members=[free.public_id], by=cast.hr)


def test_who_attended_and_presented_completes(
    cast: Cast, training: Session, members: list[Enrollment], team: Team
) -> None:
    (meeting,) = meetings_of(training)
    mark_attendance(session_id=training.pk, meeting_id=meeting.pk, marks=[], rest=Mark.PRESENT, by=cast.hr)
    proposal = hand_in(cast, team)
    record_presentation(proposal_id=proposal.pk, presented_on=THE_DAY, by=cast.hr)
    for member in members:
        assert steps_of(member) == [("enrolled", "in_progress", ""), ("in_progress", "completed", "")]
    assert AuditEvent.objects.get(action="enrollments.record_presentation").detail == {
        "team": str(team.public_id),
        "members": 2,
    }


def test_handing_in_begins_the_training(cast: Cast, members: list[Enrollment], team: Team) -> None:
    hand_in(cast, team)
    assert [steps_of(member) for member in members] == [[("enrolled", "in_progress", "")]] * 2


def test_a_later_version_is_a_revision_until_it_is_presented(cast: Cast, team: Team) -> None:
    first, second = hand_in(cast, team), hand_in(cast, team, "申請の全面電子化")
    assert [(each.revision, each.title) for each in Proposal.objects.order_by("revision")] == [
        (1, "申請の電子化"),
        (2, "申請の全面電子化"),
    ]
    with pytest.raises(Superseded):
        record_presentation(proposal_id=first.pk, presented_on=THE_DAY, by=cast.hr)
    record_presentation(proposal_id=second.pk, presented_on=THE_DAY, by=cast.hr)
    with pytest.raises(AlreadyPresented):
        hand_in(cast, team)
    with pytest.raises(AlreadyPresented):
        record_presentation(proposal_id=second.pk, presented_on=THE_DAY, by=cast.hr)
    assert Presentation.objects.count() == 1


def test_only_a_member_who_takes_part_hands_in(cast: Cast, members: list[Enrollment], team: Team) -> None:
    with pytest.raises(MembersOnly):
        hand_in_proposal(team_id=team.pk, title="題", summary="要旨", by=cast.hr)
    Enrollment.objects.filter(pk=members[0].pk).move_to(Status.WITHDRAWN, by=None)
    with pytest.raises(NotTakingPart):
        hand_in(cast, team)


def test_a_member_does_not_vouch_for_the_presentation(cast: Cast, team: Team) -> None:
    proposal = hand_in(cast, team)
    with pytest.raises(OwnRecord):
        record_presentation(proposal_id=proposal.pk, presented_on=THE_DAY, by=cast.user("ict2"))


def test_a_presentation_is_not_in_the_future(cast: Cast, team: Team) -> None:
    proposal = hand_in(cast, team)
    with pytest.raises(InvalidInput) as refused:
        record_presentation(proposal_id=proposal.pk, presented_on=day("2022-06-29"), by=cast.hr)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/presented_on", "in_the_future")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollments_proposal SET title = ''",
        "UPDATE enrollments_presentation SET presented_on = '2022-01-01'",
        "DELETE FROM enrollments_presentation",
    ],
)
def test_the_database_keeps_proposals_and_presentations(cast: Cast, team: Team, statement: str) -> None:
    proposal = hand_in(cast, team)
    record_presentation(proposal_id=proposal.pk, presented_on=THE_DAY, by=cast.hr)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_two_members_hand_in_at_once_and_both_versions_are_kept(cast: Cast, team: Team) -> None:
    assert at_once(lambda: hand_in(cast, team, "案一"), lambda: hand_in(cast, team, "案二")) == ["done", "done"]
    assert set(Proposal.objects.values_list("title", flat=True)) == {"案一", "案二"}
    assert list(Proposal.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_the_second_is_turned_away(cast: Cast, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both count the same versions, and one revision is one version."""
    monkeypatch.setattr(operation, "_lock_team", lambda team_id: Team.objects.get(pk=team_id))
    monkeypatch.setattr(operation, "lock_participants", unlocked)
    monkeypatch.setattr(operation, "Proposal", _Proposals)
    assert at_once(lambda: hand_in(cast, team, "案一"), lambda: hand_in(cast, team, "案二")) == [
        "done",
        "recorded_meanwhile",
    ]
    assert Proposal.objects.get().revision == 1


class _Proposals:
    """Handed in only when both have counted."""

    class objects:  # noqa: N801
        create = staticmethod(after_both(Proposal.objects.create))
