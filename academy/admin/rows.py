"""What central HR sees of people, organisations and the machine's books."""

from django.contrib import admin
from django.contrib.auth.models import Group

from academy.admin.labels import name_app, name_rows
from academy.admin.reading import ReadOnlyAdmin
from academy.models import (
    Assignment,
    AuditCase,
    AuditEvent,
    Delegation,
    Grade,
    HiringCategory,
    Job,
    JobFamily,
    Organization,
    OrganizationEdge,
    OrganizationSuccession,
    RoleGrant,
    RosterImport,
    RosterWindow,
    Staff,
    User,
)
from academy.text import bilingual

admin.site.unregister(Group)  # groups decide nothing here, and Django's page saves them by itself

name_app("academy", "人と組織", "People and organisations")
name_app("skills", "スキル", "Skills")
name_rows(User, "アカウント", "Accounts", kind=("種別", "Kind"), is_active=("有効", "Active"))
name_rows(Organization, "組織", "Organisations", name_ja=("名称", "Name"), kind=("種別", "Kind"), area=("分野", "Area"))
name_rows(
    OrganizationEdge, "組織の上下", "Parents of organisations", child=("下位", "Child"), parent=("上位", "Parent")
)
name_rows(
    OrganizationSuccession,
    "組織の承継",
    "Successions",
    predecessor=("前身", "Predecessor"),
    successor=("後身", "Successor"),
)
name_rows(Grade, "職層", "Grades", name_ja=("名称", "Name"), ladder=("体系", "Ladder"), rank=("順位", "Rank"))
name_rows(JobFamily, "職種", "Job families", name_ja=("名称", "Name"), field=("分野", "Field"))
name_rows(HiringCategory, "採用区分", "Hiring categories", name_ja=("名称", "Name"))
name_rows(
    Staff,
    "職員",
    "Staff",
    staff_number=("職員番号", "Staff number"),
    issuer=("任命権者", "Issuing body"),
    hired_on=("採用日", "Hired on"),
)
name_rows(
    Assignment,
    "発令",
    "Posts",
    staff=("職員", "Staff"),
    organization=("組織", "Organisation"),
    grade=("職層", "Grade"),
    during=("期間", "Dates"),
)
name_rows(
    RoleGrant, "権限", "Roles", role=("権限", "Role"), organization=("組織", "Organisation"), during=("期間", "Dates")
)
name_rows(RosterImport, "名簿の取込み", "Roster imports", status=("状態", "State"))
name_rows(RosterWindow, "待っている名簿", "Awaited rosters")
name_rows(Delegation, "代行", "Delegations")
name_rows(AuditCase, "監査", "Audit cases")
name_rows(Job, "ジョブ", "Jobs", status=("状態", "State"))
name_rows(AuditEvent, "操作の記録", "Audit trail", action=("操作", "Action"), at=("日時", "At"), by=("実行者", "By"))


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    list_display = ("username", "kind", "is_active", "created_at")
    list_filter = ("kind", "is_active")
    search_fields = ("username",)
    fields = ("username", "kind", "is_active", "created_at")  # never the digest of a password


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin[Organization]):
    list_display = ("code", "name_ja", "kind", "area", "during")
    list_filter = ("kind", "area")
    search_fields = ("code", "name_ja")
    ordering = ("position", "pk")


@admin.register(OrganizationEdge)
class OrganizationEdgeAdmin(ReadOnlyAdmin[OrganizationEdge]):
    list_display = ("child", "parent", "during")
    list_select_related = ("child", "parent")


@admin.register(Grade)
class GradeAdmin(ReadOnlyAdmin[Grade]):
    list_display = ("name_ja", "ladder", "rank", "group")
    list_filter = ("ladder", "group")
    list_select_related = ("ladder",)
    ordering = ("ladder", "rank")


@admin.register(JobFamily)
class JobFamilyAdmin(ReadOnlyAdmin[JobFamily]):
    list_display = ("code", "name_ja", "field")
    ordering = ("position", "pk")


@admin.register(HiringCategory)
class HiringCategoryAdmin(ReadOnlyAdmin[HiringCategory]):
    list_display = ("code", "name_ja")
    ordering = ("position", "pk")


@admin.register(Staff)
class StaffAdmin(ReadOnlyAdmin[Staff]):
    list_display = ("staff_number", "name", "kana", "issuer", "hiring_category", "hired_on")
    list_filter = ("hiring_category", "synthetic")
    list_select_related = ("issuer", "hiring_category")
    search_fields = ("staff_number", "family_name", "given_name", "family_kana")
    raw_id_fields = ("user", "issuer")

    @admin.display(description=bilingual("氏名", "Name"), ordering="name_folded")
    def name(self, row: Staff) -> str:
        return row.name

    @admin.display(description=bilingual("カナ", "Kana"), ordering="kana_folded")
    def kana(self, row: Staff) -> str:
        return row.kana


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin[Assignment]):
    list_display = ("staff", "kind", "organization", "grade", "job_family", "head_of_unit", "during")
    list_filter = ("kind", "grade", "job_family", "head_of_unit")
    list_select_related = ("staff", "organization", "grade", "job_family")
    search_fields = ("staff__staff_number",)


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin[RoleGrant]):
    list_display = ("user", "role", "organization", "job_family", "during", "granted_by", "granted_at")
    list_filter = ("role",)
    list_select_related = ("user", "organization", "job_family", "granted_by")
    search_fields = ("user__username",)


@admin.register(OrganizationSuccession)
class OrganizationSuccessionAdmin(ReadOnlyAdmin[OrganizationSuccession]):
    list_display = ("predecessor", "successor", "on", "kind", "certainty")
    list_filter = ("kind", "certainty")
    list_select_related = ("predecessor", "successor")


@admin.register(RosterImport)
class RosterImportAdmin(ReadOnlyAdmin[RosterImport]):
    list_display = ("root", "mode", "effective_on", "status", "lines", "faults", "ending", "uploaded_by", "applied_at")
    list_filter = ("status", "mode")
    list_select_related = ("root", "uploaded_by")


@admin.register(RosterWindow)
class RosterWindowAdmin(ReadOnlyAdmin[RosterWindow]):
    list_display = ("root", "effective_on", "expected_by", "closed_at")
    list_select_related = ("root",)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin[Delegation]):
    list_display = ("delegator", "delegate", "during", "reason", "revoked_at")
    list_select_related = ("delegator", "delegate")


@admin.register(AuditCase)
class AuditCaseAdmin(ReadOnlyAdmin[AuditCase]):
    list_display = ("auditor", "opened_by", "organization", "during", "closed_at")
    list_select_related = ("auditor", "opened_by", "organization")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    list_display = ("kind", "status", "requested_by", "created_at", "finished_at", "done_rows", "all_rows")
    list_filter = ("kind", "status")
    list_select_related = ("requested_by",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin[AuditEvent]):
    list_display = ("at", "by", "action", "target_kind", "target")
    list_filter = ("action",)
    list_select_related = ("by",)
    search_fields = ("target",)
