"""How Django's own pages know who calls: the sign-in of the admin site, and its session cookie on every request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from academy.errors import DomainError
from academy.models import User
from academy.operations import accounts


class ServingBackend(ModelBackend):
    """The rules of `auth/token/` for pages: one throttle, and who does not serve today is nobody from the next request on.

    A session lasts as long as a token, less than a day: none of before a gap in service is left after it.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            return accounts.verified(username=username, password=password)
        except DomainError as refusal:
            raise PermissionDenied from refusal

    def get_user(self, user_id: int) -> User | None:
        return accounts.admitted().filter(pk=user_id).first()
