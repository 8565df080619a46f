"""Kinds of rows with buttons. A button opens a page that asks for what its operation needs and says what it will do;
sent off, the operation does it, or its refusal comes back to the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from academy.access import Rule, Viewer
from academy.admin.forms import OperationForm
from academy.admin.reading import ReadOnlyAdmin
from academy.admin_site import viewer_of
from academy.text import Text

M = TypeVar("M", bound=models.Model)

DID = Text("{what}: {row}", "{what}: {row}")


def _always(row: Any) -> bool:
    return True


def _no_links(row: Any) -> Sequence[tuple[Text, str]]:
    return ()


@dataclass(frozen=True)
class Button:
    """What can be done with a row: `name` stands in the address, `may` says who, `suits` when it is worth showing."""

    name: str
    label: Text
    form: type[OperationForm]
    may: Rule
    suits: Callable[[Any], bool] = _always
    warning: Text | None = None


@dataclass(frozen=True)
class Table:
    """More that is shown on the page of a row."""

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[object]]


class OperationAdmin(ReadOnlyAdmin[M]):
    """Shows the rows that the viewer works on; each of the buttons is an operation, by the rule that the API asks."""

    visible: ClassVar[Callable[[Viewer], QuerySet[Any]]]  # which rows the viewer works on
    adding: ClassVar[Button | None] = None
    buttons: ClassVar[tuple[Button, ...]] = ()
    listing: ClassVar[tuple[Button, ...]] = ()  # buttons of the list, about no row
    links: ClassVar[tuple[tuple[Text, str], ...]] = ()  # beside them: addresses of the API that give files
    more: ClassVar[tuple[Callable[[HttpRequest, Any], Table], ...]] = ()  # tables that others add to the page of a row
    links_of: ClassVar[Callable[[Any], Sequence[tuple[Text, str]]]] = _no_links  # such addresses of one row
    change_list_template = "admin/rows.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return type(self).visible(viewer_of(request)).order_by(*self.get_ordering(request))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        adding = type(self).adding
        return adding is not None and self.has_view_permission(request) and adding.may(viewer_of(request), None)

    def tables(self, request: HttpRequest, row: M) -> Sequence[Table]:
        return ()

    # Pages.

    def get_urls(self) -> list[Any]:
        address = "<int:pk>/do/<slug:name>/"
        button = path(address, self.admin_site.admin_view(self.press_view), name=self._address("do"))
        listed = path("do/<slug:name>/", self.admin_site.admin_view(self.press_listed_view), name=self._address("all"))
        return [button, listed, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        viewer = viewer_of(request)
        buttons = [
            {"label": str(each.label), "address": reverse(f"admin:{self._address('all')}", kwargs={"name": each.name})}
            for each in type(self).listing
            if each.may(viewer, None)
        ]
        buttons += [{"label": str(label), "address": address} for label, address in type(self).links]
        return super().changelist_view(request, {**(extra_context or {}), "buttons": buttons})

    def press_listed_view(self, request: HttpRequest, name: str) -> HttpResponse:
        button = next((each for each in type(self).listing if each.name == name), None)
        if button is None:
            raise Http404
        if not self.has_view_permission(request) or not button.may(viewer_of(request), None):
            raise PermissionDenied
        return self._page(request, button, None)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        adding = type(self).adding
        if adding is None or not self.has_add_permission(request):
            raise PermissionDenied
        return self._page(request, adding, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if row is not None:
            links = [{"label": str(label), "address": address} for label, address in type(self).links_of(row)]
            context = {
                "buttons": self._offered(request, row),
                "links": links,
                "tables": [*self.tables(request, row), *(table(request, row) for table in type(self).more)],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def press_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        row = self.get_queryset(request).filter(pk=pk).first()
        button = next((each for each in type(self).buttons if each.name == name), None)
        if row is None or button is None:
            raise Http404
        if not button.may(viewer_of(request), row):
            raise PermissionDenied
        return self._page(request, button, row)

    def _page(self, request: HttpRequest, button: Button, row: M | None) -> HttpResponse:
        sent = request.method == "POST"
        form = button.form(
            request.POST if sent else None, request.FILES if sent else None, viewer=viewer_of(request), row=row
        )
        if sent and "_more" not in request.POST and form.is_valid() and form.done():
            return self._go_on(request, form, button, row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(button.label),
            "button": button,
            "row": row,
            "form": form,
            "back": self._page_of(row) if row is not None else reverse(f"admin:{self._address('changelist')}"),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/operation.html", context)

    def _go_on(self, request: HttpRequest, form: OperationForm, button: Button, row: M | None) -> HttpResponse:
        """To the page of what was made or changed; where it has none, back to where one came from."""
        result = form.result
        has_page = isinstance(result, models.Model) and self.admin_site.is_registered(type(result))
        shown = result if has_page else row
        said = DID.format(what=button.label, row=shown or result or "")
        self.message_user(request, str(said), messages.SUCCESS)
        if shown is None or form.gone:
            return HttpResponseRedirect(reverse(f"admin:{self._address('changelist')}"))
        return HttpResponseRedirect(self._page_of(shown))

    def _offered(self, request: HttpRequest, row: M) -> list[dict[str, str]]:
        viewer = viewer_of(request)
        return [
            {
                "label": str(each.label),
                "address": reverse(f"admin:{self._address('do')}", kwargs={"pk": row.pk, "name": each.name}),
            }
            for each in type(self).buttons
            if each.suits(row) and each.may(viewer, row)
        ]

    def _page_of(self, row: Any) -> str:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])

    def _address(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"
