"""Recording sittings of outside examinations."""

import datetime as dt
from collections.abc import Mapping

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import ExamScheme
from enrollments import exams
from enrollments.errors import ExamAlreadyRecorded, NoExam, NotTakingPart, OfficialResultStands, OwnRecord, Superseded
from enrollments.models import Enrollment, ExamAttempt, ExamScore, ExamSource
from enrollments.operations.results import derive_results, lock_participants

ANNOUNCED = "official notice"


@operation
def record_exam_attempt(
    *,
    enrollment_id: int,
    taken_on: dt.date,
    total: int,
    scores: Mapping[str, int],
    source: ExamSource,
    by: User | None,
) -> ExamAttempt:
    """Record a sitting of the examination that the course asks for; passed or not follows from the scores.

    A self-report is kept as a claim and decides no result; an official notice of the same sitting supersedes it. A sitting
    before the session is none of its course. `scores` are by field code.
    """
    enrollment = _lock_enrollment(enrollment_id)
    scheme = _scheme_of(enrollment)
    _refuse_source(enrollment, source, by)
    _refuse_day(taken_on, enrollment.session.starts_on, clock.business_date(enrollment.now))
    held = enrollment.exam_attempts.filter(taken_on=taken_on).standing().first()
    if held is not None and (held.source, source) != (ExamSource.SELF_REPORTED, ExamSource.OFFICIAL):
        raise ExamAlreadyRecorded
    return _write(enrollment, scheme, held, taken_on, total, scores, source, ANNOUNCED if held else "", by)


@operation
def correct_exam_attempt(
    *,
    attempt_id: int,
    total: int,
    scores: Mapping[str, int],
    reason: str,
    source: ExamSource,
    by: User | None,
) -> ExamAttempt:
    """Correct a sitting by a further revision with a reason; a self-report never changes an official result."""
    held = ExamAttempt.objects.select_related("scheme").get(pk=attempt_id)
    enrollment = _lock_enrollment(held.enrollment_id)
    _refuse_source(enrollment, source, by)
    if not enrollment.exam_attempts.standing().filter(pk=attempt_id).exists():
        raise Superseded
    if held.source == ExamSource.OFFICIAL and source == ExamSource.SELF_REPORTED:
        raise OfficialResultStands
    return _write(enrollment, held.scheme, held, held.taken_on, total, scores, source, reason, by)


def _lock_enrollment(enrollment_id: int) -> Enrollment:
    rows = lock_participants(Enrollment.objects.filter(pk=enrollment_id))
    if not rows:
        raise NotTakingPart
    return rows[0]


def _scheme_of(enrollment: Enrollment) -> ExamScheme:
    scheme = enrollment.course.policy.exam
    if scheme is None:
        raise NoExam
    return scheme


def _refuse_source(enrollment: Enrollment, source: ExamSource, by: User | None) -> None:
    """A self-report is the person's own word, an official notice never is."""
    own = by is not None and enrollment.staff.user_id == by.pk
    if own != (source == ExamSource.SELF_REPORTED):
        raise OwnRecord


def _refuse_day(taken_on: dt.date, first: dt.date, today: dt.date) -> None:
    faults = Faults()
    if taken_on > today:
        faults.add(
            "/taken_on", "in_the_future", "受験日は今日までです。", "The day of the sitting is not in the future."
        )
    if taken_on < first:
        day = first.isoformat()
        faults.add(
            "/taken_on", "before_the_session", f"受験日は{day}以後です。", f"The day of the sitting is {day} or later."
        )
    faults.refuse()


def _write(
    enrollment: Enrollment,
    scheme: ExamScheme,
    held: ExamAttempt | None,
    taken_on: dt.date,
    total: int,
    scores: Mapping[str, int],
    source: ExamSource,
    reason: str,
    by: User | None,
) -> ExamAttempt:
    fields = list(scheme.fields.order_by("position", "pk"))
    exams.check_scores(scheme, fields, total, scores)
    attempt = ExamAttempt.objects.create(
        enrollment=enrollment,
        scheme=scheme,
        taken_on=taken_on,
        revision=held.revision + 1 if held else 1,
        total=total,
        passed=exams.passes(scheme, fields, total, scores),
        source=source,
        reason=reason,
        by=by,
    )
    ExamScore.objects.bulk_create(ExamScore(attempt=attempt, field=each, score=scores[each.code]) for each in fields)
    derive_results([enrollment.pk], by=by)
    note(attempt, enrollment=enrollment.public_id, source=source, revision=attempt.revision)
    return attempt
