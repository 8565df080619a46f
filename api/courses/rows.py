"""How the catalogue goes out. A session's phase is told for the business time of the statement that reads it."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from academy.clock import BusinessNow
from api.academy.rows import full_name
from api.courses.deadline_rows import ApplicationRoundRow, DeadlineRuleRow, Deadlines
from api.courses.requirement_rows import CourseSkillRow, PrerequisiteRow
from api.rows import Computed, Flag, From, Label, Many, Number, PublicId, Row, Text, Until, Values
from courses.models import (
    ApplicationRound,
    AudiencePersonKind,
    ContentVersion,
    CourseSkill,
    DatePrecision,
    DeadlineRule,
    DueFrom,
    ExamField,
    Lesson,
    Meeting,
    MeetingForm,
    Mode,
    Module,
    Organiser,
    Pillar,
    Prerequisite,
    Recurrence,
    Selection,
    SessionInstructor,
    SessionStatus,
    Tier,
)
from courses.phases import Phase, is_open, is_running, phase_of
from enrollments.minimums import seats_held


class ProgramRow(Row):
    id = PublicId()
    code = serializers.CharField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    working_label = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    tier_label = Label("tier", Tier)
    pillar = serializers.ChoiceField(choices=Pillar.choices)
    pillar_label = Label("pillar", Pillar)
    organiser = serializers.ChoiceField(choices=Organiser.choices)
    organiser_label = Label("organiser", Organiser)
    mode = serializers.ChoiceField(choices=Mode.choices)
    mode_label = Label("mode", Mode)
    organization = PublicId("organization", allow_null=True)


class ExamFieldRow(Row):
    id = PublicId()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    score_max = serializers.IntegerField()
    score_min = serializers.IntegerField()


class ExamSchemeRow(Row):
    id = PublicId()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    total_max = serializers.IntegerField()
    total_min = serializers.IntegerField()
    reference = serializers.CharField(source="source")
    exam_fields = Many(ExamFieldRow, lambda: ExamField.objects.order_by("position", "pk"), by="scheme_id")


class CompletionPolicyRow(Row):
    id = PublicId()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    certifies = serializers.BooleanField()
    attendance_numerator = serializers.IntegerField()
    attendance_denominator = serializers.IntegerField()
    all_lessons = serializers.BooleanField()
    exam = PublicId("exam", allow_null=True)
    proposal = serializers.BooleanField()


class PolicyPart(Computed, serializers.Serializer[Any]):
    """The policy inside its course."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    certifies = serializers.BooleanField()
    attendance_numerator = serializers.IntegerField()
    attendance_denominator = serializers.IntegerField()
    all_lessons = serializers.BooleanField()
    exam = serializers.UUIDField(allow_null=True)
    proposal = serializers.BooleanField()

    columns = (
        *("public_id", "code", "name_ja", "name_en", "certifies", "attendance_numerator", "attendance_denominator"),
        *("all_lessons", "exam.public_id", "proposal"),
    )
    paths = tuple(f"policy.{column}" for column in columns)

    def value(self, *read: Any) -> Values:
        return dict(zip(self.fields, read, strict=True))


class LessonRow(Row):
    id = PublicId()
    module = PublicId("module")
    position = serializers.IntegerField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    seconds = serializers.IntegerField()


class ModuleRow(Row):
    id = PublicId()
    course = PublicId("version.course")
    version = PublicId("version")
    position = serializers.IntegerField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    lessons = Many(LessonRow, lambda: Lesson.objects.order_by("position"), by="module_id")


class DueFromField(Computed, serializers.ChoiceField):
    """From when the days of a course count; null where nothing is due."""

    paths = ("due_from",)

    def __init__(self) -> None:
        super().__init__(choices=DueFrom.choices, read_only=True, allow_null=True)

    def value(self, *read: Any) -> str | None:
        return read[0] or None


class CourseRow(Row):
    id = PublicId()
    program = PublicId("program")
    program_title_ja = serializers.CharField(source="program.title_ja")
    code = serializers.CharField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    summary = serializers.CharField()
    repeatable = serializers.BooleanField()
    recurrence = serializers.ChoiceField(choices=Recurrence.choices)
    recurrence_label = Label("recurrence", Recurrence)
    due_from = DueFromField()
    due_from_label = Text("due_from", made=lambda due_from: str(DueFrom(due_from).label) if due_from else "")
    due_days = serializers.IntegerField(allow_null=True)
    audience_note_ja = serializers.CharField(source="audience.note_ja")


def _taught() -> QuerySet[Module]:
    """The modules that a session published now would be held with, for planners too: drafts are read by their version."""
    return Module.objects.filter(version__in=ContentVersion.objects.current().values("pk")).order_by("position")


class CourseDetailRow(CourseRow):
    audience_rule = serializers.JSONField(source="audience.rule")
    policy = PolicyPart(read_only=True)
    modules = Many(ModuleRow, _taught, by="version__course_id")
    prerequisites = Many(PrerequisiteRow, lambda: Prerequisite.objects.order_by("pk"), by="course_id")
    skills = Many(CourseSkillRow, lambda: CourseSkill.objects.order_by("item__number", "pk"), by="course_id")
    deadline_rules = Many(DeadlineRuleRow, lambda: DeadlineRule.objects.order_by("pk"), by="course_id")


