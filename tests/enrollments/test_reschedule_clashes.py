"""Who would clash is withdrawn or exempted first, one by one; the same for who is one too many; who comes at risk is shown."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection

from academy.errors import InvalidInput
from academy.models import AuditEvent, Notice, RoleGrant, Staff, User
from courses.models import Meeting, Session, SessionInstructor
from courses.operations.places import take_places
from courses.rescheduling import Wanted
from enrollments.errors import CapacityBelowSeatsTaken, CourseTaken, PersonClash
from enrollments.errors.changes import ImpactHasChanged, PersonWouldClash
from enrollments.models import Attendance, Enrollment, EnrollmentStep, MeetingExemption
from enrollments.operations.changes import Resolution, rescheduling
from enrollments.operations.results import derive_results, verdicts_of
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.conftest import Clock
from tests.enrollments.changes import (
    busy,
    exempted,
    meetings_of,
    preview,
    reschedule,
    stays,
    three_days,
    to,
    told,
    withdrawn,
)
from tests.enrollments.scene import apply, crowd, line, open_session

AT_TEN = ("2022-07-20 10:00", "2022-07-20 12:00")


def refused(cast: Cast, session: Session, *meetings: Wanted, **more: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(PersonWouldClash) as refusal:
        reschedule(cast, session, *meetings, **more)
    return [(fault.pointer, fault.code, fault.text.en) for fault in refusal.value.faults]


def faults(cast: Cast, session: Session, *meetings: Wanted, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        reschedule(cast, session, *meetings, **more)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def clashing(cast: Cast, **fields: Any) -> tuple[Session, Session, Enrollment, tuple[Wanted, ...]]:
    """A session of three days, another at ten on the twentieth, `ict` in both, and a change that makes them clash."""
    session, other = three_days(**fields), open_session(times=(AT_TEN,), title_ja="別の研修", title_en="Other")
    made = apply(session, cast.ict)
    apply(other, cast.ict)
    first, *rest = meetings_of(session)
    return session, other, made, (to(first, "2022-07-20 11:00", "2022-07-20 13:00"), *map(stays, rest))


def test_a_clash_is_named_until_the_person_is_withdrawn_and_the_seat_goes_to_the_queue(cast: Cast) -> None:
    session, _, made, change = clashing(cast, capacity=1)
    waits = apply(session, cast.ict2)
    pointer = f"/resolutions/{made.public_id}"
    assert refused(cast, session, *change) == [(pointer, "person_clash", "Attends at the same time: Other.")]
    assert Meeting.objects.filter(sequence__gt=0).count() == 0
    impact = preview(cast, session, *change, resolutions=[withdrawn(made)])
    assert (impact.withdrawn, impact.promoted, impact.unresolved) == ((made.pk,), (waits.pk,), frozenset())
    reschedule(cast, session, *change, resolutions=[withdrawn(made)], confirmed=impact.digest)
    assert line(session) == [(cast.ict.pk, "withdrawn"), (cast.ict2.pk, "enrolled")]
    last = EnrollmentStep.objects.filter(subject=made).latest("pk")
    assert (last.old, last.new, last.reason, last.by) == ("enrolled", "withdrawn", "業務の都合", cast.hr)
    assert told() == [("00000002", "seat_withdrawn_by_office"), ("00000003", "seat_given")]
    assert Notice.objects.get(recipient=cast.ict).facts["reason"] == "業務の都合"
    assert busy(waits) == [
        ("07-15 14:00", "07-15 16:00"), ("07-19 14:00", "07-19 16:00"), ("07-20 11:00", "07-20 13:00"),
    ]  # fmt: skip


def test_who_is_exempted_keeps_the_seat_and_is_bound_by_the_other_meetings(cast: Cast) -> None:
    session, _, made, change = clashing(cast)
    reschedule(cast, session, *change, resolutions=[exempted(made)])
    assert busy(made) == [("07-15 14:00", "07-15 16:00"), ("07-19 14:00", "07-19 16:00")]
    held = MeetingExemption.objects.get()
    assert (held.enrollment_id, held.meeting.position, held.reason, held.by) == (made.pk, 1, "議会対応", cast.hr)
    notice = Notice.objects.get()
    assert (notice.kind, notice.facts["exempted_for"], len(notice.facts["exempted"])) == (
        "meeting_exempted", "議会対応", 1,
    )  # fmt: skip
    first, *rest = meetings_of(session)
    reschedule(cast, session, to(first, "2022-07-20 10:00", "2022-07-20 12:00"), *map(stays, rest))
    assert busy(made) == [("07-15 14:00", "07-15 16:00"), ("07-19 14:00", "07-19 16:00")]
    assert MeetingExemption.objects.count() == 1


def test_who_is_exempted_from_all_that_stays_is_withdrawn_first(cast: Cast) -> None:
    session, _, made, change = clashing(cast)
    reschedule(cast, session, *change, resolutions=[exempted(made)])
    first, *_ = meetings_of(session)
    pointer = f"/resolutions/{made.public_id}"
    assert refused(cast, session, stays(first)) == [
        (pointer, "no_meeting_left", "Exempted from every meeting that stays.")
    ]
    assert faults(cast, session, stays(first), resolutions=[exempted(made)]) == [("/resolutions/0/action", "no_clash")]
    reschedule(cast, session, stays(first), resolutions=[withdrawn(made)])
    assert line(session) == [(cast.ict.pk, "withdrawn")]


def test_an_exemption_may_be_of_a_meeting_that_is_new(cast: Cast) -> None:
    session, other = three_days(), open_session(times=(AT_TEN,))
    made = apply(session, cast.ict)
    apply(other, cast.ict)
    change = (*map(stays, meetings_of(session)), Wanted(None, to(Meeting(), *AT_TEN).fields))
    reschedule(cast, session, *change, resolutions=[exempted(made)])
    assert MeetingExemption.objects.get().meeting.position == 4
    assert len(busy(made)) == 3


def test_what_somebody_teaches_meanwhile_stands_in_the_way_too(cast: Cast) -> None:
    session = open_session()
    made = apply(session, cast.trainer)
    other = open_session(times=(AT_TEN,), title_en="Taught")
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=other, instructor=teacher)
    take_places(other.pk)
    [meeting] = meetings_of(session)
    assert refused(cast, session, to(meeting, *AT_TEN)) == [
        (f"/resolutions/{made.public_id}", "teaches_meanwhile", "Teaches at the same time: Taught.")
    ]


def test_touching_times_do_not_clash(cast: Cast) -> None:
    session, _, made, _ = clashing(cast)
    first, *rest = meetings_of(session)
    reschedule(cast, session, to(first, "2022-07-20 12:00", "2022-07-20 13:00"), *map(stays, rest))
    assert ("07-20 12:00", "07-20 13:00") in busy(made)


def test_an_exemption_that_leaves_no_meeting_or_frees_of_nothing_is_refused(cast: Cast) -> None:
    session, other = open_session(), open_session(times=(AT_TEN,))
    made, free = apply(session, cast.ict), apply(session, cast.ict2)
    apply(other, cast.ict)
    [meeting] = meetings_of(session)
    given = [exempted(made), exempted(free), exempted(free, " "), Resolution(other.public_id, made_action(), "x")]
    assert faults(cast, session, to(meeting, *AT_TEN), resolutions=given) == [
        ("/resolutions/0/action", "no_meeting_left"),
        ("/resolutions/1/action", "no_clash"),
        ("/resolutions/2/enrollment", "repeated"),
        ("/resolutions/2/reason", "required"),
        ("/resolutions/2/action", "no_clash"),
        ("/resolutions/3/enrollment", "not_found"),
    ]


def made_action() -> Any:
    return withdrawn(Enrollment()).action


def test_who_has_a_result_is_exempted_and_not_withdrawn(cast: Cast) -> None:
    session, _, made, change = clashing(cast)
    Enrollment.objects.filter(pk=made.pk).move_to("completed", by=None)
    assert faults(cast, session, *change, resolutions=[withdrawn(made)]) == [("/resolutions/0/action", "judged")]
    reschedule(cast, session, *change, resolutions=[exempted(made)])
    assert len(busy(made)) == 2


def test_nobody_exempts_themselves(cast: Cast) -> None:
    session, _, made, change = clashing(cast)
    RoleGrant.objects.create(user=cast.user("ict"), role="academy_hr", during=ALWAYS)
    assert faults(cast, session, *change, resolutions=[exempted(made)], by=cast.user("ict")) == [
        ("/resolutions/0/enrollment", "own_enrollment")
    ]


def test_somebody_who_clashes_since_the_preview_stops_all_of_it(cast: Cast) -> None:
    session = open_session()
    made, late = apply(session, cast.ict), apply(session, cast.ict2)
    other = open_session(times=(AT_TEN,))
    apply(other, cast.ict)
    [meeting] = meetings_of(session)
    change, given = to(meeting, *AT_TEN), [withdrawn(made)]
    digest = preview(cast, session, change, resolutions=given).digest
    apply(other, cast.ict2)
    assert [pointer for pointer, *_ in refused(cast, session, change, resolutions=given, confirmed=digest)] == [
        f"/resolutions/{late.public_id}"
    ]
    made.refresh_from_db()
    assert (made.status, busy(late)) == ("enrolled", [("07-14 14:00", "07-14 16:00")])
    both = [withdrawn(made), withdrawn(late)]
    with pytest.raises(ImpactHasChanged):
        reschedule(cast, session, change, resolutions=both, confirmed=digest)
    assert not Notice.objects.exists()


def test_a_preview_shows_who_clashes_and_what_the_rest_would_be(cast: Cast) -> None:
    session, other, made, change = clashing(cast)
    fine = apply(session, cast.ict2)
    impact = preview(cast, session, *change)
    [clash] = impact.clashes
    assert (clash.enrollment, clash.code, clash.other, clash.numbers) == (made.pk, "person_clash", other.pk, (0,))
    assert (impact.unresolved, impact.affected) == (frozenset({made.pk}), {"enrolled": 2})
    assert fine.staff_id in impact.told


def test_hidden_people_are_counted_for_who_does_not_see_them(cast: Cast) -> None:
    session, other, made, change = clashing(cast, course=stage.course(stage.program(organization=cast.industry)))
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    hr = User.objects.create(username="industry_hr")
    RoleGrant.objects.create(user=hr, role="bureau_hr", organization=cast.industry, during=ALWAYS)
    apply(session, cast.staff)
    apply(other, cast.staff)
    shown = Enrollment.objects.get(session=session, staff=cast.staff)
    assert refused(cast, session, *change, by=hr) == [
        (f"/resolutions/{shown.public_id}", "person_clash", "Attends at the same time: Other."),
        ("/resolutions", "not_shown", "1 more whom you do not see: academy HR decides about them."),
    ]
    given = [withdrawn(made)]
    assert faults(cast, session, *change, resolutions=given, by=hr) == [("/resolutions/0/enrollment", "not_found")]


def test_where_else_a_person_sits_is_told_to_those_alone_who_see_it(cast: Cast) -> None:
    session, _, _, change = clashing(cast, course=stage.course(stage.program(organization=cast.industry)))
    hr = User.objects.create(username="industry_hr")
    RoleGrant.objects.create(user=hr, role="bureau_hr", organization=cast.industry, during=ALWAYS)
    assert [text for *_, text in refused(cast, session, *change, by=hr)] == [
        "Attends at the same time: another session."
    ]


def test_control_without_the_look_at_clashes_the_database_still_refuses(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _, made, change = clashing(cast)
    monkeypatch.setattr(rescheduling, "clashes_of", lambda *args: [])
    with pytest.raises(PersonClash) as refusal:
        reschedule(cast, session, *change)
    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert len(busy(made)) == 3
    assert not AuditEvent.objects.filter(action__contains="reschedule").exists()


def test_a_second_seat_of_the_course_in_the_new_year_is_named(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_session(repeatable=False, times=(("2023-03-30 14:00", "2023-03-30 16:00"),))
    april = stage.session(
        session.course, times=(("2023-04-20 14:00", "2023-04-20 16:00"),), fiscal_year=2023, status="published",
        apply_from=stage.tokyo("2022-06-01 09:00"), title_en="April",
    )  # fmt: skip
    made = apply(session, cast.ict)
    apply(april, cast.ict)
    [meeting] = meetings_of(session)
    change = to(meeting, "2023-04-03 14:00", "2023-04-03 16:00")
    assert refused(cast, session, change) == [
        (f"/resolutions/{made.public_id}", "course_taken_this_year", "Has a seat of the course in that year: April.")
    ]
    assert preview(cast, session, change).unresolved == {made.pk}
    assert faults(cast, session, change, resolutions=[exempted(made)]) == [("/resolutions/0/action", "no_clash")]
    with monkeypatch.context() as patch:
        patch.setattr(rescheduling, "clashes_of", lambda *args: [])
        with pytest.raises(CourseTaken):
            reschedule(cast, session, change)
    reschedule(cast, session, change, resolutions=[withdrawn(made)])
    made.refresh_from_db()
    assert (made.status, made.fiscal_year) == ("withdrawn", 2023)


# Fewer seats.


def test_fewer_seats_than_are_taken_until_enough_people_are_withdrawn(cast: Cast) -> None:
    session = open_session(capacity=3)
    rows = [apply(session, person) for person in crowd(cast, 5)]
    with pytest.raises(CapacityBelowSeatsTaken) as refusal:
        reschedule(cast, session, capacity=1)
    assert refusal.value.detail.en == "Seats taken: 3, too many: 2."
    with pytest.raises(CapacityBelowSeatsTaken) as refusal:
        reschedule(cast, session, capacity=1, resolutions=[withdrawn(rows[0])])
    assert refusal.value.detail.en == "Seats taken: 2, too many: 1."
    impact = preview(cast, session, capacity=1, resolutions=[withdrawn(rows[0])])
    assert (impact.too_many, impact.promoted, impact.capacity) == (1, (), (3, 1))
    given = [withdrawn(rows[0]), withdrawn(rows[2])]
    reschedule(cast, session, capacity=1, resolutions=given)
    assert [status for _, status in line(session)] == [
        "withdrawn", "enrolled", "withdrawn", "waitlisted", "waitlisted",
    ]  # fmt: skip
    session.refresh_from_db()
    assert (session.capacity, session.seats_taken) == (1, 1)
    assert [kind for _, kind in told()] == ["seat_withdrawn_by_office"] * 2


def test_control_without_the_count_the_database_still_keeps_the_limit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(capacity=3)
    for person in crowd(cast, 3):
        apply(session, person)
    monkeypatch.setattr(rescheduling._Change, "too_many", 0)
    with pytest.raises(Exception, match="session_full"):
        reschedule(cast, session, capacity=1)
    session.refresh_from_db()
    assert (session.capacity, session.seats_taken) == (3, 3)


def test_a_higher_limit_seats_the_queue(cast: Cast) -> None:
    session = open_session(capacity=1)
    for person in crowd(cast, 3):
        apply(session, person)
    reschedule(cast, session, capacity=2)
    assert [status for _, status in line(session)] == ["enrolled", "enrolled", "waitlisted"]
    assert [kind for _, kind in told()] == ["seat_given"]


# Completion.


def marks(session: Session, enrollment: Enrollment, *values: str) -> None:
    for meeting, mark in zip(meetings_of(session), values, strict=False):
        if mark:
            Attendance.objects.create(enrollment=enrollment, meeting=meeting, mark=mark)


def test_whose_completion_is_at_risk(cast: Cast, at: Clock) -> None:
    policy = stage.policy(attendance_numerator=2, attendance_denominator=3, certifies=True)
    session = three_days(course=stage.course(policy=policy))
    present, absent, lost, unmarked = (apply(session, each) for each in crowd(cast, 4))
    at(stage.tokyo("2022-07-15 18:00"))
    marks(session, present, "present", "present")
    marks(session, absent, "absent", "present")
    marks(session, lost, "absent", "absent")
    first, second, _ = meetings_of(session)
    impact = preview(cast, session, stays(first), stays(second))
    # Of two meetings two are needed: who was absent once had two left before, who was absent twice had lost already.
    assert impact.at_risk == (absent.pk,)
    assert unmarked.pk not in impact.at_risk


@pytest.mark.parametrize(
    ("month", "mark", "risk"), [(8, "", False), (6, "", True), (6, "present", False), (6, "absent", True)]
)
def test_who_caught_up_by_an_archive_or_still_can_is_not_at_risk(
    cast: Cast, at: Clock, month: int, mark: str, risk: bool
) -> None:
    policy = stage.policy(attendance_numerator=2, attendance_denominator=3, certifies=True)
    session = three_days(course=stage.course(policy=policy))
    made = apply(session, cast.ict)
    at(stage.tokyo("2022-07-15 18:00"))
    marks(session, made, "absent", "present")
    first, second, _ = meetings_of(session)
    archive = Meeting.objects.create(
        session=session, position=9, form="archive", archive_of=first, precision="month", month=dt.date(2022, month, 1)
    )
    if mark:
        Attendance.objects.create(enrollment=made, meeting=archive, mark=mark)
    assert (preview(cast, session, stays(first), stays(second)).at_risk == (made.pk,)) is risk


def test_an_exempted_meeting_leaves_what_attendance_is_counted_of(cast: Cast, at: Clock) -> None:
    policy = stage.policy(attendance_numerator=1, certifies=True)
    session, other = three_days(course=stage.course(policy=policy)), open_session(times=(AT_TEN,))
    made, whole = apply(session, cast.ict), apply(session, cast.ict2)
    apply(other, cast.ict)
    first, second, third = meetings_of(session)
    reschedule(cast, session, stays(first), stays(second), to(third, *AT_TEN), resolutions=[exempted(made)])
    at(stage.tokyo("2022-07-21 09:00"))
    marks(session, made, "present", "present", "absent")
    marks(session, whole, "present", "present", "absent")
    derive_results([made.pk, whole.pk], by=None)
    made.refresh_from_db()
    whole.refresh_from_db()
    assert (made.status, whole.status) == ("completed", "not_completed")
    [finding] = verdicts_of([made.pk])[made.pk].findings
    assert (finding.actual, finding.required) == (2, 2)


def test_an_exemption_can_put_completion_at_risk(cast: Cast, at: Clock) -> None:
    policy = stage.policy(attendance_numerator=2, attendance_denominator=3, certifies=True)
    session, other = three_days(course=stage.course(policy=policy)), open_session(times=(AT_TEN,))
    made = apply(session, cast.ict)
    apply(other, cast.ict)
    at(stage.tokyo("2022-07-14 18:00"))
    marks(session, made, "absent")
    first, second, third = meetings_of(session)
    change = (stays(first), stays(second), to(third, *AT_TEN))
    assert preview(cast, session, *change).at_risk == ()
    assert preview(cast, session, *change, resolutions=[exempted(made)]).at_risk == (made.pk,)


def test_an_exemption_stays_as_it_was_written(cast: Cast) -> None:
    session, _, made, change = clashing(cast)
    reschedule(cast, session, *change, resolutions=[exempted(made)])
    with connection.cursor() as cursor, pytest.raises(Exception, match="append_only"):
        cursor.execute("UPDATE enrollments_meetingexemption SET reason = 'x'")


def test_the_day_of_a_change_is_the_day_in_tokyo(cast: Cast) -> None:
    session = open_session()
    made = apply(session, cast.ict)
    [meeting] = meetings_of(session)
    reschedule(cast, session, to(meeting, "2022-07-31 08:00", "2022-07-31 09:00"))
    made.refresh_from_db()
    assert made.reference_date == dt.date(2022, 7, 31)
