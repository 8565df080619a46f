"""When a course is offered: the sessions a person enrols in, their windows and deadlines."""

import datetime as dt
from collections.abc import Mapping

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from academy.clock import BusinessNow
from academy.models.base import Record
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models.content import ContentVersion
from courses.models.entry import ApplicationForm
from courses.models.programs import Audience, Course, Prerequisite


class SessionStatus(models.TextChoices):
    DRAFT = "draft", bilingual("準備中", "Draft")
    PUBLISHED = "published", bilingual("公開", "Published")
    CANCELLED = "cancelled", bilingual("開催中止", "Cancelled")
    FINISHED = "finished", bilingual("終了", "Finished")


SESSION_TRANSITIONS: Mapping[str, set[str]] = {
    SessionStatus.DRAFT: {SessionStatus.PUBLISHED, SessionStatus.CANCELLED},
    SessionStatus.PUBLISHED: {SessionStatus.CANCELLED, SessionStatus.FINISHED},
    SessionStatus.CANCELLED: set(),
    SessionStatus.FINISHED: set(),
}


class Selection(models.TextChoices):
    FIRST_COME = "first_come", bilingual("先着", "First come")
    NOMINATION = "nomination", bilingual("推薦", "Nomination")
    SCREENING = "screening", bilingual("選考", "Screening")
    LOTTERY = "lottery", bilingual("抽選", "Lottery")
    ASSIGNED = "assigned", bilingual("指名", "Assigned")
    OPEN = "open", bilingual("自由参加", "Open")


# The ways in by which a person takes a seat without anybody's decision.
SELF_SERVICE = (Selection.FIRST_COME, Selection.OPEN)
# The ways in that begin with an application; the seats of the others are assigned.
BY_APPLICATION = (*SELF_SERVICE, Selection.NOMINATION, Selection.SCREENING, Selection.LOTTERY)
# Those of them in which the office decides about everybody who applied.
BY_DECISION = tuple(each for each in BY_APPLICATION if each not in SELF_SERVICE)

# Read with a row as its `now`; by name, because the attribute is declared on the model.
_NOW = {"now": BusinessNow()}


class SessionQuerySet(StatefulQuerySet["Session"]):
    def at_business_time(self) -> "SessionQuerySet":
        """Read business time with the same statement, and lock nothing: for who only wants to know."""
        return self.annotate(**_NOW)

    def locked(self) -> "SessionQuerySet":
        """Lock the rows against other writers of seats, and read business time with the same statement.

        `no_key`: inserts that only point at the session are not held up.
        """
        return self.at_business_time().select_for_update(of=("self",), no_key=True)

    def locked_whole(self) -> "SessionQuerySet":
        """Lock the rows against whatever points at them too: it waits for every seat that is being given."""
        return self.at_business_time().select_for_update(of=("self",))

    def with_audience(self) -> "SessionQuerySet":
        """With the course, its programme's policy, the audience, whether the course asks for others first, and whether an
        application to it answers questions: what the rules about a person read.
        """
        asks: dict[str, Exists] = {  # by name, as above
            "asks_before": Exists(Prerequisite.objects.filter(course=OuterRef("course"))),
            "asks_questions": Exists(ApplicationForm.objects.filter(course=OuterRef("course"), current=True)),
        }
        return self.select_related("course__audience", "course__program__enrollment_policy", "audience").annotate(
            **asks
        )

    def published(self) -> "SessionQuerySet":
        return self.filter(status=SessionStatus.PUBLISHED)


# The enrolments are a layer above, which nothing here imports; the database knows them by the name of their table, and
# looks it up when the trigger runs. The statuses are those of `enrollments.models.SEATED`; a test compares.
# An update of a limit does not wait for whoever changes seats (FOR KEY SHARE): FOR UPDATE does, and the count comes
# after it.
_COUNT_SEATS = """
    IF NEW.capacity IS NULL THEN
        NEW.seats_taken := 0;
    ELSE
        PERFORM 1 FROM courses_session WHERE id = NEW.id FOR UPDATE;
        NEW.seats_taken := (
            SELECT count(*) FROM enrollments_enrollment WHERE session_id = NEW.id AND status IN (
                'offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent'
            )
        );
    END IF;
    RETURN NEW;
"""

