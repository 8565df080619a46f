"""Who sits where. The life of an enrolment is the table below; design §4 gives the words."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q

from academy.clock import BusinessNow
from academy.models import Grade, JobFamily, Organization, Staff
from academy.models.base import PersonalData, Record, Retention, TimesField, one_at_a_time
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models import Course, Session
from enrollments.models.seats import seat_counters

TRAINING = PersonalData("training: who takes part in what, with what result", Retention.TRAINING_RECORD)


class Status(models.TextChoices):
    APPLIED = "applied", bilingual("申込中", "Applied")
    WAITLISTED = "waitlisted", bilingual("キャンセル待ち", "Waitlisted")
    OFFERED = "offered", bilingual("繰上げ案内中", "Offered")
    ENROLLED = "enrolled", bilingual("受講決定", "Enrolled")
    IN_PROGRESS = "in_progress", bilingual("受講中", "In progress")
    ATTENDED = "attended", bilingual("参加", "Attended")
    COMPLETED = "completed", bilingual("修了", "Completed")
    NOT_COMPLETED = "not_completed", bilingual("未修了", "Not completed")
    ABSENT = "absent", bilingual("欠席", "Absent")
    REJECTED = "rejected", bilingual("不承認・落選・対象外", "Rejected")
    WITHDRAWN = "withdrawn", bilingual("取下げ・辞退", "Withdrawn")
    CANCELLED = "cancelled", bilingual("取消", "Cancelled")
    LAPSED = "lapsed", bilingual("期限切れ", "Lapsed")


JUDGED = (Status.ATTENDED, Status.COMPLETED, Status.NOT_COMPLETED, Status.ABSENT)
LIVE = (Status.APPLIED, Status.WAITLISTED, Status.OFFERED, Status.ENROLLED, Status.IN_PROGRESS)
SEATED = (Status.OFFERED, Status.ENROLLED, Status.IN_PROGRESS, *JUDGED)
ENDED = (Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED, Status.LAPSED)

TRANSITIONS: Mapping[str, set[str]] = {
    Status.APPLIED: {
        Status.WAITLISTED, Status.ENROLLED, Status.REJECTED, Status.LAPSED, Status.WITHDRAWN, Status.CANCELLED,
    },
    Status.WAITLISTED: {
        Status.OFFERED, Status.ENROLLED, Status.REJECTED, Status.LAPSED, Status.WITHDRAWN, Status.CANCELLED,
    },
    Status.OFFERED: {Status.ENROLLED, Status.LAPSED, Status.WITHDRAWN, Status.CANCELLED},
    Status.ENROLLED: {Status.IN_PROGRESS, *JUDGED, Status.WITHDRAWN, Status.CANCELLED},
    Status.IN_PROGRESS: {*JUDGED, Status.WITHDRAWN, Status.CANCELLED},
    **{judged: {other for other in JUDGED if other != judged} for judged in JUDGED},
    **{ended: set() for ended in ENDED},
}  # fmt: skip


class EnrollmentQuerySet(StatefulQuerySet["Enrollment"]):
    def live(self) -> "EnrollmentQuerySet":
        return self.filter(status__in=LIVE)

    def seated(self) -> "EnrollmentQuerySet":
        return self.filter(status__in=SEATED)

    def waiting(self) -> "EnrollmentQuerySet":
        """The queue in its order: by priority, then by the number given under the session's lock."""
        return self.filter(status=Status.WAITLISTED).order_by("priority", "queue_no")


class Enrollment(Stateful, Record):
    """One person in one session. Organisation, bureau, grade and job family are those of the reference date."""

    TRANSITIONS = TRANSITIONS

    session = models.ForeignKey(Session, models.PROTECT, related_name="enrollments")
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrollments")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="enrollments")
    fiscal_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices)
    priority = models.SmallIntegerField(default=100, help_text="小さいほど先 / smaller comes first")
    queue_no = models.PositiveIntegerField()
    applied_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, help_text="席を得た時 / when the seat was given")
    judged_at = models.DateTimeField(null=True, blank=True)
    reference_date = models.DateField()
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    bureau = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="+")
    job_family = models.ForeignKey(JobFamily, models.PROTECT, related_name="+")
    busy = TimesField(null=True, editable=False)  # the session's live meetings
    one_seat_key = models.BooleanField(
        null=True, editable=False, help_text="true where the course may be taken once a year; empty where repeats are"
    )

    objects = EnrollmentQuerySet.as_manager()

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="enrollment_queue_number_is_unique", fields=["session", "queue_no"]),
            models.UniqueConstraint(
                name="enrollment_one_per_person_and_session",
                fields=["session", "staff"],
                condition=Q(status__in=[*LIVE, *JUDGED]),
            ),
            models.UniqueConstraint(
                name="enrollment_one_seat_per_person_course_and_year",
                fields=["course", "staff", "fiscal_year"],
                condition=Q(status__in=SEATED, one_seat_key=True),
            ),
            one_at_a_time(
                "enrollment_person_not_in_two_places",
                of="staff_id",
                during="busy",
                condition=Q(status__in=SEATED, busy__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["applied_at", "id"], name="enrollment_by_application"),
            models.Index(fields=["session", "applied_at", "id"], name="enrollment_by_session"),
            models.Index(fields=["staff", "applied_at", "id"], name="enrollment_by_staff"),
            models.Index(fields=["bureau", "applied_at", "id"], name="enrollment_by_bureau"),
        ]
        triggers = [legal_transitions("enrollment_transitions_are_legal", TRANSITIONS), *seat_counters()]


class EnrollmentStep(Step):
    subject = models.ForeignKey(Enrollment, models.CASCADE, related_name="steps")

    personal_data = TRAINING

    class Meta:
        indexes = [models.Index(fields=["new", "at"], name="enrollment_step_by_state")]
