"""追加募集: applications open again for the seats that the queue leaves, as a further round."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from academy.errors import DomainError, InvalidInput
from academy.models import AuditEvent
from courses.errors import SelectionTakesNoApplications, SessionNotPublished
from courses.models import ApplicationRound, AudiencePerson, EnrollmentPolicy, Session
from enrollments.approval_deadlines import standings_of
from enrollments.errors import SessionBegun, SessionOver
from enrollments.errors.windows import NoSeatLeft, WindowNotEnded
from enrollments.models import Approval, StageDeadline
from enrollments.operations import windows
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import FOR_ICT, apply, line, open_session, withdraw

Clock = Callable[[dt.datetime], None]
UNTIL = stage.tokyo("2022-07-13 17:00")
AFTER = stage.tokyo("2022-07-11 10:00")  # the window has ended on 10 July


def closed(**fields: Any) -> Session:
    """A session whose only round, from June to 10 July, is written."""
    made = open_session(**fields)
    if made.apply_from is None:
        return made
    ApplicationRound.objects.create(session=made, number=1, apply_from=made.apply_from, apply_until=made.apply_until)
    return made


def reopen(session: Session, until: dt.datetime = UNTIL, **deadlines: Any) -> Session:
    return windows.reopen_session(session_id=session.pk, apply_until=until, by=None, **deadlines)


def test_it_is_a_further_round_from_now_until_the_given_time(cast: Cast, at: Clock) -> None:
    session = closed(capacity=2)
    apply(session, cast.ict)
    at(AFTER)
    with pytest.raises(DomainError, match="session_closed"):
        apply(session, cast.ict2)
    reopened = reopen(session)
    assert reopened.apply_from is not None
    assert abs(reopened.apply_from - AFTER) < dt.timedelta(minutes=1)
    assert (reopened.apply_until, reopened.fixed_deadlines) == (UNTIL, ["apply"])
    assert list(session.rounds.order_by("number").values_list("number", "apply_from", "apply_until")) == [
        (1, session.apply_from, session.apply_until),
        (2, reopened.apply_from, UNTIL),
    ]
    apply(session, cast.ict2)
    assert line(session) == [(cast.ict.pk, "enrolled"), (cast.ict2.pk, "enrolled")]
    event = AuditEvent.objects.get(action="enrollments.reopen_session")
    assert (event.target, event.detail) == (session.public_id, {"round": 2, "left": 1, "deadlines": []})


def test_a_third_round_follows_the_second(cast: Cast, at: Clock) -> None:
    session = closed(capacity=2)
    at(AFTER)
    reopen(session, stage.tokyo("2022-07-12 17:00"))
    at(stage.tokyo("2022-07-13 09:00"))
    reopen(session)
    assert list(session.rounds.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_not_while_the_window_is_open_or_before_there_was_one(cast: Cast, at: Clock) -> None:
    endless, never = closed(apply_until=None), closed(apply_from=None, apply_until=None)
    for session in (closed(), never, endless):
        with pytest.raises(WindowNotEnded):
            reopen(session)
    coming = closed(apply_from=stage.tokyo("2022-07-01 09:00"))
    with pytest.raises(WindowNotEnded) as refused:
        reopen(coming)
    assert "from 2022-07-01 09:00 until 2022-07-10 17:00" in refused.value.detail.en


def test_not_when_no_seat_is_left(cast: Cast, at: Clock) -> None:
    session = closed(capacity=1)
    apply(session, cast.ict)
    at(AFTER)
    with pytest.raises(NoSeatLeft):
        reopen(session)
    assert session.rounds.count() == 1


def test_the_seats_that_are_left_belong_first_to_who_waits(cast: Cast, at: Clock) -> None:
    """A seat freed behind the operations' back goes to the queue; one more is left, or none."""
    session = closed(capacity=1)
    first = apply(session, cast.ict)
    apply(session, cast.ict2)
    type(first).objects.filter(pk=first.pk).move_to("cancelled", by=None)
    at(AFTER)
    with pytest.raises(NoSeatLeft):
        reopen(session)
    Session.objects.filter(pk=session.pk).update(capacity=2)
    reopen(session)
    assert line(session) == [(cast.ict.pk, "cancelled"), (cast.ict2.pk, "enrolled")]


def test_who_waits_without_passing_the_rules_keeps_no_seat(cast: Cast, at: Clock) -> None:
    session = closed(capacity=1, rule=FOR_ICT)
    first = apply(session, cast.ict)
    apply(session, cast.ict2)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict2, kind="exclude", reason="対象外")
    withdraw(first)
    at(AFTER)
    assert reopen(session).apply_until == UNTIL


def test_without_a_limit_there_is_always_a_seat(cast: Cast, at: Clock) -> None:
    session = closed()
    at(AFTER)
    assert reopen(session).apply_until == UNTIL


