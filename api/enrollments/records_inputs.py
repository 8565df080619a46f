"""What comes in about learning records."""

from rest_framework import serializers

from api.inputs import Day, Input, Reference
from courses.access import meetings_visible_to
from enrollments.access import records as records_access
from enrollments.models import Mark

MOST_MARKS = 5_000
MOST_STRETCHES = 500
MOST_MEMBERS = 100


class MarkInput(Input):
    enrollment = serializers.UUIDField()
    mark = serializers.ChoiceField(choices=Mark.choices)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AttendanceInput(Input):
    """`rest` marks whoever takes part, is not named and has no mark yet."""

    meeting = Reference(meetings_visible_to)
    marks = serializers.ListField(child=MarkInput(), required=False, default=list, max_length=MOST_MARKS)
    rest = serializers.ChoiceField(choices=[Mark.PRESENT, Mark.ABSENT], required=False, allow_null=True, default=None)


class ProgressInput(Input):
    """Pairs `[from, to)` of seconds; none opens the lesson."""

    stretches = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        required=False,
        default=list,
        max_length=MOST_STRETCHES,
    )


class ScoresInput(Input):
    total = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.IntegerField(), help_text="分野コード別 / by field code")


class ExamAttemptInput(ScoresInput):
    enrollment = Reference(records_access.scored_enrollments_visible_to)
    taken_on = Day()


class CorrectionInput(ScoresInput):
    reason = serializers.CharField(max_length=300)


class TeamInput(Input):
    session = Reference(records_access.sessions_run_by)
    name = serializers.CharField(max_length=100)
    theme = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    members = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_MEMBERS, help_text="受講 / enrolments"
    )
    leader = serializers.UUIDField(required=False, allow_null=True, default=None)


class ProposalInput(Input):
    team = Reference(records_access.teams_visible_to)
    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(max_length=10_000)


class PresentationInput(Input):
    presented_on = Day()
