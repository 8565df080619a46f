"""What a fiscal year is to bring: plans in versions, and what organisations say they need."""

import datetime as dt
from collections.abc import Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from academy.clock import BusinessNow
from academy.models import Organization
from academy.models.base import PersonalData, Record, Retention
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models.programs import Course, Program
from courses.models.sessions import Session


class PlanStatus(models.TextChoices):
    DRAFT = "draft", bilingual("作成中", "Draft")
    APPROVED = "approved", bilingual("承認済み", "Approved")
    PUBLISHED = "published", bilingual("公開", "Published")
    SUPERSEDED = "superseded", bilingual("改定済み", "Superseded")
    DISCARDED = "discarded", bilingual("取下げ", "Discarded")


# What everybody reads: the versions that are, or were, in force.
IN_THE_OPEN = (PlanStatus.PUBLISHED, PlanStatus.SUPERSEDED)

PLAN_TRANSITIONS: Mapping[str, set[str]] = {
    PlanStatus.DRAFT: {PlanStatus.APPROVED, PlanStatus.DISCARDED},
    PlanStatus.APPROVED: {PlanStatus.DRAFT, PlanStatus.PUBLISHED, PlanStatus.DISCARDED},
    PlanStatus.PUBLISHED: {PlanStatus.SUPERSEDED},
    PlanStatus.SUPERSEDED: set(),
    PlanStatus.DISCARDED: set(),
}


class ProgramPlan(Stateful, Record):
    """年度計画: a version of the plan of a fiscal year, of the academy or of one organisation.

    A published version never changes. A change within the year is a new version that supersedes it, and both stay.
    """

    TRANSITIONS = PLAN_TRANSITIONS

    fiscal_year = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="空欄は全庁 / empty: the academy",
    )
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=400, blank=True, help_text="改定の理由 / why it was revised")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = StatefulQuerySet["ProgramPlan"].as_manager()

    now: dt.datetime  # business time, on rows that were read under a lock

    personal_data = PersonalData("who answers for a plan", Retention.AUDIT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="plan_version_is_unique",
                fields=["fiscal_year", "organization", "version"],
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="plan_has_one_draft",
                fields=["fiscal_year", "organization"],
                condition=Q(status__in=["draft", "approved"]),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="plan_has_one_in_force",
                fields=["fiscal_year", "organization"],
                condition=Q(status="published"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="plan_is_approved_by_another",
                condition=Q(approved_by=None) | Q(drafted_by=None) | ~Q(approved_by=F("drafted_by")),
            ),
        ]
        indexes = [models.Index(fields=["fiscal_year", "id"], name="plan_by_year")]
        triggers = [legal_transitions("plan_transitions_are_legal", PLAN_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.title_ja} 第{self.version}版"


class ProgramPlanStep(Step):
    subject = models.ForeignKey(ProgramPlan, models.CASCADE, related_name="steps")

    personal_data = PersonalData("who answers for a plan", Retention.AUDIT)


_FROZEN_WITH_PLAN = """
    IF EXISTS (
        SELECT FROM courses_programplan WHERE id IN (OLD.plan_id, NEW.plan_id) AND status <> 'draft' FOR SHARE
    ) THEN
        RAISE EXCEPTION 'a plan changes while it is a draft: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_is_no_draft';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class PlanLine(Record):
    """What a plan foresees of a programme, or of one of its courses: how many sessions, seats, and yen."""

    plan = models.ForeignKey(ProgramPlan, models.CASCADE, related_name="lines")
    program = models.ForeignKey(Program, models.PROTECT, related_name="plan_lines")
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="plan_lines")
    quarter = models.PositiveSmallIntegerField(null=True, blank=True, help_text="四半期。空欄は通年 / empty: the year")
    sessions = models.PositiveIntegerField(help_text="回数 / sessions")
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="延べ定員 / seats of all sessions")
    yen = models.BigIntegerField(null=True, blank=True, help_text="予算額(円) / budget in yen")
    provisional = models.BooleanField(default=False, help_text="調整中 / not settled yet")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="plan_line_is_named_once", fields=["plan", "program", "course", "quarter"], nulls_distinct=False
            ),
            models.CheckConstraint(name="plan_line_quarter", condition=Q(quarter=None) | Q(quarter__range=(1, 4))),
            models.CheckConstraint(name="plan_line_yen_is_no_debt", condition=Q(yen=None) | Q(yen__gte=0)),
        ]
        indexes = [models.Index(fields=["sessions", "id"], name="plan_line_by_sessions")]
        triggers = [
            pgtrigger.Trigger(
                name="plan_lines_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_FROZEN_WITH_PLAN,
            )
        ]


class DemandSurvey(Record):
    """需要調査: organisations are asked by a day how many people they would send to some courses of a fiscal year."""

    fiscal_year = models.PositiveSmallIntegerField()
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    answer_by = models.DateField(help_text="回答期限(この日を含む) / the last day to answer")
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    now: dt.datetime  # business time, on rows that were read under a lock

    class Meta:
        indexes = [models.Index(fields=["answer_by", "id"], name="demand_survey_by_day")]

    def __str__(self) -> str:
        return self.title_ja


class SurveyedCourse(Record):
    """A course that a survey asks about, with the seats there are, where that is known."""

    survey = models.ForeignKey(DemandSurvey, models.CASCADE, related_name="courses")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="survey_asks_of_a_course_once", fields=["survey", "course"])]


class DemandRequest(Record):
    """An organisation that is asked, and when it answered."""

    survey = models.ForeignKey(DemandSurvey, models.CASCADE, related_name="requests")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)

    personal_data = PersonalData("who answered for an organisation", Retention.AUDIT)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="survey_asks_an_organization_once", fields=["survey", "organization"])
        ]


class DemandAnswer(Record):
    """How many people an organisation expects to send to a course. Not answered is no row, which is not 0."""

    request = models.ForeignKey(DemandRequest, models.CASCADE, related_name="answers")
    surveyed = models.ForeignKey(SurveyedCourse, models.CASCADE, related_name="answers")
    expected = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="demand_is_answered_once", fields=["request", "surveyed"])]


class SeatProposal(Record):
    """Seats of a surveyed course shared out by the answers, see `courses.apportionment`; adopted for one session."""

    surveyed = models.ForeignKey(SurveyedCourse, models.CASCADE, related_name="proposals")
    seats = models.PositiveIntegerField()
    minimum = models.PositiveIntegerField(
        default=0, help_text="希望のある組織への保証数 / guaranteed to each organisation that asked for any"
    )
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="proposals")
    adopted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], name="seat_proposal_by_creation")]

    def __str__(self) -> str:
        return f"{self.surveyed.course}: {self.seats}"


class SeatShare(Record):
    """What an organisation gets in a proposal: its exact share as a fraction, and the whole number it was rounded to."""

    proposal = models.ForeignKey(SeatProposal, models.CASCADE, related_name="shares")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField()
    exact_numerator = models.BigIntegerField()
    exact_denominator = models.BigIntegerField()
    seats = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="seat_share_per_organization", fields=["proposal", "organization"]),
            models.CheckConstraint(name="seat_share_is_a_fraction", condition=Q(exact_denominator__gte=1)),
        ]
