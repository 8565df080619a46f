"""Rows are shown, and nothing here changes one."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from academy.access import Rule, central_hr
from academy.admin_site import viewer_of
from academy.errors import DomainError
from academy.models import User
from academy.text import Text

M = TypeVar("M", bound=models.Model)

DONE = Text("{count}件", "Done: {count}")


class Shown:
    """Rows are shown by a rule of `access`. Django's own permissions and superusers decide nothing."""

    may_view: ClassVar[Rule] = central_hr

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and type(self).may_view(viewer_of(request), obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(Shown, admin.ModelAdmin[M]):
    """One kind of row; the newest first unless ordered otherwise."""

    list_per_page = 50
    show_full_result_count = False  # counting a large table costs more than the page
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    change_form_template = "admin/row.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: a free lookup would read a hidden column letter by letter."""
        return lookup.split("__")[0] in {str(name).split("__")[0] for name in self.list_filter}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Not here: Django's history knows what its own forms saved, which is nothing. The trail is `AuditEvent`."""
        raise Http404

    def press(self, request: HttpRequest, rows: QuerySet[M], call: Callable[[M, User], object]) -> None:
        """Call an operation for each chosen row, and say for each that was refused why."""
        done, by = 0, viewer_of(request).user
        for row in rows:
            try:
                call(row, by)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, str(DONE.format(count=done)), messages.SUCCESS)
