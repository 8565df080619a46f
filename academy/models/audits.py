"""Cases in which an auditor may read: opened by somebody else, for a purpose, for some days, each reading written down."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from academy.models.base import Dated, DatedQuerySet, PersonalData, Record, Retention
from academy.models.organizations import Organization


class AuditCaseQuerySet(DatedQuerySet["AuditCase"]):
    def open_on(self, day: dt.date) -> "AuditCaseQuerySet":
        return self.on(day).filter(closed_at=None)


class AuditCase(Dated, Record):
    """監査の案件. Outside an open case the role auditor reads nothing; without an organisation the case is about all."""

    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="audit_cases")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=400)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AuditCaseQuerySet.as_manager()

    personal_data = PersonalData("who may audit what, and why", Retention.AUDIT)

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_case_is_opened_by_another", condition=~Q(opened_by=F("auditor"))),
            models.CheckConstraint(name="audit_case_names_its_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="audit_case_has_an_end", condition=Q(during__isempty=False, during__upper_inf=False)
            ),
        ]
        indexes = [models.Index(fields=["opened_at", "id"], name="audit_case_by_time")]
