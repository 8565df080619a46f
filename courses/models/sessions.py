"""When and where a course is offered: sessions a person enrols in, and their dated meetings."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from academy.clock import BusinessNow
from academy.folding import fold
from academy.models import Staff
from academy.models.base import PersonalData, Record, Retention, TimesField, folded, one_at_a_time
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual
from courses.models.programs import Audience, Course


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

# Read with a row as its `now`; by name, because the attribute is declared on the model.
_NOW = {"now": BusinessNow()}


class SessionQuerySet(StatefulQuerySet["Session"]):
    def locked(self) -> "SessionQuerySet":
        """Lock the rows against other writers of seats, and read business time with the same statement.

        `no_key`: inserts that only point at the session are not held up.
        """
        return self.select_for_update(of=("self",), no_key=True).annotate(**_NOW)

    def locked_whole(self) -> "SessionQuerySet":
        """Lock the rows against whatever points at them too: it waits for every seat that is being given."""
        return self.select_for_update(of=("self",)).annotate(**_NOW)

    def with_audience(self) -> "SessionQuerySet":
        """With the course and the audience, which the rules about a person read."""
        return self.select_related("course__audience", "audience")

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
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    last_queue_no = models.PositiveIntegerField(default=0, editable=False)
    apply_from = models.DateTimeField(null=True, blank=True)
    apply_until = models.DateTimeField(null=True, blank=True)
    starts_on = models.DateField(help_text="最初のコマの日 / day of the first meeting; sort key")
    ends_on = models.DateField()
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="sessions")
    online_address = models.URLField(blank=True)
    synthetic = models.BooleanField(default=False, help_text="日程は架空 / invented dates")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = SessionQuerySet.as_manager()

    now: dt.datetime  # business time, on rows that `locked()` read

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


class Venue(Record):
    """A room, or an online place, that meetings are held in."""

    code = models.SlugField(max_length=60, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    name_folded = folded()
    seats = models.PositiveIntegerField(null=True, blank=True)
    online = models.BooleanField(default=False, help_text="オンラインは重複を妨げない / online places may be shared")

    class Meta:
        indexes = [models.Index(fields=["name_folded", "id"], name="venue_by_name")]

    def __str__(self) -> str:
        return self.name_ja

    def fold_names(self) -> None:
        self.name_folded = fold(self.name_ja)


class DatePrecision(models.TextChoices):
    DAY = "day", bilingual("日時確定", "Day and time")
    MONTH = "month", bilingual("月のみ", "Month only")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def live(self) -> "MeetingQuerySet":
        return self.filter(cancelled_at=None)


class Meeting(Record):
    """コマ: a dated slot of a session. Where only the month is known, `during` is empty and `month` its first day."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="meetings")
    position = models.PositiveSmallIntegerField()
    title_ja = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    precision = models.CharField(max_length=10, choices=DatePrecision.choices, default=DatePrecision.DAY)
    during = DateTimeRangeField(null=True, blank=True)
    month = models.DateField(null=True, blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="meetings")
    exclusive_venue_id = models.BigIntegerField(null=True, editable=False, help_text="会場の重複検査の鍵")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="meeting_position_is_unique", fields=["session", "position"]),
            models.CheckConstraint(
                name="meeting_has_a_time_or_a_month",
                condition=Q(precision="day", during__isnull=False, during__isempty=False, month=None)
                | Q(precision="month", during=None, month__isnull=False),
            ),
            one_at_a_time(
                "meeting_room_is_free",
                of="exclusive_venue_id",
                condition=Q(exclusive_venue_id__isnull=False, cancelled_at=None, during__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["session", "during"], name="meeting_by_session")]


class Instructor(Record):
    """講師: a name and an affiliation; most come from outside and have no account."""

    name = models.CharField(max_length=100)
    name_folded = folded()
    affiliation = models.CharField(max_length=200, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="instructor_rows")

    personal_data = PersonalData("who teaches", Retention.TRAINING_RECORD)

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="instructor_by_name"),
            models.Index(fields=["name_folded", "id"], name="instructor_by_folded_name"),
        ]
        constraints = [
            models.UniqueConstraint(name="instructor_per_staff", fields=["staff"], condition=Q(staff__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name

    def fold_names(self) -> None:
        self.name_folded = fold(self.name)


# As with `_COUNT_SEATS`: nothing here imports the enrolments above. The other way round, a seat for somebody who teaches
# meanwhile, is a rule of `enrollments.eligibility`.
_SITS_ELSEWHERE = """
    IF EXISTS (
        SELECT 1 FROM courses_instructor AS instructor
        JOIN enrollments_enrollment AS seat ON seat.staff_id = instructor.staff_id
        WHERE instructor.id = NEW.instructor_id AND seat.session_id <> NEW.session_id AND seat.busy && NEW.busy
            AND seat.status IN (
                'offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent'
            )
    ) THEN
        RAISE EXCEPTION 'an instructor has a seat elsewhere at the same time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'instructor_has_no_seat_meanwhile';
    END IF;
    RETURN NULL;
"""


class SessionInstructor(Record):
    session = models.ForeignKey(Session, models.CASCADE, related_name="session_instructors")
    instructor = models.ForeignKey(Instructor, models.PROTECT, related_name="session_instructors")
    busy = TimesField(null=True, editable=False)  # the live meetings' times while the session is published

    personal_data: ClassVar[PersonalData] = PersonalData("who teaches", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="session_names_an_instructor_once", fields=["session", "instructor"]),
            one_at_a_time("instructor_is_free", of="instructor_id", during="busy", condition=Q(busy__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="instructor_has_no_seat_meanwhile",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("busy"),  # type: ignore[no-untyped-call] # as above
                condition=pgtrigger.Condition("NEW.busy IS NOT NULL"),
                func=_SITS_ELSEWHERE,
            ),
        ]


def taught_by(staff_id: int) -> Exists:
    """Sessions that a person teaches, for `visible_to` and access."""
    return Exists(SessionInstructor.objects.filter(session=OuterRef("pk"), instructor__staff_id=staff_id))
