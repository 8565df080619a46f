"""The check of a roster: every fault in one pass, then the difference, then what that does to training."""

from typing import Any

from django.db import connection, transaction

from academy.access import Viewer, may_import
from academy.errors import Forbidden
from academy.models import Job, RosterChange, RosterEffect, RosterFault, RosterImport, RosterStatus, User
from academy.operations.jobs import job_kind, report_progress
from academy.operations.rosters import difference, reach, understanding, writing
from academy.operations.rosters.turns import take_time
from academy.operations.rosters.uploading import CHECK
from academy.rosters.effects import Change, Told, watched

# Ends more than one in twenty of those who serve: a second person looks at it first. So it is with one's own post.
HELD_ABOVE = 20


@job_kind(CHECK)
def run_check(job: Job) -> dict[str, Any]:
    """Check with the rights that whoever asked has when it runs. Running twice gives the same."""
    roster = RosterImport.objects.select_for_update().get(public_id=job.parameters["roster"])
    if roster.status != RosterStatus.UPLOADED:
        return {"roster": roster.public_id, "status": roster.status}
    if job.requested_by is not None and not may_import(Viewer(job.requested_by), roster.root):
        raise Forbidden
    steps = roster.lines + roster.lines // 2  # reading is two thirds of the work
    check(roster, by=job.requested_by, progress=lambda done: report_progress(job, done=min(done, steps), of=steps))
    job.all_rows = steps
    return {"roster": roster.public_id, "status": roster.status, "faults": roster.faults}


def check(roster: RosterImport, *, by: User | None, progress: understanding.Progress) -> None:
    """Faults, or else the difference and its effects; moves the roster on."""
    take_time()
    _start_afresh(roster)
    reach.lay_out(roster)
    understanding.read_entries(roster, progress)
    understanding.resolve_people(roster)
    understanding.check_against_rows(roster)
    roster.faults = RosterFault.objects.filter(roster=roster).count()
    if roster.faults:
        _move(roster, RosterStatus.FAULTY, by, faults=roster.faults)
        return
    outcome = difference.compare(roster)
    unreadable = roster.summary.get("unreadable", 0)
    roster.summary = {**difference.tell_changes(roster), "unreadable": unreadable}
    progress(roster.lines + roster.lines // 4)
    told = preview(roster)
    roster.summary["effects"] = keep_effects(roster, told)
    held = outcome.ending * HELD_ABOVE > outcome.serving_before or changes_own_post(roster, roster.uploaded_by)
    _move(
        roster,
        RosterStatus.HELD if held else RosterStatus.READY,
        by,
        faults=0,
        serving_before=outcome.serving_before,
        ending=outcome.ending,
        diff_digest=outcome.digest,
        summary=roster.summary,
    )


def changes_own_post(roster: RosterImport, user: User | None) -> bool:
    """Whether a roster changes the post or status of somebody who handles it: nobody promotes themselves."""
    own = roster.changes.filter(staff__user=user) if user is not None else roster.changes.none()
    return any(not {"name", "details"} >= set(kinds) for kinds in own.values_list("kinds", flat=True))


def touches_hidden(roster: RosterImport) -> bool:
    """Whether a roster changes people who are hidden in the directory, or hides or shows somebody."""
    return roster.changes.exclude(pk__in=RosterChange.objects.filter(roster=roster).unhidden().values("pk")).exists()


def _start_afresh(roster: RosterImport) -> None:
    """What an earlier check found is gone, but for the lines that could not be read."""
    if not roster.summary.get("unreadable"):
        RosterFault.objects.filter(roster=roster).delete()
    with connection.cursor() as cursor:
        for table in ("academy_rosterentry", "academy_rosterchange", "academy_rostereffect"):
            cursor.execute(f"DELETE FROM {table} WHERE roster_id = %s", [roster.pk])


def preview(roster: RosterImport) -> list[Told]:
    """What the parts of the service tell when the roster is carried out: the real thing, rolled back."""
    concerned, leavers = writing.people_concerned()
    with transaction.atomic():
        told = watched(Change(roster, concerned, leavers), lambda: writing.carry_out(roster))
        transaction.set_rollback(True)
    return told


def keep_effects(roster: RosterImport, told: list[Told]) -> dict[str, int]:
    """The rows of what is told; returns how many of each code."""
    RosterEffect.objects.bulk_create(
        (
            RosterEffect(
                roster=roster,
                code=each.code,
                staff_id=each.staff_id,
                target_kind=each.target_kind,
                target=each.target,
                detail=each.detail,
            )
            for each in told
        ),
        batch_size=5_000,
    )
    counts: dict[str, int] = {}
    for each in told:
        counts[each.code] = counts.get(each.code, 0) + 1
    return dict(sorted(counts.items()))


def _move(roster: RosterImport, status: RosterStatus, by: User | None, **also: Any) -> None:
    RosterImport.objects.filter(pk=roster.pk).move_to(status, by=by, **also)
    roster.refresh_from_db()
