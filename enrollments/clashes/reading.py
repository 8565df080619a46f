"""What goes on elsewhere at the times of a session, read with as many statements for a large session as for a small one."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from academy.access import Viewer, staff_known_to
from academy.text import Text
from courses.access import sessions_visible_to
from courses.audience_counts import counted_for, reads_small_counts
from courses.audiences import parse
from courses.models import Meeting, Session, SessionStatus
from enrollments import access
from enrollments.audience_time import Window, audience_busy
from enrollments.clashes import findings
from enrollments.clashes.findings import Busy, Conflict, Other, Overlap, Room, Seat, Slot, Teaching
from enrollments.models import JUDGED, LIVE, SEATED
from enrollments.reports.results import share

HELD = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)
CONSIDERED = (SessionStatus.DRAFT, *HELD)


def conflicts_of(
    session: Session, on: dt.date, *, viewer: Viewer, is_business_day: Callable[[dt.date], bool]
) -> list[Conflict]:
    """Every conflict of a session, those that the database refuses first; `on` is the day its audience is taken of.

    A cancelled session, and one without a meeting whose time is known, has none.
    """
    slots = _slots(session) if session.status in CONSIDERED else []
    if not slots:
        return []
    overlaps = _overlaps(session, slots, viewer)
    there = _There(session, {each.other.pk: each.other for each in overlaps}, slots, viewer)
    found = [
        *findings.rooms(overlaps),
        *findings.teachers(there.teachings(), overlaps),
        *findings.seats(there.seats(), overlaps),
        *findings.days(slots, is_business_day),
        *findings.sizes(slots, session.capacity),
        *findings.audience(there.busy(on), share),
    ]
    return sorted(found, key=lambda conflict: conflict.severity != findings.Severity.REFUSED)


def _slots(session: Session) -> list[Slot]:
    meetings = Meeting.objects.live().filter(session=session, during__isnull=False).select_related("venue")
    return [
        Slot(
            pk=each.pk,
            id=each.public_id,
            starts_at=each.during.lower,
            ends_at=each.during.upper,
            room=Room(
                each.venue.public_id,
                Text(each.venue.name_ja, each.venue.name_en or each.venue.name_ja),
                each.venue.online,
                each.venue.seats,
            )
            if each.venue
            else None,
        )
        for each in meetings.order_by("during", "pk")
    ]


_OVERLAPS = """
    SELECT mine.id, other.public_id, session.id, session.public_id, session.title_ja, session.title_en, session.status,
        coalesce(other.venue_id = mine.venue_id AND NOT venue.online, false)
    FROM courses_meeting AS mine
    JOIN courses_meeting AS other ON other.during && mine.during AND other.session_id <> mine.session_id
        AND other.cancelled_at IS NULL AND other.form = 'live'
    JOIN courses_session AS session ON session.id = other.session_id AND session.status = ANY(%s)
    LEFT JOIN courses_venue AS venue ON venue.id = other.venue_id
    WHERE mine.session_id = %s AND mine.cancelled_at IS NULL AND mine.form = 'live'
    ORDER BY mine.during, mine.id, other.during, session.id, other.id
"""


def _overlaps(session: Session, slots: Collection[Slot], viewer: Viewer) -> list[Overlap]:
    by_key = {slot.pk: slot for slot in slots}
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS, [[str(status) for status in CONSIDERED], session.pk])
        rows = cursor.fetchall()
    drafts = {row[2] for row in rows if row[6] == SessionStatus.DRAFT}
    known = set(sessions_visible_to(viewer).filter(pk__in=drafts).values_list("pk", flat=True))
    others = {
        pk: Other(pk, public_id, Text(ja, en or ja), pk in drafts, pk not in drafts or pk in known)
        for _, _, pk, public_id, ja, en, *_ in rows
    }
    return [Overlap(by_key[mine], others[pk], meeting, same) for mine, meeting, pk, _, _, _, _, same in rows]


_TEACHINGS = """
    SELECT instructor.public_id, instructor.name, elsewhere.session_id, NULL
    FROM courses_sessioninstructor AS here
    JOIN courses_instructor AS instructor ON instructor.id = here.instructor_id
    JOIN courses_sessioninstructor AS elsewhere ON elsewhere.instructor_id = here.instructor_id
    WHERE here.session_id = %(session)s AND elsewhere.session_id = ANY(%(others)s)
    UNION ALL
    SELECT instructor.public_id, instructor.name, seat.session_id, seat.id
    FROM courses_sessioninstructor AS here
    JOIN courses_instructor AS instructor ON instructor.id = here.instructor_id
    JOIN enrollments_enrollment AS seat ON seat.staff_id = instructor.staff_id
    WHERE here.session_id = %(session)s AND seat.session_id = ANY(%(held)s) AND seat.status = ANY(%(seated)s)
        AND seat.busy && %(busy)s::tstzmultirange
    ORDER BY 2, 3, 4 NULLS FIRST
