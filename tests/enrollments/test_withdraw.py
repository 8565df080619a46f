"""Withdrawing: until the first meeting begins; the seat goes to the queue in the same transaction."""

import datetime as dt

import pytest

from academy.errors import IllegalTransition
from academy.models import AuditEvent
from courses.models import Meeting, Session
from enrollments.errors import SessionBegun, SessionOver
from enrollments.models import Enrollment, EnrollmentStep
from enrollments.operations import leaving, queue
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session, withdraw

RUNNING = (("2022-06-28 09:30", "2022-06-28 12:00"), ("2022-07-05 09:30", "2022-07-05 12:00"))


def test_a_seat_is_given_up_and_goes_to_the_next_in_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    gone = leaving.withdraw(enrollment_id=first.pk, reason="業務都合", by=cast.ict.user)
    assert gone.status == "withdrawn"
    second.refresh_from_db()
    assert (second.status, second.decided_at is not None) == ("enrolled", True)
    steps = list(EnrollmentStep.objects.order_by("id").values_list("subject", "old", "new", "by__username", "reason"))
    assert steps == [
        (first.pk, "", "enrolled", "ict", ""),
        (second.pk, "", "waitlisted", "ict2", ""),
        (first.pk, "enrolled", "withdrawn", "ict", "業務都合"),
        (second.pk, "waitlisted", "enrolled", "ict", "繰上げ / from the queue"),
    ]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target, event.detail) == ("enrollments.withdraw", first.public_id, {"promoted": 1})


def test_a_place_in_the_queue_is_given_up_and_nobody_moves(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    second, third = apply(session, cast.ict2), apply(session, cast.staff)
    withdraw(second)
    third.refresh_from_db()
    assert third.status == "waitlisted"


@pytest.mark.parametrize("status", ["applied", "waitlisted", "offered", "enrolled"])
def test_not_after_the_first_meeting_began(cast: Cast, status: str) -> None:
    session = open_session(times=RUNNING)
    made = apply(session, cast.ict)
    Enrollment.objects.filter(pk=made.pk).delete()
    made.status = status
    made.save(force_insert=True)
    with pytest.raises(SessionBegun):
        withdraw(made)
    made.refresh_from_db()
    assert made.status == status


def test_somebody_learning_in_a_year_round_session_withdraws(cast: Cast) -> None:
    made = apply(open_session(times=(), starts_on="2022-04-01", ends_on="2023-03-31"), cast.ict)
    Enrollment.objects.filter(pk=made.pk).move_to("in_progress", by=None)
    assert withdraw(made).status == "withdrawn"


@pytest.mark.parametrize("status", ["attended", "completed", "not_completed", "absent", "cancelled", "withdrawn"])
def test_what_is_judged_or_ended_stays(cast: Cast, status: str) -> None:
    made = apply(open_session(), cast.ict)
    Enrollment.objects.filter(pk=made.pk).move_to(status, by=None)
    with pytest.raises(IllegalTransition):
        withdraw(made)


def test_a_cancelled_meeting_does_not_count_as_begun(cast: Cast) -> None:
    session = open_session(times=RUNNING)
    session.meetings.filter(position=1).update(cancelled_at=stage.tokyo("2022-06-27 12:00"))
    assert withdraw(apply(session, cast.ict)).status == "withdrawn"


@pytest.mark.parametrize(("month", "may"), [(dt.date(2022, 6, 1), False), (dt.date(2022, 7, 1), True)])
def test_a_meeting_with_a_month_alone_has_begun_with_its_month(cast: Cast, month: dt.date, may: bool) -> None:
    session = open_session(capacity=1)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    Meeting.objects.create(session=session, position=2, precision="month", month=month)
    Session.objects.filter(pk=session.pk).update(capacity=2)
    assert queue.sessions_to_reconcile().exists() is may
    if not may:
        with pytest.raises(SessionBegun):
            withdraw(first)
    else:
        withdraw(first)
    second.refresh_from_db()
    assert second.status == ("enrolled" if may else "waitlisted")


def test_nobody_leaves_a_session_that_is_over(cast: Cast) -> None:
    year_round = {"times": (), "starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2022, 6, 28)}
    made, finished = apply(open_session(**year_round), cast.ict), apply(open_session(**year_round), cast.ict)
    Session.objects.filter(pk=made.session_id).update(ends_on=dt.date(2022, 6, 27))
    Session.objects.filter(pk=finished.session_id).move_to("finished", by=None)
    for each in (made, finished):
        with pytest.raises(SessionOver):
            withdraw(each)
        each.refresh_from_db()
        assert each.status == "enrolled"
