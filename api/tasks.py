"""What waits for a person, whatever part of the service it comes from."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from academy.access import Viewer
from academy.text import Text


@dataclass(frozen=True)
class Task:
    """One thing that waits; what does not apply to its kind is None."""

    kind: str
    id: UUID
    title: Text
    since: dt.datetime
    href: str
    waits_until: dt.datetime | None = None
    due_on: dt.date | None = None
    due_at: dt.datetime | None = None
    overdue: bool | None = None
    next_session: UUID | None = None
    next_session_starts_on: dt.date | None = None


Source = Callable[[Viewer, dt.datetime], Iterable[Task]]