"""
# A seat here binds at its own times, which leave out a meeting that the person was exempted from.
_SEATS = """
    WITH here AS MATERIALIZED (
        SELECT id, public_id, staff_id, status = ANY(%(seated)s) AS seated,
            CASE WHEN status = ANY(%(seated)s) THEN coalesce(busy, %(busy)s) ELSE %(busy)s END::tstzmultirange AS busy
        FROM enrollments_enrollment WHERE session_id = %(session)s AND status = ANY(%(open)s)
    )
    SELECT here.public_id, here.seated, there.session_id, there.id, here.staff_id
    FROM here JOIN enrollments_enrollment AS there ON there.staff_id = here.staff_id
    WHERE there.session_id = ANY(%(held)s) AND there.status = ANY(%(seated)s) AND there.busy && here.busy
    UNION ALL
    SELECT here.public_id, here.seated, teaching.session_id, NULL, here.staff_id
    FROM here JOIN courses_instructor AS instructor ON instructor.staff_id = here.staff_id
    JOIN courses_sessioninstructor AS teaching ON teaching.instructor_id = instructor.id
    WHERE teaching.session_id = ANY(%(held)s) AND teaching.busy && here.busy
    ORDER BY 3, 1
"""


@dataclass(frozen=True)
class _There:
    """The other sessions that meet at the times of one, and who of that one is there."""

    session: Session
    others: dict[int, Other]
    slots: list[Slot]
    viewer: Viewer

    @property
    def params(self) -> dict[str, Any]:
        return {
            "session": self.session.pk,
            "others": list(self.others),
            "held": [pk for pk, other in self.others.items() if not other.draft],
            "seated": [str(status) for status in SEATED],
            "open": [str(status) for status in (*LIVE, *JUDGED)],
            "busy": Multirange([Range(slot.starts_at, slot.ends_at) for slot in self.slots]),
        }

    def teachings(self) -> list[Teaching]:
        rows = self._rows(_TEACHINGS)
        seen = self._seen({seat for *_, seat in rows if seat})
        return [
            Teaching(
                instructor, name, self.others[pk] if seat is None or seat in seen else None, attends=seat is not None
            )
            for instructor, name, pk, seat in rows
        ]

    def seats(self) -> list[Seat]:
        """One for each person and session; their enrolment here is named to who may see where else they are."""
        rows = self._rows(_SEATS)
        seen = self._seen({seat for _, _, _, seat, _ in rows if seat})
        teaching = {staff for *_, seat, staff in rows if seat is None}
        known = set(staff_known_to(self.viewer).filter(pk__in=teaching).values_list("pk", flat=True))
        return [
            Seat(
                public_id if (seat in seen if seat else staff in known) else None, seated=seated, other=self.others[pk]
            )
            for public_id, seated, pk, seat, staff in rows
        ]

    def busy(self, on: dt.date) -> list[Busy]:
        audience = self.session.applicable_audience
        counted, among = counted_for(self.viewer, parse(audience.rule))
        held, busy = self.params["held"], self.params["busy"]
        windows: dict[int | None, Window] = {pk: ([pk], busy) for pk in held}
        found = audience_busy(audience, on, windows={**windows, None: (held, busy)}, among=among)
        exact = reads_small_counts(self.viewer, counted)
        return [
            Busy(self.others[key] if key else None, people, found.audience, exact) for key, people in found.busy.items()
        ]

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            return list(cursor.fetchall())

    def _seen(self, seats: Collection[int]) -> set[int]:
        found = access.enrollments_visible_to(self.viewer).filter(pk__in=seats)
        return set(found.values_list("pk", flat=True))
