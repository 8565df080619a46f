"""What waits while a roster is awaited: from when until when, and how deadlines move by it.

Until the roster of 1 April is there, it is not known who is in charge of whom. So from 00:00 of the day on which it
takes effect nothing is decided about the people it is awaited for, and no deadline of theirs runs, until it is applied
or closed by hand, or the day has ended by which it was expected.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from academy import clock


@dataclass(frozen=True, order=True)
class Pause:
    """A time that does not count: from `begins`, before `ends`. One that ends before it begins is none."""

    begins: dt.datetime
    ends: dt.datetime

    def covers(self, instant: dt.datetime) -> bool:
        return self.begins <= instant < self.ends


@dataclass(frozen=True)
class Deadline:
    """When something ends, as far as is known, and whether its time stands still now."""

    at: dt.datetime
    stopped: bool


def deadline_after(deadline: dt.datetime, pauses: Iterable[Pause], *, since: dt.datetime, now: dt.datetime) -> Deadline:
    """A deadline moved by exactly the time that stood still since something began to wait; overlaps count once.

    A pause that begins when the time is up, or later, moves nothing.
    """
    at, counted, known = deadline, since, sorted(pauses)
    for pause in known:
        begins = max(pause.begins, counted)
        if begins >= at:
            break
        if pause.ends > begins:
            at += pause.ends - begins
            counted = pause.ends
    stopped = since <= now < at and any(pause.covers(now) for pause in known)
    return Deadline(at, stopped)


def waits_until(pauses: Iterable[Pause], *, since: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Until when something waits that was there before a roster took effect that is still awaited; None: it does not."""
    return max((pause.ends for pause in pauses if since < pause.begins and pause.covers(now)), default=None)


def pause_of(effective_on: dt.date, expected_by: dt.date, closed_at: dt.datetime | None) -> Pause:
    """The pause that an awaited roster makes, to the end of the last day at the longest."""
    last = clock.start_of(expected_by + dt.timedelta(days=1))
    return Pause(clock.start_of(effective_on), min(closed_at or last, last))


# A window is about whoever had the primary post below its root on the last day before, as the tree stood on that day.
_OVER_STAFF = """
    SELECT post.staff_id, awaited.effective_on, awaited.expected_by, awaited.closed_at
    FROM academy_rosterwindow AS awaited
    CROSS JOIN LATERAL academy_subtree(ARRAY[awaited.root_id], awaited.effective_on - 1) AS unit (id)
    JOIN academy_assignment AS post ON post.organization_id = unit.id AND post.kind = 'primary'
        AND post.during @> (awaited.effective_on - 1) AND post.superseded_at IS NULL
    WHERE post.staff_id = ANY(%s) ORDER BY awaited.effective_on, awaited.id
"""
_OVER_ORGANIZATIONS = """
    SELECT unit.id, awaited.effective_on, awaited.expected_by, awaited.closed_at
    FROM academy_rosterwindow AS awaited
    CROSS JOIN LATERAL academy_subtree(ARRAY[awaited.root_id], awaited.effective_on - 1) AS unit (id)
    WHERE unit.id = ANY(%s) ORDER BY awaited.effective_on, awaited.id
"""


def pauses_over_staff(staff_ids: Iterable[int]) -> dict[int, list[Pause]]:
    """The pauses of each of several people, past, present and announced, in one statement."""
    return _pauses(_OVER_STAFF, list(staff_ids))


def pauses_over_organizations(organization_ids: Iterable[int]) -> dict[int, list[Pause]]:
    """The pauses of what several organisations have in hand, in one statement."""
    return _pauses(_OVER_ORGANIZATIONS, list(organization_ids))


def _pauses(statement: str, keys: list[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        for key, *window in cursor.fetchall():
            found[key].append(pause_of(*window))
    return found
