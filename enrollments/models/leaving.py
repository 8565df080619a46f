"""Offers of a seat that stand for a time, exemptions, and absences told of before."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from academy.clock import BusinessNow
from academy.models.base import Fact, Record
from academy.text import bilingual
from courses.models import Meeting
from enrollments.models.enrollments import TRAINING, Enrollment


class SeatOffer(Record):
    """繰上げ案内: a seat from the queue, kept until `expires_at` for one enrolment. What became of it is in the steps.

    An enrolment gets one offer in its life: a used offer is spent.
    """

    enrollment = models.OneToOneField(Enrollment, models.PROTECT, related_name="offer")
    made_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    expires_at = models.DateTimeField()

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="seat_offer_stands_for_some_time", condition=Q(expires_at__gt=models.F("made_at"))
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="seat_offer_by_expiry")]


class ExemptionKind(models.TextChoices):
    LEAVE = "leave", bilingual("休職・休業", "On leave")
    SECONDMENT = "secondment", bilingual("派遣", "Secondment")
    TRANSFER = "transfer", bilingual("異動", "Transfer")
    RETIREMENT = "retirement", bilingual("退職", "Left the service")
    DUTY = "duty", bilingual("公務", "Official duty")
    OTHER = "other", bilingual("その他", "Other")


class Exemption(Fact):
    """免除: from a day on an enrolment is not asked to complete; it leaves the denominator of adjusted figures.

    It is superseded, never changed: taken back, `superseded_at` says when.
    """

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="course_exemptions")
    kind = models.CharField(max_length=20, choices=ExemptionKind.choices)
    reason = models.CharField(max_length=400)
    from_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    superseded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exemption_one_at_a_time", fields=["enrollment"], condition=Q(superseded_at=None)
            ),
            models.CheckConstraint(name="exemption_has_a_reason", condition=~Q(reason="")),
        ]


class AbsenceNotice(Record):
    """欠講届: the person says before a meeting begins that they will not be there, and why."""

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="absence_notices")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="absence_notices")
    reason = models.CharField(max_length=400)
    at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="absence_is_told_of_once", fields=["enrollment", "meeting"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="absence_notice_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["at", "id"], name="absence_notice_by_time")]