def test_not_once_it_has_begun_nor_after_its_last_day(cast: Cast, at: Clock) -> None:
    session = closed(times=(("2022-07-14 14:00", "2022-07-14 16:00"), ("2022-07-21 14:00", "2022-07-21 16:00")))
    at(stage.tokyo("2022-07-14 14:05"))
    with pytest.raises(SessionBegun):
        reopen(session, stage.tokyo("2022-07-20 17:00"))
    at(stage.tokyo("2022-07-22 00:05"))
    with pytest.raises(SessionOver):
        reopen(session, stage.tokyo("2022-07-23 17:00"))


@pytest.mark.parametrize(("until", "code"), [("2022-07-11 09:59", "past"), ("2022-07-14 14:01", "after_begin")])
def test_a_round_ends_ahead_and_before_the_first_meeting(cast: Cast, at: Clock, until: str, code: str) -> None:
    session = closed()
    at(AFTER)
    with pytest.raises(InvalidInput) as refused:
        reopen(session, stage.tokyo(until))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/apply_until", code)]


def test_only_what_is_published_and_entered_by_oneself(cast: Cast, at: Clock) -> None:
    draft, assigned = closed(status="draft"), closed(selection="assigned")
    at(AFTER)
    with pytest.raises(SessionNotPublished):
        reopen(draft)
    with pytest.raises(SelectionTakesNoApplications):
        reopen(assigned)


def test_deadlines_that_passed_end_with_their_round(cast: Cast, at: Clock) -> None:
    """What comes in the new round is not overdue when it comes; a deadline that lies ahead stays."""
    passed, ahead = stage.tokyo("2022-07-11 09:00"), stage.tokyo("2022-07-12 09:00")
    session = closed(capacity=2, approve_until=passed, nominate_until=ahead)
    for organization, until in ((cast.digital, passed), (cast.industry, ahead)):
        StageDeadline.objects.create(session=session, organization=organization, level="bureau", until=until)
    at(AFTER)
    reopened = reopen(session)
    reopened.refresh_from_db()
    assert (reopened.approve_until, reopened.nominate_until, reopened.fixed_deadlines) == (
        None,
        ahead,
        ["apply", "approve"],
    )
    assert list(StageDeadline.objects.values_list("organization", flat=True)) == [cast.industry.pk]


def test_the_new_round_takes_deadlines_of_its_own(cast: Cast, at: Clock) -> None:
    """Whoever applies in it is asked until then, and the list of the bureau is taken until then."""
    passed = stage.tokyo("2022-07-11 09:00")
    session = closed(capacity=2, selection="nomination", approve_until=passed, nominate_until=passed)
    approve, nominate = stage.tokyo("2022-07-13 18:00"), stage.tokyo("2022-07-14 09:00")
    EnrollmentPolicy.objects.create(program=session.course.program, approval="unit_head_and_bureau")
    at(AFTER)
    reopen(session, approve_until=approve, nominate_until=nominate)
    session.refresh_from_db()
    assert (session.approve_until, session.nominate_until) == (approve, nominate)
    assert session.fixed_deadlines == ["apply", "approve", "nominate"]
    assert AuditEvent.objects.get(action="enrollments.reopen_session").detail["deadlines"] == ["approve", "nominate"]
    apply(session, cast.ict2)
    stage_of_head = Approval.objects.pending().get(level="unit_head")
    assert standings_of([stage_of_head.pk], now=AFTER)[stage_of_head.public_id].due_at == approve


def test_a_deadline_that_lies_ahead_is_taken_away_by_none(cast: Cast, at: Clock) -> None:
    session = closed(capacity=2, nominate_until=stage.tokyo("2022-07-13 18:00"))
    at(AFTER)
    assert reopen(session, nominate_until=None).nominate_until is None


@pytest.mark.parametrize(
    ("deadlines", "faults"),
    [
        ({"approve_until": "2022-07-11 09:59"}, [("/approve_until", "past"), ("/approve_until", "out_of_order")]),
        ({"approve_until": "2022-07-13 16:59"}, [("/approve_until", "out_of_order")]),
        ({"nominate_until": "2022-07-13 16:59"}, [("/nominate_until", "out_of_order")]),
        (
            {"approve_until": "2022-07-14 10:00", "nominate_until": "2022-07-14 09:59"},
            [("/nominate_until", "out_of_order")],
        ),
        ({"nominate_until": "2022-07-14 14:01"}, [("/nominate_until", "after_begin")]),
    ],
)
def test_its_deadlines_lie_ahead_in_their_order_and_before_it_begins(
    cast: Cast, at: Clock, deadlines: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    session = closed(capacity=2)
    at(AFTER)
    with pytest.raises(InvalidInput) as refused:
        reopen(session, **{name: stage.tokyo(text) for name, text in deadlines.items()})
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults
    assert session.rounds.count() == 1


def test_a_new_deadline_comes_in_order_with_one_that_stays(cast: Cast, at: Clock) -> None:
    """The fault is at the one that was given, whichever of the two it is."""
    ahead = stage.tokyo("2022-07-13 18:00")
    session = closed(capacity=2, nominate_until=ahead)
    at(AFTER)
    with pytest.raises(InvalidInput) as refused:
        reopen(session, approve_until=stage.tokyo("2022-07-13 19:00"))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/approve_until", "out_of_order")]
    assert reopen(session, approve_until=ahead).approve_until == ahead
