"""How enrolments, their history and the rules about them go out."""

from typing import Any

from rest_framework import serializers

from api.courses.rows import SessionRow
from api.rows import ChoiceOrNull, Label, Many, PublicId, Row, Text
from courses.audiences import Finding
from enrollments import completion
from enrollments.models import ApprovalLevel, EndedAs, EnrollmentStep, Status


def full_name(family: str, given: str) -> str:
    return f"{family} {given}"


class EnrollmentRow(Row):
    id = PublicId()
    session = PublicId("session")
    session_title_ja = serializers.CharField(source="session.title_ja")
    course = PublicId("course")
    program = PublicId("course.program")
    fiscal_year = serializers.IntegerField()
    staff = PublicId("staff")
    staff_name = Text("staff.family_name", "staff.given_name", made=full_name)
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status", Status)
    awaiting = serializers.ChoiceField(
        choices=ApprovalLevel.choices, allow_null=True, help_text="誰の承認を待つか / whose approval it waits for"
    )
    awaiting_label = Label("awaiting", ApprovalLevel, allow_null=True)
    ended_as = ChoiceOrNull("ended_as", EndedAs, help_text="継続中は null / null: not ended")
    ended_as_label = Label("ended_as", EndedAs, allow_null=True)
    offer_expires_at = serializers.DateTimeField(allow_null=True)
    on_behalf = serializers.BooleanField(help_text="代理の申込み / somebody else applied for the person")
    application = PublicId(
        "application", allow_null=True, help_text="希望回・回答のある申込み / with wishes or answers"
    )
    preference = serializers.IntegerField(allow_null=True, help_text="希望順位 / which wish of an application")
    queue_position = serializers.IntegerField(allow_null=True)
    priority = serializers.IntegerField()
    applied_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)
    reference_date = serializers.DateField()
    organization = PublicId("organization")
    bureau = PublicId("bureau")
    bureau_name_ja = serializers.CharField(source="bureau.name_ja")
    grade = PublicId("grade")
    grade_name_ja = serializers.CharField(source="grade.name_ja")
    job_family = PublicId("job_family")


class StepRow(Row):
    """One change of state. Who made it is told as a person's or the system's, no name."""

    old = serializers.CharField()
    new = serializers.ChoiceField(choices=Status.choices)
    new_label = Label("new", Status)
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class EnrollmentDetailRow(EnrollmentRow):
    """With its history; the online address only to the person who has the seat."""

    online_address = serializers.CharField(source="own_online_address", allow_null=True)
    steps = Many(StepRow, lambda: EnrollmentStep.objects.order_by("pk"), by="subject_id", always=True)


class CriterionRow(serializers.Serializer[Any]):
    """One criterion of the course's policy: how much it takes, how much there is."""

    code = serializers.CharField(help_text="attendance, lessons, exam, proposal")
    required = serializers.IntegerField()  # type: ignore[assignment]
    actual = serializers.IntegerField()
    met = serializers.BooleanField()
    text = serializers.CharField()


def criterion(found: completion.Finding) -> dict[str, Any]:
    """A criterion in the reader's language."""
    return {
        "code": found.code,
        "required": found.required,
        "actual": found.actual,
        "met": found.met,
        "text": str(found.text),
    }


class EnrollmentProgressRow(EnrollmentDetailRow):
    """With what the course asks for and what there is of it; as narrow as the scores and lessons it counts."""

    completion = CriterionRow(
        many=True,
        allow_null=True,
        help_text="受講していない間は空、成績を見られない人には null / empty without a seat, null for who sees no scores",
    )

    due_on = serializers.DateField(
        allow_null=True,
        help_text="この日までに修了する。採用・昇任から数える講座では本人と現在の人事だけに示す"
        " / complete it by this day; where it counts from hiring or grade only for oneself and for HR of today",
    )


class FindingRow(serializers.Serializer[Any]):
    condition = serializers.CharField()
    code = serializers.CharField()
    passed = serializers.BooleanField()
    blocks = serializers.BooleanField()
    required = serializers.CharField()  # type: ignore[assignment]
    actual = serializers.CharField()
    text = serializers.CharField()
    fix = serializers.CharField(allow_null=True)


def finding(found: Finding) -> dict[str, Any]:
    """A finding in the reader's language."""
    return {
        "condition": str(found.condition),
        "code": found.code,
        "passed": found.passed,
        "blocks": found.blocks,
        "required": str(found.required),
        "actual": str(found.actual),
        "text": str(found.text),
        "fix": str(found.fix) if found.fix else None,
    }


class EligibilityRow(serializers.Serializer[Any]):
    session = serializers.UUIDField()
    staff = serializers.UUIDField()
    eligible = serializers.BooleanField()
    findings = FindingRow(many=True)


class OpportunityRow(SessionRow):
    """A session that is meant for the person, with the conditions of its audience that say why, and last who decides about the seats."""

    why = FindingRow(many=True)


class OutcomeRow(serializers.Serializer[Any]):
    staff = serializers.UUIDField()
    succeeded = serializers.BooleanField()
    codes = serializers.ListField(child=serializers.CharField())


class AssignOutcomeRow(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    batch = serializers.UUIDField(
        allow_null=True, help_text="まとめて取り消すときに使う / to undo the seats that were given; null: none was"
    )
    results = OutcomeRow(many=True)
