"""What people are told, and the addresses at which their calendars read."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from academy.clock import BusinessDate, BusinessNow, RealNow
from academy.models.accounts import Served, User
from academy.models.base import PersonalData, Record, Retention
from academy.models.people import Staff
from academy.text import bilingual


class Delivery(models.TextChoices):
    AT_ONCE = "at_once", bilingual("すぐに", "At once")
    DIGEST = "digest", bilingual("まとめて", "In the digest")
    NONE = "none", bilingual("送らない", "Not by mail")


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
    mail = models.ForeignKey(
        "academy.Mail", models.SET_NULL, null=True, blank=True, related_name="notices", db_index=False, editable=False
    )
    mail_settled = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="送信の要否を決めた / whether to send it is decided"
    )

    objects = NoticeQuerySet.as_manager()

    personal_data = PersonalData("what a person was told, and when", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_once_per_occasion", fields=["recipient", "occasion"])]
        indexes = [
            models.Index(fields=["recipient", "created_at", "id"], name="notice_by_recipient"),
            models.Index(fields=["mail"], name="notice_by_mail", condition=Q(mail__isnull=False)),
            models.Index(fields=["created_at"], name="notice_unsettled", condition=Q(mail_settled=False)),
        ]


class MailStatus(models.TextChoices):
    WAITING = "waiting", bilingual("送信待ち", "Waiting")
    SENT = "sent", bilingual("送信済み", "Sent")
    FAILED = "failed", bilingual("送信失敗", "Failed")


class Mail(Record):
    """One letter to one person: about one notice, or a digest of several. It is written before it is sent.

    Its message id is made of its public id, so that a receiver can drop a repeat. The address is that of the person at the
    moment of sending; it is not kept here.
    """

    recipient = models.ForeignKey(Staff, models.PROTECT, related_name="mails")
    digest = models.BooleanField(default=False)
    digest_of = models.CharField(max_length=60, blank=True, help_text="まとめの鍵 / what makes it the same digest")
    state = models.CharField(max_length=10, choices=MailStatus.choices, default=MailStatus.WAITING)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=60, blank=True, help_text="送れない理由の符号 / code of what went wrong")

    personal_data = PersonalData("what was sent to a person, and when", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mail_one_digest_per_occasion",
                fields=["recipient", "digest_of"],
                condition=Q(digest=True),
            )
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="mail_waiting", condition=Q(state=MailStatus.WAITING)),
            models.Index(fields=["created_at", "id"], name="mail_by_creation"),
        ]


class NoticePreference(Record):
    """What a person wants by mail, by group of notices; where there is no row, at once. A decision always comes at once."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="notice_preferences")
    group = models.CharField(max_length=40)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)

    personal_data = PersonalData("what a person wants to be told by mail", Retention.ACCOUNT)

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_preference_per_group", fields=["staff", "group"])]


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
