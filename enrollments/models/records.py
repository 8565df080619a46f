"""Learning records: the evidence from which a result is derived. Facts are superseded by a later one, never changed."""

from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from psycopg.types.multirange import Multirange

from academy.clock import BusinessNow
from academy.models.base import Fact, Record, append_only
from academy.text import bilingual
from courses.models import ExamField, ExamScheme, Lesson, Meeting, Session
from enrollments.models.enrollments import JUDGED, TRAINING, Enrollment, Status

# Who takes part, so that evidence counts: a seat that is held, not one that is still on offer.
PARTICIPATING = (Status.ENROLLED, Status.IN_PROGRESS, *JUDGED)


class Mark(models.TextChoices):
    PRESENT = "present", bilingual("出席", "Present")
    LATE = "late", bilingual("遅刻", "Late")
    ABSENT = "absent", bilingual("欠席", "Absent")


# A late comer was there; how many minutes count is a rule of the programmes that measure them.
THERE = (Mark.PRESENT, Mark.LATE)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def current(self) -> "AttendanceQuerySet":
        """The mark that holds: the last one of each enrolment and meeting."""
        return self.order_by("enrollment_id", "meeting_id", "-revision").distinct("enrollment_id", "meeting_id")

    def counted(self, *, among: models.QuerySet[Enrollment]) -> dict[str, int]:
        """How many of the enrolments hold which mark."""
        held = self.filter(enrollment__in=among.order_by().values("pk")).current()
        marks = Attendance.objects.filter(pk__in=held.values("pk")).values_list("mark").order_by()
        return dict(marks.annotate(number=models.Count("pk")))


class Attendance(Fact):
    """A mark for one person at one meeting; a correction is a further revision with a reason."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attendances")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    revision = models.PositiveSmallIntegerField(default=1)
    mark = models.CharField(max_length=10, choices=Mark.choices)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    personal_data = TRAINING

    class Meta:
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(name="attendance_revision_is_unique", fields=["enrollment", "meeting", "revision"]),
            models.CheckConstraint(name="attendance_correction_has_a_reason", condition=Q(revision=1) | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["meeting", "enrollment"], name="attendance_by_meeting")]
        triggers = [append_only("attendance_is_append_only")]


class SecondsField(models.Field[Multirange[int] | None, Multirange[int] | None]):
    """Watched stretches of a video in seconds, as one value: their union cannot count a stretch twice."""

    def db_type(self, connection: object) -> str:
        return "int4multirange"

    def get_internal_type(self) -> str:
        return "SecondsField"


class SecondsIn(Func):
    """How many seconds the stretches add up to."""

    template = "(SELECT coalesce(sum(upper(stretch) - lower(stretch)), 0)::int FROM unnest(%(expressions)s) AS stretch)"
    output_field = IntegerField()


class Union(Func):
    """Two sets of stretches as one."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    arity = 2
    output_field = SecondsField()


def watched_with(stretches: Iterable[tuple[int, int]]) -> Combinable:
    """What was watched, joined with further stretches `[from, to)`."""
    text = ",".join(f"[{begin:d},{end:d})" for begin, end in stretches)
    return Union(F("watched"), Cast(Value(f"{{{text}}}"), SecondsField()))


_SHRINKS = pgtrigger.Condition(
    "NOT NEW.watched @> OLD.watched OR NEW.seconds_watched < OLD.seconds_watched"
    " OR NEW.viewed_at IS DISTINCT FROM coalesce(OLD.viewed_at, NEW.viewed_at)"
)


