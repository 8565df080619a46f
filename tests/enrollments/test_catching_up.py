"""What completion counts: live meetings, archives of them, and meetings that somebody is exempted from."""

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from academy.errors import InvalidInput
from courses.models import CompletionPolicy, Meeting, Session
from enrollments.completion import Evidence, Held, Marked, judge
from enrollments.errors import MeetingNotStarted
from enrollments.errors.records import ArchiveOfNoMeeting
from enrollments.models import Attendance, Enrollment, Mark, MeetingExemption, Status
from enrollments.operations.attendance import Marking, mark_attendance
from enrollments.operations.results import judge_ended_sessions, verdicts_of
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.records import enrolled, meetings_of

P, L, A = Mark.PRESENT, Mark.LATE, Mark.ABSENT
COMPLETED, NOT_COMPLETED, ABSENT = Status.COMPLETED, Status.NOT_COMPLETED, Status.ABSENT
SPAN = tuple((f"2022-06-0{day} 14:00", f"2022-06-0{day} 16:00") for day in (6, 7, 8, 9))

Written = tuple[str, dict[int, Mark], dict[int, Mark], set[int], Status | None, tuple[int, int, int, int]]

# Four meetings, all over; three quarters are needed: 3 of 4, 3 of 3 (2.25 rounded up), 2 of 2, 1 of 1.
# live marks, marks at archives by the meeting they show, exemptions → result; there, by archive, meetings, needed.
HAND_MADE: list[Written] = [
    ("exactly three quarters", {1: P, 2: P, 3: L, 4: A}, {}, set(), COMPLETED, (3, 0, 4, 3)),
    ("one less", {1: P, 2: P, 3: A, 4: A}, {}, set(), NOT_COMPLETED, (2, 0, 4, 3)),
    ("the third by archive: exactly", {1: P, 2: P, 3: A, 4: A}, {3: P}, set(), COMPLETED, (3, 1, 4, 3)),
    ("all by archive", {1: A, 2: A, 3: A, 4: A}, {1: P, 2: P, 3: P}, set(), COMPLETED, (3, 3, 4, 3)),
    ("live and archive of one meeting count once", {1: P, 2: P, 3: A, 4: A}, {1: P, 2: L}, set(), NOT_COMPLETED,
     (2, 0, 4, 3)),
    ("absent from the archive takes nothing away", {1: P, 2: P, 3: P, 4: A}, {1: A, 2: A, 3: A}, set(), COMPLETED,
     (3, 0, 4, 3)),
    ("absent from the archive is no mark at the meeting", {1: P, 2: P, 3: A}, {4: A}, set(), None, (2, 0, 4, 3)),
    ("an archive settles a meeting that nobody marked", {1: P, 2: A, 3: A}, {4: P}, set(), NOT_COMPLETED,
     (2, 1, 4, 3)),
    ("exempted from one: two of three are too few", {1: P, 2: P, 3: A}, {}, {4}, NOT_COMPLETED, (2, 0, 3, 3)),
    ("exempted from one: three of three", {1: P, 2: P, 3: P}, {}, {4}, COMPLETED, (3, 0, 3, 3)),
    ("exempted from two: two of two", {1: P, 2: P}, {}, {3, 4}, COMPLETED, (2, 0, 2, 2)),
    ("a mark at an exempted meeting counts for nothing", {1: P, 2: P, 3: A, 4: P}, {}, {4}, NOT_COMPLETED,
     (2, 0, 3, 3)),
    ("nor does an absence from it", {1: P, 2: P, 3: P, 4: A}, {}, {4}, COMPLETED, (3, 0, 3, 3)),
    ("nor an archive of it", {1: P, 2: P, 3: A}, {4: P}, {4}, NOT_COMPLETED, (2, 0, 3, 3)),
    ("exempted from three and absent from the one", {1: A}, {}, {2, 3, 4}, ABSENT, (0, 0, 1, 1)),
    ("exempted from three and there at the one", {1: L}, {}, {2, 3, 4}, COMPLETED, (1, 0, 1, 1)),
    ("exempted from all: there is nothing to count", {}, {}, {1, 2, 3, 4}, None, (0, 0, 0, 0)),
]  # fmt: skip


def three_quarters() -> CompletionPolicy:
    return CompletionPolicy(attendance_numerator=3, attendance_denominator=4)


