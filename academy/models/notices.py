"""What people are told, and the addresses at which their calendars read."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from academy.clock import BusinessDate, BusinessNow, RealNow
from academy.models.accounts import Served, User
from academy.models.base import PersonalData, Record, Retention
from academy.models.people import Staff


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(Record):
    """One person is told of one occasion, once: see `academy.notices` for the kinds and their words.

    `facts` are ids, codes, days and titles of what is offered: never a score, a level or another person's name.
    """

    recipient = models.ForeignKey(Staff, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)
    occasion = models.CharField(max_length=120, help_text="同じ事柄を二度知らせない鍵 / what makes it the same notice")
    subject_kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    personal_data = PersonalData("what a person was told, and when", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_once_per_occasion", fields=["recipient", "occasion"])]
        indexes = [models.Index(fields=["recipient", "created_at", "id"], name="notice_by_recipient")]


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> "CalendarFeedQuerySet":
        """Feeds that open: not revoked, not expired, of an active person who has served since the feed was made."""
        served = Served(F("user_id"), BusinessDate(F("created_at")), BusinessDate(RealNow()))
        return self.filter(Q(served), revoked_at=None, expires_at__gt=Now(), user__is_active=True)


class CalendarFeed(Record):
    """An address that a calendar reads by itself: it opens one person's calendar and nothing else.

    The secret of the address is shown once; what is kept is its digest (`accounts.token_digest`).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    personal_data = PersonalData("reading one's own calendar", Retention.ACCOUNT)

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], name="calendar_feed_by_creation")]
