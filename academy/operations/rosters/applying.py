"""A checked roster becomes true: at once, whole, and only as it was shown."""

from typing import Any

from academy import clock
from academy.access import Viewer, may_import, sees_hidden
from academy.errors import Forbidden, RosterDiffers, RosterNeedsSecond, RosterNotReady
from academy.models import Job, RosterFault, RosterImport, RosterMode, RosterStatus, User
from academy.operations.base import note, operation
from academy.operations.jobs import job_kind, report_progress, request_job
from academy.operations.roster_windows import close_windows_for
from academy.operations.rosters import difference, reach, understanding, writing
from academy.operations.rosters.checking import changes_own_post, keep_effects, touches_hidden
from academy.operations.rosters.turns import take_turn_of_rosters
from academy.operations.rosters.understanding import Progress
from academy.operations.rosters.uploading import forget_lines
from academy.rosters.effects import Change, watched

APPLY = "academy.apply_roster"
STEPS = 4  # begun, compared, carried out, committed


@operation
def approve_roster(*, roster_id: int, by: User) -> RosterImport:
    """A second person, with the same right, lets a roster pass that ends many people."""
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    if roster.status != RosterStatus.HELD:
        raise RosterNotReady
    if roster.uploaded_by_id == by.pk or changes_own_post(roster, by):
        raise RosterNeedsSecond
    refuse_unseen(roster, by)
    RosterImport.objects.filter(pk=roster.pk).move_to(RosterStatus.READY, by=by, approved_by=by.pk)
    return RosterImport.objects.get(pk=roster.pk)


@operation
def request_apply(*, roster_id: int, by: User) -> Job:
    """Have a roster applied by a worker; refused while it is not ready."""
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    refuse_unready(roster)
    refuse_unseen(roster, by)
    note(roster)
    return request_job(kind=APPLY, parameters={"roster": str(roster.public_id)}, by=by)


def refuse_unseen(roster: RosterImport, by: User) -> None:
    """Nobody lets pass, applies or undoes what is done to people whom they do not see."""
    if not sees_hidden(by, roster.root) and touches_hidden(roster):
        raise Forbidden


def refuse_unready(roster: RosterImport) -> None:
    if roster.status == RosterStatus.HELD:
        raise RosterNeedsSecond
    if roster.status != RosterStatus.READY:
        raise RosterNotReady


def asked_for(job: Job) -> tuple[RosterImport, User]:
    """The roster of a job and who asked, where they may still import into its organisation."""
    roster = RosterImport.objects.select_related("root").get(public_id=job.parameters["roster"])
    if job.requested_by is None or not may_import(Viewer(job.requested_by), roster.root):
        raise Forbidden
    return roster, job.requested_by


@job_kind(APPLY)
def run_apply(job: Job) -> dict[str, Any]:
    """Apply with the rights that whoever asked has when it runs."""
    roster, by = asked_for(job)
    applied = apply_roster(roster_id=roster.pk, by=by, progress=lambda done: report_progress(job, done=done, of=STEPS))
    job.all_rows = STEPS
    return {"roster": applied.public_id, "status": applied.status, "kinds": applied.summary["kinds"]}


@operation
def apply_roster(*, roster_id: int, by: User, progress: Progress = lambda done: None) -> RosterImport:
    """Make a roster true from its day, in one transaction, exactly as it was shown.

    Where the difference has become another one since the check, nothing is changed: it has to be looked at again.
    """
    take_turn_of_rosters()
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    refuse_unready(roster)
    refuse_unseen(roster, by)
    progress(1)
    reach.lay_out(roster)
    reach.hold_people(roster)
    understanding.check_against_rows(roster)
    outcome = difference.compare(roster)
    if outcome.digest != roster.diff_digest or RosterFault.objects.filter(roster=roster).exists():
        raise RosterDiffers
    progress(2)
    _apply(roster, by)
    progress(3)
    note(roster, root=roster.root.public_id, effective_on=roster.effective_on, kinds=roster.summary["kinds"])
    return roster


def _apply(roster: RosterImport, by: User) -> None:
    roster.changes.all().delete()
    roster.effects.all().delete()
    counts = difference.tell_changes(roster)
    concerned, leavers = writing.people_concerned()
    told = watched(Change(roster, concerned, leavers), lambda: writing.carry_out(roster))
    summary = {**roster.summary, **counts, "effects": keep_effects(roster, told)}
    RosterImport.objects.filter(pk=roster.pk).move_to(
        RosterStatus.APPLIED, by=by, applied_by=by.pk, applied_at=clock.now(), summary=summary
    )
    roster.refresh_from_db()
    if roster.mode == RosterMode.SNAPSHOT:  # a file of some changes is not the roster that is awaited
        close_windows_for(roster)
    forget_lines(roster)
