"""The admin site, read-mostly: it shows rows to central HR and changes none; what a button does, an operation does."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from academy.access import Viewer, central_hr
from academy.errors import DomainError
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

M = TypeVar("M", bound=models.Model)


class ShownToCentralHR:
    """Rows are shown to academy HR without a scope. Django's own permissions and superusers decide nothing here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and central_hr(Viewer(user), None)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


P = TypeVar("P", bound=models.Model)


class ReadOnlyInline(ShownToCentralHR, admin.TabularInline[M, P]):
    """Rows of another kind below the row that they belong to."""

    extra = 0
    can_delete = False


class ReadOnlyAdmin(ShownToCentralHR, admin.ModelAdmin[M]):
    """One kind of row; the newest first unless ordered otherwise."""

    list_per_page = 50
    show_full_result_count = False  # counting a large table costs more than the page
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: a free lookup would read a hidden column letter by letter."""
        return lookup.split("__")[0] in {str(name).split("__")[0] for name in self.list_filter}

    def press(self, request: HttpRequest, rows: QuerySet[M], call: Callable[[M, User], object]) -> None:
        """Call an operation for each chosen row, and say for each that was refused why."""
        user = request.user
        if not isinstance(user, User):
            raise TypeError("the admin site knows users only")
        done = 0
        for row in rows:
            try:
                call(row, user)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"{done}件", messages.SUCCESS)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    list_display = ("username", "kind", "is_active", "is_staff", "created_at")
    list_filter = ("kind", "is_active")
    search_fields = ("username",)
    fields = ("username", "kind", "is_active", "is_staff", "created_at")  # never the digest of a password


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

    @admin.display(description="氏名", ordering="name_folded")
    def name(self, row: Staff) -> str:
        return row.name

    @admin.display(description="カナ", ordering="kana_folded")
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
