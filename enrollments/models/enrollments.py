"""Who sits where. The life of an enrolment is the table below; design §4 gives the words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict, Unpack

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, FilteredRelation, OuterRef, Q, Subquery, When
from psycopg.types.multirange import Multirange

from academy import statements
from academy.clock import BusinessNow
from academy.facts import Facts
from academy.models import Grade, JobFamily, Organization, RosterImport, Staff, User
from academy.models.base import Fact, PersonalData, Record, Retention, TimesField, append_only, one_at_a_time
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models import Course, Session
from enrollments.models.seats import seat_counters, seat_origin

Times = Multirange[Any] | None

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


class EndedAs(models.TextChoices):
    """What an end was: the status says which kind, this says why."""

    NOT_APPROVED = "not_approved", bilingual("不承認", "Not approved")
    NOT_SELECTED = "not_selected", bilingual("落選", "Not selected")
    INELIGIBLE = "ineligible", bilingual("対象外", "Not eligible")
    BEFORE_DECISION = "before_decision", bilingual("申込取下げ", "Withdrawn before the decision")
    AFTER_DECISION = "after_decision", bilingual("受講辞退", "Seat given up")
    OFFER_DECLINED = "offer_declined", bilingual("繰上げ辞退", "Offer declined")
    SUBSTITUTED = "substituted", bilingual("受講者の変更", "Somebody else takes part")
    TRANSFERRED = "transferred", bilingual("別の回へ変更", "Moved to another session")
    OTHER_WISH = "other_wish", bilingual("別の希望回で決定", "Another wish was fulfilled")
    BY_OFFICE = "by_office", bilingual("受講取消", "Cancelled by the office")
    UNDONE = "undone", bilingual("一括決定の取消し", "A bulk assignment was undone")
    SESSION_CANCELLED = "session_cancelled", bilingual("開催中止", "Session cancelled")
    OFFER_EXPIRED = "offer_expired", bilingual("繰上げ案内の期限切れ", "Offer expired")
    APPROVAL_OVERDUE = "approval_overdue", bilingual("承認の期限切れ", "Approval overdue")
    SESSION_BEGUN = "session_begun", bilingual("開始までに決定なし", "Not decided before the session began")


class EnrollmentQuerySet(StatefulQuerySet["Enrollment"]):
    def live(self) -> "EnrollmentQuerySet":
        return self.filter(status__in=LIVE)

    def seated(self) -> "EnrollmentQuerySet":
        return self.filter(status__in=SEATED)

    def waiting(self) -> "EnrollmentQuerySet":
        """The queue in its order: by priority, then by the number given under the session's lock."""
        return self.filter(status=Status.WAITLISTED).order_by("priority", "queue_no")

    def open_wishes(self) -> "EnrollmentQuerySet":
        """Those whose application has no seat by another wish."""
        seat = Enrollment.objects.filter(application=OuterRef("application"), status__in=SEATED)
        return self.filter(~Exists(seat.exclude(pk=OuterRef("pk"))))

    def with_queue_position(self) -> "EnrollmentQuerySet":
        """`queue_position`: 1 is next in the queue of the session; null for whoever does not wait."""
        sooner = Q(priority__lt=OuterRef("priority")) | Q(
            priority=OuterRef("priority"), queue_no__lte=OuterRef("queue_no")
        )
        ahead = Enrollment.objects.filter(sooner, session=OuterRef("session"), status=Status.WAITLISTED)
        position = Subquery(ahead.order_by().values("session").annotate(n=Count("pk")).values("n"))
        return self.annotate(queue_position=Case(When(status=Status.WAITLISTED, then=position)))

    def with_standing(self) -> "EnrollmentQuerySet":
        """`awaiting`: whose approval an application waits for; `offer_expires_at`; `on_behalf`: somebody else applied."""
        pending = FilteredRelation("approvals", condition=Q(approvals__status="pending"))
        return self.annotate(
            pending_approval=pending,
            awaiting=F("pending_approval__level"),
            offer_expires_at=Case(When(status=Status.OFFERED, then=F("offer__expires_at"))),
            on_behalf=ExpressionWrapper(Q(applied_by__isnull=False), models.BooleanField()),
        )

    def enroll(self, people: Sequence[Facts], **entry: Unpack["Entry"]) -> int:
        """Insert enrolments of several people with their first steps, in one statement; returns the first queue number.

        Organisation, bureau, grade and job family are those of the facts. Queue numbers follow the order of `people`;
        the session's lock, which the caller holds, makes that the order of coming.
        """
        [(first,)] = statements.run(
            _ENROLL.format(columns="id", answer="SELECT before + 1 FROM numbered"), _entries(people, entry)
        )
        return int(first)

    def enroll_one(self, person: Facts, **entry: Unpack["Entry"]) -> "Enrollment":
        """The same for one person; returns the row as the database has it."""
        fields = self.model._meta.concrete_fields
        columns = ", ".join(str(field.column) for field in fields)
        [row] = statements.run(
            _ENROLL.format(columns=columns, answer=f"SELECT {columns} FROM made"), _entries([person], entry)
        )
        return self.model.from_db(self.db, [field.attname for field in fields], row)


