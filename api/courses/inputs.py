"""What comes in for the catalogue."""

from typing import Any

from rest_framework import serializers

from academy.access import organizations_visible_to, staff_known_to
from api.inputs import FIRST_YEAR, LAST_YEAR, Day, Input, Moment, Reference
from courses import access
from courses.models import Deadline, DueFrom, MeetingForm, Mode, Organiser, Pillar, Recurrence, Selection, Tier
from courses.operations.policies import FieldOfExam
from courses.scheduling import Slot

LARGEST = 2_147_483_647  # what a database integer holds
LARGEST_SMALL = 32_767


class ProgramChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    working_label = serializers.CharField(max_length=100, required=False, allow_blank=True)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False)
    pillar = serializers.ChoiceField(choices=Pillar.choices, required=False)
    organiser = serializers.ChoiceField(choices=Organiser.choices, required=False)
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    organization = Reference(organizations_visible_to, required=False, allow_null=True)


class ProgramInput(ProgramChange):
    code = serializers.SlugField(max_length=60)
    title_ja = serializers.CharField(max_length=200)
    tier = serializers.ChoiceField(choices=Tier.choices)
    mode = serializers.ChoiceField(choices=Mode.choices)


class CourseChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    summary = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    policy = Reference(access.policies_visible_to, required=False)
    repeatable = serializers.BooleanField(required=False)
    recurrence = serializers.ChoiceField(choices=Recurrence.choices, required=False)
    due_from = serializers.ChoiceField(choices=DueFrom.choices, required=False, allow_null=True)
    due_days = serializers.IntegerField(min_value=0, max_value=LARGEST_SMALL, required=False, allow_null=True)
    rule = serializers.JSONField(required=False, help_text="対象の条件 / whom it is for, see courses.audiences")
    note_ja = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: Any) -> Any:
        found = super().validate(attrs)
        return {**found, "due_from": found["due_from"] or ""} if "due_from" in found else found


class CourseInput(CourseChange):
    program = Reference(access.programs_visible_to)
    code = serializers.SlugField(max_length=60)
    title_ja = serializers.CharField(max_length=200)
    policy = Reference(access.policies_visible_to)


class ModuleChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False)


class ModuleInput(ModuleChange):
    course = Reference(access.courses_visible_to)
    title_ja = serializers.CharField(max_length=200)


class LessonChange(ModuleChange):
    seconds = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)


class LessonInput(LessonChange):
    module = Reference(access.modules_visible_to)
    title_ja = serializers.CharField(max_length=200)
    seconds = serializers.IntegerField(min_value=1, max_value=LARGEST)


class NamingInput(Input):
    staff = Reference(staff_known_to)
    reason = serializers.CharField(max_length=300)


class UnnamingInput(Input):
    staff = Reference(staff_known_to)


class PolicyChange(Input):
    name_ja = serializers.CharField(max_length=200, required=False)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    certifies = serializers.BooleanField(required=False)
    attendance_numerator = serializers.IntegerField(min_value=0, max_value=LARGEST_SMALL, required=False)
    attendance_denominator = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False)
    all_lessons = serializers.BooleanField(required=False)
    exam = Reference(access.exam_schemes_visible_to, required=False, allow_null=True)
    proposal = serializers.BooleanField(required=False)


class PolicyInput(PolicyChange):
    code = serializers.SlugField(max_length=60)
    name_ja = serializers.CharField(max_length=200)


class ExamFieldBody(Input):
    code = serializers.SlugField(max_length=40)
    name_ja = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100, required=False, allow_blank=True)
    score_max = serializers.IntegerField(min_value=0, max_value=LARGEST)
    score_min = serializers.IntegerField(min_value=0, max_value=LARGEST)

    def validate(self, attrs: Any) -> FieldOfExam:
        return FieldOfExam(**super().validate(attrs))


class ExamSchemeChange(Input):
    name_ja = serializers.CharField(max_length=200, required=False)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reference = serializers.CharField(
        source="source", max_length=300, required=False, allow_blank=True, help_text="出典 / where the rule is from"
    )


class ExamSchemeInput(ExamSchemeChange):
    code = serializers.SlugField(max_length=60)
    name_ja = serializers.CharField(max_length=200)
    total_max = serializers.IntegerField(min_value=0, max_value=LARGEST)
    total_min = serializers.IntegerField(min_value=0, max_value=LARGEST)
    exam_fields: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ExamFieldBody(), max_length=50, required=False, source="fields"
    )


class VenueChange(Input):
    name_ja = serializers.CharField(max_length=200, required=False)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    seats = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True)


class VenueInput(VenueChange):
    code = serializers.SlugField(max_length=60)
    name_ja = serializers.CharField(max_length=200)
    online = serializers.BooleanField(required=False)


class InstructorChange(Input):
    name = serializers.CharField(max_length=100, required=False)
    affiliation = serializers.CharField(max_length=200, required=False, allow_blank=True)


class InstructorInput(InstructorChange):
    name = serializers.CharField(max_length=100)
    staff = Reference(staff_known_to, required=False)


class MeetingInput(Input):
    starts_at = Moment(required=False)
    ends_at = Moment(required=False)
    month = Day(required=False, help_text="月の初日 / the first day of the month")
    title_ja = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    venue = Reference(access.venues_visible_to, required=False)
    form = serializers.ChoiceField(choices=MeetingForm.choices, required=False)
    archive_of = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_SMALL,
        required=False,
        help_text="録画した元のコマの順番 / the position, from 1, of the meeting that was recorded",
    )

    def validate(self, attrs: Any) -> Slot:
        given = super().validate(attrs)
        return Slot(**{**given, "form": MeetingForm(given.get("form", MeetingForm.LIVE))})


class SessionChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ordinal = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False)
    all_time_ordinal = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False, allow_null=True)
    selection = serializers.ChoiceField(choices=Selection.choices, required=False)
    apply_from = Moment(required=False, allow_null=True)
    apply_until = Moment(required=False, allow_null=True)
    change_until = Moment(required=False, allow_null=True)
    substitute_until = Moment(required=False, allow_null=True)
    approve_until = Moment(required=False, allow_null=True)
    nominate_until = Moment(required=False, allow_null=True)
    withdraw_until = Moment(required=False, allow_null=True)
    promote_until = Moment(required=False, allow_null=True)
    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, allow_null=True)
    minimum = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True)
    undated = serializers.BooleanField(required=False, help_text="日程未定 / no date yet, with a fiscal year")
    fiscal_year = serializers.IntegerField(
        min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, help_text="日程未定の回だけ / without a date only"
    )
    online_address = serializers.URLField(max_length=200, required=False, allow_blank=True)
    starts_on = Day(required=False)
    ends_on = Day(required=False)
    meetings: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=MeetingInput(), max_length=100, required=False
    )
    instructors = serializers.ListField(child=Reference(access.instructors_visible_to), max_length=50, required=False)


class DraftChange(SessionChange):
    follow_rules = serializers.ListField(
        child=serializers.ChoiceField(choices=Deadline.choices),
        max_length=3,
        required=False,
        help_text="手で決めた期限のうち規則に戻すもの / deadlines set by hand that follow the rules again",
    )


class SessionInput(SessionChange):
    course = Reference(access.courses_visible_to)
    rule = serializers.JSONField(required=False, help_text="この回だけの対象 / an audience of this session's own")


class OpenInput(Input):
    apply_until = Moment(required=False, allow_null=True)
