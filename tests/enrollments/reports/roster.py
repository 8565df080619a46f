"""Rosters for the reports: enrolments with their steps and evidence, put down as rows with no rule in the way."""

import datetime as dt
from collections.abc import Sequence

from psycopg.types.multirange import Multirange

from academy.models import Grade, Organization, Staff
from courses.models import Lesson, Meeting, Session
from enrollments.models import Attendance, Enrollment, EnrollmentStep, LessonProgress, Mark
from tests.cast import Cast
from tests.stage import tokyo

DECIDED = tokyo("2022-06-01 09:00")
Step = tuple[str, dt.datetime]


def entry(
    cast: Cast,
    session: Session,
    staff: Staff,
    status: str,
    *,
    decided: dt.datetime | None = DECIDED,
    steps: Sequence[Step] = (),
    bureau: Organization | None = None,
    grade: Grade | None = None,
    reference: dt.date | None = None,
) -> Enrollment:
    """One enrolment as it stands; of the digital bureau and 主事 unless said otherwise."""
    made = Enrollment.objects.create(
        session=session,
        course=session.course,
        staff=staff,
        fiscal_year=session.fiscal_year,
        status=status,
        queue_no=session.enrollments.count() + 1,
        applied_at=DECIDED,
        decided_at=decided,
        reference_date=reference or session.starts_on,
        organization=bureau or cast.digital,
        bureau=bureau or cast.digital,
        grade=grade or cast.grades["shuji"],
        job_family=cast.office_family,
    )
    if not steps:
        Enrollment.objects.filter(pk=made.pk).write_first_steps(by=None)
    EnrollmentStep.objects.bulk_create(
        EnrollmentStep(subject=made, old=old, new=new, at=at)
        for old, (new, at) in zip(["enrolled", *(new for new, _ in steps)], steps, strict=False)
    )
    return made


def mark(enrollment: Enrollment, meeting: Meeting, *marks: Mark) -> None:
    """The marks of one meeting, the last of them holding."""
    for revision, each in enumerate(marks, start=1):
        reason = "訂正" if revision > 1 else ""
        Attendance.objects.create(
            enrollment=enrollment, meeting=meeting, revision=revision, mark=each, reason=reason, by=None
        )


def opened(enrollment: Enrollment, lesson: Lesson) -> None:
    """Opened, and nothing of it watched."""
    LessonProgress.objects.create(enrollment=enrollment, lesson=lesson, watched=Multirange())
