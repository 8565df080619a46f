"""Who gets a seat where that is decided: decisions over all applicants, and draws that anyone can check."""

import uuid
from collections.abc import Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from academy.clock import BusinessNow
from academy.models.base import Record
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models import Course, Session
from enrollments.models.enrollments import TRAINING, Enrollment


class DecisionStatus(models.TextChoices):
    DRAFT = "draft", bilingual("案", "Draft")
    PUBLISHED = "published", bilingual("決定", "Published")
    DISCARDED = "discarded", bilingual("廃案", "Discarded")


DECISION_TRANSITIONS: Mapping[str, set[str]] = {
    DecisionStatus.DRAFT: {DecisionStatus.PUBLISHED, DecisionStatus.DISCARDED},
    DecisionStatus.PUBLISHED: set(),
    DecisionStatus.DISCARDED: set(),
}


class DecisionQuerySet(StatefulQuerySet["Decision"]):
    pass


class Decision(Stateful, Record):
    """決定: the allocation of the seats of one or several sessions of a course over everybody who applied.

    A draft is seen by the office alone. Published, it has a date and a number of its fiscal year (受講決定通知), and stays.
    """

    TRANSITIONS = DECISION_TRANSITIONS

    course = models.ForeignKey(Course, models.PROTECT, related_name="decisions")
    fiscal_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=DecisionStatus.choices, default=DecisionStatus.DRAFT)
    number = models.PositiveIntegerField(null=True, blank=True, editable=False)
    decided_on = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DecisionQuerySet.as_manager()

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="decision_number_is_unique_in_its_year",
                fields=["fiscal_year", "number"],
                condition=Q(number__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_is_dated_and_numbered",
                condition=Q(status=DecisionStatus.PUBLISHED, number__isnull=False, decided_on__isnull=False)
                | (~Q(status=DecisionStatus.PUBLISHED) & Q(number=None, decided_on=None)),
            ),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="decision_by_creation")]
        triggers = [legal_transitions("decision_transitions_are_legal", DECISION_TRANSITIONS)]


class DecisionStep(Step):
    subject = models.ForeignKey(Decision, models.CASCADE, related_name="steps")

    personal_data = TRAINING


class DecidedSession(Record):
    """A session that a decision is about. A session has one draft at a time: `open` is true until it is published or discarded."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="sessions")
    session = models.ForeignKey(Session, models.PROTECT, related_name="decided")
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="decided_session_has_one_draft", fields=["session"], condition=Q(open=True)),
            models.UniqueConstraint(name="decision_names_a_session_once", fields=["decision", "session"]),
        ]


class Outcome(models.TextChoices):
    SEAT = "seat", bilingual("受講決定", "Seat")
    RESERVE = "reserve", bilingual("補欠", "Reserve")
    NOT_SELECTED = "not_selected", bilingual("落選", "Not selected")
    INELIGIBLE = "ineligible", bilingual("対象外", "Not eligible")


class DecisionLine(Record):
    """What a decision says of one application: what was proposed, what it is now, and why it was changed.

    `position` is the place in the order of the session by which seats went; reserves move up in it.
    """

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="lines")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="decision_lines")
    position = models.PositiveIntegerField()
    priority_class = models.PositiveSmallIntegerField(null=True, blank=True)
    proposed = models.CharField(max_length=20, choices=Outcome.choices)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    codes = models.JSONField(default=list, help_text="席がない理由 / why there is no seat")
    reason = models.CharField(max_length=400, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="decision_says_one_thing_of_each", fields=["decision", "enrollment"]),
            models.CheckConstraint(
                name="decision_line_is_changed_for_a_reason", condition=Q(outcome=models.F("proposed")) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["decision", "position", "id"], name="decision_line_by_position")]


# Each column is written once; a draw is never taken back, and its list does not change once it is frozen.
_ONCE = """
    IF OLD.drawn_at IS NOT NULL
        OR (NEW.session_id, NEW.round, NEW.commitment, NEW.beacon_source)
            IS DISTINCT FROM (OLD.session_id, OLD.round, OLD.commitment, OLD.beacon_source)
        OR (OLD.frozen_at IS NOT NULL AND (NEW.frozen_at, NEW.list_digest, NEW.entrants_count)
            IS DISTINCT FROM (OLD.frozen_at, OLD.list_digest, OLD.entrants_count))
        OR (NEW.drawn_at IS NOT NULL AND OLD.frozen_at IS NULL)
    THEN
        RAISE EXCEPTION 'a draw is committed, frozen and drawn once' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'draw_happens_once';
    END IF;
    RETURN NEW;
"""
_FROZEN = """
    IF EXISTS (SELECT FROM enrollments_draw WHERE id = coalesce(NEW.draw_id, OLD.draw_id) AND frozen_at IS NOT NULL)
        AND (TG_OP <> 'UPDATE' OR (to_jsonb(NEW) - 'position') <> (to_jsonb(OLD) - 'position') OR OLD.position IS NOT NULL)
    THEN
        RAISE EXCEPTION 'the list of a draw is frozen' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'draw_list_is_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


class Draw(Record):
    """抽選: one per session and round, for ever; anyone can compute its order again from what is published.

    `commitment` is the SHA-256 of the sealed `secret`, published before applications close; `list_digest` that of the
    frozen list; `beacon` a public value of `beacon_source` that nobody knew then. The seed is the SHA-256 of secret and
    beacon, the order that of HMAC-SHA256(seed, ticket) within the priority classes: see `enrollments.lottery`.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="draws")
    round = models.PositiveSmallIntegerField()
    commitment = models.CharField(max_length=64, editable=False)
    secret = models.CharField(max_length=64, editable=False)
    beacon_source = models.CharField(max_length=300)
    committed_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    classes = models.JSONField(default=list, help_text="公表した優先区分 / the priority classes as published")
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)
    entrants_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    list_digest = models.CharField(max_length=64, blank=True, editable=False)
    beacon = models.CharField(max_length=300, blank=True, editable=False)
    seed = models.CharField(max_length=64, blank=True, editable=False)
    drawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        constraints = [models.UniqueConstraint(name="draw_once_a_round", fields=["session", "round"])]
        indexes = [models.Index(fields=["committed_at", "id"], name="draw_by_creation")]
        triggers = [
            pgtrigger.Trigger(name="draw_happens_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ONCE),
            pgtrigger.Protect(name="draws_are_never_deleted", operation=pgtrigger.Delete),
        ]


class DrawEntrant(Record):
    """An application in the frozen list, under a random ticket that says nothing of the person; `position` is the result."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entrants")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="draws")
    ticket = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    priority_class = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField(null=True, blank=True, editable=False)

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draw_enters_an_application_once", fields=["draw", "enrollment"]),
            models.UniqueConstraint(name="draw_position_is_unique", fields=["draw", "position"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="draw_list_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_FROZEN,
            )
        ]
