"""One application for several sessions of a course: it takes one seat, and with it the other wishes end."""

from collections.abc import Callable
from functools import partial

import pytest

from academy.errors import DomainError
from academy.models import Notice, Staff
from courses.models import EnrollmentPolicy, Session
from enrollments.models import Application, Approval, Enrollment
from enrollments.operations import answers, applications, assigning, leaving, wishes
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, open_session, withdraw
from tests.enrollments.threads import at_once

Fate = tuple[int | None, str, str]


def several(*capacities: int | None, repeatable: bool = False, **fields: object) -> list[Session]:
    """Sessions of one course, a week apart each."""
    course = stage.course(repeatable=repeatable)
    return [
        open_session(
            course=course,
            capacity=capacity,
            times=((f"2022-07-{14 + number} 14:00", f"2022-07-{14 + number} 16:00"),),
            **fields,
        )
        for number, capacity in enumerate(capacities)
    ]


def wish(sessions: list[Session], staff: Staff) -> Application:
    return applications.apply_by_wish(session_ids=[each.pk for each in sessions], staff_id=staff.pk, by=staff.user)


def fates(application: Application) -> list[Fate]:
    rows = application.enrollments.order_by("preference")
    return list(rows.values_list("preference", "status", "ended_as"))


def policy(session: Session, **fields: object) -> None:
    EnrollmentPolicy.objects.update_or_create(program=session.course.program, defaults=fields)


def test_the_first_wish_with_a_free_seat_is_taken(cast: Cast) -> None:
    sessions = several(1, 1, 1)
    apply(sessions[0], cast.staff)
    application = wish(sessions, cast.ict)
    assert fates(application) == [
        (1, "withdrawn", "other_wish"),
        (2, "enrolled", ""),
        (3, "withdrawn", "other_wish"),
    ]
    assert [Session.objects.get(pk=each.pk).seats_taken for each in sessions] == [1, 1, 0]


@pytest.mark.parametrize("repeatable", [False, True])
def test_who_finds_no_seat_waits_in_all_and_the_first_seat_ends_the_rest(cast: Cast, repeatable: bool) -> None:
    sessions = several(1, 1, repeatable=repeatable)
    taken = [apply(session, person) for session, person in zip(sessions, crowd(cast, 2), strict=True)]
    application = wish(sessions, cast.ict)
    assert fates(application) == [(1, "waitlisted", ""), (2, "waitlisted", "")]
    behind = apply(sessions[0], cast.ict2)
    leaving.withdraw(enrollment_id=taken[1].pk, by=None)
    assert fates(application) == [(1, "withdrawn", "other_wish"), (2, "enrolled", "")]
    leaving.withdraw(enrollment_id=taken[0].pk, by=None)  # the place in the queue is free for who came behind
    behind.refresh_from_db()
    assert behind.status == "enrolled"


@pytest.mark.parametrize("repeatable", [False, True])
def test_an_offer_ends_the_other_wishes_once_it_is_accepted(cast: Cast, repeatable: bool) -> None:
    sessions = several(1, 1, repeatable=repeatable)
    policy(sessions[0], offer_hours=48)
    taken = [apply(session, person) for session, person in zip(sessions, crowd(cast, 2), strict=True)]
    application = wish(sessions, cast.ict)
    leaving.withdraw(enrollment_id=taken[0].pk, by=None)
    leaving.withdraw(enrollment_id=taken[1].pk, by=None)
    assert fates(application) == [(1, "offered", ""), (2, "waitlisted", "")]  # one seat at a time
    offered = application.enrollments.get(preference=1)
    answers.accept_offer(enrollment_id=offered.pk, by=cast.ict.user)
    assert fates(application) == [(1, "enrolled", ""), (2, "withdrawn", "other_wish")]


def test_a_declined_offer_leaves_the_other_wishes_waiting(cast: Cast) -> None:
    sessions = several(1, 1)
    policy(sessions[0], offer_hours=48)
    taken = [apply(session, person) for session, person in zip(sessions, crowd(cast, 2), strict=True)]
    application = wish(sessions, cast.ict)
    leaving.withdraw(enrollment_id=taken[0].pk, by=None)
    answers.decline_offer(enrollment_id=application.enrollments.get(preference=1).pk, by=cast.ict.user)
    assert fates(application) == [(1, "withdrawn", "offer_declined"), (2, "waitlisted", "")]


