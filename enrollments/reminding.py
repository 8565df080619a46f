"""Of which meetings people are reminded, and from when. Reads and writes nothing.

A week before the first meeting of a session, and the day before each day on which it meets, at the hour of digests. What
was moved since is reminded of anew, for its new day; what is only known by its month is not reminded of.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from academy.clock import business_date
from academy.mails import at_digest_hour
from courses.models import Meeting

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
LATE = dt.timedelta(
    days=2
)  # a week's reminder that could not be given in time is given so much later, and then no more


@dataclass(frozen=True)
class Reminder:
    """What is told of the meetings of one day. Whoever got the seat after `since` was told when just then."""

    kind: str
    meetings: tuple[Meeting, ...]
    since: dt.datetime

    @property
    def occasion(self) -> str:
        """The same meeting on the same day: an hour's delay is told by the change."""
        first = self.meetings[0]
        day = business_date(first.during.lower) if first.during else None
        return f"courses.meeting:{first.public_id}:{self.kind.removeprefix('meeting_')}:{day}"


def reminders_of(meetings: Sequence[Meeting], now: dt.datetime) -> Iterator[Reminder]:
    """The reminders that are due of the live meetings of one session."""
    dated = sorted((each for each in meetings if each.during), key=_begins)
    days = [(day, tuple(held)) for day, held in groupby(dated, lambda each: business_date(_begins(each)))]
    for number, (day, held) in enumerate(days):
        if _begins(held[0]) <= now:
            continue
        week_before, day_before = at_digest_hour(day - WEEK), at_digest_hour(day - DAY)
        if number == 0 and week_before <= now < week_before + LATE:
            yield Reminder("meeting_soon", held[:1], week_before)
        if day_before <= now:
            yield Reminder("meeting_next_day", held, day_before)


def _begins(meeting: Meeting) -> dt.datetime:
    begins: dt.datetime = meeting.during.lower
    return begins
