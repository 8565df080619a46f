"""`record_exam_attempt` and `correct_exam_attempt`: sittings, their revisions, and who may say what."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from academy.errors import InvalidInput
from academy.models import AuditEvent, User
from enrollments.errors import (
    ExamAlreadyRecorded,
    NoExam,
    NotTakingPart,
    OfficialResultStands,
    OwnRecord,
    Superseded,
)
from enrollments.models import Enrollment, ExamAttempt, ExamSource, Status
from enrollments.operations import exams as operation
from enrollments.operations.exams import correct_exam_attempt, record_exam_attempt
from tests import stage
from tests.cast import Cast
from tests.records import after_both, at_once, day, enrolled, it_passport, scores, steps_of, unlocked

PASS, FAIL = (700, scores(650, 700, 640)), (580, scores(700, 700, 290))
FIRST_DAY, SITTING = day("2022-06-01"), day("2022-06-20")


@pytest.fixture
def learner(cast: Cast) -> Enrollment:
    policy = stage.policy(certifies=True, attendance_numerator=0, exam=it_passport())
    session = stage.session(stage.course(policy=policy), status="published", starts_on=FIRST_DAY)
    return enrolled(session, cast.ict)[0]


Result = tuple[int, dict[str, int]]


def record(learner: Enrollment, result: Result, *, by: User | None, on: dt.date = SITTING) -> ExamAttempt:
    source = ExamSource.SELF_REPORTED if by == learner.staff.user else ExamSource.OFFICIAL
    total, fields = result
    return record_exam_attempt(enrollment_id=learner.pk, taken_on=on, total=total, scores=fields, source=source, by=by)


def correct(attempt: ExamAttempt, result: Result, *, by: User | None, reason: str = "転記の誤り") -> ExamAttempt:
    source = ExamSource.SELF_REPORTED if by == attempt.enrollment.staff.user else ExamSource.OFFICIAL
    total, fields = result
    return correct_exam_attempt(attempt_id=attempt.pk, total=total, scores=fields, reason=reason, source=source, by=by)


def revisions(learner: Enrollment) -> list[tuple[int, int, bool, str, str]]:
    held = learner.exam_attempts.order_by("taken_on", "revision")
    return list(held.values_list("revision", "total", "passed", "source", "reason"))


def test_a_pass_completes_the_course(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, PASS, by=cast.hr)
    assert revisions(learner) == [(1, 700, True, "official", "")]
    assert list(attempt.scores.order_by("pk").values_list("field__code", "score")) == [
        ("strategy", 650),
        ("management", 700),
        ("technology", 640),
    ]
    assert steps_of(learner) == [("enrolled", "completed", "")]
    event = AuditEvent.objects.get()
    assert (event.action, event.target, event.detail) == (
        "enrollments.record_exam_attempt",
        attempt.public_id,
        {"enrollment": str(learner.public_id), "source": "official", "revision": 1},
    )


def test_a_fail_leaves_the_result_open_and_the_next_sitting_may_pass(cast: Cast, learner: Enrollment) -> None:
    record(learner, FAIL, by=cast.hr)
    assert steps_of(learner) == [("enrolled", "in_progress", "")]
    record(learner, PASS, by=cast.hr, on=day("2022-06-27"))
    record(learner, FAIL, by=cast.hr, on=day("2022-06-28"))
    assert steps_of(learner)[1:] == [("in_progress", "completed", "")]


def test_a_self_report_decides_nothing(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, PASS, by=cast.user("ict"))
    assert (attempt.passed, steps_of(learner)) == (True, [("enrolled", "in_progress", "")])
    record(learner, PASS, by=cast.user("ict"), on=day("2022-06-27"))
    assert Enrollment.objects.get().status == Status.IN_PROGRESS
    record(learner, PASS, by=cast.hr)
    assert steps_of(learner)[1:] == [("in_progress", "completed", "")]


def test_a_claim_that_the_office_corrects_is_an_official_result(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, PASS, by=cast.user("ict"))
    correct(attempt, PASS, by=cast.hr, reason="実施機関の通知を確認")
    assert revisions(learner)[1:] == [(2, 700, True, "official", "実施機関の通知を確認")]
    assert Enrollment.objects.get().status == Status.COMPLETED


def test_a_claim_leaves_an_official_pass_of_another_day_alone(cast: Cast, learner: Enrollment) -> None:
    record(learner, PASS, by=cast.hr)
    record(learner, FAIL, by=cast.user("ict"), on=day("2022-06-27"))
    assert steps_of(learner) == [("enrolled", "completed", "")]


def test_the_official_notice_outweighs_the_self_report(cast: Cast, learner: Enrollment) -> None:
    record(learner, PASS, by=cast.user("ict"))
    record(learner, FAIL, by=cast.hr)
    assert revisions(learner) == [
        (1, 700, True, "self_reported", ""),
        (2, 580, False, "official", "official notice"),
    ]
    assert steps_of(learner) == [("enrolled", "in_progress", "")]


def test_a_pass_that_is_taken_back_takes_the_result_back(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, PASS, by=cast.hr)
    correct(attempt, FAIL, by=cast.hr)
    assert steps_of(learner)[1:] == [("completed", "not_completed", "evidence corrected")]


def test_a_correction_is_a_revision_with_a_reason(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, FAIL, by=cast.hr)
    correct(attempt, PASS, by=cast.hr)
    assert revisions(learner) == [(1, 580, False, "official", ""), (2, 700, True, "official", "転記の誤り")]
    assert Enrollment.objects.get().status == Status.COMPLETED


def test_a_person_corrects_the_own_report(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, PASS, by=cast.user("ict"))
    correct(attempt, FAIL, by=cast.user("ict"))
    assert [(revision, passed) for revision, _, passed, _, _ in revisions(learner)] == [(1, True), (2, False)]
    assert Enrollment.objects.get().status == Status.IN_PROGRESS


def test_a_person_never_changes_an_official_result(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, FAIL, by=cast.hr)
    with pytest.raises(OfficialResultStands):
        correct(attempt, PASS, by=cast.user("ict"))
    with pytest.raises(ExamAlreadyRecorded):
        record(learner, PASS, by=cast.user("ict"))
    assert len(revisions(learner)) == 1


def test_only_the_latest_revision_is_corrected(cast: Cast, learner: Enrollment) -> None:
    attempt = record(learner, FAIL, by=cast.hr)
    correct(attempt, PASS, by=cast.hr)
    with pytest.raises(Superseded):
        correct(attempt, FAIL, by=cast.hr)


def test_a_sitting_is_recorded_once(cast: Cast, learner: Enrollment) -> None:
    record(learner, FAIL, by=cast.hr)
    with pytest.raises(ExamAlreadyRecorded):
        record(learner, PASS, by=cast.hr)


@pytest.mark.parametrize(("who", "source"), [("ict", ExamSource.OFFICIAL), ("hr", ExamSource.SELF_REPORTED)])
def test_an_official_notice_is_never_ones_own_word(
    cast: Cast, learner: Enrollment, who: str, source: ExamSource
) -> None:
    total, fields = PASS
    with pytest.raises(OwnRecord):
        record_exam_attempt(
            enrollment_id=learner.pk, taken_on=SITTING, total=total, scores=fields, source=source, by=cast.user(who)
        )


def test_a_sitting_is_not_in_the_future(cast: Cast, learner: Enrollment) -> None:
    record(learner, FAIL, by=cast.hr, on=day("2022-06-28"))
    with pytest.raises(InvalidInput) as refused:
        record(learner, PASS, by=cast.hr, on=day("2022-06-29"))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/taken_on", "in_the_future")]


def test_a_sitting_is_not_before_the_first_day_of_the_session(cast: Cast, learner: Enrollment) -> None:
    record(learner, FAIL, by=cast.hr, on=FIRST_DAY)
    for source in (cast.hr, cast.user("ict")):
        with pytest.raises(InvalidInput) as refused:
            record(learner, PASS, by=source, on=day("2022-05-31"))
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/taken_on", "before_the_session")]


def test_impossible_scores_are_refused(cast: Cast, learner: Enrollment) -> None:
    with pytest.raises(InvalidInput) as refused:
        record(learner, (1001, {"strategy": 300, "management": 300}), by=cast.hr)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/total", "out_of_bounds"),
        ("/scores/technology", "required"),
    ]


def test_a_course_without_examination_takes_none(cast: Cast) -> None:
    (learner,) = enrolled(stage.session(status="published"), cast.ict)
    with pytest.raises(NoExam):
        record(learner, PASS, by=cast.hr)


def test_only_who_takes_part_has_a_sitting(cast: Cast, learner: Enrollment) -> None:
    (waiting,) = enrolled(learner.session, cast.ict2, status=Status.WAITLISTED)
    with pytest.raises(NotTakingPart):
        record(waiting, PASS, by=cast.hr)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE enrollments_examattempt SET passed = true",
        "DELETE FROM enrollments_examscore",
        "UPDATE enrollments_examscore SET score = 1000",
        "DELETE FROM enrollments_examattempt",
    ],
)
def test_the_database_keeps_every_sitting(cast: Cast, learner: Enrollment, statement: str) -> None:
    record(learner, FAIL, by=cast.hr)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert revisions(learner) == [(1, 580, False, "official", "")]


@pytest.mark.django_db(transaction=True)
def test_two_notices_of_one_sitting_at_once_leave_one(cast: Cast, learner: Enrollment) -> None:
    outcomes = at_once(lambda: record(learner, PASS, by=cast.hr), lambda: record(learner, FAIL, by=cast.hr))
    assert outcomes == ["done", "exam_already_recorded"]
    assert len(revisions(learner)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_leaves_one(
    cast: Cast, learner: Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both find no earlier sitting."""
    monkeypatch.setattr(operation, "lock_participants", unlocked)
    monkeypatch.setattr(operation, "_write", after_both(operation._write))
    outcomes = at_once(lambda: record(learner, PASS, by=cast.hr), lambda: record(learner, FAIL, by=cast.hr))
    assert outcomes == ["done", "recorded_meanwhile"]
    assert len(revisions(learner)) == 1
