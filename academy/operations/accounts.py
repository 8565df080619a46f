"""Signing in and out, and service accounts."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet

from academy import clock
from academy.clock import BusinessDate, RealNow
from academy.errors import SignInRefused, TooManySignIns
from academy.models import SignInAttempt, Token, User, UserKind
from academy.models.accounts import Served, token_digest
from academy.operations.base import note, operation, refusals, take_turn

SIGN_IN_LASTS = dt.timedelta(hours=12)
SERVICE_TOKEN_LASTS = dt.timedelta(days=365)
# Ten wrong tries in ten minutes, counted per name that was tried, whether or not it exists. Not per source: behind the
# proxy of a government network thousands of people have one address, and a name is what is guessed at.
MOST_FAILURES = 10
FAILURES_COUNT_FOR = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Issued:
    """A token with its secret, which is shown this once."""

    token: Token
    secret: str


def sign_in(*, username: str, password: str) -> Issued:
    """Give a token for a right password (see `verified`)."""
    return _begin_session(by=verified(username=username, password=password))


def admitted() -> QuerySet[User]:
    """Who may be signed in today: active people who serve today, and accounts that are nobody's here; no machines."""
    today = BusinessDate(RealNow())
    return User.objects.filter(Served(F("pk"), today, today), kind=UserKind.PERSON, is_active=True)


def verified(*, username: str, password: str) -> User:
    """The user of a right password. A wrong one, and whoever is not to be signed in, are refused alike, for equal work.

    The attempt is counted before the password is looked at, and given back if it was right: however many try at once,
    no more are looked at than may fail. Not one transaction: an attempt counts although it is refused.
    """
    attempt = _reserved(hashlib.sha256(username.casefold().encode()).hexdigest())
    nobody = _unmatchable()
    user = admitted().filter(username=username).first()
    # A missing user costs the same hashing as a present one: the time must not tell who exists.
    if not check_password(password, user.password if user else nobody) or user is None:
        raise SignInRefused
    SignInAttempt.objects.filter(pk=attempt.pk).delete()
    return user


def _reserved(name: str) -> SignInAttempt:
    with refusals(), transaction.atomic():
        take_turn(f"sign-in {name}")
        if _attempts(name) >= MOST_FAILURES:
            raise TooManySignIns
        return SignInAttempt.objects.create(name_digest=name)


def _attempts(name: str) -> int:
    since = clock.real_now() - FAILURES_COUNT_FOR
    return SignInAttempt.objects.filter(name_digest=name, at__gt=since).count()


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
