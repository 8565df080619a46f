"""How learning records go out."""

from typing import Any

from rest_framework import serializers

from api.academy.rows import full_name
from api.rows import Computed, Flag, From, Label, Many, PublicId, Row, Text, Until
from courses.models import MeetingForm
from enrollments.models import (
    AbsenceNotice,
    Attendance,
    ExamScore,
    ExamSource,
    Mark,
    MeetingExemption,
    Status,
    TeamMember,
)


class HeldMeetingRow(Row):
    id = PublicId()
    position = serializers.IntegerField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    starts_at = From()
    ends_at = Until()
    month = serializers.DateField(allow_null=True)
    form = serializers.ChoiceField(choices=MeetingForm.choices)
    form_label = Label("form", MeetingForm)
    archive_of = PublicId("archive_of", allow_null=True)
    cancelled = Flag("cancelled_at", made=lambda cancelled_at: cancelled_at is not None)


class MarkRow(Row):
    """The mark that holds at one meeting, live or an archive; `revision` above 1 says that it was corrected."""

    meeting = PublicId("meeting")
    form = serializers.ChoiceField(choices=MeetingForm.choices, source="meeting.form")
    mark = serializers.ChoiceField(choices=Mark.choices)
    mark_label = Label("mark", Mark)
    revision = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()


class ExemptionRow(Row):
    """A meeting that the person need not attend."""

    meeting = PublicId("meeting")


class AbsenceToldRow(Row):
    """A meeting of which the person said before that they would not be there; why is not told here."""

    meeting = PublicId("meeting")
    at = serializers.DateTimeField()


class AttendanceRow(Row):
    enrollment = PublicId()
    staff = PublicId("staff")
    name = Text("staff.family_name", "staff.given_name", made=full_name)
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status", Status)
    marks = Many(MarkRow, lambda: Attendance.objects.current(), by="enrollment_id")
    exemptions = Many(ExemptionRow, lambda: MeetingExemption.objects.order_by("pk"), by="enrollment_id")
    absences_told = Many(
        AbsenceToldRow, lambda: AbsenceNotice.objects.filter(withdrawn_at=None).order_by("pk"), by="enrollment_id"
    )


class AttendanceGrid(serializers.Serializer[Any]):
    """A page of who takes part, with the meetings of the session."""

    meetings = HeldMeetingRow(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AttendanceRow(many=True)
    count = serializers.IntegerField(required=False)


class MarkedMeeting(serializers.Serializer[Any]):
    """How a meeting stands: how many of those who take part hold which mark."""

    meeting = HeldMeetingRow()
    present = serializers.IntegerField()
    late = serializers.IntegerField()
    absent = serializers.IntegerField()
    unmarked = serializers.IntegerField()


class Stretches(Computed, serializers.ListField):
    """Watched stretches as pairs `[from, to)` of seconds, in order and apart from each other."""

    def __init__(self, path: str = "watched") -> None:
        self.paths = (path,)
        pair = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
        super().__init__(child=pair, read_only=True)

    def value(self, *read: Any) -> list[list[int]]:
        return [[stretch.lower, stretch.upper] for stretch in read[0]]


class LessonProgressRow(Row):
    id = PublicId(allow_null=True)
    enrollment = PublicId("enrollment")
    staff = PublicId("enrollment.staff")
    lesson = PublicId("lesson")
    title_ja = serializers.CharField(source="lesson.title_ja")
    title_en = serializers.CharField(source="lesson.title_en")
    seconds = serializers.IntegerField(source="lesson.seconds")
    seconds_watched = serializers.IntegerField()
    stretches = Stretches()
    opened_at = serializers.DateTimeField(allow_null=True)
    viewed_at = serializers.DateTimeField(allow_null=True)


class ScoreRow(Row):
    code = serializers.CharField(source="field.code")
    name_ja = serializers.CharField(source="field.name_ja")
    name_en = serializers.CharField(source="field.name_en")
    score = serializers.IntegerField()
    score_min = serializers.IntegerField(source="field.score_min")


class ExamAttemptRow(Row):
    id = PublicId()
    enrollment = PublicId("enrollment")
    staff = PublicId("enrollment.staff")
    scheme = PublicId("scheme")
    scheme_name_ja = serializers.CharField(source="scheme.name_ja")
    taken_on = serializers.DateField()
    revision = serializers.IntegerField()
    current = serializers.BooleanField(help_text="この受験の最新の版 / the revision of the sitting that holds")
    total = serializers.IntegerField()
    passed = serializers.BooleanField()
    scores = Many(ScoreRow, lambda: ExamScore.objects.order_by("field__position", "pk"), by="attempt_id")
    source = serializers.ChoiceField(choices=ExamSource.choices)  # type: ignore[assignment]
    source_label = Label("source", ExamSource)
    reason = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class MemberRow(Row):
    enrollment = PublicId("enrollment")
    name = Text("enrollment.staff.family_name", "enrollment.staff.given_name", made=full_name)
    leader = serializers.BooleanField()


class TeamRow(Row):
    id = PublicId()
    session = PublicId("session")
    name = serializers.CharField()
    theme = serializers.CharField()
    created_at = serializers.DateTimeField()
    members = Many(MemberRow, lambda: TeamMember.objects.order_by("pk"), by="team_id")


class ProposalRow(Row):
    id = PublicId()
    team = PublicId("team")
    team_name = serializers.CharField(source="team.name")
    revision = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    presented_on = serializers.DateField(source="presentation.presented_on", allow_null=True)
