"""Whom a roster may touch, as temporary tables of the transaction.

`roster_scope`: the units that the roster is about: its organisation's subtree on its day and on the day before, and what
lay below these when it ended. `roster_reach`: the people whom the importer administers. Central HR administers everybody;
other HR whoever it is HR of today, whoever left its scope for nowhere, and whom an undone roster alone had known.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from academy import clock
from academy.access import Viewer, people_of_hr
from academy.models import Role, RosterImport, RosterMode, Staff, User

_SCOPE = """
    CREATE TEMPORARY TABLE roster_scope ON COMMIT DROP AS
    WITH RECURSIVE below AS (
        SELECT academy_subtree(ARRAY[%(root)s]::bigint[], %(day)s) AS id
        UNION SELECT academy_subtree(ARRAY[%(root)s]::bigint[], %(day)s - 1)
    ), tree AS (
        SELECT id FROM below
        UNION
        SELECT edge.child_id FROM tree JOIN academy_organizationedge AS edge ON edge.parent_id = tree.id
        JOIN academy_organization AS unit ON unit.id = edge.child_id
        WHERE upper(unit.during) <= %(day)s AND edge.during @> (upper(unit.during) - 1)
    )
    SELECT id FROM tree
"""
_EVERYBODY = "INSERT INTO roster_reach SELECT id FROM academy_staff WHERE issuer_id = %(issuer)s"
_GONE = """
    INSERT INTO roster_reach
    SELECT staff_id FROM (
        SELECT DISTINCT ON (held.staff_id) held.staff_id, held.organization_id, upper(held.during) AS until
        FROM academy_assignment AS held JOIN academy_staff AS person ON person.id = held.staff_id
        WHERE held.superseded_at IS NULL AND held.kind = 'primary' AND person.issuer_id = %(issuer)s
          AND NOT person.directory_hidden
        ORDER BY held.staff_id, upper(held.during) DESC NULLS FIRST
    ) AS latest
    WHERE until <= %(today)s AND organization_id IN (SELECT id FROM roster_scope)
    UNION SELECT id FROM academy_staff WHERE issuer_id = %(issuer)s AND voided_at IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def lay_out(roster: RosterImport) -> None:
    """The tables as whoever sent the roster sees the people today."""
    params: dict[str, Any] = {
        "root": roster.root_id,
        "issuer": roster.issuer_id,
        "day": roster.effective_on,
        "today": clock.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS roster_scope, roster_reach")
        cursor.execute(_SCOPE, params)
        cursor.execute("CREATE TEMPORARY TABLE roster_reach (id bigint PRIMARY KEY) ON COMMIT DROP")
        if administers_all(roster.uploaded_by):
            cursor.execute(_EVERYBODY, params)
        else:
            _insert_own(cursor, roster)
            cursor.execute(_GONE, params)
        cursor.execute("ANALYZE roster_scope")
        cursor.execute("ANALYZE roster_reach")


_HOLD = "SELECT count(*) FROM (SELECT id FROM academy_staff WHERE {whom} ORDER BY id FOR NO KEY UPDATE) AS held"
_HOLD_NAMED = _HOLD.format(
    whom="""
        id IN (SELECT staff_id FROM academy_rosterentry WHERE roster_id = %(roster)s)
        OR %(snapshot)s AND id IN (
            SELECT staff_id FROM academy_assignment
            WHERE kind = 'primary' AND superseded_at IS NULL AND organization_id IN (SELECT id FROM roster_scope)
        )
    """
)
_HOLD_CHANGED = _HOLD.format(whom="id IN (SELECT staff_id FROM academy_rosterchange WHERE roster_id = %(roster)s)")


def hold_people(roster: RosterImport) -> None:
    """Lock the people of a roster, as who changes a post or a status by hand does: nobody comes between."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_NAMED, {"roster": roster.pk, "snapshot": roster.mode == RosterMode.SNAPSHOT})


def hold_changed(roster: RosterImport) -> None:
    """The same for the people whom an applied roster changed, before it is undone."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_CHANGED, {"roster": roster.pk})


def administers_all(user: User | None) -> bool:
    """Central HR, and what comes from the system itself."""
    return user is None or Viewer(user).everywhere(Role.ACADEMY_HR)


def _insert_own(cursor: Any, roster: RosterImport) -> None:
    people = administered(roster.uploaded_by).filter(issuer=roster.issuer_id).order_by().values("pk")
    try:
        statement, params = people.query.sql_with_params()
    except EmptyResultSet:  # no grant reaches anybody
        return
    cursor.execute(f"INSERT INTO roster_reach {statement} ON CONFLICT DO NOTHING", params)


def administered(user: User | None) -> Any:
    """The people of whom somebody is HR today; hidden ones only where they are academy HR of the person."""
    return Staff.objects.filter(people_of_hr(Viewer(user))) if user is not None else Staff.objects.all()
