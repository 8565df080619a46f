"""Who stayed away without notice too often waits before the next application to the programme."""

import datetime as dt
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy import clock
from academy.models import Staff
from courses.models import Course, EnrollmentPolicy, Session
from enrollments import eligibility
from enrollments.errors.leaving import NoShowBlocked
from enrollments.evidence import evidence_for
from enrollments.models import AbsenceNotice, Attendance, Enrollment, Exemption, MeetingExemption, Status
from enrollments.no_shows import NoShowRule, later
from tests import records, stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import apply, assign, open_session, withdraw

RULE = {"absences_allowed": 0, "absence_months": 6, "blocked_days": 30}
MAY, JUNE = "2022-05-12", "2022-06-16"


def days(*texts: str) -> list[dt.date]:
    return [dt.date.fromisoformat(each) for each in texts]


@pytest.mark.parametrize(
    ("rule", "absences", "today", "until"),
    [
        ((0, 6, 30), [], "2022-06-28", None),
        ((0, 6, 30), ["2022-06-16"], "2022-06-28", "2022-07-16"),
        ((0, 6, 30), ["2022-06-16"], "2022-07-15", "2022-07-16"),
        ((0, 6, 30), ["2022-06-16"], "2022-07-16", None),
        ((1, 6, 30), ["2022-06-16"], "2022-06-28", None),
        ((1, 6, 30), ["2022-06-16", "2022-05-12"], "2022-06-28", "2022-07-16"),
        ((1, 6, 30), ["2021-12-28", "2022-06-16"], "2022-06-27", "2022-06-28"),  # the older leaves the window first
        ((1, 6, 30), ["2021-12-28", "2022-06-16"], "2022-06-28", None),
        ((0, 1, 90), ["2022-05-31"], "2022-06-29", "2022-06-30"),  # a month after the 31st is the 30th
        ((0, 1, 90), ["2022-05-31"], "2022-06-30", None),
        ((1, 12, 90), ["2022-04-01", "2022-05-12", "2022-06-16"], "2022-06-28", "2022-09-14"),
    ],
)
def test_until_when(rule: tuple[int, int, int], absences: Sequence[str], today: str, until: str | None) -> None:
    found = NoShowRule(*rule).blocked_until(days(*absences), dt.date.fromisoformat(today))
    assert found == (dt.date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2022-08-31", 6, "2023-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2022-12-01", 1, "2023-01-01")],
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(then)


def missed(course: Course, staff: Staff, day: str = JUNE, status: Status = Status.ABSENT) -> Enrollment:
    held = stage.session(course, times=((f"{day} 14:00", f"{day} 16:00"),), status="published")
    return records.enrolled(held, staff, status=status)[0]


def with_rule(**rule: int) -> Session:
    session = open_session(capacity=5)
    EnrollmentPolicy.objects.create(program=session.course.program, **{**RULE, **rule})
    return session


def test_who_did_not_come_waits_and_is_told_until_when(cast: Cast, at: Clock) -> None:
    session = with_rule()
    missed(session.course, cast.ict)
    with pytest.raises(NoShowBlocked):
        apply(session, cast.ict)
    read = Session.objects.with_audience().get(pk=session.pk)
    [finding] = eligibility.no_show(evidence_for(read, [cast.ict.pk], now=clock.now()), cast.ict.pk)
    assert finding.fix is not None
    assert (finding.code, finding.blocks, finding.required.en, finding.actual.en, finding.fix.en) == (
        "no_show_blocked",
        True,
        "at most 0 in the last 6 months",
        "1",
        "Apply from 2022-07-16.",
    )
    apply(session, cast.ict2)
    Session.objects.filter(pk=session.pk).update(apply_until=None)
    at(stage.tokyo("2022-07-13 09:00"))
    EnrollmentPolicy.objects.update(blocked_days=27)
    assert apply(session, cast.ict).status == "enrolled"


def test_other_programmes_and_those_without_a_rule_ask_nothing(cast: Cast) -> None:
    session = with_rule()
    missed(open_session().course, cast.ict)
    assert apply(session, cast.ict).status == "enrolled"
    free = open_session()
    missed(free.course, cast.ict2)
    assert apply(free, cast.ict2).status == "enrolled"


@pytest.mark.parametrize("why", ["waited", "gave_notice", "exempted", "excused_from_the_meeting", "was_there_once"])
def test_who_is_not_hit(cast: Cast, why: str) -> None:
    session = with_rule()
    seat = missed(session.course, cast.ict, status=Status.LAPSED if why == "waited" else Status.ABSENT)
    meeting = seat.session.meetings.get()
    if why == "gave_notice":
        AbsenceNotice.objects.create(enrollment=seat, meeting=meeting, reason="公務")
    elif why == "exempted":
        Exemption.objects.create(enrollment=seat, kind="leave", reason="休職", from_on=dt.date(2022, 6, 1))
    elif why == "excused_from_the_meeting":
        MeetingExemption.objects.create(enrollment=seat, meeting=meeting, reason="出張")
    elif why == "was_there_once":
        Attendance.objects.create(enrollment=seat, meeting=meeting, mark="present")
    assert apply(session, cast.ict).status == "enrolled"


def test_a_notice_that_was_taken_back_and_a_mark_that_was_corrected_do_not_help(cast: Cast) -> None:
    session = with_rule(absences_allowed=1)
    told, marked = missed(session.course, cast.ict), missed(session.course, cast.ict, MAY)
    meeting = told.session.meetings.get()
    AbsenceNotice.objects.create(enrollment=told, meeting=meeting, reason="公務", withdrawn_at=clock.now())
    Attendance.objects.create(enrollment=marked, meeting=marked.session.meetings.get(), mark="present")
    Attendance.objects.create(
        enrollment=marked, meeting=marked.session.meetings.get(), mark="absent", revision=2, reason="誤り"
    )
    with pytest.raises(NoShowBlocked):
        apply(session, cast.ict)


def test_the_queue_passes_over_who_is_blocked_and_the_office_is_not_bound(cast: Cast) -> None:
    session = with_rule()
    Session.objects.filter(pk=session.pk).update(capacity=1)
    seat, first, second = apply(session, cast.head), apply(session, cast.ict), apply(session, cast.ict2)
    missed(session.course, cast.ict)
    withdraw(seat)
    states = dict(Enrollment.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "status"))
    assert states == {first.pk: "waitlisted", second.pk: "enrolled"}
    other = open_session(course=session.course, times=(("2022-07-21 14:00", "2022-07-21 16:00"),))
    assert assign(other, [cast.ict], cast) == [()]


def test_one_statement_more_for_any_number_of_people(cast: Cast) -> None:
    session, people = with_rule(), records.crowd(cast, 12)
    held = missed(session.course, people[0]).session
    records.enrolled(held, *people[1:], status=Status.ABSENT)

    def statements(staff: Sequence[Staff]) -> int:
        read = Session.objects.with_audience().get(pk=session.pk)
        with CaptureQueriesContext(connection) as found:
            evidence = evidence_for(read, [each.pk for each in staff], now=clock.now())
        assert all(eligibility.no_show(evidence, each.pk)[0].blocks for each in staff)
        return len(found)

    assert statements(people) == statements(people[:1])
