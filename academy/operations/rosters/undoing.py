"""Undoing a roster: another import that makes true again what it superseded. Nothing is deleted, both stay to be seen."""

from typing import Any

from django.db import connection
from django.db.models import Q

from academy import clock
from academy.errors import RosterBuiltUpon, RosterNotApplied, RosterNotLatest
from academy.models import (
    Assignment,
    Job,
    RosterImport,
    RosterMode,
    RosterStatus,
    Staff,
    StaffName,
    StaffStatus,
    User,
)
from academy.operations.base import note, operation
from academy.operations.jobs import job_kind, request_job
from academy.operations.roster_windows import reopen_windows_of
from academy.operations.rosters import reach
from academy.operations.rosters.applying import asked_for, refuse_unseen
from academy.operations.rosters.checking import keep_effects
from academy.operations.rosters.names import bring_names_up_to_date
from academy.operations.rosters.turns import take_turn_of_rosters
from academy.rosters.effects import Change, watched

UNDO = "academy.undo_roster"
_FACTS = (Assignment, StaffName, StaffStatus)


@operation
def request_undo(*, roster_id: int, by: User) -> Job:
    """Have an applied roster undone by a worker; refused where something was built upon it."""
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    refuse_undo(roster)
    refuse_unseen(roster, by)
    note(roster)
    return request_job(kind=UNDO, parameters={"roster": str(roster.public_id)}, by=by)


def refuse_undo(roster: RosterImport) -> None:
    """Only the latest roster of an organisation is undone, and only while what it wrote still holds."""
    if roster.status != RosterStatus.APPLIED or roster.mode == RosterMode.UNDO:
        raise RosterNotApplied
    later = RosterImport.objects.filter(
        root=roster.root_id, status=RosterStatus.APPLIED, applied_at__gt=roster.applied_at
    )
    if later.exclude(mode=RosterMode.UNDO).exists():
        raise RosterNotLatest
    # What a later roster superseded and gave back when it was undone is as it was.
    given_back = Q(superseded_in__status=RosterStatus.UNDONE) | Q(superseded_at=None)
    if any(fact.objects.filter(recorded_in=roster).exclude(given_back).exists() for fact in _FACTS):
        raise RosterBuiltUpon
    with connection.cursor() as cursor:
        cursor.execute(_BUILT_UPON, {"roster": roster.pk})
        if cursor.fetchone()[0]:
            raise RosterBuiltUpon


@job_kind(UNDO)
def run_undo(job: Job) -> dict[str, Any]:
    """Undo with the rights that whoever asked has when it runs."""
    roster, by = asked_for(job)
    undone = undo_roster(roster_id=roster.pk, by=by)
    return {"roster": roster.public_id, "status": RosterStatus.UNDONE, "compensated_by": undone.public_id}


@operation
def undo_roster(*, roster_id: int, by: User) -> RosterImport:
    """Supersede what a roster wrote and write again what it had superseded; returns the compensating import."""
    take_turn_of_rosters()
    roster = RosterImport.objects.select_for_update().get(pk=roster_id)
    reach.hold_changed(roster)
    refuse_undo(roster)
    refuse_unseen(roster, by)
    undo = _compensating(roster, by)
    told = watched(_change(undo, roster), lambda: _turn_back(undo, roster))
    summary = {**undo.summary, "effects": keep_effects(undo, told)}
    RosterImport.objects.filter(pk=undo.pk).move_to(RosterStatus.READY, by=by)
    RosterImport.objects.filter(pk=undo.pk).move_to(
        RosterStatus.APPLIED, by=by, applied_by=by.pk, applied_at=clock.now(), summary=summary
    )
    RosterImport.objects.filter(pk=roster.pk).move_to(RosterStatus.UNDONE, by=by)
    reopen_windows_of(roster)
    undo.refresh_from_db()
    note(undo, undone=roster.public_id)
    return undo


