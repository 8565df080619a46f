"""How organisations, people, roles and the machine's books go out."""

from rest_framework import serializers

from academy.models import (
    Assignment,
    AssignmentKind,
    Certainty,
    GradeEquivalence,
    JobStatus,
    OrganizationEdge,
    OrganizationKind,
    Role,
    StaffStatus,
    StatusKind,
)
from academy.models.organizations import GradeGroup
from api.rows import FirstDay, Label, LastDay, Many, PublicId, Row, Text


class EdgeRow(Row):
    organization = PublicId("parent")
    name_ja = serializers.CharField(source="parent.name_ja")
    valid_from = FirstDay()
    valid_to = LastDay()


class OrganizationRow(Row):
    id = PublicId()
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    kind_label = Label("kind", OrganizationKind)
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    name_kana = serializers.CharField()
    area = serializers.CharField()
    valid_from = FirstDay()
    valid_to = LastDay()
    parents = Many(EdgeRow, lambda: OrganizationEdge.objects.order_by("during"), by="child_id")


class EquivalenceRow(Row):
    """The rank on the common scale, from a day until another; without one the grade is not comparable."""

    rank = serializers.IntegerField()
    certainty = serializers.ChoiceField(choices=Certainty.choices)
    certainty_label = Label("certainty", Certainty)
    valid_from = FirstDay()
    valid_to = LastDay()


class GradeRow(Row):
    id = PublicId()
    ladder = serializers.CharField(source="ladder.code")
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()
    rank = serializers.IntegerField()
    equivalences = Many(EquivalenceRow, lambda: GradeEquivalence.objects.order_by("during"), by="grade_id")
    group = serializers.ChoiceField(choices=GradeGroup.choices)
    group_label = Label("group", GradeGroup)


class NamedRow(Row):
    id = PublicId()
    code = serializers.CharField()
    name_ja = serializers.CharField()
    name_en = serializers.CharField()


class StatusRow(Row):
    kind = serializers.ChoiceField(choices=StatusKind.choices)
    kind_label = Label("kind", StatusKind)
    valid_from = FirstDay()
    valid_to = LastDay()


class AssignmentRow(Row):
    id = PublicId()
    staff = PublicId("staff")
    kind = serializers.ChoiceField(choices=AssignmentKind.choices)
    kind_label = Label("kind", AssignmentKind)
    organization = PublicId("organization")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    grade = PublicId("grade")
    grade_name_ja = serializers.CharField(source="grade.name_ja")
    job_family = PublicId("job_family")
    job_family_name_ja = serializers.CharField(source="job_family.name_ja")
    post = serializers.CharField()
    head_of_unit = serializers.BooleanField()
    headquarters = serializers.BooleanField()
    valid_from = FirstDay()
    valid_to = LastDay()


def full_name(family: str, given: str) -> str:
    return f"{family} {given}"


class StaffRow(Row):
    id = PublicId()
    staff_number = serializers.CharField(allow_null=True)
    name = Text("family_name", "given_name", made=full_name)
    kana = Text("family_kana", "given_kana", made=full_name)
    former_name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    hired_on = serializers.DateField()
    hiring_category = PublicId("hiring_category")
    issuer = PublicId("issuer")
    synthetic = serializers.BooleanField()


class StaffDetailRow(StaffRow):
    assignments = Many(AssignmentRow, lambda: Assignment.objects.live().order_by("during", "pk"), by="staff_id")


class OwnStaffRow(StaffDetailRow):
    """Oneself, with what is named only to the person and HR."""

    statuses = Many(StatusRow, lambda: StaffStatus.objects.live().order_by("during", "pk"), by="staff_id")


class RoleGrantRow(Row):
    id = PublicId()
    user = PublicId("user")
    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = Label("role", Role)
    organization = PublicId("organization", allow_null=True)
    program = serializers.UUIDField(allow_null=True)
    job_family = PublicId("job_family", allow_null=True)
    valid_from = FirstDay()
    valid_to = LastDay()
    revoked_at = serializers.DateTimeField(allow_null=True)


class JobRow(Row):
    id = PublicId()
    kind = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    status_label = Label("status", JobStatus)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    done_rows = serializers.IntegerField()
    all_rows = serializers.IntegerField()
    result = serializers.JSONField(allow_null=True)
    problem = serializers.JSONField(allow_null=True)


class AuditEventRow(Row):
    id = PublicId()
    at = serializers.DateTimeField()
    by = PublicId("by", allow_null=True)
    action = serializers.CharField()
    target_kind = serializers.CharField()
    target = serializers.UUIDField(allow_null=True)
    request_id = serializers.UUIDField(allow_null=True)
    detail = serializers.JSONField()