def judged(
    live: dict[int, Mark], archive: dict[int, Mark], exempt: set[int], *, open_archives: set[int] | None = None
) -> tuple[Evidence, Status | None]:
    shown = open_archives or set()
    held = {meeting: Held(over=True, archive_open=meeting in shown) for meeting in (1, 2, 3, 4)}
    marked = [Marked(meeting, mark) for meeting, mark in live.items()]
    marked += [Marked(meeting, mark, archive=True) for meeting, mark in archive.items()]
    evidence = Evidence().of_meetings(held, marked, exempt)
    return evidence, judge(three_quarters(), evidence).status


@pytest.mark.parametrize("row", HAND_MADE, ids=[row[0] for row in HAND_MADE])
def test_the_table_made_by_hand(row: Written) -> None:
    _, live, archive, exempt, result, (there, by_archive, meetings, needed) = row
    evidence, status = judged(live, archive, exempt)
    (finding,) = judge(three_quarters(), evidence).findings
    assert (status, evidence.there, evidence.by_archive, evidence.meetings) == (result, there, by_archive, meetings)
    assert (finding.actual, finding.required) == (there, needed)


def test_while_an_archive_is_shown_the_share_is_not_lost() -> None:
    missed = {1: P, 2: P, 3: A, 4: A}
    assert judged(missed, {}, set(), open_archives={3})[1] is None
    assert judged(missed, {}, set(), open_archives={1, 2})[1] == NOT_COMPLETED  # nothing to catch up on there
    assert judged(missed, {}, {3}, open_archives={3})[1] == NOT_COMPLETED  # exempted from what could be caught up on
    assert judged({1: P, 2: A, 3: A, 4: A}, {}, set(), open_archives={3})[1] == NOT_COMPLETED  # and too little anyhow
    assert judged({1: P, 2: P, 3: P, 4: A}, {}, set(), open_archives={4})[1] == COMPLETED


def test_the_text_says_how_many_by_archive() -> None:
    evidence, _ = judged({1: P, 2: P, 3: A, 4: A}, {3: P}, set())
    (finding,) = judge(three_quarters(), evidence).findings
    assert finding.text.en == "3 of 4 meetings attended, 1 of them by archive, 3 needed"
    assert finding.text.ja == "出席 3/4 回(うちアーカイブ 1 回、必要 3 回)"


# The same through the database.


@pytest.fixture
def session(cast: Cast) -> Session:
    """Four meetings in June, which are over; of the third an archive is shown from 27 June to 10 July."""
    policy = stage.policy(certifies=True, attendance_numerator=3, attendance_denominator=4)
    made = stage.session(stage.course(policy=policy), times=SPAN, status="published")
    third = meetings_of(made)[2]
    _archive(made, third, "2022-06-27 09:00", "2022-07-10 18:00")
    return made


def _archive(session: Session, of: Meeting | None, begins: str, ends: str) -> Meeting:
    return Meeting.objects.create(
        session=session,
        position=session.meetings.count() + 1,
        form="archive",
        archive_of=of,
        during=DateTimeTZRange(stage.tokyo(begins), stage.tokyo(ends)),
    )


def mark(meeting: Meeting, *rows: tuple[Enrollment, Mark], rest: Mark | None = None, reason: str = "") -> None:
    marks = [Marking(enrollment.public_id, each, reason) for enrollment, each in rows]
    mark_attendance(session_id=meeting.session_id, meeting_id=meeting.pk, marks=marks, rest=rest, by=None)


def status_of(enrollment: Enrollment) -> str:
    enrollment.refresh_from_db()
    return enrollment.status


def exempt(enrollment: Enrollment, meeting: Meeting) -> None:
    MeetingExemption.objects.create(enrollment=enrollment, meeting=meeting, reason="公務")


def test_who_caught_up_by_the_archive_completes(cast: Cast, session: Session) -> None:
    (learner,) = enrolled(session, cast.ict)
    *live, archive = meetings_of(session)
    for meeting, each in zip(live, (P, P, A, A), strict=True):
        mark(meeting, (learner, each))
    assert status_of(learner) == Status.IN_PROGRESS  # the archive is shown until July
    mark(archive, (learner, P))
    assert status_of(learner) == COMPLETED
    (finding,) = verdicts_of([learner.pk])[learner.pk].findings
    assert (finding.actual, finding.required, finding.text.en) == (
        3, 3, "3 of 4 meetings attended, 1 of them by archive, 3 needed",
    )  # fmt: skip
    mark(archive, (learner, A), reason="取り違え")
    assert status_of(learner) == NOT_COMPLETED


