"""How organisations, people, roles and the machine's books go out."""

import datetime as dt

from rest_framework import serializers

from academy.facts import facts_of
from academy.models import (
    Assignment,
    AssignmentKind,
    Certainty,
    GradeEquivalence,
    JobStatus,
    Organization,
    OrganizationEdge,
    OrganizationKind,
    OrganizationSuccession,
    Role,
    StaffStatus,
    StatusKind,
    SuccessionKind,
)
from academy.models.organizations import GradeGroup
from api.rows import FirstDay, Label, LastDay, Many, PublicId, Row, Text, Values


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
    parents = Many(
        EdgeRow,
        lambda: OrganizationEdge.objects.order_by("during"),
        by="child_id",
        on_day=OrganizationEdge.objects.on,
    )


class SuccessionRow(Row):
    """What became of what: `on` is the first day of the successor's work."""

    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=SuccessionKind.choices)
    kind_label = Label("kind", SuccessionKind)
    certainty = serializers.ChoiceField(choices=Certainty.choices)
    certainty_label = Label("certainty", Certainty)
    note = serializers.CharField()


class PredecessorRow(SuccessionRow):
    id = PublicId("predecessor")
    code = serializers.CharField(source="predecessor.code")
    name_ja = serializers.CharField(source="predecessor.name_ja")


class SuccessorRow(SuccessionRow):
    id = PublicId("successor")
    code = serializers.CharField(source="successor.code")
    name_ja = serializers.CharField(source="successor.name_ja")


class OrganizationDetailRow(OrganizationRow):
    """With what it came of and what became of it, whenever that was."""

    predecessors = Many(
        PredecessorRow,
        lambda: OrganizationSuccession.objects.order_by("on", "predecessor__position"),
        by="successor_id",
    )
    successors = Many(
        SuccessorRow, lambda: OrganizationSuccession.objects.order_by("on", "successor__position"), by="predecessor_id"
    )


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
    deputy_of_unit = serializers.BooleanField()
    headquarters = serializers.BooleanField()
    work_place = PublicId("work_place", allow_null=True)
    work_place_name_ja = serializers.CharField(source="work_place.name_ja", allow_null=True)
    valid_from = FirstDay()
    valid_to = LastDay()


def full_name(family: str, given: str) -> str:
    return f"{family} {given}"


class NamedAssignmentRow(AssignmentRow):
    """A post with who holds it, by the name of the day that is asked about, or else of the post's last day until today."""

    staff_name = Text("family_name_on_day", "given_name_on_day", made=full_name)


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


class BarePostRow(Row):
    staff = PublicId("staff")
    organization = PublicId("organization")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    grade = PublicId("grade")
    grade_name_ja = serializers.CharField(source="grade.name_ja")
    job_family = PublicId("job_family")
    job_family_name_ja = serializers.CharField(source="job_family.name_ja")


class PostOnDayRow(BarePostRow):
    """The primary post of a day, with the bureau-level body to which its organisation belongs that day."""

    bureau = serializers.UUIDField()
    bureau_name_ja = serializers.CharField()


class StaffOnDayRow(StaffRow):
    """A person; where a day is asked about, by the names of the day and with its primary post, if there is one."""

    name = Text("family_name_on_day", "given_name_on_day", made=full_name)
    kana = Text("family_kana_on_day", "given_kana_on_day", made=full_name)
    post = PostOnDayRow(allow_null=True, required=False)


def with_posts(people: list[Values], day: dt.date) -> list[Values]:
    """Add the posts of a day to a page of people: three statements, however many they are."""
    held = Assignment.objects.on(day).primary().filter(staff__public_id__in=[each["id"] for each in people])
    posts, keys = BarePostRow.keyed(held, "staff_id")
    facts = facts_of([staff_id for staff_id, _ in keys], on=day)
    bodies = Organization.objects.in_bulk({each.bureau_id for each in facts.values()})
    by_person = {}
    for post, (staff_id, _) in zip(posts, keys, strict=True):
        bureau = bodies[facts[staff_id].bureau_id]
        by_person[post["staff"]] = {**post, "bureau": bureau.public_id, "bureau_name_ja": bureau.name_ja}
    return [{**each, "post": by_person.get(each["id"])} for each in people]


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
