"""Default deny: a view action that names no rule is closed."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from academy.access import Viewer
from academy.models import Token, User, UserKind


class ByAction(BasePermission):
    """Asks the rule that the view names for its action, in `access`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", None) is None:  # no such method here: the view answers 405
            return isinstance(request.user, User) or getattr(view, "public", False)
        if not within_scopes(request, view):
            return False
        rule = self._rule(request, view)
        if getattr(view, "public", False):
            return rule is not None
        if rule is None or not isinstance(request.user, User):
            return False
        return bool(rule(viewer_of(request), None)) if not self._needs_row(view) else True

    def has_object_permission(self, request: Request, view: Any, row: Any) -> bool:
        rule = self._rule(request, view)
        return rule is not None and bool(rule(viewer_of(request), row))

    @staticmethod
    def _rule(request: Request, view: Any) -> Any:
        return getattr(view, "access", {}).get(view.action)

    @staticmethod
    def _needs_row(view: Any) -> bool:
        """On one row the rule is asked when the row is at hand: who does not see it gets 404, not 403."""
        return "id" in view.kwargs


def within_scopes(request: Request, view: Any) -> bool:
    """A service account reaches only what its token names: `enrollments:read`, `roles:write`; people have no scopes."""
    token = request.auth
    if not isinstance(token, Token) or token.user.kind != UserKind.SERVICE:
        return True
    part = getattr(view, "part", "") or request.path.removeprefix("/api/v1/").split("/")[0]
    reading = request.method in {"GET", "HEAD"}
    return f"{part}:{'read' if reading else 'write'}" in token.scopes


def viewer_of(request: Request) -> Viewer:
    """The signed-in person, read once per request."""
    held = getattr(request, "_viewer", None)
    if held is None:
        if not isinstance(request.user, User):
            raise TypeError("only a signed-in request has a viewer")
        held = Viewer(request.user)
        request._viewer = held  # type: ignore[attr-defined]
    return held
