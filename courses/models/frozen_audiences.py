"""Who was in a session's audience on its reference date: the denominators of what is reported later."""

from django.db import models

from academy.clock import BusinessNow
from academy.models import Grade, JobFamily, Organization, Staff
from academy.models.base import PersonalData, Record, Retention, append_only
from courses.models.sessions import Session


class AudienceFreeze(Record):
    """The audience of a session as it was on the reference date, by the rule of that moment."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="audience_freeze")
    on = models.DateField(help_text="基準日 / reference date")
    rule = models.JSONField()
    people = models.PositiveIntegerField()
    taken_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["taken_at", "id"], name="audience_freeze_by_time")]
        triggers = [append_only("audience_freezes_are_append_only")]


class AudienceMember(models.Model):
    """One person of a frozen audience, with organisation, bureau, grade and job family of the day."""

    id = models.BigAutoField(primary_key=True)
    freeze = models.ForeignKey(AudienceFreeze, models.CASCADE, related_name="members", db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    bureau = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="+", db_index=False)
    job_family = models.ForeignKey(JobFamily, models.PROTECT, related_name="+", db_index=False)

    personal_data = PersonalData("whom a course was meant for on its day: denominators", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [models.UniqueConstraint(name="audience_member_is_listed_once", fields=["freeze", "staff"])]
        triggers = [append_only("audience_members_are_append_only")]