def test_a_seat_by_decision_ends_the_other_wishes_and_their_approvals(cast: Cast) -> None:
    sessions = several(5, 5, selection="screening")
    application = wish(sessions, cast.ict)
    assert fates(application) == [(1, "applied", ""), (2, "applied", "")]
    waits = Approval.objects.create(enrollment=application.enrollments.get(preference=1), level="unit_head")
    codes, _ = assigning.assign(session_id=sessions[1].pk, staff_ids=[cast.ict.pk], by=cast.hr)
    assert codes == {cast.ict.pk: ()}
    assert fates(application) == [(1, "withdrawn", "other_wish"), (2, "enrolled", "")]
    waits.refresh_from_db()
    assert waits.status == "void"


@pytest.mark.parametrize("field", ["course", "selection"])
def test_wishes_are_of_one_course_and_one_way_in(cast: Cast, field: str) -> None:
    first = several(1)[0]
    other = open_session() if field == "course" else open_session(course=first.course, selection="screening")
    with pytest.raises(DomainError) as refused:
        wish([first, other], cast.ict)
    assert (refused.value.code, [each.pointer for each in refused.value.faults]) == ("mixed_wishes", ["/sessions/1"])
    assert not Application.objects.exists()


def test_a_wish_that_breaks_a_rule_is_named(cast: Cast) -> None:
    sessions = several(1, 1)
    apply(sessions[1], cast.ict)
    with pytest.raises(DomainError) as refused:
        wish(sessions, cast.ict)
    assert [(each.pointer, each.code) for each in refused.value.faults] == [
        ("/sessions/0", "course_taken_this_year"),
        ("/sessions/1", "already_applied"),
    ]


def test_a_session_is_wished_for_once(cast: Cast) -> None:
    [session] = several(1)
    with pytest.raises(DomainError) as refused:
        wish([session, session], cast.ict)
    assert [(each.pointer, each.code) for each in refused.value.faults] == [("/sessions/1", "given_twice")]


def test_who_did_not_apply_themselves_is_told(cast: Cast) -> None:
    sessions = several(1, 1)
    application = applications.apply_by_wish(
        session_ids=[each.pk for each in sessions], staff_id=cast.ict.pk, by=cast.bureau_hr
    )
    assert set(application.enrollments.values_list("applied_by", flat=True)) == {cast.bureau_hr.pk}
    assert list(Notice.objects.values_list("kind", "recipient")) == [("applied_for_you", cast.ict.pk)]
    wish(several(1, 1), cast.ict2)
    assert Notice.objects.count() == 1
    withdraw(Enrollment.objects.get(application=application, status="enrolled"))


@pytest.mark.django_db(transaction=True)
def test_two_queues_promote_one_application_once(cast: Cast) -> None:
    """Both seats become free at the same instant: one of them is taken, in either order, and nobody waits on."""
    for _ in range(5):
        sessions, application, moves = _both_full(cast)
        assert not [each for each in at_once(moves) if isinstance(each, DomainError)]
        assert sorted(status for _, status, _ in fates(application)) == ["enrolled", "withdrawn"]
        assert sum(Session.objects.get(pk=each.pk).seats_taken for each in sessions) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_application_it_gets_both(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where nothing holds the application, it takes two seats, or the two moves block each other."""
    monkeypatch.setattr(wishes, "hold", lambda enrollment_ids: len(enrollment_ids))
    for _ in range(20):
        _, application, moves = _both_full(cast)
        results = at_once(moves)
        seats = [status for _, status, _ in fates(application) if status == "enrolled"]
        if len(seats) == 2 or any(isinstance(each, DomainError) for each in results):
            return
    pytest.fail("the race was never lost without its guard")


def _both_full(cast: Cast) -> tuple[list[Session], Application, list[Callable[[], object]]]:
    sessions = several(1, 1, repeatable=True)
    taken = [apply(session, person) for session, person in zip(sessions, crowd(cast, 2), strict=True)]
    application = wish(sessions, crowd(cast, 1)[0])
    moves: list[Callable[[], object]] = [partial(leaving.withdraw, enrollment_id=each.pk, by=None) for each in taken]
    return sessions, application, moves
