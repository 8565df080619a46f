"""`mark_attendance`: a roster in one call, corrections as revisions, results derived."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from academy.errors import InvalidInput
from academy.models import AuditEvent, User
from courses.models import Meeting, Session
from courses.models.sessions import SessionQuerySet
from enrollments.errors import MeetingCancelled, MeetingNotStarted, OwnRecord
from enrollments.models import Attendance, Enrollment, Mark, Status
from enrollments.operations import attendance, results
from enrollments.operations.attendance import Marking, mark_attendance
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.records import AT_BUSINESS_TIME, after_both, at_once, crowd, day, enrolled, meetings_of, steps_of, unlocked
from tests.stage import tokyo

FOUR_DAYS = tuple((f"2022-06-{day} 09:00", f"2022-06-{day} 12:00") for day in (20, 21, 22, 23))
TO_COME = (("2022-06-28 10:30", "2022-06-28 12:00"),)


@pytest.fixture
def seminar(cast: Cast) -> Session:
    return stage.session(times=FOUR_DAYS[:1], status="published")


@pytest.fixture
def training(cast: Cast) -> Session:
    policy = stage.policy(certifies=True, attendance_numerator=3, attendance_denominator=4)
    return stage.session(stage.course(policy=policy), times=FOUR_DAYS, status="published")


def mark(
    meeting: Meeting,
    *marks: tuple[Enrollment, Mark] | tuple[Enrollment, Mark, str],
    rest: Mark | None = None,
    by: User | None = None,
) -> Meeting:
    named = [Marking(each[0].public_id, *each[1:]) for each in marks]
    return mark_attendance(session_id=meeting.session_id, meeting_id=meeting.pk, marks=named, rest=rest, by=by)


def marks_of(meeting: Meeting) -> list[tuple[int, int, str]]:
    held = meeting.attendances.order_by("enrollment_id", "revision")
    return list(held.values_list("enrollment_id", "revision", "mark"))


def test_a_seminar_attended_ends_as_attended(cast: Cast, seminar: Session) -> None:
    came, stayed_away = enrolled(seminar, cast.ict, cast.ict2)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (came, Mark.PRESENT), (stayed_away, Mark.ABSENT), by=cast.hr)
    assert marks_of(meeting) == [(came.pk, 1, "present"), (stayed_away.pk, 1, "absent")]
    assert steps_of(came) == [("enrolled", "attended", "")]
    assert steps_of(stayed_away) == [("enrolled", "absent", "")]
    came.refresh_from_db()
    assert came.judged_at is not None
    assert came.judged_at.date() == tokyo("2022-06-28 10:00").date()
    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.target) == ("enrollments.mark_attendance", cast.hr, meeting.public_id)
    assert event.detail == {"marked": 2, "corrected": 0}


def test_a_training_is_completed_at_exactly_three_quarters(cast: Cast, training: Session) -> None:
    (learner,) = enrolled(training, cast.ict)
    for meeting, each in zip(meetings_of(training), (Mark.PRESENT, Mark.ABSENT, Mark.LATE, Mark.PRESENT), strict=True):
        mark(meeting, (learner, each))
    assert steps_of(learner) == [("enrolled", "in_progress", ""), ("in_progress", "completed", "")]


def test_the_same_mark_again_changes_nothing(cast: Cast, seminar: Session) -> None:
    (learner,) = enrolled(seminar, cast.ict)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (learner, Mark.PRESENT))
    mark(meeting, (learner, Mark.PRESENT))
    assert marks_of(meeting) == [(learner.pk, 1, "present")]
    assert steps_of(learner) == [("enrolled", "attended", "")]


def test_a_correction_is_a_revision_and_judges_again(cast: Cast, seminar: Session) -> None:
    (learner,) = enrolled(seminar, cast.ict)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (learner, Mark.ABSENT))
    mark(meeting, (learner, Mark.LATE, "受付簿に署名あり"), by=cast.hr)
    assert marks_of(meeting) == [(learner.pk, 1, "absent"), (learner.pk, 2, "late")]
    assert Attendance.objects.get(revision=2).reason == "受付簿に署名あり"
    assert steps_of(learner) == [("enrolled", "absent", ""), ("absent", "attended", "evidence corrected")]


def test_a_correction_without_a_reason_is_refused_with_its_place(cast: Cast, seminar: Session) -> None:
    first, second = enrolled(seminar, cast.ict, cast.ict2)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (first, Mark.ABSENT), (second, Mark.ABSENT))
    with pytest.raises(InvalidInput) as refused:
        mark(meeting, (first, Mark.ABSENT), (second, Mark.PRESENT, "  "))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/marks/1/reason", "required")]
    assert len(marks_of(meeting)) == 2


def test_nobody_is_marked_before_the_meeting_begins(cast: Cast, at: Clock) -> None:
    session = stage.session(times=TO_COME, status="published")
    (learner,) = enrolled(session, cast.ict)
    (meeting,) = meetings_of(session)
    with pytest.raises(MeetingNotStarted):
        mark(meeting, (learner, Mark.PRESENT))
    at(tokyo("2022-06-28 10:31"))
    mark(meeting, (learner, Mark.PRESENT))
    assert marks_of(meeting) == [(learner.pk, 1, "present")]


def test_a_meeting_of_which_only_the_month_is_known_begins_with_it(cast: Cast, at: Clock) -> None:
    session = stage.session(status="published")
    meeting = Meeting.objects.create(session=session, position=1, precision="month", month="2022-07-01")
    (learner,) = enrolled(session, cast.ict)
    meeting.refresh_from_db()
    with pytest.raises(MeetingNotStarted):
        mark(meeting, (learner, Mark.ABSENT))
    at(tokyo("2022-07-01 00:01"))
    mark(meeting, (learner, Mark.ABSENT))
    assert steps_of(learner) == [("enrolled", "in_progress", "")]  # July is not over


def test_a_cancelled_meeting_takes_no_marks_and_counts_for_nothing(cast: Cast, training: Session) -> None:
    (learner,) = enrolled(training, cast.ict)
    *held, cancelled = meetings_of(training)
    for meeting in held:
        mark(meeting, (learner, Mark.PRESENT))
    Meeting.objects.filter(pk=cancelled.pk).update(cancelled_at=tokyo("2022-06-22 18:00"))
    with pytest.raises(MeetingCancelled):
        mark(cancelled, (learner, Mark.PRESENT))
    assert results.judge_session(session_id=training.pk, by=None) == training
    assert steps_of(learner)[-1] == ("in_progress", "completed", "")


def test_a_cancelled_session_takes_no_marks(cast: Cast) -> None:
    session = stage.session(times=FOUR_DAYS[:1], status="cancelled")
    with pytest.raises(MeetingCancelled):
        mark(meetings_of(session)[0], rest=Mark.PRESENT)


def test_only_who_takes_part_here_is_marked(cast: Cast, seminar: Session) -> None:
    (elsewhere,) = enrolled(stage.session(status="published"), cast.ict)
    (offered,) = enrolled(seminar, cast.ict2, status=Status.OFFERED)
    (learner,) = enrolled(seminar, cast.staff)
    unknown = Enrollment(public_id=uuid4())
    (meeting,) = meetings_of(seminar)
    with pytest.raises(InvalidInput) as refused:
        mark(
            meeting,
            (learner, Mark.PRESENT),
            (elsewhere, Mark.PRESENT),
            (offered, Mark.PRESENT),
            (unknown, Mark.PRESENT),
            (learner, Mark.PRESENT),
        )
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/marks/1/enrollment", "not_found"),
        ("/marks/2/enrollment", "not_found"),
        ("/marks/3/enrollment", "not_found"),
        ("/marks/4/enrollment", "repeated"),
    ]
    assert marks_of(meeting) == []


def test_the_rest_is_marked_without_touching_marks_that_are_there(cast: Cast, seminar: Session) -> None:
    absent, late, present = enrolled(seminar, cast.ict, cast.ict2, cast.staff)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (absent, Mark.ABSENT))
    mark(meeting, (late, Mark.LATE), rest=Mark.PRESENT)
    assert marks_of(meeting) == [(absent.pk, 1, "absent"), (late.pk, 1, "late"), (present.pk, 1, "present")]


def test_nobody_marks_themselves_nor_is_part_of_the_rest(cast: Cast, seminar: Session) -> None:
    own, other = enrolled(seminar, cast.trainer, cast.ict)
    (meeting,) = meetings_of(seminar)
    with pytest.raises(OwnRecord):
        mark(meeting, (own, Mark.PRESENT), by=cast.user("trainer"))
    mark(meeting, rest=Mark.PRESENT, by=cast.user("trainer"))
    assert marks_of(meeting) == [(other.pk, 1, "present")]


def test_a_result_that_hangs_on_the_end_of_a_meeting_comes_with_the_clock(cast: Cast, at: Clock) -> None:
    session = stage.session(times=TO_COME, status="published")
    (learner,) = enrolled(session, cast.ict)
    at(tokyo("2022-06-28 10:40"))
    mark(meetings_of(session)[0], (learner, Mark.ABSENT))
    assert (steps_of(learner), results.judge_ended_sessions()) == ([("enrolled", "in_progress", "")], 0)
    at(tokyo("2022-06-28 12:01"))
    assert (results.judge_ended_sessions(), results.judge_ended_sessions()) == (1, 0)
    assert steps_of(learner)[-1] == ("in_progress", "absent", "")


def test_what_the_clock_missed_stays_found(cast: Cast, at: Clock) -> None:
    session = stage.session(times=TO_COME, status="published")
    (learner,) = enrolled(session, cast.ict)
    at(tokyo("2022-06-28 10:40"))
    mark(meetings_of(session)[0], (learner, Mark.ABSENT))
    at(tokyo("2022-12-01 09:00"))
    assert results.judge_ended_sessions() == 1
    assert steps_of(learner)[-1] == ("in_progress", "absent", "")


def test_a_meeting_of_a_month_is_over_with_the_month(cast: Cast, at: Clock) -> None:
    half = stage.policy(certifies=True, attendance_numerator=1, attendance_denominator=2)
    session = stage.session(stage.course(policy=half), times=FOUR_DAYS[:1], status="published")
    Meeting.objects.create(session=session, position=2, precision="month", month=day("2022-07-01"))
    (learner,) = enrolled(session, cast.ict)
    mark(meetings_of(session)[0], (learner, Mark.PRESENT))
    at(tokyo("2022-07-31 23:59"))
    assert results.judge_ended_sessions() == 0
    at(tokyo("2022-08-01 00:01"))
    assert results.judge_ended_sessions() == 1
    assert steps_of(learner)[-1] == ("in_progress", "completed", "")


def test_who_has_no_record_is_not_moved_by_the_clock(cast: Cast, seminar: Session, at: Clock) -> None:
    (learner,) = enrolled(seminar, cast.ict)
    at(tokyo("2022-06-20 12:00"))
    results.judge_session(session_id=seminar.pk, by=None)
    assert steps_of(learner) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE enrollments_attendance SET mark = 'present'", "DELETE FROM enrollments_attendance"]
)
def test_the_database_keeps_every_mark(cast: Cast, seminar: Session, statement: str) -> None:
    (learner,) = enrolled(seminar, cast.ict)
    (meeting,) = meetings_of(seminar)
    mark(meeting, (learner, Mark.ABSENT))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert marks_of(meeting) == [(learner.pk, 1, "absent")]


def test_marking_three_hundred_takes_the_statements_of_marking_ten(cast: Cast) -> None:
    people = crowd(cast, 310)
    counts = []
    for size, chosen in ((10, people[:10]), (300, people[10:])):
        session = stage.session(times=FOUR_DAYS[:1], status="published")
        rows = enrolled(session, *chosen)
        (meeting,) = meetings_of(session)
        half = [(row, Mark.ABSENT) for row in rows[: size // 2]]
        with CaptureQueriesContext(connection) as statements:
            mark(meeting, *half, rest=Mark.PRESENT, by=cast.hr)
        counts.append(len(statements))
        statuses = list(session.enrollments.values_list("status", flat=True))
        assert (statuses.count("absent"), statuses.count("attended")) == (size // 2, size // 2)
    assert counts == [17, 17]


@pytest.fixture
def two_markers(transactional_db: None, cast: Cast) -> Callable[[], list[str]]:
    """Two people mark the same learner at the same moment, differently."""
    session = stage.session(times=FOUR_DAYS[:1], status="published")
    (learner,) = enrolled(session, cast.ict)
    (meeting,) = meetings_of(session)
    return lambda: at_once(
        lambda: mark(meeting, (learner, Mark.PRESENT, "点呼")), lambda: mark(meeting, (learner, Mark.ABSENT, "点呼"))
    )


@pytest.mark.django_db(transaction=True)
def test_two_markers_at_once_leave_one_current_mark(two_markers: Callable[[], list[str]]) -> None:
    assert two_markers() == ["done", "done"]
    first, second = Attendance.objects.order_by("revision")
    assert (first.revision, second.revision, {first.mark, second.mark}) == (1, 2, {"present", "absent"})
    results_of = {"present": "attended", "absent": "absent"}
    learner = Enrollment.objects.get()
    assert learner.status == results_of[second.mark]
    assert [new for _, new, _ in steps_of(learner)] == [results_of[first.mark], results_of[second.mark]]


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_the_database_still_keeps_one_mark(
    two_markers: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both read "no mark yet"; the unique revision turns the second away instead of losing a mark."""
    monkeypatch.setattr(attendance, "_new_marks", after_both(attendance._new_marks))
    monkeypatch.setattr(attendance, "lock_participants", unlocked)
    monkeypatch.setattr(SessionQuerySet, "locked", lambda sessions: sessions.annotate(**AT_BUSINESS_TIME))
    assert two_markers() == ["done", "recorded_meanwhile"]
    assert Attendance.objects.get().revision == 1
