"""Who has to agree to an application before anything is decided about it, and the lists of the bureaus."""

from collections.abc import Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from academy.clock import BusinessNow
from academy.models import Organization, Staff
from academy.models.base import Record
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.posts import Capacity
from academy.text import bilingual
from courses.models import Session
from enrollments.models.enrollments import TRAINING, Enrollment


class ApprovalLevel(models.TextChoices):
    UNIT_HEAD = "unit_head", bilingual("所属長", "Head of unit")
    BUREAU = "bureau", bilingual("局", "Bureau")
    OFFICE = "office", bilingual("事務局", "Office")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", bilingual("承認待ち", "Pending")
    APPROVED = "approved", bilingual("承認", "Approved")
    REFUSED = "refused", bilingual("不承認", "Refused")
    ESCALATED = "escalated", bilingual("上位へ移行", "Escalated")
    PASSED = "passed", bilingual("みなし承認", "Passed")
    DROPPED = "dropped", bilingual("期限切れ", "Dropped")
    VOID = "void", bilingual("申込み終了", "Void")


# A bureau that recalls its list takes its approvals back.
APPROVAL_TRANSITIONS: Mapping[str, set[str]] = {
    ApprovalStatus.PENDING: {
        ApprovalStatus.APPROVED, ApprovalStatus.REFUSED, ApprovalStatus.ESCALATED, ApprovalStatus.PASSED,
        ApprovalStatus.DROPPED, ApprovalStatus.VOID,
    },
    ApprovalStatus.APPROVED: {ApprovalStatus.PENDING},
    **{
        ended: set()
        for ended in (
            ApprovalStatus.REFUSED, ApprovalStatus.ESCALATED, ApprovalStatus.PASSED, ApprovalStatus.DROPPED, ApprovalStatus.VOID,
        )
    },
}  # fmt: skip


class ApprovalQuerySet(StatefulQuerySet["Approval"]):
    def pending(self) -> "ApprovalQuerySet":
        return self.filter(status=ApprovalStatus.PENDING)


_APPLICANT = """
    NEW.applicant_id := (SELECT staff_id FROM enrollments_enrollment WHERE id = NEW.enrollment_id);
    RETURN NEW;
"""


class Approval(Stateful, Record):
    """One stage of the approval of an application. Only the level is kept: who is in charge is derived for the day.

    Nobody decides on their own application: the database checks it, by the person and not by the account.
    """

    TRANSITIONS = APPROVAL_TRANSITIONS

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="approvals")
    applicant = models.ForeignKey(Staff, models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=20, choices=ApprovalLevel.choices)
    status = models.CharField(max_length=20, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    since = models.DateTimeField(db_default=BusinessNow(), editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decider = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, help_text="決裁した人"
    )
    capacity = models.CharField(
        max_length=20, choices=Capacity.choices, blank=True, help_text="所属長として・代行として"
    )
    reason = models.CharField(max_length=400, blank=True)

    objects = ApprovalQuerySet.as_manager()

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="approval_one_is_pending", fields=["enrollment"], condition=Q(status=ApprovalStatus.PENDING)
            ),
            models.CheckConstraint(
                name="approval_is_not_by_the_applicant", condition=Q(decider=None) | ~Q(decider=F("applicant"))
            ),
        ]
        indexes = [
            models.Index(fields=["since", "id"], name="approval_by_time"),
            models.Index(
                fields=["level", "since", "id"], name="approval_pending", condition=Q(status=ApprovalStatus.PENDING)
            ),
        ]
        triggers = [
            legal_transitions("approval_transitions_are_legal", APPROVAL_TRANSITIONS),
            pgtrigger.Trigger(
                name="approval_applicant",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("applicant_id", "enrollment_id"),  # type: ignore[no-untyped-call] # pgtrigger does not type it
                func=_APPLICANT,
            ),
        ]


class ApprovalStep(Step):
    subject = models.ForeignKey(Approval, models.CASCADE, related_name="steps")

    personal_data = TRAINING


class StageDeadline(Record):
    """An earlier end of a stage, set by a bureau for its own people in a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="stage_deadlines")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, choices=ApprovalLevel.choices)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stage_deadline_per_bureau", fields=["session", "organization", "level"])
        ]


class NominationList(Record):
    """取りまとめ: the ranked list that a bureau hands in for a session and round, once; recalled lists stay to be read."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="nominations")
    round = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recalled_at = models.DateTimeField(null=True, blank=True, editable=False)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="nomination_list_once_a_round",
                fields=["session", "round", "organization"],
                condition=Q(recalled_at=None),
            )
        ]
        indexes = [models.Index(fields=["submitted_at", "id"], name="nomination_list_by_time")]


class Nomination(Record):
    """One person of a bureau's list, with the rank there, and what recalling the list undoes.

    `approval` is the one that the list decided, empty where the bureau had agreed before; `added`: the person had not applied.
    """

    nomination_list = models.ForeignKey(NominationList, models.CASCADE, related_name="nominations")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="nominations")
    rank = models.PositiveIntegerField()
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, editable=False, related_name="nominations")
    added = models.BooleanField(default=False, db_default=False, editable=False)

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="nomination_names_a_person_once", fields=["nomination_list", "enrollment"]),
            models.UniqueConstraint(name="nomination_rank_is_unique", fields=["nomination_list", "rank"]),
        ]