def test_who_did_not_catch_up_fails_when_the_archive_is_over(cast: Cast, session: Session, at: Clock) -> None:
    (learner,) = enrolled(session, cast.ict)
    for meeting, each in zip(meetings_of(session), (P, P, A, A), strict=False):
        mark(meeting, (learner, each))
    assert judge_ended_sessions() == 0
    at(stage.tokyo("2022-07-10 18:01"))
    assert judge_ended_sessions() == 1
    assert status_of(learner) == NOT_COMPLETED


def test_an_archive_is_marked_from_its_beginning_on(cast: Cast, session: Session, at: Clock) -> None:
    (learner,) = enrolled(session, cast.ict)
    archive = meetings_of(session)[-1]
    at(stage.tokyo("2022-06-27 08:59"))
    with pytest.raises(MeetingNotStarted):
        mark(archive, (learner, P))
    at(stage.tokyo("2022-06-27 09:01"))
    mark(archive, (learner, P))
    assert Attendance.objects.get().meeting == archive


def test_an_archive_that_shows_no_meeting_takes_no_marks(cast: Cast, session: Session) -> None:
    (learner,) = enrolled(session, cast.ict)
    unknown = _archive(session, None, "2022-06-20 09:00", "2022-06-21 09:00")
    with pytest.raises(ArchiveOfNoMeeting):
        mark(unknown, (learner, P))
    assert not Attendance.objects.exists()


def test_the_archive_of_a_cancelled_meeting_counts_for_nothing(cast: Cast, session: Session) -> None:
    (learner,) = enrolled(session, cast.ict)
    *live, archive = meetings_of(session)
    mark(archive, (learner, P))
    Meeting.objects.filter(pk=live[2].pk).update(cancelled_at=stage.tokyo("2022-06-08 09:00"))
    for meeting, each in ((live[0], P), (live[1], P), (live[3], A)):
        mark(meeting, (learner, each))
    assert status_of(learner) == NOT_COMPLETED  # 2 of 3, and 3 are needed


def test_an_exempted_meeting_leaves_the_count_of_that_person_alone(cast: Cast, session: Session) -> None:
    exempted, other = enrolled(session, cast.ict, cast.ict2)
    exempt(exempted, meetings_of(session)[2])
    exempt(exempted, meetings_of(session)[3])
    for meeting, each in zip(meetings_of(session)[:2], (P, P), strict=True):
        mark(meeting, (exempted, each), (other, each))
    assert (status_of(exempted), status_of(other)) == (COMPLETED, Status.IN_PROGRESS)
    counts = {pk: verdict.findings[0] for pk, verdict in verdicts_of([exempted.pk, other.pk]).items()}
    assert (counts[exempted.pk].required, counts[other.pk].required) == (2, 3)


def test_whoever_is_exempted_is_not_marked(cast: Cast, session: Session) -> None:
    exempted, other = enrolled(session, cast.ict, cast.ict2)
    third, archive = meetings_of(session)[2], meetings_of(session)[-1]
    exempt(exempted, third)
    for meeting in (third, archive):
        with pytest.raises(InvalidInput) as refused:
            mark(meeting, (other, P), (exempted, P))
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/marks/1/enrollment", "exempted")]
        assert not Attendance.objects.filter(meeting=meeting).exists()
        mark(meeting, rest=A)
        assert [each.enrollment for each in Attendance.objects.filter(meeting=meeting)] == [other]


def test_many_people_take_as_many_statements_as_one(cast: Cast, session: Session) -> None:
    rows = enrolled(session, cast.ict, cast.ict2, cast.head, cast.trainer)
    for row in rows:
        exempt(row, meetings_of(session)[0])
    counts = []
    for chosen in (rows[:1], rows):
        with CaptureQueriesContext(connection) as captured:
            verdicts_of([row.pk for row in chosen])
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_archives_are_no_meetings_of_their_own(cast: Cast, session: Session) -> None:
    """Marked present at every live meeting, nobody waits for the archive."""
    (learner,) = enrolled(session, cast.ict)
    for meeting in meetings_of(session)[:4]:
        mark(meeting, (learner, P))
    (finding,) = verdicts_of([learner.pk])[learner.pk].findings
    assert (status_of(learner), finding.actual, finding.required) == (COMPLETED, 4, 3)
