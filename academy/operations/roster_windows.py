"""Announcing that a roster is awaited, and the end of waiting for it."""

import datetime as dt

from academy import access, clock
from academy.access import Viewer
from academy.clock import BusinessNow
from academy.errors import Faults, Forbidden
from academy.models import Organization, RosterImport, RosterWindow, User
from academy.models.organizations import subtree
from academy.operations.base import note, operation

USUAL_WAIT = dt.timedelta(days=9)  # what is true from 1 April arrives up to 10 April
LONGEST_WAIT = dt.timedelta(days=31)  # a window that is forgotten must not stop approvals for good


@operation
def announce_roster(
    *, root: Organization, effective_on: dt.date, expected_by: dt.date | None = None, by: User
) -> RosterWindow:
    """A roster of an organisation is awaited: HR whose scope covers it says so, once for each day."""
    last = expected_by or effective_on + USUAL_WAIT
    if not access.administers_organization(Viewer(by), root):
        raise Forbidden
    faults = Faults()
    if last < effective_on:
        faults.add("/expected_by", "before_start", "期限が基準日より前です。", "Expected before it takes effect.")
    if last - effective_on > LONGEST_WAIT:
        faults.add("/expected_by", "too_long", "待てるのは31日までです。", "Nothing waits longer than 31 days.")
    if effective_on not in root.during:
        faults.add("/root", "not_alive", "その日にない組織です。", "The organisation does not exist on that day.")
    faults.refuse()
    return RosterWindow.objects.create(root=root, effective_on=effective_on, expected_by=last, announced_by=by)


@operation
def close_roster_window(*, window_id: int, by: User) -> RosterWindow:
    """The roster is awaited no longer: what waited goes on; closed once, it stays closed."""
    window = RosterWindow.objects.select_for_update(no_key=True, of=("self",)).select_related("root").get(pk=window_id)
    if not access.administers_organization(Viewer(by), window.root):
        raise Forbidden
    if window.closed_at is None:
        window.closed_at = clock.now()
        window.save(update_fields=["closed_at"])
    note(window)
    return window


def close_windows_for(roster: RosterImport) -> int:
    """Close what a roster ends the waiting for: windows of its day, of its root and of what was below it the day before.

    Part of the transaction that applies the roster. Returns how many were closed.
    """
    below = subtree([roster.root_id], roster.effective_on - dt.timedelta(days=1))
    awaited = RosterWindow.objects.open().filter(effective_on=roster.effective_on, root_id__in=below)
    return awaited.update(closed_at=BusinessNow(), closed_in=roster)


def reopen_windows_of(roster: RosterImport) -> int:
    """Await again what a roster had ended the waiting for: part of the transaction that undoes it."""
    return RosterWindow.objects.filter(closed_in=roster).update(closed_at=None, closed_in=None)
