"""Who was given which role, where and for how long."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from academy.models.base import Dated, DatedQuerySet, PersonalData, Record, Retention
from academy.models.organizations import JobFamily, Organization
from academy.text import bilingual


class Role(models.TextChoices):
    """Roles that are granted. Head, instructor, reviewer and juror are derived from rows and never granted."""

    ACADEMY_HR = "academy_hr", bilingual("アカデミー事務局", "Academy HR")
    BUREAU_HR = "bureau_hr", bilingual("局研修担当", "Bureau HR")
    PROGRAMME_MANAGER = "programme_manager", bilingual("研修運営担当", "Programme manager")
    PROVIDER = "provider", bilingual("委託事業者", "Provider")
    SKILL_OFFICE = "skill_office", bilingual("スキルマップ担当", "Skill office")
    STATISTICS = "statistics", bilingual("統計閲覧", "Statistics")
    AUDITOR = "auditor", bilingual("監査", "Auditor")


# Roles that mean nothing without a place: the grant must name it.
NEEDS_ORGANIZATION = (Role.BUREAU_HR,)
NEEDS_PROGRAM = (Role.PROGRAMME_MANAGER, Role.PROVIDER)


class RoleGrantQuerySet(DatedQuerySet["RoleGrant"]):
    def in_force(self, day: dt.date) -> "RoleGrantQuerySet":
        """Grants that count on a day: within their dates, and not taken back."""
        return self.on(day).filter(revoked_at=None)


class RoleGrant(Dated, Record):
    """A role within a scope; it takes effect with the next request. An empty part of the scope means everywhere."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="grants")
    program = models.UUIDField(null=True, blank=True, help_text="研修の公開ID: 研修は上の階にあるので外部キーでない")
    job_family = models.ForeignKey(JobFamily, models.PROTECT, null=True, blank=True, related_name="grants")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="始まる前か当日に取り消した時 / taken back")

    objects = RoleGrantQuerySet.as_manager()

    personal_data = PersonalData("who may see and do what", Retention.AUDIT)

    class Meta:
        constraints = [
            models.CheckConstraint(name="role_grant_lives_some_time", condition=Q(during__isempty=False)),
            models.CheckConstraint(
                name="role_grant_names_its_organization",
                condition=~Q(role__in=NEEDS_ORGANIZATION) | Q(organization__isnull=False),
            ),
            models.CheckConstraint(
                name="role_grant_names_its_program", condition=~Q(role__in=NEEDS_PROGRAM) | Q(program__isnull=False)
            ),
        ]
