"""Where a session is held and by whom: its dated meetings, venues and instructors."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from academy.clock import BusinessNow
from academy.folding import fold
from academy.models import Staff
from academy.models.base import PersonalData, Record, Retention, TimesField, folded, one_at_a_time
from academy.text import bilingual
from courses.models.sessions import Session


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


class MeetingForm(models.TextChoices):
    LIVE = "live", bilingual("実施", "Live")
    ARCHIVE = "archive", bilingual("アーカイブ配信", "Archive")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def live(self) -> "MeetingQuerySet":
        """Those that take place: neither cancelled nor the time in which a recording can be watched."""
        return self.filter(cancelled_at=None, form=MeetingForm.LIVE)

    def archives(self) -> "MeetingQuerySet":
        """The times in which a recording can be watched: nobody is bound by them, and they share any room."""
        return self.filter(cancelled_at=None, form=MeetingForm.ARCHIVE)


class Meeting(Record):
    """コマ: a dated slot of a session. Where only the month is known, `during` is empty and `month` its first day."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="meetings")
    position = models.PositiveSmallIntegerField()
    title_ja = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=10, choices=MeetingForm.choices, default=MeetingForm.LIVE)
    archive_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="archives", help_text="元のコマ / what was recorded"
    )
    precision = models.CharField(max_length=10, choices=DatePrecision.choices, default=DatePrecision.DAY)
    during = DateTimeRangeField(null=True, blank=True)
    month = models.DateField(null=True, blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="meetings")
    exclusive_venue_id = models.BigIntegerField(null=True, editable=False, help_text="会場の重複検査の鍵")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="変更の回数 / how often it was changed")
    changed_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="meeting_position_is_unique", fields=["session", "position"]),
            models.CheckConstraint(
                name="meeting_has_a_time_or_a_month",
                condition=Q(precision="day", during__isnull=False, during__isempty=False, month=None)
                | Q(precision="month", during=None, month__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_recording_is_an_archive", condition=Q(archive_of=None) | Q(form="archive")
            ),
            one_at_a_time(
                "meeting_room_is_free",
                of="exclusive_venue_id",
                condition=Q(exclusive_venue_id__isnull=False, cancelled_at=None, during__isnull=False, form="live"),
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
