"""Who gets a seat where that is decided: decisions over all applicants, and draws that anyone can check."""

import uuid
from collections.abc import Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

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
    OTHER_WISH = "other_wish", bilingual("別の希望回で決定", "Another wish was fulfilled")


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
                name="decision_line_is_changed_for_a_reason", condition=Q(outcome=F("proposed")) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["decision", "position", "id"], name="decision_line_by_position")]


_SHA256 = "^[0-9a-f]{64}$"
_COMMITMENT = Func(
    F("secret"),
    template="encode(sha256(decode(%(expressions)s, 'hex')), 'hex')",
    output_field=models.CharField(),
)
# What is published is written once and stays: first the commitment, then the list, then the draw. The day of the beacon
# may be put off while there is no list. The secret is the one that was committed to, whatever path wrote it.
_ONCE = """
    IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.frozen_at, NEW.entrants_count, NEW.drawn_at, NEW.drawn_by_id) > 0
            OR NEW.list_digest || NEW.beacon || NEW.seed <> ''
        THEN
            RAISE EXCEPTION 'a draw begins with its commitment' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'draw_happens_once';
        END IF;
    ELSIF OLD.drawn_at IS NOT NULL
        OR (NEW.id, NEW.public_id, NEW.session_id, NEW.round, NEW.commitment, NEW.secret, NEW.beacon_source, NEW.classes)
            IS DISTINCT FROM
            (OLD.id, OLD.public_id, OLD.session_id, OLD.round, OLD.commitment, OLD.secret, OLD.beacon_source, OLD.classes)
        OR (NEW.committed_at, NEW.committed_by_id) IS DISTINCT FROM (OLD.committed_at, OLD.committed_by_id)
        OR NEW.beacon_on < OLD.beacon_on
        OR (OLD.frozen_at IS NOT NULL AND (NEW.frozen_at, NEW.list_digest, NEW.entrants_count, NEW.beacon_on)
            IS DISTINCT FROM (OLD.frozen_at, OLD.list_digest, OLD.entrants_count, OLD.beacon_on))
        OR (NEW.drawn_at IS NOT NULL AND OLD.frozen_at IS NULL)
    THEN
        RAISE EXCEPTION 'a draw is committed, frozen and drawn once' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'draw_happens_once';
    END IF;
    RETURN NEW;
"""
# FOR SHARE waits for whoever freezes or draws, and makes them wait: nobody is entered beside a list that is being frozen.
# A row that moves between draws is asked about in both.
_FROZEN = """
    FOR draw IN
        SELECT frozen_at, drawn_at FROM enrollments_draw
        WHERE id IN (SELECT unnest(CASE TG_OP
            WHEN 'INSERT' THEN ARRAY[NEW.draw_id] WHEN 'DELETE' THEN ARRAY[OLD.draw_id]
            ELSE ARRAY[OLD.draw_id, NEW.draw_id] END))
        ORDER BY id FOR SHARE
    LOOP
        IF draw.frozen_at IS NOT NULL {but} THEN
            RAISE EXCEPTION 'the list of a draw is frozen' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'draw_list_is_frozen';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    {more}
    RETURN NEW;
"""
# A place is given once, and only by a draw.
_LIST_FROZEN = _FROZEN.format(
    but="""AND (TG_OP <> 'UPDATE' OR draw.drawn_at IS NULL OR OLD.position IS NOT NULL
            OR (to_jsonb(NEW) - 'position') <> (to_jsonb(OLD) - 'position'))""",
    more="""IF NEW.position IS NOT NULL AND draw.drawn_at IS NULL THEN
        RAISE EXCEPTION 'a place is given by a draw' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'draw_list_is_frozen';
    END IF;""",
)
_OMISSIONS_FROZEN = _FROZEN.format(but="", more="")


class Draw(Record):
    """抽選: one per session and round, for ever; anyone can compute its order again from what is published.

    `commitment` is the SHA-256 of the sealed `secret`, published before applications close; `list_digest` that of the
    frozen list; `beacon` a public value of `beacon_source` that nobody knew then. The seed is the SHA-256 of secret and
    beacon, the order that of HMAC-SHA256(seed, ticket) within the priority classes: see `enrollments.lottery`. The list is
    frozen before `beacon_on`, the day on which the beacon comes to be known; another person than who committed draws.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="draws")
    round = models.PositiveSmallIntegerField()
    commitment = models.CharField(max_length=64, editable=False)
    secret = models.CharField(max_length=64, editable=False)
    beacon_source = models.CharField(
        max_length=300, help_text="公表値の出所と書き方 / which public value, and how it is written"
    )
    beacon_on = models.DateField(help_text="公表値が知られる日 / the day on which the value comes to be known")
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
        constraints = [
            models.UniqueConstraint(name="draw_once_a_round", fields=["session", "round"]),
            models.CheckConstraint(name="draw_secret_is_the_committed", condition=Q(commitment=_COMMITMENT)),
            models.CheckConstraint(
                name="draw_list_is_whole",
                condition=Q(frozen_at=None, entrants_count=None, list_digest="")
                | Q(frozen_at__isnull=False, entrants_count__isnull=False, list_digest__regex=_SHA256),
            ),
            models.CheckConstraint(
                name="draw_is_whole",
                condition=Q(drawn_at=None, drawn_by=None, beacon="", seed="")
                | (Q(drawn_at__isnull=False, seed__regex=_SHA256) & ~Q(beacon="")),
            ),
            models.CheckConstraint(
                name="draw_takes_two_people", condition=Q(drawn_at=None) | ~Q(drawn_by=F("committed_by"))
            ),
        ]
        indexes = [models.Index(fields=["committed_at", "id"], name="draw_by_creation")]
        triggers = [
            pgtrigger.Trigger(
                name="draw_happens_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ONCE,
            ),
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
                declare=[("draw", "RECORD")],
                func=_LIST_FROZEN,
            )
        ]


class DrawOmission(Record):
    """An application that is not in the list of a draw, with the codes of what stood in the way when it was frozen."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="omissions")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="+")
    codes = models.JSONField(default=list)

    personal_data = TRAINING

    class Meta:
        constraints = [models.UniqueConstraint(name="draw_omits_an_application_once", fields=["draw", "enrollment"])]
        triggers = [
            pgtrigger.Trigger(
                name="draw_omissions_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("draw", "RECORD")],
                func=_OMISSIONS_FROZEN,
            )
        ]
