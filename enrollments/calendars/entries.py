"""What belongs into a calendar: meetings, each with the part that the person has in it and how firm it is.

A person's calendar holds the meetings of the sessions in which they have a seat (an offered one is tentative) and of
those they teach, from the first day of the last fiscal year on. Whoever waits has no meeting yet. A meeting that was
cancelled stays, cancelled, so that a calendar that holds it drops it; so do, for 90 days, the meetings that were still to
come when a seat was given up or taken away, and a meeting that the person need not attend. What was held stays as it was.

As many statements for a hundred sessions as for one.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academy.calendar import fiscal_year, fiscal_year_of
from academy.clock import business_date
from courses.models import DatePrecision, Meeting, MeetingForm, Session, SessionStatus, SessionStep
from enrollments.models import ENDED, SEATED, Enrollment, EnrollmentStep, MeetingExemption, Status

DROPPED_FOR = dt.timedelta(days=90)
# The steps that change what stands in the calendar; that a seat is in progress or judged does not.
_TELLING = (Status.OFFERED, Status.ENROLLED, *ENDED)


class Standing(Enum):
    """The STATUS of an event."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Part(Enum):
    """What the person whose calendar it is has to do with the meeting."""

    NONE = "none"  # the calendar is the session's, nobody's
    SEAT = "seat"
    OFFER = "offer"
    TEACHING = "teaching"


@dataclass(frozen=True)
class Entry:
    """A meeting in a calendar; the meeting comes with its session, course, programme and venue."""

    meeting: Meeting
    part: Part
    standing: Standing
    changed_at: dt.datetime
    numbered: bool  # the session has several meetings
    address: str = ""  # the online address, where the reader may have it


@dataclass(frozen=True)
class _Share:
    """What somebody has to do with a session."""

    part: Part
    ended: bool = False
    changed_at: dt.datetime | None = None
    exempted: Mapping[int, dt.datetime] | None = None  # by meeting, since when


def entries_of_person(staff_id: int, *, now: dt.datetime) -> list[Entry]:
    """The calendar of a person at a moment of business time, in the order of the meetings."""
    since, _ = fiscal_year(fiscal_year_of(business_date(now)) - 1)
    shares: dict[int, _Share] = {}
    seats = list(_seats(staff_id, since, now))
    exempted = _exemptions(seats)
    for seat in sorted(seats, key=lambda each: each.status not in ENDED):  # a seat that is held outweighs one given up
        part = Part.OFFER if seat.status == Status.OFFERED else Part.SEAT
        shares[seat.session_id] = _Share(part, seat.status in ENDED, seat.told_at, exempted.get(seat.pk))
    shares |= dict.fromkeys(_taught(staff_id, since), _Share(Part.TEACHING))
    return _entries(_meetings(session_id__in=shares), shares)


def entries_of_session(session: Session, *, own_seat: bool) -> list[Entry]:
    """The meetings of a session; with its online address only for who has a seat there."""
    meetings = _meetings(session=session)
    return _entries(meetings, {session.pk: _Share(Part.NONE)}, addressed=own_seat)


def _seats(staff_id: int, since: dt.date, now: dt.datetime) -> QuerySet[Enrollment, Any]:
    steps = EnrollmentStep.objects.filter(subject=OuterRef("pk"))
    lost = steps.filter(old__in=SEATED, new__in=ENDED, at__gt=now - DROPPED_FOR)
    told = steps.filter(new__in=_TELLING).order_by().values("subject").annotate(last=Max("at")).values("last")
    return Enrollment.objects.filter(
        Q(status__in=SEATED) | (Q(status__in=ENDED) & Exists(lost)), staff_id=staff_id, session__ends_on__gte=since
    ).annotate(told_at=Coalesce(Subquery(told), F("applied_at"), output_field=DateTimeField()))


def _taught(staff_id: int, since: dt.date) -> QuerySet[Session, Any]:
    """The sessions that the person teaches and that were published: a draft is nobody's appointment."""
    published = SessionStep.objects.filter(subject=OuterRef("pk"), new=SessionStatus.PUBLISHED)
    taught = Session.objects.filter(session_instructors__instructor__staff_id=staff_id, ends_on__gte=since)
    return (
        taught.exclude(status=SessionStatus.DRAFT)
        .filter(Exists(published) | ~Q(status=SessionStatus.CANCELLED))
        .values_list("pk", flat=True)
    )


def _exemptions(seats: Sequence[Enrollment]) -> dict[int, dict[int, dt.datetime]]:
    found: dict[int, dict[int, dt.datetime]] = {}
    rows = MeetingExemption.objects.filter(enrollment__in=seats)
    for seat, meeting, at in rows.values_list("enrollment_id", "meeting_id", "at"):
        found.setdefault(seat, {})[meeting] = at
    return found


def _meetings(**which: Any) -> list[Meeting]:
    related = ("session__course__program", "venue", "archive_of")
    return list(Meeting.objects.filter(**which).select_related(*related))


def _entries(meetings: Iterable[Meeting], shares: Mapping[int, _Share], *, addressed: bool = False) -> list[Entry]:
    meetings = list(meetings)
    several = Counter(meeting.session_id for meeting in meetings if meeting.form == MeetingForm.LIVE)
    found = []
    for meeting in sorted(meetings, key=_order):
        share = shares[meeting.session_id]
        standing = _standing(meeting, share)
        seated = addressed or share.part in {Part.SEAT, Part.OFFER}
        found.append(
            Entry(
                meeting=meeting,
                part=share.part,
                standing=standing,
                changed_at=_changed_at(meeting, share),
                numbered=several[meeting.session_id] > 1,
                address=meeting.session.online_address if seated and standing != Standing.CANCELLED else "",
            )
        )
    return found


def _standing(meeting: Meeting, share: _Share) -> Standing:
    exempted = meeting.pk in (share.exempted or {})
    if meeting.cancelled_at is not None or exempted or (share.ended and not _was_over(meeting, share.changed_at)):
        return Standing.CANCELLED
    fixed = meeting.precision == DatePrecision.DAY and meeting.session.status != SessionStatus.DRAFT
    return Standing.CONFIRMED if fixed and share.part != Part.OFFER else Standing.TENTATIVE


def _was_over(meeting: Meeting, at: dt.datetime | None) -> bool:
    """Whether it had taken place before the seat was given up."""
    return at is not None and meeting.during is not None and meeting.during.upper <= at


def _changed_at(meeting: Meeting, share: _Share) -> dt.datetime:
    """When the meeting, or the person's part in it, last changed."""
    moments = [meeting.changed_at, share.changed_at, (share.exempted or {}).get(meeting.pk)]
    return max(moment for moment in moments if moment is not None)


def _order(meeting: Meeting) -> tuple[dt.date, str, int]:
    if meeting.during is None or meeting.during.lower is None:
        return meeting.month or dt.date.max, "", meeting.pk
    begins = meeting.during.lower
    return business_date(begins), begins.isoformat(), meeting.pk
