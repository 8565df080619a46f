"""Whom the seats of a session are for: the one place that says whether a person may have one of those that are free.

A seat is given where

    one is free;
    each quota that the person counts in (bureau, grade, new recruits: all that it says together) is below its ceiling;
    and it is one of those that such a quota still keeps, or one beyond all that the quotas of the session still keep: of
    each quota that is not released, `seats` less those taken in it.

Quotas overlap, and nobody knows who will come: what they keep is added up, so that every guarantee can be kept whoever
comes. One who counts in two quotas that keep seats fills both with one seat, which may leave one for somebody who was
passed over; given back, that seat is kept for both again, and is for whichever of them comes first. The database holds the
capacity and each ceiling on any path; what is kept is decided here, under the session's lock.
"""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from academy import statements
from courses.models import Session
from enrollments.errors import SessionFull
from enrollments.errors.seats import MoreKeptThanFree, QuotaFull, SeatsKept


class Person(Protocol):
    """What is asked of a person: `academy.facts.Facts` has it, as of the reference date."""

    @property
    def bureau_id(self) -> int: ...
    @property
    def grade_id(self) -> int: ...
    @property
    def new_recruit(self) -> bool: ...


@dataclass
class Quota:
    """A quota with the seats taken in it; `kept` is 0 once it is released."""

    organization_id: int | None
    grade_id: int | None
    new_recruits: bool
    kept: int
    ceiling: int | None
    taken: int
    until: dt.datetime | None = None  # when what is kept will be released

    def counts(self, person: Person) -> bool:
        return (
            self.organization_id in (None, person.bureau_id)
            and self.grade_id in (None, person.grade_id)
            and (person.new_recruit or not self.new_recruits)
        )

    @property
    def full(self) -> bool:
        return self.ceiling is not None and self.taken >= self.ceiling

    @property
    def outstanding(self) -> int:
        """The seats that are still kept."""
        return max(self.kept - self.taken, 0)


@dataclass
class Seats:
    """The free seats of a session (None: no limit) and its quotas; it counts along as seats are given."""

    free: int | None
    quotas: list[Quota] = field(default_factory=list)

    def why_not(self, person: Person) -> str | None:
        """The code of what stands in the way of a seat for this person, or None."""
        if self.free is not None and self.free <= 0:
            return SessionFull.code
        mine = self.own(person)
        if any(quota.full for quota in mine):
            return QuotaFull.code
        if self.spare is not None and self.spare < 1 and not any(quota.outstanding for quota in mine):
            return SeatsKept.code
        return None

    def take(self, person: Person) -> None:
        """Count a seat that is given."""
        if self.free is not None:
            self.free -= 1
        for quota in self.own(person):
            quota.taken += 1

    def give_back(self, person: Person) -> None:
        """Count a seat that is free again, in the quotas that it was given in."""
        if self.free is not None:
            self.free += 1
        for quota in self.own(person):
            quota.taken -= 1

    def give(self, person: Person) -> str | None:
        """Take a seat if the person may have one; else the code that says why not."""
        refused = self.why_not(person)
        if refused is None:
            self.take(person)
        return refused

    @property
    def kept(self) -> int:
        """The seats that quotas still keep, added up."""
        return sum(quota.outstanding for quota in self.quotas)

    @property
    def spare(self) -> int | None:
        """The free seats beyond those that are kept; None without a limit. Below 0 where a
        seat that counted in two quotas was given back, or a promise was broken past the rules."""
        return None if self.free is None else self.free - self.kept

    def own(self, person: Person) -> list[Quota]:
        """The quotas that the person counts in."""
        return [quota for quota in self.quotas if quota.counts(person)]

    @property
    def broken(self) -> str | None:
        """What seats that were taken without asking have broken, as a code: the limit, a ceiling, or what is kept."""
        if self.free is not None and self.free < 0:
            return SessionFull.code
        if any(quota.ceiling is not None and quota.taken > quota.ceiling for quota in self.quotas):
            return QuotaFull.code
        if self.spare is not None and self.spare < 0:
            return SeatsKept.code
        return None

    @property
    def exhausted(self) -> bool:
        """Whether nobody at all may have a seat."""
        return self.free is not None and self.free <= 0


# Quotas and the queue are read with the seats, so that a session without either pays nothing for them.
_SEATS = """
    SELECT session.capacity - session.seats_taken, (
        SELECT jsonb_agg(jsonb_build_array(
            quota.organization_id, quota.grade_id, quota.new_recruits,
            CASE WHEN quota.release_at <= %(now)s THEN 0 ELSE quota.seats END, quota.ceiling, quota.seats_taken,
            extract(epoch FROM quota.release_at)
        ) ORDER BY quota.id) FROM courses_seatquota AS quota WHERE quota.session_id = session.id
    ), (
        SELECT count(*) FROM enrollments_enrollment AS waits
        WHERE waits.session_id = session.id AND waits.status = 'waitlisted'
    )
    FROM courses_session AS session WHERE session.id = %(session)s
"""


def seats_and_queue_of(session: Session, *, now: dt.datetime) -> tuple[Seats, int]:
    """The seats as the database counts them now, and how many wait for one; a session without a date has no seats yet."""
    [(free, quotas, waiting)] = statements.run(*asking(session, now=now))
    seats = Seats(0 if session.undated else free, [_quota(*each) for each in json.loads(quotas or "[]")])
    return seats, waiting


def asking(session: Session, *, now: dt.datetime) -> statements.Asking:
    """What `seats_and_queue_of` asks: for `statements.ahead`."""
    return _SEATS, {"session": session.pk, "now": now}


def _quota(*read: Any) -> Quota:
    quota = Quota(*read)
    quota.until = dt.datetime.fromtimestamp(read[-1], dt.UTC) if read[-1] else None
    return quota


def seats_of(session: Session, *, now: dt.datetime) -> Seats:
    return seats_and_queue_of(session, now=now)[0]


def lowered(before: int | None, capacity: int | None) -> bool:
    """Whether a limit is lower than it was, None being no limit; only then it can take kept seats away."""
    return capacity is not None and (before is None or capacity < before)


def refuse_broken_promises(session: Session) -> None:
    """Refuse a change of a locked session that would leave fewer seats free than its quotas keep."""
    seats = seats_of(session, now=session.now)
    if seats.spare is not None and seats.spare < 0 and not session.undated:
        raise MoreKeptThanFree(kept=seats.kept, free=seats.free)
