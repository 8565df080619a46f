"""日程変更: meetings moved, added and cancelled; what follows for days, rooms, instructors and everybody's times."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy.errors import InvalidInput
from academy.models import AuditEvent, Notice
from courses.deadlines import Rule
from courses.errors import InstructorNotFree, RoomNotFree
from courses.models import Deadline, DeadlineUnit, Meeting, Session, SessionInstructor
from courses.operations.deadlines import set_deadline_rules
from courses.operations.places import take_places
from courses.rescheduling import Wanted
from enrollments.errors.changes import ImpactHasChanged, NeedsConfirmation, NotReschedulable
from enrollments.models import Enrollment, EnrollmentStep, Mark
from enrollments.operations import attendance
from tests import records, stage
from tests.cast import SINCE, Cast, post, repost
from tests.conftest import Clock
from tests.enrollments.changes import (
    busy,
    meetings_of,
    new,
    preview,
    reschedule,
    spans,
    stays,
    three_days,
    to,
    told,
)
from tests.enrollments.scene import FOR_ICT, apply, crowd, line, open_session


def faults(cast: Cast, session: Session, *meetings: Wanted, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        reschedule(cast, session, *meetings, **more)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_meeting_moves_one_is_cancelled_one_is_added(cast: Cast) -> None:
    session = three_days()
    made = apply(session, cast.ict)
    first, second, third = meetings_of(session)
    Meeting.objects.update(changed_at=stage.tokyo("2022-06-01 09:00"))
    reschedule(
        cast,
        session,
        to(first, "2022-07-13 10:00", "2022-07-13 12:00"),
        stays(third),
        new("2022-07-25 14:00", "2022-07-25 16:00"),
    )
    rows = Meeting.objects.filter(session=session).order_by("position")
    assert [(row.position, row.sequence, row.cancelled_at is None) for row in rows] == [
        (1, 1, True), (2, 1, False), (3, 0, True), (4, 0, True),
    ]  # fmt: skip
    assert rows[1].pk == second.pk
    assert [row.changed_at.astimezone(stage.TOKYO).month for row in rows] == [6, 6, 6, 6]
    assert [row.changed_at.astimezone(stage.TOKYO).day for row in rows] == [28, 28, 1, 28]
    session.refresh_from_db()
    assert (session.starts_on, session.ends_on) == (dt.date(2022, 7, 13), dt.date(2022, 7, 25))
    assert busy(made) == [
        ("07-13 10:00", "07-13 12:00"), ("07-19 14:00", "07-19 16:00"), ("07-25 14:00", "07-25 16:00"),
    ]  # fmt: skip
    assert made.reference_date == dt.date(2022, 7, 13)
    step = session.steps.get()
    assert (step.old, step.new, step.reason, step.by) == ("published", "published", "会場の都合", cast.hr)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target, event.detail) == (
        "enrollments.reschedule_session",
        session.public_id,
        {
            "moved": 1, "added": 1, "cancelled": 1, "withdrawn": 0, "exempted": 0, "promoted": 0, "told": 1,
            "capacity": [None, None],
        },
    )  # fmt: skip


def test_everybody_concerned_is_told_once(cast: Cast) -> None:
    session = three_days(capacity=1)
    apply(session, cast.ict)
    apply(session, cast.trainer)  # waits, and teaches too
    SessionInstructor.objects.create(session=session, instructor=stage.instructor("佐藤 四郎", staff=cast.trainer))
    outsider = stage.instructor("外部 講師")
    SessionInstructor.objects.create(session=session, instructor=outsider)
    first, *rest = meetings_of(session)
    reschedule(cast, session, to(first, "2022-07-13 10:00", "2022-07-13 12:00"), *map(stays, rest))
    assert told() == [("00000002", "session_rescheduled"), ("00000005", "session_rescheduled")]
    notice = Notice.objects.filter(recipient=cast.ict).get()
    assert (notice.subject_kind, notice.subject) == ("courses.session", session.public_id)
    assert notice.facts == {
        "session_ja": session.title_ja,
        "session_en": "",
        "reason": "会場の都合",
        "moved": [
            {
                "before": place("2022-07-14T14:00:00+09:00", "2022-07-14T16:00:00+09:00", notice, "before"),
                "after": place("2022-07-13T10:00:00+09:00", "2022-07-13T12:00:00+09:00", notice, "after"),
            }
        ],
    }


def place(begins: str, ends: str, notice: Notice, side: str) -> dict[str, object]:
    """A place of a notice, with the times in whatever offset they were written."""
    found = notice.facts["moved"][0][side]
    for name, value in (("starts_at", begins), ("ends_at", ends)):
        assert dt.datetime.fromisoformat(found[name]) == dt.datetime.fromisoformat(value)
    return {
        "starts_at": found["starts_at"],
        "ends_at": found["ends_at"],
        "month": None,
        "title_ja": "",
        "venue_ja": None,
        "venue_en": None,
    }


def test_a_title_alone_tells_nobody_and_changes_the_calendar(cast: Cast) -> None:
    session = three_days()
    apply(session, cast.ict)
    first, *rest = meetings_of(session)
    reschedule(cast, session, Wanted(first.public_id, {"title_ja": "開講式"}), *map(stays, rest), confirmed="")
    first.refresh_from_db()
    assert (first.title_ja, first.sequence, told()) == ("開講式", 1, [])


def test_what_is_not_given_stays(cast: Cast) -> None:
    session = three_days()
    room = stage.venue("room-1", "研修室1")
    first, *rest = meetings_of(session)
    Meeting.objects.filter(pk=first.pk).update(venue=room, title_ja="開講式")
    reschedule(cast, session, to(first, "2022-07-13 10:00", "2022-07-13 12:00"), *map(stays, rest))
    first.refresh_from_db()
    assert (first.venue, first.title_ja, first.exclusive_venue_id) == (room, "開講式", room.pk)
    reschedule(cast, session, Wanted(first.public_id, {"venue": None}), *map(stays, rest))
    first.refresh_from_db()
    assert (first.venue, first.exclusive_venue_id, first.sequence) == (None, None, 2)


def test_two_meetings_change_places_in_one_room(cast: Cast) -> None:
    session = three_days()
    room = stage.venue("room-1", "研修室1")
    Meeting.objects.filter(session=session).update(venue=room)
    take_places(session.pk)
    first, second, third = meetings_of(session)
    reschedule(
        cast,
        session,
        to(first, "2022-07-15 14:00", "2022-07-15 16:00"),
        to(second, "2022-07-14 14:00", "2022-07-14 16:00"),
        stays(third),
    )
    assert [(f"{each.during.lower.astimezone(stage.TOKYO):%d}") for each in meetings_of(session)] == ["15", "14", "19"]


def test_a_room_and_an_instructor_are_taken_for_the_new_times(cast: Cast) -> None:
    room, teacher = stage.venue("room-1", "研修室1"), stage.instructor("外部 講師")
    elsewhere = open_session(times=(("2022-07-20 14:00", "2022-07-20 16:00"),))
    Meeting.objects.filter(session=elsewhere).update(venue=room)
    SessionInstructor.objects.create(session=elsewhere, instructor=teacher)
    take_places(elsewhere.pk)
    session = open_session()
    made = apply(session, cast.ict)
    [meeting] = meetings_of(session)
    with pytest.raises(RoomNotFree):
        reschedule(cast, session, to(meeting, "2022-07-20 15:00", "2022-07-20 17:00", venue=room))
    with pytest.raises(InstructorNotFree):
        reschedule(cast, session, to(meeting, "2022-07-20 15:00", "2022-07-20 17:00"), instructors=[teacher])
    assert busy(made) == [("07-14 14:00", "07-14 16:00")]
    assert not Notice.objects.exists()
    reschedule(cast, session, to(meeting, "2022-07-20 16:00", "2022-07-20 18:00", venue=room), instructors=[teacher])
    held = SessionInstructor.objects.get(session=session)
    assert spans(held.busy) == [("07-20 16:00", "07-20 18:00")]
    reschedule(cast, session, instructors=[])
    assert not SessionInstructor.objects.filter(session=session).exists()


def test_instructors_are_told_that_they_come_and_go(cast: Cast) -> None:
    session = open_session()
    apply(session, cast.ict)
    old, other = (stage.instructor(each.name, staff=each) for each in (cast.trainer, cast.head))
    SessionInstructor.objects.create(session=session, instructor=old)
    reschedule(cast, session, instructors=[other])
    assert told() == [("00000004", "instructor_named"), ("00000005", "instructor_released")]


def test_an_archive_binds_nobody_and_goes_with_its_meeting(cast: Cast) -> None:
    session = three_days()
    first, *rest = meetings_of(session)
    archive = Meeting.objects.create(
        session=session, position=9, form="archive", archive_of=first, precision="month", month=dt.date(2022, 8, 1)
    )
    other = Meeting.objects.create(
        session=session, position=10, form="archive", archive_of=rest[0], precision="month", month=dt.date(2022, 8, 1)
    )
    reschedule(cast, session, *map(stays, rest))
    archive.refresh_from_db()
    other.refresh_from_db()
    assert (archive.cancelled_at is None, archive.sequence, other.cancelled_at) == (False, 1, None)


def test_a_session_moves_across_the_quarter_s_end_and_its_people_are_looked_at_anew(cast: Cast) -> None:
    session = open_session(rule=FOR_ICT, times=(("2022-09-29 14:00", "2022-09-29 16:00"),), capacity=3)
    made, left, gone, waits = (apply(session, each) for each in (cast.ict, cast.ict2, *crowd(cast, 2)))
    october = dt.date(2022, 10, 1)
    for person, unit, family in ((cast.ict, cast.trade, cast.ict_family), (cast.ict2, cast.skills, cast.office_family)):
        repost(person, during=DateRange(SINCE, october))
        post(person, unit, cast.grades["shunin"], family, during=DateRange(october, None))
    repost(gone.staff, during=DateRange(SINCE, october))
    [meeting] = meetings_of(session)
    change = to(meeting, "2022-10-03 14:00", "2022-10-03 16:00")
    impact = preview(cast, session, change)
    assert impact.no_longer_eligible == {left.pk: "not_eligible", gone.pk: "no_post"}
    assert impact.affected == {"enrolled": 3, "waitlisted": 1}
    assert len(impact.told) == 4
    reschedule(cast, session, change, confirmed=impact.digest)
    for row in (made, left, gone, waits):
        row.refresh_from_db()
        assert row.reference_date == dt.date(2022, 10, 3)
    assert (made.organization, made.grade, made.status) == (cast.trade, cast.grades["shunin"], "enrolled")
    assert (left.job_family, left.status) == (cast.office_family, "enrolled")
    assert (gone.organization, gone.status) == (cast.skills, "enrolled")
    last = EnrollmentStep.objects.filter(subject=made).order_by("-pk")[0]
    assert (last.old, last.new, last.reason, last.by) == ("enrolled", "enrolled", "日程変更 / rescheduled", cast.hr)
    assert EnrollmentStep.objects.filter(reason="日程変更 / rescheduled").count() == 4
    session.refresh_from_db()
    assert (session.starts_on, session.fiscal_year) == (dt.date(2022, 10, 3), 2022)


def test_a_move_within_the_day_refreshes_nothing(cast: Cast) -> None:
    session = open_session()
    apply(session, cast.ict)
    [meeting] = meetings_of(session)
    reschedule(cast, session, to(meeting, "2022-07-14 10:00", "2022-07-14 12:00"))
    assert not EnrollmentStep.objects.filter(reason="日程変更 / rescheduled").exists()


def test_deadlines_that_follow_rules_follow_the_first_day(cast: Cast) -> None:
    session = open_session(fixed_deadlines=["change"], change_until=stage.tokyo("2022-07-01 12:00"))
    rules = [
        Rule(Deadline.APPLY, 2, DeadlineUnit.BUSINESS_DAY, dt.time(17)),
        Rule(Deadline.CHANGE, 1, DeadlineUnit.DAY, dt.time(17)),
        Rule(Deadline.SUBSTITUTE, 1, DeadlineUnit.BUSINESS_DAY, dt.time(17)),
    ]
    set_deadline_rules(course_id=session.course_id, rules=rules, by=None)
    apply(session, cast.ict)
    [meeting] = meetings_of(session)
    change = to(meeting, "2022-07-19 10:00", "2022-07-19 12:00")  # the day after a holiday
    assert preview(cast, session, change).deadlines == (
        ("apply_until", stage.tokyo("2022-07-10 17:00"), stage.tokyo("2022-07-14 17:00")),
        ("substitute_until", None, stage.tokyo("2022-07-15 17:00")),
    )
    reschedule(cast, session, change)
    session.refresh_from_db()
    assert (session.apply_until, session.change_until, session.substitute_until) == (
        stage.tokyo("2022-07-14 17:00"), stage.tokyo("2022-07-01 12:00"), stage.tokyo("2022-07-15 17:00"),
    )  # fmt: skip
    Session.objects.filter(pk=session.pk).update(apply_from=stage.tokyo("2022-07-12 09:00"))
    early = to(meeting, "2022-07-08 10:00", "2022-07-08 12:00")
    assert faults(cast, session, early) == [("/meetings", "window_before_start")]


def test_what_is_judged_keeps_its_copies(cast: Cast) -> None:
    session = open_session()
    made = apply(session, cast.ict)
    Enrollment.objects.filter(pk=made.pk).move_to("completed", by=None)
    [meeting] = meetings_of(session)
    reschedule(cast, session, to(meeting, "2022-07-20 10:00", "2022-07-20 12:00"))
    assert busy(made) == [("07-20 10:00", "07-20 12:00")]
    assert made.reference_date == dt.date(2022, 7, 14)


def test_another_fiscal_year_gives_another_number(cast: Cast) -> None:
    session = open_session(times=(("2023-03-30 14:00", "2023-03-30 16:00"),), ordinal=7)
    stage.session(session.course, fiscal_year=2023, ordinal=4)
    made = apply(session, cast.ict)
    [meeting] = meetings_of(session)
    reschedule(cast, session, to(meeting, "2023-04-03 14:00", "2023-04-03 16:00"))
    session.refresh_from_db()
    made.refresh_from_db()
    assert (session.fiscal_year, session.ordinal, made.fiscal_year) == (2023, 5, 2023)


def test_a_meeting_of_which_only_the_month_is_known_gets_its_day(cast: Cast) -> None:
    session = open_session(starts_on=dt.date(2022, 8, 1), ends_on=dt.date(2022, 8, 31), times=())
    meeting = Meeting.objects.create(session=session, position=1, precision="month", month=dt.date(2022, 8, 1))
    made = apply(session, cast.ict)
    assert (made.reference_date, busy(made)) == (dt.date(2022, 8, 1), [])
    reschedule(cast, session, to(meeting, "2022-08-09 10:00", "2022-08-09 12:00"))
    assert busy(made) == [("08-09 10:00", "08-09 12:00")]
    reschedule(cast, session, Wanted(meeting.public_id, {"month": dt.date(2022, 9, 1)}))
    session.refresh_from_db()
    assert (busy(made), made.reference_date) == ([], dt.date(2022, 9, 1))
    assert (session.starts_on, session.ends_on) == (dt.date(2022, 9, 1), dt.date(2022, 9, 30))


def test_a_session_without_a_date_gets_one_and_its_queue_seats(cast: Cast) -> None:
    session = open_session(
        times=(), undated=True, capacity=0, starts_on=dt.date(2023, 3, 31), ends_on=dt.date(2023, 3, 31)
    )
    for person in (cast.ict, cast.ict2, cast.trainer):
        apply(session, person)
    busy_then = open_session(times=(("2022-08-09 10:00", "2022-08-09 12:00"),))
    apply(busy_then, cast.ict)
    impact = preview(cast, session, new("2022-08-09 10:00", "2022-08-09 12:00"), capacity=1)
    reschedule(cast, session, new("2022-08-09 10:00", "2022-08-09 12:00"), capacity=1, confirmed=impact.digest)
    session.refresh_from_db()
    assert (session.undated, session.starts_on) == (False, dt.date(2022, 8, 9))
    assert line(session) == [
        (cast.ict.pk, "waitlisted"), (cast.ict2.pk, "enrolled"), (cast.trainer.pk, "waitlisted"),
    ]  # fmt: skip
    assert told() == [
        ("00000002", "session_rescheduled"), ("00000003", "seat_given"), ("00000005", "session_rescheduled"),
    ]  # fmt: skip
    seated = Enrollment.objects.get(session=session, staff=cast.ict2)
    assert busy(seated) == [("08-09 10:00", "08-09 12:00")]


def test_what_was_held_or_has_marks_stays(cast: Cast, at: Clock) -> None:
    session = three_days()
    made = apply(session, cast.ict)
    first, second, third = meetings_of(session)
    at(stage.tokyo("2022-07-15 15:00"))
    marks = [attendance.Marking(made.public_id, Mark.PRESENT)]
    attendance.mark_attendance(session_id=session.pk, meeting_id=second.pk, marks=marks, by=cast.hr)
    moved = to(first, "2022-07-25 10:00", "2022-07-25 12:00")
    assert faults(cast, session, moved, stays(second), stays(third)) == [("/meetings/0", "meeting_held")]
    moved = to(second, "2022-07-25 10:00", "2022-07-25 12:00")
    assert faults(cast, session, stays(first), moved, stays(third)) == [("/meetings/1", "meeting_held")]
    assert faults(cast, session, stays(first), stays(third)) == [("/meetings", "meeting_held")]
    reschedule(cast, session, stays(first), stays(second), to(third, "2022-07-25 10:00", "2022-07-25 12:00"))


def test_all_that_is_wrong_is_named(cast: Cast) -> None:
    session, other = three_days(), three_days()
    first, second, third = meetings_of(session)
    [foreign, *_] = meetings_of(other)
    past = to(first, "2022-06-20 10:00", "2022-06-20 12:00")
    assert faults(cast, session, past, stays(second), stays(third)) == [("/meetings/0/starts_at", "past")]
    assert faults(cast, session, stays(foreign), stays(second), stays(second)) == [
        ("/meetings/0/id", "not_found"), ("/meetings/2/id", "repeated"), ("/meetings/1", "meetings_overlap"),
    ]  # fmt: skip
    over = to(first, "2022-07-15 15:00", "2022-07-15 17:00")
    assert faults(cast, session, over, stays(second)) == [("/meetings/0", "meetings_overlap")]
    assert faults(cast, session, meetings=(), reason=" ") == [("/meetings", "required"), ("/reason", "required")]
    teacher = stage.instructor("外部 講師")
    assert faults(cast, session, instructors=[teacher, teacher]) == [("/instructors", "repeated")]
    Session.objects.filter(pk=session.pk).update(minimum=5)
    assert faults(cast, session, capacity=4) == [("/capacity", "below_minimum")]


def test_a_course_taken_at_one_s_own_pace_may_be_left_without_meetings(cast: Cast) -> None:
    course = stage.course(stage.program(mode="on_demand"))
    session = open_session(course=course)
    made = apply(session, cast.ict)
    reschedule(cast, session, meetings=())
    assert (busy(made), meetings_of(session)) == ([], [])
    assert told() == [("00000002", "session_rescheduled")]


@pytest.mark.parametrize("status", ["draft", "cancelled", "finished"])
def test_only_a_published_session_is_rescheduled(cast: Cast, status: str) -> None:
    session = open_session(status=status)
    with pytest.raises(NotReschedulable):
        reschedule(cast, session, capacity=3)


def test_a_change_that_concerns_people_is_confirmed_as_it_was_seen(cast: Cast) -> None:
    session = open_session()
    [meeting] = meetings_of(session)
    change = to(meeting, "2022-07-20 10:00", "2022-07-20 12:00")
    seen = preview(cast, session, change).digest
    made = apply(session, cast.ict)
    with pytest.raises(NeedsConfirmation):
        reschedule(cast, session, change, confirmed="")
    with pytest.raises(ImpactHasChanged):
        reschedule(cast, session, change, confirmed=seen)
    assert busy(made) == [("07-14 14:00", "07-14 16:00")]
    assert not Notice.objects.exists()
    reschedule(cast, session, change, confirmed=preview(cast, session, change).digest)
    assert busy(made) == [("07-20 10:00", "07-20 12:00")]


def test_a_preview_changes_nothing(cast: Cast) -> None:
    session = three_days(capacity=1)
    apply(session, cast.ict)
    apply(session, cast.ict2)
    first, *rest = meetings_of(session)
    before = (list(Meeting.objects.values()), list(Enrollment.objects.values()), list(Session.objects.values()))
    with transaction.atomic():
        impact = preview(cast, session, *map(stays, rest), capacity=2)
    after = (list(Meeting.objects.values()), list(Enrollment.objects.values()), list(Session.objects.values()))
    assert (len(impact.told), len(impact.promoted)) == (2, 1)
    assert before == after
    assert not Notice.objects.exists()
    assert not AuditEvent.objects.filter(action__contains="reschedule").exists()
    assert first.cancelled_at is None


def test_the_statements_do_not_grow_with_the_people(cast: Cast) -> None:
    def statements(size: int) -> tuple[int, int]:
        session = three_days()
        records.enrolled(session, *(records.crowd(cast, size) if size > 100 else crowd(cast, size)))
        first, *rest = meetings_of(session)
        with CaptureQueriesContext(connection) as captured:
            impact = preview(cast, session, to(first, "2022-07-12 10:00", "2022-07-12 12:00"), *map(stays, rest))
        assert len(impact.told) == size
        with CaptureQueriesContext(connection) as confirmed:
            reschedule(
                cast,
                session,
                to(first, "2022-07-12 10:00", "2022-07-12 12:00"),
                *map(stays, rest),
                confirmed=impact.digest,
            )
        assert Notice.objects.filter(subject=session.public_id).count() == size
        return len(captured), len(confirmed)

    assert statements(2) == statements(2_000)
