"""Seats of a session for some of its people: kept for them until a day, and never more than so many.

A quota is about an organisation, a grade, new recruits, or several of these at once; quotas of a session may overlap. The
database counts the seats of each quota beside those of the session, and refuses one above the ceiling whatever path gives it.
What is kept for whom (`seats`, until `release_at`) is decided under the session's lock: see `enrollments.seating`.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from academy.models import Grade, Organization
from academy.models.base import Record
from courses.models.sessions import QUOTAS_EXCEED, Session

_FIT = f"""
    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM courses_seatquota AS quota JOIN courses_session AS session ON session.id = quota.session_id
        WHERE quota.session_id IN (SELECT session_id FROM new_rows)
        GROUP BY session.id HAVING sum(quota.seats) > session.capacity
    ) THEN
        {QUOTAS_EXCEED}
    END IF;
    RETURN NULL;
"""
# The enrolments are a layer above; the statuses are those of `enrollments.models.SEATED`, which a test compares. FOR UPDATE
# waits for every seat that is being given, and the count comes after it.
_COUNT = """
    PERFORM 1 FROM courses_session WHERE id = NEW.session_id FOR UPDATE;
    NEW.seats_taken := (
        SELECT count(*) FROM enrollments_enrollment AS seat WHERE seat.session_id = NEW.session_id
        AND seat.status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')
        AND (NEW.organization_id IS NULL OR seat.seat_bureau_id = NEW.organization_id)
        AND (NEW.grade_id IS NULL OR seat.seat_grade_id = NEW.grade_id)
        AND (NOT NEW.new_recruits OR seat.new_recruit)
    );
    RETURN NEW;
"""


class SeatQuota(Record):
    """枠: of a session's seats, `seats` are kept for some people until `release_at`, and they have `ceiling` at the most.

    Whom it is about is what all that is said of them together means. Who counts is decided by the bureau and the grade at
    the moment the seat was given: a later move changes no quota.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="quotas")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", help_text="局等 / bureau or other body"
    )
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, blank=True, related_name="+")
    new_recruits = models.BooleanField(default=False, db_default=False, help_text="新規採用職員 / new recruits only")
    seats = models.PositiveIntegerField(help_text="確保する席 / seats kept for them")
    ceiling = models.PositiveIntegerField(
        null=True, blank=True, help_text="上限。空欄はなし / the most, empty: no ceiling"
    )
    release_at = models.DateTimeField(
        null=True, blank=True, help_text="使われない席を開放する時 / when unused seats are released"
    )
    seats_taken = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="seat_quota_per_group",
                fields=["session", "organization", "grade", "new_recruits"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="seat_quota_within_ceiling", condition=Q(ceiling=None) | Q(seats_taken__lte=F("ceiling"))
            ),
            models.CheckConstraint(
                name="seat_quota_keeps_no_more_than_its_ceiling", condition=Q(ceiling=None) | Q(seats__lte=F("ceiling"))
            ),
            models.CheckConstraint(
                name="seat_quota_is_about_somebody",
                condition=Q(organization__isnull=False) | Q(grade__isnull=False) | Q(new_recruits=True),
            ),
        ]
        indexes = [models.Index(fields=["seats", "id"], name="seat_quota_by_seats")]
        triggers = [
            *(
                pgtrigger.Trigger(
                    name=f"seat_quotas_fit_{str(operation).lower()}",
                    level=pgtrigger.Statement,
                    when=pgtrigger.After,
                    operation=operation,
                    referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call] # pgtrigger does not type it
                    func=_FIT,
                )
                for operation in (pgtrigger.Insert, pgtrigger.Update)
            ),
            pgtrigger.Trigger(
                name="seat_quota_starts_from_a_count",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("session_id", "organization_id", "grade_id", "new_recruits"),  # type: ignore[no-untyped-call] # as above
                func=_COUNT,
            ),
        ]