# Also kept by the database: a limit that is lowered, and quotas that are written (`courses.models.quotas`), wait for each
# other by the session's row.
QUOTAS_EXCEED = """
        RAISE EXCEPTION 'the quotas of a session exceed its capacity: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotas_within_capacity';
"""
_LIMIT_HOLDS_QUOTAS = f"""
    IF NEW.capacity < (SELECT sum(seats) FROM courses_seatquota WHERE session_id = NEW.id) THEN
        {QUOTAS_EXCEED}
    END IF;
    RETURN NULL;
"""


class Session(Stateful, Record):
    """回: a run of a course that people enrol in.

    `seats_taken` is kept by triggers on enrolments and checked by the database. A session without a limit keeps none:
    a limit that is set later starts from a count, however it is set.
    """

    TRANSITIONS = SESSION_TRANSITIONS

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    fiscal_year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveSmallIntegerField(help_text="年度内の回数 / number within the fiscal year")
    all_time_ordinal = models.PositiveSmallIntegerField(null=True, blank=True, help_text="通算の回数 / number of all")
    status = models.CharField(max_length=20, choices=SessionStatus.choices, default=SessionStatus.DRAFT)
    selection = models.CharField(max_length=20, choices=Selection.choices, default=Selection.FIRST_COME)
    capacity = models.PositiveIntegerField(null=True, blank=True, help_text="空欄は定員なし / empty: no limit")
    minimum = models.PositiveIntegerField(
        null=True, blank=True, help_text="最少催行人数 / fewest participants it is held for"
    )
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    last_queue_no = models.PositiveIntegerField(default=0, editable=False)
    apply_from = models.DateTimeField(null=True, blank=True)
    apply_until = models.DateTimeField(null=True, blank=True)
    starts_on = models.DateField(help_text="最初のコマの日 / day of the first meeting; sort key")
    ends_on = models.DateField()
    undated = models.BooleanField(
        default=False,
        help_text="日程未定: 希望者を募る / no date yet: it collects demand; its days are the last of the year",
    )
    change_until = models.DateTimeField(
        null=True, blank=True, help_text="申込内容の変更期限 / until when details change"
    )
    substitute_until = models.DateTimeField(
        null=True, blank=True, help_text="代理受講の期限 / until when substitutes come"
    )
    approve_until = models.DateTimeField(
        null=True, blank=True, help_text="所属長承認の期限 / until when heads of units approve"
    )
    nominate_until = models.DateTimeField(
        null=True, blank=True, help_text="局の取りまとめ期限 / until when bureaus hand in their lists"
    )
    withdraw_until = models.DateTimeField(
        null=True, blank=True, help_text="本人による辞退の期限 / until when people withdraw by themselves"
    )
    promote_until = models.DateTimeField(
        null=True, blank=True, help_text="繰上げの期限 / until when the queue moves up"
    )
    fixed_deadlines = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="手で決めた期限 / deadlines set by hand, which no rule moves",
    )
    content = models.ForeignKey(
        ContentVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        help_text="公開時の教材の版 / the content as it was when the session was published",
    )
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="sessions")
    online_address = models.URLField(blank=True)
    synthetic = models.BooleanField(default=False, help_text="日程は架空 / invented dates")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = SessionQuerySet.as_manager()

    now: dt.datetime  # business time, on rows that `locked()` read
    asks_before: bool  # whether the course has prerequisites, on rows that `with_audience()` read
    asks_questions: bool  # whether an application to it answers questions, on the same rows

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_seats_within_capacity",
                condition=Q(capacity=None) | Q(seats_taken__lte=F("capacity")),
            ),
            models.CheckConstraint(
                name="session_window_is_in_order",
                condition=Q(apply_from=None) | Q(apply_until=None) | Q(apply_from__lte=F("apply_until")),
            ),
            models.CheckConstraint(name="session_days_are_in_order", condition=Q(starts_on__lte=F("ends_on"))),
            models.UniqueConstraint(
                name="session_ordinal_is_unique_in_its_year", fields=["course", "fiscal_year", "ordinal"]
            ),
            models.UniqueConstraint(
                name="session_all_time_ordinal_is_unique",
                fields=["course", "all_time_ordinal"],
                condition=Q(all_time_ordinal__isnull=False),
            ),
            models.CheckConstraint(
                name="session_minimum_within_capacity",
                condition=Q(minimum=None) | Q(capacity=None) | Q(minimum__lte=F("capacity")),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on", "id"], name="session_by_start"),
            models.Index(fields=["created_at", "id"], name="session_by_creation"),
        ]
        triggers = [
            legal_transitions("session_transitions_are_legal", SESSION_TRANSITIONS),
            pgtrigger.Trigger(
                name="session_limit_starts_from_a_count",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("capacity"),  # type: ignore[no-untyped-call] # pgtrigger does not type it
                condition=pgtrigger.Condition("num_nulls(OLD.capacity, NEW.capacity) = 1"),
                func=_COUNT_SEATS,
            ),
            pgtrigger.Trigger(
                name="session_limit_holds_its_quotas",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("capacity"),  # type: ignore[no-untyped-call] # pgtrigger does not type it
                condition=pgtrigger.Condition("NEW.capacity IS NOT NULL"),
                func=_LIMIT_HOLDS_QUOTAS,
            ),
        ]

    def __str__(self) -> str:
        return self.title_ja

    @property
    def applicable_audience(self) -> Audience:
        return self.audience or self.course.audience

    @property
    def free_seats(self) -> int | None:
        """Seats nobody holds; None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.seats_taken


class SessionStep(Step):
    subject = models.ForeignKey(Session, models.CASCADE, related_name="steps")


class Deadline(models.TextChoices):
    APPLY = "apply", bilingual("申込み", "Application")
    CHANGE = "change", bilingual("申込内容の変更", "Change of details")
    SUBSTITUTE = "substitute", bilingual("受講者の変更", "Substitution")
    APPROVE = "approve", bilingual("所属長の承認", "Approval by the head of unit")
    NOMINATE = "nominate", bilingual("局の取りまとめ", "Lists of the bureaus")
    WITHDRAW = "withdraw", bilingual("本人の辞退", "Withdrawal")
    PROMOTE = "promote", bilingual("繰上げ", "Promotion from the queue")


class DeadlineUnit(models.TextChoices):
    BUSINESS_DAY = "business_day", bilingual("営業日前", "Business days before")
    DAY = "day", bilingual("日前", "Days before")
    WEEK = "week", bilingual("週前", "Weeks before")


class DeadlineRule(Record):
    """When a deadline of a course's sessions falls, counted back from the first meeting's day: see `courses.deadlines`."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="deadline_rules")
    kind = models.CharField(max_length=20, choices=Deadline.choices)
    count = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=DeadlineUnit.choices)
    weekday = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="その週の曜日(0は月曜) / the weekday of that week, 0 is Monday"
    )
    time = models.TimeField(help_text="東京の時刻 / time of day in Tokyo")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="deadline_rule_per_kind", fields=["course", "kind"]),
            models.CheckConstraint(
                name="deadline_weekday_counts_weeks", condition=Q(weekday=None) | Q(unit="week", weekday__lte=6)
            ),
        ]


class ApplicationRound(Record):
    """A time in which a session takes applications: the first, and each further one on the seats left (追加募集)."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    apply_from = models.DateTimeField()
    apply_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="application_round_number_is_unique", fields=["session", "number"])]


class SessionTemplate(Record):
    """What sessions of a course have in common, to draft the next from: see `courses.scheduling` for the pattern."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="templates")
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    selection = models.CharField(max_length=20, choices=Selection.choices, default=Selection.FIRST_COME)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    minimum = models.PositiveIntegerField(null=True, blank=True)
    pattern = models.JSONField(default=list, help_text="コマの並び / its meetings, counted from the first day")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="session_template_name_is_unique", fields=["course", "name_ja"])]
        indexes = [models.Index(fields=["created_at", "id"], name="session_template_by_creation")]

    def __str__(self) -> str:
        return self.name_ja
