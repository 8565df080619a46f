"""Sign-in: users and their tokens. A user is not a person: staff without an account are people too."""

import datetime as dt
import hashlib
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from academy.clock import BusinessDate, RealNow
from academy.models.base import PersonalData, Record, Retention
from academy.text import bilingual


class UserKind(models.TextChoices):
    PERSON = "person", bilingual("職員", "Person")
    SERVICE = "service", bilingual("サービスアカウント", "Service account")


class User(AbstractBaseUser, PermissionsMixin, Record):
    """An account that signs in; what it may do comes from role grants and from rows, never from Django's groups."""

    username = models.CharField("ID", max_length=150, unique=True)
    kind = models.CharField(max_length=10, choices=UserKind.choices, default=UserKind.PERSON)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="管理サイトに入れる / may enter the admin site")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager["User"]()

    personal_data = PersonalData("sign-in", Retention.ACCOUNT)

    def __str__(self) -> str:
        return self.username


class Served(Func):
    """Whether the person of a user held a post on every day from one until another; true of a user who is no person here.

    Takes the key of the user and the two days. Who has not begun, or has left, does not serve; neither does a day in a
    gap between two times of service.
    """

    template = """NOT EXISTS (
        SELECT FROM (VALUES (%(expressions)s)) AS asked (user_id, first, last)
        JOIN academy_staff AS person ON person.user_id = asked.user_id
        WHERE NOT coalesce((
            SELECT range_agg(post.during) FROM academy_assignment AS post
            WHERE post.staff_id = person.id AND post.superseded_at IS NULL
        ) @> daterange(asked.first, asked.last, '[]'), false)
    )"""
    output_field = models.BooleanField()


def token_digest(secret: str) -> str:
    """What is kept of a token: a token has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self, now: dt.datetime) -> "TokenQuerySet":
        """Tokens that open. A person's token dies with the last post, and does not come back with a later one.

        So the person has to have served on every day since the token was issued; a machine has no post to lose.
        """
        served = Served(F("user_id"), BusinessDate(F("created_at")), BusinessDate(RealNow()))
        opens = Q(user__kind=UserKind.SERVICE) | Q(served)
        return self.filter(opens, revoked_at=None, expires_at__gt=now, user__is_active=True)


class Token(Record):
    """A bearer token; the secret itself is shown once and never stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    personal_data = PersonalData("sign-in", Retention.ACCOUNT)


class SignInAttempt(models.Model):
    """A failed sign-in, kept by a digest of the name that was tried: throttling must not tell who exists."""

    id = models.BigAutoField(primary_key=True)
    name_digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["name_digest", "at"], name="sign_in_attempt_by_name")]

    personal_data: ClassVar[PersonalData] = PersonalData("throttling of sign-in", Retention.OPERATION)
