"""Telling people what became of their enrolments, written from the steps.

There is no mark of how far one has come: a step that commits late is found by the next call. The notice of a step is one
row under the occasion `enrollments.enrollmentstep:<id>`, so whoever tells of it first, in the transaction of the step or
later, tells of it once.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from academy import clock
from academy.models import User
from academy.operations.base import kind_of, note, operation
from academy.operations.notices import Letter, tell_each
from courses.models import Meeting, Session
from courses.rescheduling import unchanged
from enrollments.models import Enrollment, EnrollmentStep, SeatOffer
from enrollments.operations.changes.telling import all_places, occasion_of
from enrollments.step_kinds import SEATS, TOLD, WITH_REASON, kind_of_step

AT_A_TIME = 5_000
LOOKS_BACK = dt.timedelta(days=7)
# The migration by which everything that was told before counts as told: steps before it are history.
_BEGAN = ("enrollments", "0007_fill_what_seats_count_by")


@dataclass(frozen=True)
class _News:
    """A step that its person was not told of, with what it may be told with."""

    step: int
    enrollment: int
    enrollment_id: UUID
    staff: int
    session: int
    old: str
    new: str
    ended_as: str
    reason: str
    own: bool

    @property
    def kind(self) -> str | None:
        return kind_of_step(old=self.old, new=self.new, ended_as=self.ended_as, own=self.own)


def told_since() -> dt.datetime:
    """Steps before this instant are history, of which nobody is told: a week ago, or when telling began."""
    earliest = clock.now() - LOOKS_BACK
    app, name = _BEGAN
    began = MigrationRecorder.Migration.objects.filter(app=app, name=name).values_list("applied", flat=True).first()
    return max(earliest, began + (clock.now() - clock.real_now())) if began else earliest


@operation
def tell_of_steps(*, since: dt.datetime, by: User | None) -> int:
    """Tell everybody of the last step of their enrolment, once; what was overtaken before it was told of is not told.

    Returns how many steps were looked at: as many as are taken at a time means that there may be more.
    """
    found = _untold(since)
    letters = _letters([each for each in found if each.kind])
    note(steps=len(found), told=tell_each(letters) if letters else 0)
    return len(found)


def tell_of_all_steps(since: dt.datetime) -> None:
    """So many at a time, each in its own transaction; nothing is written where there is nothing to tell."""
    while _untold(since, at_most=1) and tell_of_steps(since=since, by=None) == AT_A_TIME:
        pass


def _letters(news: Sequence[_News]) -> list[Letter]:
    """In a fixed number of statements, however many steps there are."""
    sessions = Session.objects.in_bulk({each.session for each in news})
    places = _places_of({each.session for each in news if each.kind in SEATS})
    positions = _positions_in({each.session for each in news if each.kind == "waitlisted"})
    offered = [each.enrollment for each in news if each.kind == "seat_offered"]
    ends = dict(SeatOffer.objects.filter(enrollment__in=offered).values_list("enrollment", "expires_at"))
    found = []
    for each in news:
        session = sessions[each.session]
        facts: dict[str, Any] = {"session_ja": session.title_ja, "session_en": session.title_en}
        if each.session in places and each.kind in SEATS:
            facts["meetings"] = places[each.session]
        if each.kind == "waitlisted" and each.enrollment in positions:
            facts["position"] = positions[each.enrollment]
        if each.enrollment in ends:
            facts["until"] = ends[each.enrollment].isoformat()
        if each.kind in WITH_REASON and each.reason:
            facts["reason"] = each.reason
        found.append(
            Letter(
                each.kind or "", occasion_of(each.step), each.staff, kind_of(Enrollment()), each.enrollment_id, facts
            )
        )
    return found


def _places_of(sessions: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    rows = Meeting.objects.live().filter(session__in=sessions).select_related("venue").order_by("session", "position")
    meetings: dict[int, list[Meeting]] = {}
    for row in rows:
        meetings.setdefault(row.session_id, []).append(row)
    return {session: all_places(unchanged(held)) for session, held in meetings.items()}


def _positions_in(sessions: Collection[int]) -> dict[int, int]:
    """The place in its queue of every enrolment that waits in the sessions."""
    queued = Enrollment.objects.waiting().filter(session__in=sessions).order_by("session", "priority", "queue_no")
    return {
        pk: place
        for _, queue in groupby(queued.values_list("session", "pk"), itemgetter(0))
        for place, (_, pk) in enumerate(queue, start=1)
    }


def _untold(since: dt.datetime, at_most: int = AT_A_TIME) -> list[_News]:
    params: dict[str, Any] = {
        "since": since,
        "told": list(map(str, TOLD)),
        "at_most": at_most,
        "kind": kind_of(EnrollmentStep()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNTOLD, params)
        return [_News(*row) for row in cursor.fetchall()]


# Whether a session is cancelled is told by the letter of its cancellation: the one end that is left out here already.
_UNTOLD = """
    SELECT step.id, enrollment.id, enrollment.public_id, enrollment.staff_id, enrollment.session_id, step.old, step.new,
        CASE WHEN step.new = enrollment.status THEN enrollment.ended_as ELSE '' END, step.reason,
        coalesce(step.by_id = staff.user_id, false)
    FROM enrollments_enrollmentstep AS step
    JOIN enrollments_enrollment AS enrollment ON enrollment.id = step.subject_id
    JOIN academy_staff AS staff ON staff.id = enrollment.staff_id AND staff.voided_at IS NULL
    WHERE step.new = ANY(%(told)s) AND step.at >= %(since)s AND step.old <> step.new
        AND NOT (step.new = enrollment.status AND enrollment.ended_as = 'session_cancelled')
        AND NOT EXISTS (
            SELECT FROM enrollments_enrollmentstep AS later
            WHERE later.subject_id = step.subject_id AND later.id > step.id
                AND later.new = ANY(%(told)s) AND later.old <> later.new
        )
        AND NOT EXISTS (
            SELECT FROM academy_notice AS notice
            WHERE notice.recipient_id = enrollment.staff_id AND notice.occasion = %(kind)s || ':' || step.id
        )
    ORDER BY step.id
    LIMIT %(at_most)s
"""