def _compensating(roster: RosterImport, by: User) -> RosterImport:
    undo = RosterImport.objects.create(
        root=roster.root,
        issuer=roster.issuer,
        ladder=roster.ladder,
        mode=RosterMode.UNDO,
        effective_on=roster.effective_on,
        compensates=roster,
        uploaded_by=by,
    )
    RosterImport.objects.filter(pk=undo.pk).write_first_steps(by=by)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, {"undo": undo.pk, "roster": roster.pk})
        cursor.execute(_COUNTS, {"undo": undo.pk})
        undo.summary = {"kinds": dict(cursor.fetchall()), "bureaus": []}
    undo.save(update_fields=["summary"])
    return undo


def _change(undo: RosterImport, roster: RosterImport) -> Change:
    touched = roster.changes.exclude(staff=None).values_list("staff_id", "kinds")
    concerned = [pk for pk, kinds in touched if not {"name", "details"} >= set(kinds)]
    return Change(undo, concerned, [pk for pk, kinds in touched if "joiner" in kinds])


def _turn_back(undo: RosterImport, roster: RosterImport) -> None:
    params = {"undo": undo.pk, "roster": roster.pk}
    with connection.cursor() as cursor:
        for table, columns in _COPIED.items():
            cursor.execute(_SET_ASIDE.format(table=table), params)
            cursor.execute(_AGAIN.format(table=table, columns=columns), params)
        for statement in (_DETAILS_BACK, _NAMES_BACK, _VOID):
            cursor.execute(statement, params)
    _refold(roster)
    bring_names_up_to_date()


