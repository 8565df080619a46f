"""Teams, what they propose, and its presentation."""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session
from enrollments.errors import AlreadyPresented, MembersOnly, NotTakingPart, OwnRecord, Superseded
from enrollments.models import Enrollment, Presentation, Proposal, Team, TeamMember
from enrollments.operations.results import derive_results, lock_participants


@operation
def form_team(
    *, session_id: int, name: str, theme: str = "", members: Sequence[UUID], leader: UUID | None = None, by: User | None
) -> Team:
    """Form a team of people who take part in one session; nobody is in two. `members` are enrolments."""
    session = Session.objects.locked().get(pk=session_id)
    chosen = Enrollment.objects.filter(session=session, public_id__in=members)
    rows = {row.public_id: row for row in lock_participants(chosen)}
    _refuse_members(rows.keys(), members, leader)
    team = Team.objects.create(session=session, name=name, theme=theme)
    TeamMember.objects.bulk_create(
        TeamMember(team=team, enrollment=rows[member], leader=member == leader) for member in members
    )
    note(team, session=session.public_id, members=len(rows))
    return team


@operation
def hand_in_proposal(*, team_id: int, title: str, summary: str, by: User) -> Proposal:
    """A member hands in the team's proposal; until it is presented, a later version is a further revision."""
    team = _lock_team(team_id)
    members = _lock_members(team)
    if not team.members.filter(enrollment__staff__user=by).exists():
        raise MembersOnly
    if not any(row.staff.user_id == by.pk for row in members):
        raise NotTakingPart
    if Presentation.objects.filter(proposal__team=team).exists():
        raise AlreadyPresented
    revision = team.proposals.count() + 1
    proposal = Proposal.objects.create(team=team, revision=revision, title=title, summary=summary, by=by)
    derive_results([row.pk for row in members], by=by)
    note(proposal, team=team.public_id, revision=revision)
    return proposal


@operation
def record_presentation(*, proposal_id: int, presented_on: dt.date, by: User | None) -> Proposal:
    """Record that a team presented the latest version of its proposal; no member vouches for that."""
    proposal = Proposal.objects.get(pk=proposal_id)
    team = _lock_team(proposal.team_id)
    members = _lock_members(team)
    if by is not None and team.members.filter(enrollment__staff__user=by).exists():
        raise OwnRecord
    if Presentation.objects.filter(proposal__team=team).exists():
        raise AlreadyPresented
    if team.proposals.filter(revision__gt=proposal.revision).exists():
        raise Superseded
    _refuse_future(presented_on, clock.today())
    Presentation.objects.create(proposal=proposal, presented_on=presented_on, by=by)
    derive_results([row.pk for row in members], by=by)
    note(proposal, team=team.public_id, members=len(members))
    return proposal


def _lock_team(team_id: int) -> Team:
    return Team.objects.select_for_update(no_key=True).get(pk=team_id)


def _lock_members(team: Team) -> list[Enrollment]:
    return lock_participants(Enrollment.objects.filter(team_member__team=team))


def _refuse_members(found: Collection[UUID], members: Sequence[UUID], leader: UUID | None) -> None:
    faults = Faults()
    for index, member in enumerate(members):
        at = f"/members/{index}"
        if member not in found:
            faults.add(at, "not_found", "この回の受講者ではありません。", "Nobody who takes part in this session.")
        elif member in members[:index]:
            faults.add(at, "repeated", "同じ受講者が二度あります。", "The same person is named twice.")
    if not members:
        faults.add("/members", "required", "班には一人以上が必要です。", "A team has at least one member.")
    if leader is not None and leader not in members:
        faults.add("/leader", "not_a_member", "班長は班の一員です。", "The leader is one of the members.")
    faults.refuse()


def _refuse_future(presented_on: dt.date, today: dt.date) -> None:
    faults = Faults()
    if presented_on > today:
        faults.add(
            "/presented_on", "in_the_future", "発表日は今日までです。", "The day presented is not in the future."
        )
    faults.refuse()
