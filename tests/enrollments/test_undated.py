"""Sessions without a date: they collect demand, in order, and give no seat."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from academy import clock
from courses.models import Course, Session
from courses.operations import sessions
from enrollments import eligibility, tasks
from enrollments.errors.windows import SessionHasNoDate
from enrollments.evidence import evidence_for
from enrollments.models import Enrollment
from enrollments.operations import assigning, queue
from enrollments.operations.sessions import change_capacity
from enrollments.opportunities import opportunities_of
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import at as tokyo
from tests.courses.catalogue import slot
from tests.courses.test_sessions import faults, row
from tests.enrollments.scene import FOR_ICT, apply, line, withdraw

Clock = Callable[[dt.datetime], None]


def draft(course: Course | None = None, **fields: Any) -> Session:
    given: dict[str, Any] = {"undated": True, "fiscal_year": 2022, **fields}
    return sessions.create_session(course_id=(course or stage.course()).pk, by=None, **given)


def collecting(course: Course | None = None, **fields: Any) -> Session:
    """Published, and open from now on."""
    made = draft(course, **fields)
    sessions.publish_session(session_id=made.pk, by=None)
    return sessions.open_session(session_id=made.pk, by=None)


def test_its_days_are_the_last_of_the_fiscal_year(cast: Cast) -> None:
    made = draft()
    assert (made.undated, made.starts_on, made.ends_on) == (True, dt.date(2023, 3, 31), dt.date(2023, 3, 31))
    assert (made.fiscal_year, made.ordinal, made.substitute_until) == (2022, 1, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"fiscal_year": None}, [("/fiscal_year", "required")]),
        ({"fiscal_year": 1999}, [("/fiscal_year", "out_of_range")]),
        ({"fiscal_year": 2100}, [("/fiscal_year", "out_of_range")]),
        ({"undated": False, "starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2022, 4, 2)}, [("/fiscal_year", "derived")]),
        ({"starts_on": dt.date(2022, 4, 1)}, [("/starts_on", "undated")]),
        ({"ends_on": dt.date(2022, 4, 1)}, [("/ends_on", "undated")]),
        ({"meetings": [slot("2022-07-14 14:00", "2022-07-14 17:00")]}, [("/meetings", "undated")]),
    ],
)  # fmt: skip
def test_what_it_cannot_have_is_named_with_its_place(
    cast: Cast, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(lambda: draft(**fields)) == expected


def test_everybody_waits_in_the_order_of_the_applications(cast: Cast) -> None:
    for capacity in (None, 10, 0):
        session = collecting(capacity=capacity)
        for person in (cast.ict2, cast.ict, cast.staff):
            apply(session, person)
        assert line(session) == [(each.pk, "waitlisted") for each in (cast.ict2, cast.ict, cast.staff)]
        assert row(session).seats_taken == 0


def test_nothing_gives_a_seat_while_there_is_no_date(cast: Cast) -> None:
    session = collecting(capacity=1)
    first, second = apply(session, cast.ict), apply(session, cast.ict2)
    withdraw(first)
    change_capacity(session_id=session.pk, capacity=5, by=None)
    queue.reconcile_queue(session_id=session.pk, by=None)
    assert not queue.sessions_to_reconcile().filter(pk=session.pk).exists()
    tasks.reconcile_queues()
    second.refresh_from_db()
    assert second.status == "waitlisted"
    with pytest.raises(SessionHasNoDate):
        assigning.assign(session_id=session.pk, staff_ids=[cast.staff.pk], by=cast.hr)
    Session.objects.filter(pk=session.pk).update(undated=False)  # the control: the same session with a date
    assert queue.sessions_to_reconcile().filter(pk=session.pk).exists()
    queue.reconcile_queue(session_id=session.pk, by=None)
    second.refresh_from_db()
    assert second.status == "enrolled"


def test_eligibility_says_that_there_is_no_date_and_which_place_one_would_have(cast: Cast) -> None:
    session = collecting()
    apply(session, cast.ict2)
    evidence = evidence_for(Session.objects.with_audience().get(pk=session.pk), [cast.ict.pk], now=clock.now())
    found = eligibility.findings(evidence, cast.ict.pk)
    assert eligibility.blocking(found) == []
    last = found[-1]
    assert (last.condition, last.passed, last.code, last.blocks) == ("seats", False, "no_date_yet", False)
    assert last.text.en == "Until the date is set, applications wait in their order (number 2 by now)."


def test_the_rules_are_those_of_the_day_of_application(cast: Cast, at: Clock) -> None:
    course = stage.course(rule=FOR_ICT)
    session = collecting(course)
    at(stage.tokyo("2022-09-05 09:00"))
    assert session.public_id in opportunities_of(cast.ict.pk, now=clock.now())
    apply(session, cast.ict)
    assert Enrollment.objects.get(session=session).reference_date == dt.date(2022, 9, 5)
    with pytest.raises(Exception, match="not_eligible"):
        apply(session, cast.industry_head)


def test_it_never_runs_and_is_over_with_its_year(cast: Cast, at: Clock) -> None:
    session = collecting()
    first = apply(session, cast.ict)
    at(stage.tokyo("2023-03-31 09:00"))
    apply(session, cast.ict2)
    withdraw(first)
    at(stage.tokyo("2023-04-01 09:00"))
    with pytest.raises(Exception, match="session_closed"):
        apply(session, cast.staff)
    assert row(sessions.finish_session(session_id=session.pk, by=None)).status == "finished"


def test_a_draft_gets_its_date_with_its_meetings_or_days(cast: Cast) -> None:
    made, other, third = draft(), draft(), draft()
    sessions.change_session(session_id=made.pk, title_ja="改", by=None)
    assert (row(made).undated, row(made).ordinal) == (True, 1)
    sessions.change_session(session_id=made.pk, meetings=[slot("2022-07-14 14:00", "2022-07-14 17:00")], by=None)
    dated = row(made)
    assert (dated.undated, dated.starts_on, dated.ends_on) == (False, dt.date(2022, 7, 14), dt.date(2022, 7, 14))
    assert dated.substitute_until == tokyo("2022-07-13 17:00")
    days: dict[str, Any] = {"starts_on": dt.date(2023, 4, 1), "ends_on": dt.date(2023, 4, 30)}
    sessions.change_session(session_id=other.pk, **days, by=None)
    assert (row(other).undated, row(other).fiscal_year, row(other).ordinal) == (False, 2023, 1)
    sessions.change_session(session_id=third.pk, fiscal_year=2023, by=None)
    assert (row(third).undated, row(third).ends_on, row(third).ordinal) == (True, dt.date(2024, 3, 31), 1)


def test_a_draft_loses_its_date_with_its_meetings(cast: Cast) -> None:
    made = sessions.create_session(
        course_id=stage.course().pk, meetings=[slot("2022-07-14 14:00", "2022-07-14 17:00")], by=None
    )
    given: dict[str, Any] = {"undated": True, "fiscal_year": 2022}
    found = faults(lambda: sessions.change_session(session_id=made.pk, **given, by=None))
    assert found == [("/meetings", "undated")]
    sessions.change_session(session_id=made.pk, meetings=[], **given, by=None)
    assert (row(made).undated, row(made).meetings.count(), row(made).substitute_until) == (True, 0, None)
