"""When and where a session could be held: its pattern of meetings moved to other days and hours, and the places put in
order. Pure; reads and writes nothing.

The meetings keep their distance in days and their times of day. A session of one meeting is also offered at the usual
hours, where its end falls within the working day. Every meeting falls on a business day.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings

USUAL_STARTS = (dt.time(9, 30), dt.time(13, 30), dt.time(15))
WORK_ENDS = dt.time(17, 45)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Beat:
    """One meeting of a pattern: so many days after the first one's day, at a time of day in Tokyo, for so long."""

    days: int
    starts: dt.time
    lasts: dt.timedelta

    def on(self, first_day: dt.date) -> Span:
        day = first_day + self.days * _DAY
        starts_at = dt.datetime.combine(day, self.starts, tzinfo=settings.BUSINESS_TIME_ZONE)
        return Span(starts_at, starts_at + self.lasts)


Pattern = tuple[Beat, ...]


@dataclass(frozen=True)
class Candidate:
    """Days and hours at which a session could be held; `own_hours` where the hours are those it was planned with."""

    spans: tuple[Span, ...]
    own_hours: bool

    @property
    def starts_at(self) -> dt.datetime:
        return self.spans[0].starts_at


@dataclass(frozen=True)
class Place:
    """A room; `seats` is None where nobody has counted them."""

    pk: int
    seats: int | None


@dataclass(frozen=True)
class Ranked:
    """A candidate with its room (None where it needs none), how many rooms were free, and how many of the audience are."""

    candidate: Candidate
    room: int | None
    rooms_free: int
    busy: int


def pattern_of(spans: Sequence[Span]) -> Pattern:
    """The pattern of meetings as they are planned, in the order of time."""
    local = [(_local(span.starts_at), span.ends_at - span.starts_at) for span in sorted(spans)]
    first = local[0][0].date()
    return tuple(Beat((starts.date() - first).days, starts.time(), lasts) for starts, lasts in local)


def patterns(planned: Pattern | None, minutes: int) -> list[tuple[Pattern, bool]]:
    """The hours to offer, each once, and whether they are the planned ones; of so many minutes where none are planned."""
    if planned is not None and len(planned) > 1:
        return [(planned, True)]
    lasts = planned[0].lasts if planned else dt.timedelta(minutes=minutes)
    usual = [(Beat(0, starts, lasts),) for starts in USUAL_STARTS if _ends_in_time(starts, lasts)]
    own = [(planned, True)] if planned else []
    return [*own, *((pattern, False) for pattern in usual if pattern != planned)]


def candidates(
    offered: Iterable[tuple[Pattern, bool]],
    first: dt.date,
    last: dt.date,
    is_business_day: Callable[[dt.date], bool],
) -> Iterator[Candidate]:
    """Every day from `first` to `last` at every hour that is offered; all meetings on business days, up to `last`."""
    for pattern, own_hours in offered:
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            days = [day + beat.days * _DAY for beat in pattern]
            if days[-1] <= last and all(is_business_day(each) for each in days):
                yield Candidate(tuple(beat.on(day) for beat in pattern), own_hours)


def rooms_that_fit(rooms: Iterable[Place], needed: int | None) -> list[Place]:
    """Rooms with enough seats, the smallest first; where no number is needed also those not counted, at the end."""
    fitting = [room for room in rooms if needed is None or (room.seats is not None and room.seats >= needed)]
    return sorted(fitting, key=lambda room: (room.seats is None, room.seats or 0, room.pk))


def in_order(found: Iterable[Ranked]) -> list[Ranked]:
    """By how many of the audience are busy, the fewest first; then the earliest, and at the planned hours first."""
    return sorted(found, key=lambda each: (each.busy, each.candidate.starts_at, not each.candidate.own_hours))


def _ends_in_time(starts: dt.time, lasts: dt.timedelta) -> bool:
    day = dt.datetime(2000, 1, 1)  # noqa: DTZ001 # any day: only hours are compared
    return dt.datetime.combine(day, starts) + lasts <= dt.datetime.combine(day, WORK_ENDS)


def _local(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(settings.BUSINESS_TIME_ZONE)