_COPIED = {
    "academy_assignment": (
        "staff_id, kind, organization_id, work_place_id, grade_id, job_family_id, post, head_of_unit, deputy_of_unit, "
        "headquarters, during"
    ),
    "academy_staffname": "staff_id, family_name, given_name, family_kana, given_kana, during",
    "academy_staffstatus": "staff_id, kind, reason, sensitivity, during",
}
_SET_ASIDE = """
    UPDATE {table} SET superseded_at = academy_now(), superseded_in_id = %(undo)s
    WHERE recorded_in_id = %(roster)s AND superseded_at IS NULL
"""
_AGAIN = """
    INSERT INTO {table} (public_id, {columns}, recorded_at, recorded_in_id)
    SELECT academy_uuid7(), {columns}, academy_now(), recorded_in_id FROM {table} WHERE superseded_in_id = %(roster)s
"""
# Written since, by hand or by another roster: details that are no longer those of the roster, facts of people whom it alone
# brought in, and posts and statuses that what is given back would stand beside.
_BUILT_UPON = """
    SELECT EXISTS (
        SELECT FROM academy_rosterchange AS change JOIN academy_staff AS person ON person.id = change.staff_id
        WHERE change.roster_id = %(roster)s AND 'details' = ANY(change.kinds) AND (
            change.after ? 'email' AND person.email IS DISTINCT FROM change.after ->> 'email'
            OR change.after ? 'former_name' AND person.former_name <> change.after ->> 'former_name'
            OR change.after ? 'hired_on' AND person.hired_on <> (change.after ->> 'hired_on')::date
            OR change.after ? 'directory_hidden'
                AND person.directory_hidden <> (change.after ->> 'directory_hidden')::boolean
        )
    ) OR EXISTS (
        SELECT FROM academy_rosterchange AS change JOIN academy_staff AS person ON person.public_id = change.public_id
        WHERE change.roster_id = %(roster)s AND (
            EXISTS (SELECT FROM academy_assignment AS held WHERE held.staff_id = person.id AND held.superseded_at IS NULL
                AND held.recorded_in_id IS DISTINCT FROM %(roster)s)
            OR EXISTS (SELECT FROM academy_staffstatus AS held WHERE held.staff_id = person.id
                AND held.superseded_at IS NULL AND held.recorded_in_id IS DISTINCT FROM %(roster)s)
        )
    ) OR EXISTS (
        SELECT FROM academy_assignment AS old JOIN academy_assignment AS held ON held.staff_id = old.staff_id
        WHERE old.superseded_in_id = %(roster)s AND held.superseded_at IS NULL
          AND held.recorded_in_id IS DISTINCT FROM %(roster)s AND held.kind = old.kind AND held.during && old.during
          AND (held.kind = 'primary' OR held.organization_id = old.organization_id)
    ) OR EXISTS (
        SELECT FROM academy_staffstatus AS old JOIN academy_staffstatus AS held ON held.staff_id = old.staff_id
        WHERE old.superseded_in_id = %(roster)s AND held.superseded_at IS NULL
          AND held.recorded_in_id IS DISTINCT FROM %(roster)s AND held.kind = old.kind AND held.reason = old.reason
          AND held.during && old.during
    )
"""
# A roster's changes hold, as far as they differ, what was before: details of the person and the names.
_DETAILS_BACK = """
    UPDATE academy_staff AS person SET
        former_name = coalesce(change.before ->> 'former_name', person.former_name),
        email = CASE WHEN change.after ? 'email' THEN change.before ->> 'email' ELSE person.email END,
        hired_on = coalesce((change.before ->> 'hired_on')::date, person.hired_on),
        hiring_category_id = coalesce(category.id, person.hiring_category_id),
        directory_hidden = coalesce((change.before ->> 'directory_hidden')::boolean, person.directory_hidden)
    FROM academy_rosterchange AS change
    LEFT JOIN academy_hiringcategory AS category ON category.code = change.before ->> 'hiring_category'
    WHERE change.roster_id = %(roster)s AND person.id = change.staff_id AND 'details' = ANY(change.kinds)
"""
_NAMES_BACK = """
    UPDATE academy_staff AS person SET
        family_name = coalesce(change.before ->> 'family_name', person.family_name),
        given_name = coalesce(change.before ->> 'given_name', person.given_name),
        family_kana = coalesce(change.before ->> 'family_kana', person.family_kana),
        given_kana = coalesce(change.before ->> 'given_kana', person.given_kana)
    FROM academy_rosterchange AS change
    WHERE change.roster_id = %(roster)s AND person.id = change.staff_id AND 'name' = ANY(change.kinds)
"""
# Who was known by this roster alone is nobody any more: seen by no list, found again by the same number.
_VOID = """
    UPDATE academy_staff AS person SET voided_at = academy_now()
    FROM academy_rosterchange AS change
    WHERE change.roster_id = %(roster)s AND person.id = change.staff_id AND 'joiner' = ANY(change.kinds)
      AND (person.public_id = change.public_id OR (change.before = '{}' AND change.after ? 'family_name'))
      AND NOT EXISTS (
          SELECT FROM academy_assignment AS held WHERE held.staff_id = person.id AND held.superseded_at IS NULL
      )
"""
_CHANGES = """
    INSERT INTO academy_rosterchange (
        public_id, roster_id, line, staff_id, staff_number, name, kinds, bureau_before_id, bureau_after_id, before, after
    )
    SELECT academy_uuid7(), %(undo)s, NULL, staff_id, staff_number, name, ARRAY(
        SELECT CASE kind WHEN 'joiner' THEN 'leaver' WHEN 'leaver' THEN 'joiner' WHEN 'promotion' THEN 'demotion'
            WHEN 'demotion' THEN 'promotion' ELSE kind END FROM unnest(kinds) AS kind
    ), bureau_after_id, bureau_before_id, after, before
    FROM academy_rosterchange WHERE roster_id = %(roster)s ORDER BY id
"""
_COUNTS = """
    SELECT kind, count(*) FROM academy_rosterchange CROSS JOIN LATERAL unnest(kinds) AS kind
    WHERE roster_id = %(undo)s GROUP BY kind ORDER BY kind
"""


def _refold(roster: RosterImport) -> None:
    """The search keys of those who have their old name back."""
    renamed = list(Staff.objects.filter(pk__in=roster.changes.filter(kinds__contains=["name"]).values("staff_id")))
    for person in renamed:
        person.fold_names()
    Staff.objects.bulk_update(renamed, ["name_folded", "kana_folded", "romaji_folded"], batch_size=1000)