class Entry(TypedDict, total=False):
    """What enrolments that are made together share. `applied_by` is who acts for the person, and is left empty where it is
    the person; `batch` the key of the call that gave many seats; `application` that of one person's, of which this is the
    wish `preference`.
    """

    session: Required[Session]
    status: Required[str]
    busy: Required[Times]
    by: Required[User | None]
    applied_by: User | None
    batch: int | None
    application: int | None
    preference: int | None


def _entries(people: Sequence[Facts], entry: Entry) -> dict[str, Any]:
    by, applied_by = entry["by"], entry.get("applied_by")
    return {
        "session": entry["session"].pk,
        "status": str(entry["status"]),
        "seated": entry["status"] in SEATED,
        "busy": entry["busy"],
        "by": by.pk if by else None,
        "applied_by": applied_by.pk if applied_by else None,
        "batch": entry.get("batch"),
        "application": entry.get("application"),
        "preference": entry.get("preference"),
        "number": len(people),
        "staff": [facts.staff_id for facts in people],
        "day": [facts.on for facts in people],
        "organization": [facts.organization_id for facts in people],
        "bureau": [facts.bureau_id for facts in people],
        "grade": [facts.grade_id for facts in people],
        "job_family": [facts.job_family_id for facts in people],
        "new_recruit": [facts.new_recruit for facts in people],
    }


