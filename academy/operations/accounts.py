"""Signing in and out, and service accounts."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from academy import clock
from academy.errors import SignInRefused, TooManySignIns
from academy.models import SignInAttempt, Token, User, UserKind
from academy.models.accounts import token_digest
from academy.operations.base import note, operation

SIGN_IN_LASTS = dt.timedelta(hours=12)
SERVICE_TOKEN_LASTS = dt.timedelta(days=365)
# Ten wrong tries in ten minutes, counted per name that was tried, whether or not it exists.
MOST_FAILURES = 10
FAILURES_COUNT_FOR = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Issued:
    """A token with its secret, which is shown this once."""

    token: Token
    secret: str


def sign_in(*, username: str, password: str) -> Issued:
    """Give a token for a right password; a wrong one, a missing user and an inactive one are refused alike.

    Not one transaction: a failure must be counted although it is refused.
    """
    name = hashlib.sha256(username.casefold().encode()).hexdigest()
    _refuse_too_many(name)
    user = User.objects.filter(username=username, kind=UserKind.PERSON, is_active=True).first()
    # A missing user costs the same hashing as a present one: the time must not tell who exists.
    if not check_password(password, user.password if user else _unmatchable()) or user is None:
        SignInAttempt.objects.create(name_digest=name)
        raise SignInRefused
    return _begin_session(by=user)


def _refuse_too_many(name: str) -> None:
    since = clock.real_now() - FAILURES_COUNT_FOR
    with transaction.atomic():
        if SignInAttempt.objects.filter(name_digest=name, at__gt=since).count() >= MOST_FAILURES:
            raise TooManySignIns


_unmatchable_hash: list[str] = []


def _unmatchable() -> str:
    if not _unmatchable_hash:
        _unmatchable_hash.append(make_password(secrets.token_hex()))
    return _unmatchable_hash[0]


@operation
def _begin_session(*, by: User) -> Issued:
    issued = _issue(by, lasts=SIGN_IN_LASTS)
    note(issued.token)
    return issued


@operation
def sign_out(*, token_id: int, by: User) -> None:
    """Revoke a token of one's own; it is refused from the next request on."""
    token = Token.objects.select_for_update().get(pk=token_id, user=by)
    token.revoked_at = clock.real_now()
    token.save(update_fields=["revoked_at"])
    note(token)


@operation
def create_service_token(*, username: str, scopes: list[str], by: User | None) -> Issued:
    """A token for a machine; its account is made with the first and never has a password."""
    user, _ = User.objects.get_or_create(username=username, defaults={"kind": UserKind.SERVICE, "password": "!"})
    issued = _issue(user, lasts=SERVICE_TOKEN_LASTS, scopes=scopes)
    note(issued.token, scopes=scopes)
    return issued


def _issue(user: User, *, lasts: dt.timedelta, scopes: list[str] | None = None) -> Issued:
    secret = f"tda_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user, digest=token_digest(secret), scopes=scopes or [], expires_at=clock.real_now() + lasts
    )
    return Issued(token, secret)