class AudiencePersonRow(Row):
    id = PublicId()
    staff = PublicId("staff")
    staff_name = Text("staff.family_name", "staff.given_name", made=full_name)
    kind = serializers.ChoiceField(choices=AudiencePersonKind.choices)
    kind_label = Label("kind", AudiencePersonKind)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class VenueRow(Row):
    id = PublicId()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    seats = serializers.IntegerField(allow_null=True)
    online = serializers.BooleanField()


class InstructorRow(Row):
    """A name and an affiliation. Which person an instructor is does not go out: `staff/` is no directory."""

    id = PublicId()
    name = serializers.CharField()
    affiliation = serializers.CharField()


class MeetingRow(Row):
    id = PublicId()
    session = PublicId("session")
    position = serializers.IntegerField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    form = serializers.ChoiceField(choices=MeetingForm.choices)
    form_label = Label("form", MeetingForm)
    archive_of = PublicId("archive_of", allow_null=True)
    precision = serializers.ChoiceField(choices=DatePrecision.choices)
    precision_label = Label("precision", DatePrecision)
    starts_at = From()
    ends_at = Until()
    month = serializers.DateField(allow_null=True)
    venue = PublicId("venue", allow_null=True)
    venue_name_ja = serializers.CharField(source="venue.name_ja", allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class SessionInstructorRow(Row):
    id = PublicId("instructor")
    name = serializers.CharField(source="instructor.name")
    affiliation = serializers.CharField(source="instructor.affiliation")


NOT_COUNTED = "定員のない回では数えず null / null where there is no capacity: such seats are not counted"
_PHASE_PATHS = ("status", "selection", "apply_from", "apply_until", "starts_on", "ends_on", "undated", "now")


class PhaseField(Computed, serializers.ChoiceField):
    """See `courses.phases`."""

    paths = _PHASE_PATHS

    def __init__(self) -> None:
        super().__init__(choices=Phase.choices, read_only=True)

    def value(self, *read: Any) -> str:
        return str(phase_of(*read))


def _phase_label(*read: Any) -> str:
    return str(phase_of(*read).label)


def _taken(capacity: int | None, taken: int) -> int | None:
    return None if capacity is None else taken


def _free(capacity: int | None, taken: int) -> int | None:
    return None if capacity is None else capacity - taken


class BelowMinimum(Computed, serializers.BooleanField):
    """Whether fewer seats are held than the session needs to take place."""

    paths = ("minimum", "held")

    def __init__(self) -> None:
        super().__init__(
            read_only=True, allow_null=True, help_text="最少催行人数がない回では null / null where there is no minimum"
        )

    def value(self, *read: Any) -> bool | None:
        minimum, held = read
        return None if minimum is None else held < minimum


class SessionRow(Row):
    """A session as everyone sees it. The online address is shown with a seat, above."""

    id = PublicId()
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    program = PublicId("course.program")
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    ordinal = serializers.IntegerField()
    all_time_ordinal = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=SessionStatus.choices)
    status_label = Label("status", SessionStatus)
    phase = PhaseField()
    phase_label = Text(*_PHASE_PATHS, made=_phase_label)
    open = Flag("status", "selection", "apply_from", "apply_until", "ends_on", "now", made=is_open)
    running = Flag("status", "starts_on", "ends_on", "undated", "now", made=is_running)
    selection = serializers.ChoiceField(choices=Selection.choices)
    selection_label = Label("selection", Selection)
    capacity = serializers.IntegerField(allow_null=True)
    seats_taken = Number("capacity", "seats_taken", made=_taken, help_text=NOT_COUNTED)
    free_seats = Number("capacity", "seats_taken", made=_free, help_text=NOT_COUNTED)
    minimum = serializers.IntegerField(allow_null=True)
    below_minimum = BelowMinimum()
    apply_from = serializers.DateTimeField(allow_null=True)
    apply_until = serializers.DateTimeField(allow_null=True)
    change_until = serializers.DateTimeField(allow_null=True)
    substitute_until = serializers.DateTimeField(allow_null=True)
    approve_until = serializers.DateTimeField(allow_null=True)
    nominate_until = serializers.DateTimeField(allow_null=True)
    withdraw_until = serializers.DateTimeField(allow_null=True)
    promote_until = serializers.DateTimeField(allow_null=True)
    deadlines = Deadlines()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    undated = serializers.BooleanField()
    synthetic = serializers.BooleanField()
    content = PublicId("content", allow_null=True)
    meetings = Many(MeetingRow, lambda: Meeting.objects.order_by("position"), by="session_id")
    instructors = Many(SessionInstructorRow, lambda: SessionInstructor.objects.order_by("pk"), by="session_id")
    rounds = Many(ApplicationRoundRow, lambda: ApplicationRound.objects.order_by("number"), by="session_id")

    @classmethod
    def keyed(
        cls, rows: QuerySet[Any], column: str, as_of: dt.date | None = None
    ) -> tuple[list[Values], list[tuple[Any, int]]]:
        return super().keyed(rows.annotate(now=BusinessNow(), held=seats_held()), column, as_of)


class SessionDetailRow(SessionRow):
    demand = serializers.IntegerField(
        allow_null=True,
        read_only=True,
        help_text="待っている人数。計画する人以外には null / how many wait in the queue; null for who does not plan it",
    )
