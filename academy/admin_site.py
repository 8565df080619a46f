"""Who comes in: whoever has work here, by the same rights as in the API. Django's flags and permissions decide nothing."""

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from academy.access import Viewer, office
from academy.models import User
from academy.text import bilingual


def viewer_of(request: HttpRequest) -> Viewer:
    """The signed-in person, read once per request."""
    if not isinstance(request.user, User):
        raise TypeError("the admin site knows users only")
    held = getattr(request, "_office_viewer", None)
    if held is None:
        held = request._office_viewer = Viewer(request.user)  # type: ignore[attr-defined]
    return cast(Viewer, held)


class SignInForm(AdminAuthenticationForm):
    """Who has no work here is refused like a wrong password: the answer must not tell who holds a role."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not isinstance(user, User) or not office(Viewer(user), None):
            raise self.get_invalid_login_error()


class OfficeSite(AdminSite):
    site_header = site_title = bilingual("デジタルアカデミー 事務局", "Digital Academy office")
    index_title = bilingual("業務", "Work")
    site_url = None
    login_form = SignInForm
    index_template = "admin/work.html"
    login_template = "admin/sign_in.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and office(viewer_of(request), None)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Who is signed in and has no work here is told so, not asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            leaves = request.path == reverse("admin:logout", current_app=self.name)
            if isinstance(request.user, User) and not leaves and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return guarded

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Not here: Django's page saves the account by itself."""
        raise Http404
