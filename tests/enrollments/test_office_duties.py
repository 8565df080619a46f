"""What waits for the office of a session whose seats are decided about: a draw, a decision, its publication."""

import datetime as dt
from typing import Any

from academy import clock
from academy.access import Viewer
from academy.models import Role, RoleGrant, User
from courses.models import Session
from enrollments.models import Approval
from enrollments.office_duties import Duty, office_duties_of
from enrollments.operations import decisions, draws
from tests import stage
from tests.cast import ALWAYS, Cast, account
from tests.conftest import Clock
from tests.enrollments.deciding import propose, publish
from tests.enrollments.scene import apply, crowd, open_session
from tests.enrollments.test_draws import CLOSED, KNOWN, commit, freeze, hold, lottery_session

BEGINS = stage.tokyo("2022-07-14 14:00")


def due(user: User) -> list[tuple[str, Any]]:
    return [(each.kind, each.id) for each in office_duties_of(Viewer(user), clock.now())]


def manager(session: Session) -> User:
    made = account("manager")
    program = session.course.program.public_id
    RoleGrant.objects.create(user=made, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    return made


def test_each_step_of_a_lottery_in_its_turn(cast: Cast, at: Clock) -> None:
    """Committing, drawing (for another person than who committed), deciding and publishing; then nothing."""
    session = lottery_session()
    second = manager(session)
    at_first = ("draw_commit", session.public_id)
    assert due(cast.hr) == due(second) == [at_first]
    apply(session, cast.ict)
    draw = commit(session, cast)
    assert due(cast.hr) == []
    at(CLOSED)
    freeze(draw, cast)
    assert due(second) == []
    at(KNOWN)
    assert (due(cast.hr), due(second)) == ([], [("draw_hold", draw.public_id)])
    hold(draw, cast)
    assert due(cast.hr) == due(second) == [("decide", session.public_id)]
    draft = propose(cast, session)
    assert due(cast.hr) == due(second) == [("publish_decision", draft.public_id)]
    publish(cast, draft)
    assert due(cast.hr) == due(second) == []


def test_when_and_since_when(cast: Cast, at: Clock) -> None:
    session = lottery_session(title_ja="分析", title_en="Analysis")
    opened, closes = session.apply_from, session.apply_until
    assert opened
    assert closes
    second = manager(session)
    apply(session, cast.ict)
    [found] = office_duties_of(Viewer(second), clock.now())
    title = found.title
    assert (title.ja, title.en) == ("「分析」の抽選の公約", "Commit to the draw of “Analysis”")
    assert found == Duty("draw_commit", session.public_id, title, opened, closes)
    draw = commit(session, cast)
    at(CLOSED)
    frozen_at = freeze(draw, cast).frozen_at
    at(KNOWN)
    [found] = office_duties_of(Viewer(second), clock.now())
    assert (found.since, found.due_at) == (frozen_at, BEGINS)
    drawn_at = hold(draw, cast).drawn_at
    [found] = office_duties_of(Viewer(second), clock.now())
    assert (found.since, found.due_at) == (drawn_at, BEGINS)
    draft = propose(cast, session)
    [found] = office_duties_of(Viewer(second), clock.now())
    assert (found.since, found.due_at) == (draft.created_at, BEGINS)


def test_a_draw_that_nobody_froze_in_time_is_put_off(cast: Cast, at: Clock) -> None:
    draw = commit(lottery_session(), cast)
    at(stage.tokyo("2022-07-12 00:02"))
    assert due(cast.hr) == [("draw_put_off", draw.public_id)]
    draws.put_off_beacon(draw_id=draw.pk, beacon_on=dt.date(2022, 7, 13), by=cast.hr)
    assert due(cast.hr) == []


def test_nobody_is_asked_to_draw_about_themselves(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    assert cast.ict.user
    program = session.course.program.public_id
    RoleGrant.objects.create(user=cast.ict.user, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    apply(session, cast.ict)
    draw = commit(session, cast)
    at(CLOSED)
    freeze(draw, cast)
    at(KNOWN)
    assert due(cast.ict.user) == []
    assert due(manager(session)) == [("draw_hold", draw.public_id)]


def test_a_decision_is_due_when_nobody_else_has_to_do_anything(cast: Cast, at: Clock) -> None:
    """After the applications and the lists, with every approval given; not where nobody applied, nor once it has begun."""
    session = open_session(selection="nomination", nominate_until=stage.tokyo("2022-07-12 17:00"))
    open_session(selection="screening")
    made = apply(session, cast.ict)
    waits = Approval.objects.create(enrollment=made, level="bureau")
    for moment in ("2022-07-05 09:00", "2022-07-11 09:00"):
        at(stage.tokyo(moment))
        assert due(cast.hr) == []
    at(stage.tokyo("2022-07-12 17:01"))
    assert due(cast.hr) == []
    Approval.objects.filter(pk=waits.pk).move_to("approved", by=None, decided_at=clock.now())
    [found] = office_duties_of(Viewer(cast.hr), clock.now())
    assert (found.kind, found.id, found.since) == ("decide", session.public_id, session.nominate_until)
    at(stage.tokyo("2022-07-14 14:01"))
    assert due(cast.hr) == []


def test_a_further_round_is_decided_anew(cast: Cast, at: Clock) -> None:
    session = lottery_session(times=(("2022-08-01 14:00", "2022-08-01 16:00"),), capacity=5)
    apply(session, cast.ict)
    draw = commit(session, cast)
    at(CLOSED)
    freeze(draw, cast)
    at(KNOWN)
    hold(draw, cast)
    publish(cast, propose(cast, session))
    assert due(cast.hr) == []
    window = {"apply_from": stage.tokyo("2022-07-12 19:00"), "apply_until": stage.tokyo("2022-07-20 17:00")}
    session.rounds.create(number=2, **window)
    Session.objects.filter(pk=session.pk).update(**window)
    at(stage.tokyo("2022-07-13 09:00"))
    assert due(cast.hr) == [("draw_commit", session.public_id)]


def test_only_of_what_one_plans(cast: Cast) -> None:
    session = lottery_session()
    for somebody in (cast.bureau_hr, cast.auditor, cast.ict.user, cast.head.user):
        assert somebody
        assert due(somebody) == []
    session.course.program.organization = cast.digital
    session.course.program.save(update_fields=["organization"])
    assert due(cast.bureau_hr) == [("draw_commit", session.public_id)]


def test_a_discarded_draft_is_due_again(cast: Cast, at: Clock) -> None:
    session = open_session(selection="screening")
    apply(session, cast.ict)
    at(CLOSED)
    draft = propose(cast, session)
    decisions.discard_decision(decision_id=draft.pk, by=cast.hr)
    assert due(cast.hr) == [("decide", session.public_id)]


def test_as_many_statements_for_many_sessions(cast: Cast, at: Clock, django_assert_num_queries: Any) -> None:
    def played() -> None:
        for person in crowd(cast, 2):
            apply(open_session(selection="screening"), person)
            apply(lottery_session(), person)
        propose_one = open_session(selection="screening", apply_until=stage.tokyo("2022-06-28 10:30"))
        apply(propose_one, cast.ict)
        at(stage.tokyo("2022-06-28 11:00"))
        propose(cast, propose_one)
        at(stage.tokyo("2022-06-28 10:00"))

    played()
    with django_assert_num_queries(QUERIES):
        few = office_duties_of(Viewer(cast.hr), CLOSED)
    played()
    with django_assert_num_queries(QUERIES):
        assert len(office_duties_of(Viewer(cast.hr), CLOSED)) == 2 * len(few)


QUERIES = 12