class LessonProgress(Record):
    """What of a lesson a person has watched: the union of the reported stretches, which only grows."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="lesson_progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="progress")
    watched = SecondsField()
    seconds_watched = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    reported_at = models.DateTimeField(db_default=BusinessNow())  # time up to which watching is accounted for
    viewed_at = models.DateTimeField(null=True, blank=True, help_text="最後まで視聴した時 / when all of it was seen")

    personal_data = TRAINING

    class Meta:
        verbose_name_plural = "lesson progress"
        constraints = [
            models.UniqueConstraint(name="lesson_progress_is_one_per_lesson", fields=["enrollment", "lesson"])
        ]
        indexes = [models.Index(fields=["opened_at", "id"], name="lesson_progress_by_opening")]
        triggers = [
            pgtrigger.Protect(name="lesson_progress_never_shrinks", operation=pgtrigger.Update, condition=_SHRINKS),
            pgtrigger.Protect(name="lesson_progress_is_kept", operation=pgtrigger.Delete),
        ]


class ExamSource(models.TextChoices):
    SELF_REPORTED = "self_reported", bilingual("自己申告", "Self-reported")
    OFFICIAL = "official", bilingual("実施機関の通知", "Official notice")


class ExamAttemptQuerySet(models.QuerySet["ExamAttempt"]):
    def with_current(self) -> "ExamAttemptQuerySet":
        """Say of each revision whether it is the one that holds: the last of its sitting."""
        return self.annotate(current=_holds())

    def standing(self) -> "ExamAttemptQuerySet":
        """The revision that holds, of each sitting."""
        return self.filter(_holds())


def _holds() -> Combinable:
    later = ExamAttempt.objects.filter(
        enrollment=OuterRef("enrollment"), taken_on=OuterRef("taken_on"), revision__gt=OuterRef("revision")
    )
    return ~Exists(later)


class ExamAttempt(Fact):
    """One sitting of an outside examination; a correction is a further revision of the same sitting."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="exam_attempts")
    scheme = models.ForeignKey(ExamScheme, models.PROTECT, related_name="attempts")
    taken_on = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    total = models.PositiveIntegerField()
    passed = models.BooleanField(editable=False, help_text="合格基準から計算 / derived from the scheme")
    source = models.CharField(max_length=20, choices=ExamSource.choices)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ExamAttemptQuerySet.as_manager()

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exam_attempt_revision_is_unique", fields=["enrollment", "taken_on", "revision"]
            ),
            models.CheckConstraint(
                name="exam_attempt_correction_has_a_reason", condition=Q(revision=1) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["recorded_at", "id"], name="exam_attempt_by_time")]
        triggers = [append_only("exam_attempts_are_append_only")]


class ExamScore(models.Model):
    """The score of one field of a sitting."""

    id = models.BigAutoField(primary_key=True)
    attempt = models.ForeignKey(ExamAttempt, models.PROTECT, related_name="scores")
    field = models.ForeignKey(ExamField, models.PROTECT, related_name="+")
    score = models.PositiveIntegerField()

    personal_data = TRAINING

    class Meta:
        constraints = [models.UniqueConstraint(name="exam_score_is_one_per_field", fields=["attempt", "field"])]
        triggers = [append_only("exam_scores_are_append_only")]


class Team(Record):
    """A group of a leader training or an ideathon, with the theme it works on."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=100)
    theme = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="team_name_is_unique_in_its_session", fields=["session", "name"])]
        indexes = [models.Index(fields=["created_at", "id"], name="team_by_creation")]

    def __str__(self) -> str:
        return self.name


class TeamMember(Record):
    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="team_member")
    leader = models.BooleanField(default=False)

    personal_data = TRAINING

    class Meta:
        constraints = [models.UniqueConstraint(name="team_has_one_leader", fields=["team"], condition=Q(leader=True))]


class Proposal(Fact):
    """事業提案: what a team handed in; a later version is a further revision."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="proposals")
    revision = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        constraints = [models.UniqueConstraint(name="proposal_revision_is_unique", fields=["team", "revision"])]
        indexes = [models.Index(fields=["recorded_at", "id"], name="proposal_by_time")]
        triggers = [append_only("proposals_are_append_only")]


class Presentation(Fact):
    """成果発表: that a proposal was presented, on which day."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="presentation")
    presented_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        triggers = [append_only("presentations_are_append_only")]


class MeetingExemption(Record):
    """One meeting that an enrolled person need not attend: it binds them no more, and leaves what attendance is counted of."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="exemptions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="exemptions")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="meeting_is_exempted_once", fields=["enrollment", "meeting"]),
            models.CheckConstraint(name="meeting_exemption_has_a_reason", condition=~Q(reason="")),
        ]
        triggers = [append_only("meeting_exemptions_are_append_only")]