# The triggers of `made` run when the whole statement is done: they see the session with its new queue number.
_ENROLL = """
    WITH numbered AS (
        UPDATE courses_session SET last_queue_no = last_queue_no + %(number)s WHERE id = %(session)s
        RETURNING id, course_id, fiscal_year, last_queue_no - %(number)s AS before
    ), made AS (
        INSERT INTO enrollments_enrollment (
            public_id, session_id, course_id, fiscal_year, staff_id, status, priority, queue_no, applied_at, decided_at,
            reference_date, organization_id, bureau_id, grade_id, job_family_id, new_recruit, busy,
            one_seat_key, applied_by_id, batch_id, application_id, preference
        )
        SELECT academy_uuid7(), numbered.id, numbered.course_id, numbered.fiscal_year, person.staff, %(status)s, 100,
            numbered.before + person.number, academy_now(), CASE WHEN %(seated)s THEN academy_now() END,
            person.day, person.organization, person.bureau, person.grade, person.job_family, person.new_recruit,
            %(busy)s::tstzmultirange, CASE WHEN NOT course.repeatable THEN true END,
            NULLIF(%(applied_by)s::bigint, (SELECT user_id FROM academy_staff WHERE id = person.staff)),
            %(batch)s::bigint, %(application)s::bigint, %(preference)s::smallint
        FROM numbered
        JOIN courses_course AS course ON course.id = numbered.course_id
        CROSS JOIN unnest(
            %(staff)s::bigint[], %(day)s::date[], %(organization)s::bigint[], %(bureau)s::bigint[], %(grade)s::bigint[],
            %(job_family)s::bigint[], %(new_recruit)s::boolean[]
        ) WITH ORDINALITY AS person (staff, day, organization, bureau, grade, job_family, new_recruit, number)
        RETURNING {columns}
    ), stepped AS (
        INSERT INTO enrollments_enrollmentstep (subject_id, old, new, by_id, reason, at)
        SELECT id, '', %(status)s, %(by)s::bigint, '', academy_now() FROM made
    )
    {answer}
"""


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
    new_recruit = models.BooleanField(
        default=False, db_default=False, help_text="新規採用職員 / in the first fiscal year of service"
    )
    # Bureau and grade when the seat was given, by which quotas count: kept by a trigger, and a later move changes nothing.
    seat_bureau = models.ForeignKey(
        Organization,
        models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    seat_grade = models.ForeignKey(
        Grade, models.DO_NOTHING, null=True, editable=False, related_name="+", db_index=False, db_constraint=False
    )
    rank = models.PositiveIntegerField(null=True, blank=True, help_text="推薦順位 / rank in the list of the bureau")
    application = models.ForeignKey(
        "enrollments.Application", models.PROTECT, null=True, blank=True, related_name="enrollments", db_index=False
    )
    preference = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="希望順位 / which wish of the application, 1 is the first"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="代理で申し込んだ人 / who applied for the person; empty: the person, or a decision of the office",
    )
    batch = models.ForeignKey(
        "enrollments.SeatBatch", models.PROTECT, null=True, blank=True, related_name="enrollments", db_index=False
    )
    ended_as = models.CharField(max_length=20, choices=EndedAs.choices, blank=True, default="", db_default="")
    one_seat_key = models.BooleanField(
        null=True, editable=False, help_text="true where the course may be taken once a year; empty where repeats are"
    )

    objects = EnrollmentQuerySet.as_manager()

    now: dt.datetime  # business time, on rows that were locked for their records

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
            # A place in the queue is counted among those who wait, not among all of a session.
            models.Index(
                fields=["session", "priority", "queue_no"],
                name="enrollment_waiting",
                condition=Q(status=Status.WAITLISTED),
            ),
            models.Index(fields=["application"], name="enrollment_by_wish", condition=Q(application__isnull=False)),
            models.Index(fields=["batch"], name="enrollment_by_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["session"], name="enrollment_undecided", condition=Q(status=Status.APPLIED)),
            models.Index(fields=["session"], name="enrollment_offered", condition=Q(status=Status.OFFERED)),
        ]
        triggers = [legal_transitions("enrollment_transitions_are_legal", TRANSITIONS), seat_origin(), *seat_counters()]


class EnrollmentStep(Step):
    subject = models.ForeignKey(Enrollment, models.CASCADE, related_name="steps")

    personal_data = TRAINING

    class Meta:
        indexes = [models.Index(fields=["new", "at"], name="enrollment_step_by_state")]


class EnrollmentCorrection(Fact):
    """What a late roster put right on an enrolment: organisation, bureau, grade and job family of the reference date.

    Figures of an earlier moment are made with what was known then; nothing that was published changes.
    """

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="corrections")
    roster = models.ForeignKey(RosterImport, models.PROTECT, related_name="+")
    organization_before = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    organization_after = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    bureau_before = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    bureau_after = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    grade_before = models.ForeignKey(Grade, models.PROTECT, related_name="+", db_index=False)
    grade_after = models.ForeignKey(Grade, models.PROTECT, related_name="+", db_index=False)
    job_family_before = models.ForeignKey(JobFamily, models.PROTECT, related_name="+", db_index=False)
    job_family_after = models.ForeignKey(JobFamily, models.PROTECT, related_name="+", db_index=False)

    personal_data = TRAINING

    class Meta:
        triggers = [append_only("enrollment_corrections_are_append_only")]
