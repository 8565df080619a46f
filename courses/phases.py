"""Where a session stands at an instant of business time: derived, never stored.

A session is *open* when people may apply: published, of a selection that people apply for (`BY_APPLICATION`;
nobody applies where seats are assigned), its last day not past, inside the application
window (from `apply_from`, before `apply_until`; no `apply_from` is no window, no `apply_until` an endless one). It is *running* when
it is published and the business date lies within `starts_on` … `ends_on`. A year-round run is both at once; a session
without a date never runs, and is over with its fiscal year.

The *phase* is one word for the two, the first that applies of:

    draft      its status is draft
    cancelled  its status is cancelled
    over       its status is finished, or its last day is past
    open       it is open, whether or not it runs already
    running    it is running
    closed     it has not begun, and applications have ended (`apply_until` is past)
    upcoming   it has not begun, and applications have not, or it takes none
"""

import datetime as dt

from django.db import models
from django.db.models import Q

from academy.clock import business_date
from academy.text import bilingual
from courses.models import BY_APPLICATION, SessionStatus


class Phase(models.TextChoices):
    DRAFT = "draft", bilingual("準備中", "Draft")
    UPCOMING = "upcoming", bilingual("受付前", "Upcoming")
    OPEN = "open", bilingual("受付中", "Open")
    CLOSED = "closed", bilingual("受付終了", "Closed")
    RUNNING = "running", bilingual("実施中", "Running")
    OVER = "over", bilingual("終了", "Over")
    CANCELLED = "cancelled", bilingual("開催中止", "Cancelled")


def is_open(
    status: str,
    selection: str,
    apply_from: dt.datetime | None,
    apply_until: dt.datetime | None,
    ends_on: dt.date,
    now: dt.datetime,
) -> bool:
    if status != SessionStatus.PUBLISHED or selection not in BY_APPLICATION:
        return False
    if apply_from is None or business_date(now) > ends_on:
        return False
    return apply_from <= now and (apply_until is None or now < apply_until)


def open_at(now: dt.datetime) -> Q:
    """The twin of `is_open` for a query of sessions."""
    published = Q(status=SessionStatus.PUBLISHED, selection__in=BY_APPLICATION, ends_on__gte=business_date(now))
    return published & Q(apply_from__lte=now) & (Q(apply_until=None) | Q(apply_until__gt=now))


def is_running(status: str, starts_on: dt.date, ends_on: dt.date, undated: bool, now: dt.datetime) -> bool:
    return status == SessionStatus.PUBLISHED and not undated and starts_on <= business_date(now) <= ends_on


def phase_of(
    status: str,
    selection: str,
    apply_from: dt.datetime | None,
    apply_until: dt.datetime | None,
    starts_on: dt.date,
    ends_on: dt.date,
    undated: bool,
    now: dt.datetime,
) -> Phase:
    if status in {SessionStatus.DRAFT, SessionStatus.CANCELLED}:
        return Phase(status)
    if status == SessionStatus.FINISHED or business_date(now) > ends_on:
        return Phase.OVER
    if is_open(status, selection, apply_from, apply_until, ends_on, now):
        return Phase.OPEN
    if is_running(status, starts_on, ends_on, undated, now):
        return Phase.RUNNING
    return Phase.CLOSED if apply_until is not None and apply_until <= now else Phase.UPCOMING
