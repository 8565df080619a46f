"""Who is calling: a bearer token, or the session cookie of a page (with CSRF protection)."""

from typing import Any, cast

from django.db.models import DateTimeField
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from academy import clock
from academy.models import Token, User
from academy.models.accounts import token_digest
from academy.statements import Given, Statement
from api.errors import Unauthenticated

SCHEME = b"bearer"
_TOKEN = Statement(
    lambda: (
        Token.objects.live(cast(Any, Given("now", DateTimeField())))
        .filter(digest=Given("digest"))
        .select_related("user")
    )
)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. A wrong token is refused even where none is needed."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != SCHEME:
            return None
        if len(parts) != 2:
            raise Unauthenticated
        digest = token_digest(parts[1].decode("latin-1"))
        token = _TOKEN.first(digest=digest, now=clock.real_now())
        if token is None:
            raise Unauthenticated
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CookieAuthentication(SessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": str(gettext_lazy("POST /api/v1/auth/token/"))}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
