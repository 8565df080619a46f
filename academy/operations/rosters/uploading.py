"""A roster comes in: what is known of the file is kept, line by line; the file itself is not."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from django.db import connection, models

from academy.errors import Faults, RosterNotCheckable
from academy.models import (
    GradeLadder,
    Job,
    JobStatus,
    Organization,
    OrganizationKind,
    RosterEntry,
    RosterImport,
    RosterLine,
    RosterMode,
    RosterStatus,
    User,
)
from academy.models.organizations import number_issuer
from academy.operations.base import note, operation
from academy.operations.jobs import request_job
from academy.operations.rosters.understanding import write_faults
from academy.rosters import reading
from academy.tables.faults import Fault

_DAY = dt.timedelta(days=1)  # of an organisation that ends with the day before, people leave on the day
CHECK = "academy.check_roster"
DEFAULT_LADDER = "tmg"
UNFINISHED = (RosterStatus.UPLOADED, RosterStatus.FAULTY, RosterStatus.HELD, RosterStatus.READY)


@operation
def upload_roster(
    *,
    file: BinaryIO,
    file_name: str,
    root: Organization,
    mode: RosterMode,
    effective_on: dt.date,
    ladder: GradeLadder | None = None,
    by: User | None,
) -> RosterImport:
    """Take a file in for an organisation and its subtree, and have it checked; columns that are not known are not read.

    A file that cannot be read becomes a faulty roster that says why; nothing of its cells is kept.
    """
    _refuse_faults(root, mode, effective_on)
    issuer = number_issuer(root, effective_on)
    roster = RosterImport(
        root=root,
        issuer=issuer,
        ladder=ladder or _usual_ladder(issuer),
        mode=mode,
        effective_on=effective_on,
        file_name=file_name[:200],
        file_digest=_digest(file),
        uploaded_by=by,
    )
    try:
        table = reading.read(file, mode=mode)
    except reading.Unreadable as unreadable:
        return _unreadable(roster, unreadable.faults, by)
    return _readable(roster, table, by)


def _refuse_faults(root: Organization, mode: RosterMode, effective_on: dt.date) -> None:
    faults = Faults()
    if mode == RosterMode.UNDO:
        faults.add("/mode", "invalid", "全件か異動分です。", "Everybody or changes.")
    alive = Organization.objects.filter(pk=root.pk)
    if not (alive.on(effective_on) | alive.on(effective_on - _DAY)).exists():
        faults.add("/organization", "organization_ended", "その日にはない組織です。", "It does not exist on that day.")
    faults.refuse()


def _usual_ladder(issuer: Organization) -> GradeLadder | None:
    """Names of grades are those of the metropolis' ladder in its own rosters; another body says which, or writes codes."""
    own = issuer.kind == OrganizationKind.AUTHORITY
    return GradeLadder.objects.filter(code=DEFAULT_LADDER).first() if own else None


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


def _unreadable(roster: RosterImport, faults: Iterable[Fault], by: User | None) -> RosterImport:
    found = list(faults)
    roster.faults, roster.summary = len(found), {"unreadable": len(found)}
    _begin(roster, by)
    _write(roster, found)
    RosterImport.objects.filter(pk=roster.pk).move_to(RosterStatus.FAULTY, by=by)
    note(roster, root=roster.root.public_id, faults=roster.faults)
    return RosterImport.objects.get(pk=roster.pk)


def _readable(roster: RosterImport, table: reading.Table, by: User | None) -> RosterImport:
    roster.file_format, roster.encoding, roster.unmapped = table.format, table.encoding, table.unmapped
    roster.columns = [column.stored() for column in table.columns]
    _begin(roster, by)
    roster.lines = _keep_lines(roster, table)
    _write(roster, table.faults)
    roster.summary = {"unreadable": len(table.faults)}
    if table.faults:
        # Where a line break is lost, cells of the first person stand among the headings: they are not kept.
        roster.unmapped = []
    roster.save(update_fields=["lines", "summary", "unmapped"])
    _check_later(roster, by)
    note(roster, root=roster.root.public_id, lines=roster.lines)
    return roster


def _begin(roster: RosterImport, by: User | None) -> None:
    roster.save(force_insert=True)
    RosterImport.objects.filter(pk=roster.pk).write_first_steps(by=by)


def _write(roster: RosterImport, faults: Iterable[Fault]) -> None:
    write_faults(roster, ((fault.line, fault.column, fault.code) for fault in faults))


def _keep_lines(roster: RosterImport, table: reading.Table) -> int:
    kept = 0
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY academy_rosterline (roster_id, number, cells) FROM STDIN") as copy,
    ):
        for number, cells in table.rows():
            copy.write_row((roster.pk, number, cells))
            kept += 1
    return kept


def _check_later(roster: RosterImport, by: User | None) -> None:
    request_job(kind=CHECK, parameters={"roster": str(roster.public_id)}, by=by)


@operation
def check_again(*, roster_id: int, by: User) -> RosterImport:
    """Check a roster anew: what it refers to, or what it is compared with, has changed since.

    A file with lines that could not be read stays faulty: it has to be sent again.
    """
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    if _is_being_checked(roster) or roster.summary.get("unreadable") or not lines_of(roster).exists():
        raise RosterNotCheckable
    if roster.status != RosterStatus.UPLOADED:  # else the check was cancelled, or given up
        RosterImport.objects.filter(pk=roster.pk).move_to(RosterStatus.UPLOADED, by=by, approved_by=None)
    _check_later(roster, by)
    return RosterImport.objects.get(pk=roster.pk)


def _is_being_checked(roster: RosterImport) -> bool:
    asked = Job.objects.filter(kind=CHECK, parameters__roster=str(roster.public_id))
    return asked.filter(status__in=(JobStatus.WAITING, JobStatus.RUNNING)).exists()


@operation
def discard_roster(*, roster_id: int, by: User | None) -> RosterImport:
    """Give a roster up; what was read of it, and what it would have changed, is deleted."""
    RosterImport.objects.select_for_update().get(pk=roster_id)
    RosterImport.objects.filter(pk=roster_id).move_to(RosterStatus.DISCARDED, by=by)
    roster = RosterImport.objects.get(pk=roster_id)
    forget_lines(roster)
    roster.changes.all().delete()
    roster.effects.all().delete()
    return roster


def discard_forgotten(before: dt.datetime) -> int:
    """Give up what nobody applied or gave up since: what was read of a file is not kept for longer than it is needed."""
    waiting = RosterImport.objects.filter(status__in=UNFINISHED, uploaded_at__lt=before)
    forgotten = list(waiting.order_by("pk").values_list("pk", flat=True))
    for roster_id in forgotten:
        discard_roster(roster_id=roster_id, by=None)
    return len(forgotten)


def lines_of(roster: RosterImport) -> models.QuerySet[RosterLine]:
    return RosterLine.objects.filter(roster=roster)


def forget_lines(roster: RosterImport) -> None:
    """What was read of the file is needed until it is applied or given up, and no longer."""
    lines_of(roster).delete()
    RosterEntry.objects.filter(roster=roster).delete()
