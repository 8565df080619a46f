"""The best dates and rooms for a session that has none yet: what is free, and for whom. Reads and writes nothing else.

A suggestion keeps the session's pattern of meetings (`courses.suggestions`). It names one room that is free for all of
its meetings, the smallest that holds the session; its instructors neither teach nor attend elsewhere then. It is ranked
by how many of the audience are free: neither seated in nor teaching another published session at the time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from academy.access import Viewer
from academy.clock import business_date, start_of
from academy.text import Text, in_both
from courses.audience_counts import counted_for, reads_small_counts
from courses.audiences import parse
from courses.disclosure import is_small
from courses.models import Meeting, Mode, Session, SessionInstructor, SessionStatus, Venue
from courses.suggestions import (
    Candidate,
    Pattern,
    Place,
    Ranked,
    Span,
    candidates,
    in_order,
    pattern_of,
    patterns,
    rooms_that_fit,
)
from enrollments.audience_time import Window, audience_busy
from enrollments.errors.suggestions import PatternUnknown, SessionHasItsDate
from enrollments.models import Enrollment
from enrollments.reports.results import share

HELD = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)
IN_A_ROOM = (Mode.CLASSROOM, Mode.GROUP_PROJECT, Mode.IDEATHON)


@dataclass(frozen=True)
class Wish:
    """What to look for: from which day, for how many weeks, how many; `minutes` for a meeting that has no times yet."""

    first: dt.date
    weeks: int
    limit: int
    minutes: int

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(weeks=self.weeks, days=-1)


@dataclass(frozen=True)
class Suggestion:
    """`free` and `share` are None where they would tell of a few people."""

    meetings: tuple[tuple[Span, Venue | None], ...]
    rooms_free: int
    free: int | None
    audience: int
    share: float | None
    why: Text


@dataclass(frozen=True)
class _Plan:
    """How the session is planned so far."""

    pattern: Pattern | None
    venues: tuple[Venue | None, ...]
    needed: int | None
    in_a_room: bool

    def indoors(self, candidate: Candidate) -> list[Span]:
        """The times at which the room is needed: not those of meetings that are online."""
        online = [bool(venue and venue.online) for venue in self.venues]
        return [span for span, elsewhere in zip(candidate.spans, online, strict=True) if not elsewhere]

    def venues_with(self, room: Venue | None) -> list[Venue | None]:
        """An online place stays; everything else is in the room."""
        return [venue if venue and venue.online else room for venue in self.venues]


def suggestions_for(
    session: Session, wish: Wish, *, viewer: Viewer, is_business_day: Callable[[dt.date], bool]
) -> list[Suggestion]:
    """The best first. In as many statements for a year of other sessions as for none."""
    if session.status != SessionStatus.DRAFT and not session.undated:
        raise SessionHasItsDate(status=in_both(SessionStatus(session.status).label))
    plan = _plan(session)
    offered = list(candidates(patterns(plan.pattern, wish.minutes), wish.first, wish.last, is_business_day))
    timetable = Timetable.read(session, wish.first, wish.last)
    rooms = {room.pk: room for room in Venue.objects.filter(online=False)} if plan.in_a_room else {}
    places = rooms_that_fit((Place(room.pk, room.seats) for room in rooms.values()), plan.needed)
    possible = []
    for each in offered:
        free = [place for place in places if timetable.room_is_free(place.pk, plan.indoors(each))]
        if (free or not plan.in_a_room) and timetable.instructors_are_free(each.spans):
            possible.append((each, free))
    counted, among = counted_for(viewer, parse(session.applicable_audience.rule))
    windows: dict[int, Window] = {
        number: (timetable.sessions_at(each.spans), _busy(each.spans)) for number, (each, _) in enumerate(possible)
    }
    found = audience_busy(session.applicable_audience, wish.first, windows=windows, among=among)
    ranked = in_order(
        Ranked(each, free[0].pk if free else None, len(free), found.busy.get(number, 0))
        for number, (each, free) in enumerate(possible)
    )
    exact = reads_small_counts(viewer, counted)
    return [_told(each, plan, rooms, found.audience, exact) for each in ranked[: wish.limit]]


def _plan(session: Session) -> _Plan:
    meetings = list(
        Meeting.objects.live().filter(session=session).select_related("venue").order_by("during", "position")
    )
    timed = [Span(each.during.lower, each.during.upper) for each in meetings if each.during]
    if len(meetings) > 1 and len(timed) < len(meetings):
        raise PatternUnknown(n=len(meetings) - len(timed))
    venues = tuple(each.venue for each in meetings) or (None,)
    named = [venue for venue in venues if venue]
    in_a_room = any(not venue.online for venue in named) or (not named and session.course.program.mode in IN_A_ROOM)
    return _Plan(pattern_of(timed) if timed else None, venues, session.capacity, in_a_room)


def _busy(spans: Iterable[Span]) -> Multirange[dt.datetime]:
    return Multirange([Range(span.starts_at, span.ends_at) for span in spans])


def _told(each: Ranked, plan: _Plan, rooms: Mapping[int, Venue], audience: int, exact: bool) -> Suggestion:
    room = rooms[each.room] if each.room else None
    free = audience - each.busy
    told = exact or not (is_small(each.busy) or is_small(free))
    why = _FREE.format(free=free, all=audience) if told else _MOST
    if room is not None:
        why = why + _ROOM.format(room=_name(room), seats=_seats(room), n=each.rooms_free)
    return Suggestion(
        meetings=tuple(zip(each.candidate.spans, plan.venues_with(room), strict=True)),
        rooms_free=each.rooms_free,
        free=free if told else None,
        audience=audience,
        share=share(free, audience) if told else None,
        why=why if each.candidate.own_hours else why + _OTHER_HOURS,
    )


_FREE = Text("対象者{all}人のうち{free}人が空いています。", "{free} of the {all} in the audience are free.")
_MOST = Text("空いている対象者の多い順です。", "By how many of the audience are free.")
_ROOM = Text(
    "{room}({seats})が空いています(定員に足りる空室:{n})。",
    " {room} ({seats}) is free; rooms that are free and large enough: {n}.",
)
_OTHER_HOURS = Text("予定と異なる時刻です。", " Not at the planned hours.")


def _name(room: Venue) -> Text:
    return Text(room.name_ja, room.name_en or room.name_ja)


def _seats(room: Venue) -> Text:
    if room.seats is None:
        return Text("席数不明", "seats not known")
    return Text(f"{room.seats}席", f"{room.seats} seats")


@dataclass(frozen=True)
class Timetable:
    """What published sessions do in a stretch of days, by day: which session meets when and takes which room."""

    meetings: Mapping[dt.date, Sequence[tuple[int, Span, int | None]]]
    instructors: Sequence[Span]  # when the instructors of the session are elsewhere

    @classmethod
    def read(cls, session: Session, first: dt.date, last: dt.date) -> "Timetable":
        """In three statements."""
        days = DateTimeTZRange(start_of(first), start_of(last + dt.timedelta(days=1)))
        others = Meeting.objects.live().filter(during__overlap=days, session__status__in=HELD).exclude(session=session)
        meetings: defaultdict[dt.date, list[tuple[int, Span, int | None]]] = defaultdict(list)
        for pk, during, room in others.values_list("session_id", "during", "exclusive_venue_id"):
            for span in _spans([during]):
                for day in _days(span):
                    meetings[day].append((pk, span, room))
        return cls(meetings, _taught(session))

    def _at(self, spans: Iterable[Span]) -> Iterator[tuple[int, int | None]]:
        for mine in spans:
            for day in _days(mine):
                for pk, span, room in self.meetings.get(day, ()):
                    if mine.overlaps(span):
                        yield pk, room

    def sessions_at(self, spans: Iterable[Span]) -> list[int]:
        return sorted({pk for pk, _ in self._at(spans)})

    def room_is_free(self, room: int, spans: Iterable[Span]) -> bool:
        return all(taken != room for _, taken in self._at(spans))

    def instructors_are_free(self, spans: Sequence[Span]) -> bool:
        return not any(mine.overlaps(other) for mine in spans for other in self.instructors)


def _taught(session: Session) -> list[Span]:
    """When the instructors of a session teach other published sessions, or sit in them."""
    here = SessionInstructor.objects.filter(session=session)
    teaching = SessionInstructor.objects.filter(instructor__in=here.values("instructor"), busy__isnull=False)
    sitting = Enrollment.objects.seated().filter(staff__in=here.values("instructor__staff"), busy__isnull=False)
    found = [
        *teaching.exclude(session=session).values_list("busy", flat=True),
        *sitting.exclude(session=session).values_list("busy", flat=True),
    ]
    return _spans(each for busy in found if busy for each in busy)


def _spans(ranges: Iterable[Any]) -> list[Span]:
    return [Span(each.lower, each.upper) for each in ranges]


def _days(span: Span) -> Iterator[dt.date]:
    """The days in Tokyo on which a span falls."""
    day, last = business_date(span.starts_at), business_date(span.ends_at)
    while day <= last:
        yield day
        day += dt.timedelta(days=1)
