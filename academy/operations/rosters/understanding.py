"""From the lines of a roster to entries and faults: cell by cell in Python, row against row and row against database in SQL."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from psycopg.types.json import Jsonb

from academy import clock
from academy.models import (
    Grade,
    HiringCategory,
    JobFamily,
    Organization,
    RosterFault,
    RosterImport,
    RosterLine,
    RosterMode,
)
from academy.rosters import columns, values
from academy.rosters.values import Entry, Lookups

AT_A_TIME = 5_000
ENTRY_FIELDS = [each.name for each in fields(Entry)]

Progress = Callable[[int], None]


def read_entries(roster: RosterImport, progress: Progress) -> None:
    """Every line becomes an entry, or faults that name their column; nothing stops at the first one."""
    read = columns.restored(roster.columns)
    lookups = _lookups(roster)
    done = 0
    while lines := _lines(roster, done):
        entries, faults = [], []
        for number, cells in lines:
            entry, found = values.entry(number, cells, read, lookups, roster.mode)
            faults += found
            if entry is not None:
                entries.append(entry)
        with connection.cursor() as cursor:
            _copy_entries(cursor, roster, entries)
        write_faults(roster, ((fault.line, fault.column, fault.code) for fault in faults))
        done = lines[-1][0]
        progress(done)


def _lines(roster: RosterImport, after: int) -> list[tuple[int, list[str | None]]]:
    rows = RosterLine.objects.filter(roster=roster, number__gt=after).order_by("number")
    return list(rows.values_list("number", "cells")[:AT_A_TIME])


def _lookups(roster: RosterImport) -> Lookups:
    """What codes and names stand for. Names count where they are clear; grades are those of the roster's ladder."""
    grades = Grade.objects.annotate(ladder_code=F("ladder__code")).order_by("pk")
    return Lookups(
        organizations=dict(Organization.objects.values_list("code", "pk")),
        grades=_named(((row.code, row.name_ja), row.pk) for row in grades if row.ladder_id == roster.ladder_id)
        | {f"{row.ladder_code}.{row.code}": row.pk for row in grades},
        job_families=_named(((row.code, row.name_ja), row.pk) for row in JobFamily.objects.all()),
        hiring_categories=_named(((row.code, row.name_ja), row.pk) for row in HiringCategory.objects.all()),
    )


def _named(rows: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for names, pk in rows:
        for name in names:
            found.setdefault(name, pk)
    return found


def _copy_entries(cursor: CursorWrapper, roster: RosterImport, entries: list[Entry]) -> None:
    names = ", ".join(["roster_id", *ENTRY_FIELDS])
    with cursor.copy(f"COPY academy_rosterentry ({names}) FROM STDIN") as copy:
        for entry in entries:
            copy.write_row((roster.pk, *_columns_of(entry)))


def _columns_of(entry: Entry) -> Iterator[Any]:
    for name in ENTRY_FIELDS:
        value = getattr(entry, name)
        yield Jsonb(value) if name == "statuses" and value is not None else value


def write_faults(roster: RosterImport, faults: Iterable[tuple[int, str, str]]) -> None:
    rows = [RosterFault(roster=roster, line=line, column=column, code=code) for line, column, code in faults]
    RosterFault.objects.bulk_create(rows, batch_size=AT_A_TIME)


def resolve_people(roster: RosterImport) -> None:
    """Who is meant: by the number of the issuing body, or, where there is none, by names and day of hiring.

    People whom the importer does not administer are not importable, whoever and wherever they are.
    """
    params = {"roster": roster.pk, "issuer": roster.issuer_id}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE academy_rosterentry")
        for statement in (_BY_NUMBER, _BY_NAME, _AMBIGUOUS, _NOT_REACHED):
            cursor.execute(statement, params)


_BY_NUMBER = """
    UPDATE academy_rosterentry AS entry SET staff_id = person.id FROM academy_staff AS person
    WHERE entry.roster_id = %(roster)s AND person.issuer_id = %(issuer)s AND person.number_folded = entry.staff_number
"""
_BY_NAME = """
    WITH named AS (
        SELECT id, name_folded, kana_folded, hired_on,
            count(*) OVER (PARTITION BY name_folded, kana_folded) AS namesakes,
            count(*) OVER (PARTITION BY name_folded, kana_folded, hired_on) AS alike
        FROM academy_staff WHERE issuer_id = %(issuer)s AND staff_number IS NULL
    )
    UPDATE academy_rosterentry AS entry SET staff_id = named.id FROM named
    WHERE entry.roster_id = %(roster)s AND entry.staff_number IS NULL AND entry.name_folded = named.name_folded
      AND entry.kana_folded = named.kana_folded
      AND (named.alike = 1 AND entry.hired_on = named.hired_on OR named.namesakes = 1 AND entry.hired_on IS NULL)
"""
_FAULT = 'INSERT INTO academy_rosterfault (public_id, roster_id, line, "column", code)'
_AMBIGUOUS = f"""
    {_FAULT} SELECT academy_uuid7(), entry.roster_id, entry.line, '', 'ambiguous_person'
    FROM academy_rosterentry AS entry
    WHERE entry.roster_id = %(roster)s AND entry.staff_number IS NULL AND entry.staff_id IS NULL AND EXISTS (
        SELECT FROM academy_staff AS person WHERE person.issuer_id = %(issuer)s AND person.staff_number IS NULL
          AND person.name_folded = entry.name_folded AND person.kana_folded = entry.kana_folded
          AND (entry.hired_on IS NULL OR person.hired_on = entry.hired_on)
    )
"""
_NOT_REACHED = f"""
    {_FAULT} SELECT academy_uuid7(), entry.roster_id, entry.line, '', 'not_importable'
    FROM academy_rosterentry AS entry
    WHERE entry.roster_id = %(roster)s AND entry.staff_id IS NOT NULL
      AND entry.staff_id NOT IN (SELECT id FROM roster_reach)
"""

# Each check finds lines; its code says what is wrong, its column where. `scope` is the subtree on the day, `post` the post on
# the day, or that which ended with the day before. Nothing more is said of people who are not reached.
_CHECKS = f"""
    WITH scope AS MATERIALIZED (
        SELECT academy_subtree(ARRAY[%(root)s]::bigint[], %(day)s) AS id
    ), entry AS MATERIALIZED (
        SELECT *, coalesce(staff_number, name_folded || '/' || kana_folded || '/' || coalesce(hired_on::text, '')) AS who
        FROM academy_rosterentry
        WHERE roster_id = %(roster)s AND (staff_id IS NULL OR staff_id IN (SELECT id FROM roster_reach))
    ), elsewhere AS MATERIALIZED (
        SELECT DISTINCT staff_id FROM academy_assignment
        WHERE kind = 'primary' AND superseded_at IS NULL AND (upper(during) IS NULL OR upper(during) > %(day)s)
          AND staff_id IN (SELECT staff_id FROM entry) AND organization_id NOT IN (SELECT id FROM roster_scope)
    ), once AS MATERIALIZED (
        SELECT DISTINCT staff_id FROM academy_assignment
        WHERE kind = 'primary' AND superseded_at IS NULL AND staff_id IN (SELECT staff_id FROM entry)
          AND organization_id IN (SELECT id FROM roster_scope)
    ), post AS MATERIALIZED (
        SELECT DISTINCT ON (held.staff_id) held.staff_id, held.organization_id, held.grade_id, held.job_family_id,
            held.during @> %(day)s AS serving
        FROM academy_assignment AS held JOIN (SELECT DISTINCT staff_id FROM entry) AS asked USING (staff_id)
        WHERE held.kind = 'primary' AND held.superseded_at IS NULL
          AND (held.during @> %(day)s OR held.during @> (%(day)s - 1))
        ORDER BY held.staff_id, held.during @> %(day)s DESC
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY who, kind, CASE WHEN kind <> 'primary' THEN organization_id END ORDER BY line) AS nth
        FROM entry
    ), found AS (
        SELECT line, 'staff_number' AS field, CASE kind WHEN 'primary' THEN 'duplicate_person' ELSE 'duplicate_post' END AS code
        FROM numbered WHERE nth > 1
        UNION ALL
        SELECT line, 'staff_number', 'unknown_person' FROM entry
        WHERE staff_id IS NULL AND (leaves OR kind <> 'primary')
          AND NOT EXISTS (SELECT FROM entry AS main WHERE main.who = entry.who AND main.kind = 'primary' AND NOT main.leaves)
        UNION ALL
        SELECT line, 'staff_number', 'serves_elsewhere' FROM entry
        WHERE kind = 'primary' AND staff_id IN (SELECT staff_id FROM elsewhere)
        UNION ALL
        SELECT line, 'staff_number', 'no_change_of_nobody' FROM entry
        WHERE leaves AND kind = 'primary' AND staff_id IS NOT NULL AND staff_id NOT IN (SELECT staff_id FROM once)
          AND staff_id NOT IN (SELECT staff_id FROM elsewhere)
        UNION ALL
        SELECT line, 'staff_number', 'leaver_with_post' FROM entry
        WHERE kind <> 'primary' AND NOT leaves AND (
            EXISTS (SELECT FROM entry AS main WHERE main.who = entry.who AND main.kind = 'primary' AND main.leaves)
            OR %(snapshot)s AND NOT EXISTS (SELECT FROM entry AS main WHERE main.who = entry.who AND main.kind = 'primary')
                AND staff_id IN (SELECT staff_id FROM post WHERE serving AND organization_id IN (SELECT id FROM roster_scope))
        )
        UNION ALL
        SELECT line, 'organization_id', CASE WHEN unit.during @> %(day)s THEN 'outside_root' ELSE 'organization_ended' END
        FROM entry LEFT JOIN post USING (staff_id) JOIN academy_organization AS unit
            ON unit.id = coalesce(entry.organization_id, CASE entry.kind WHEN 'primary' THEN post.organization_id END)
        WHERE NOT leaves AND (NOT unit.during @> %(day)s OR unit.id NOT IN (SELECT id FROM scope))
        UNION ALL
        SELECT line, 'work_place_id', 'organization_ended'
        FROM entry JOIN academy_organization AS unit ON unit.id = entry.work_place_id WHERE NOT unit.during @> %(day)s
        UNION ALL
        SELECT line, need.field, 'required_for_joiner' FROM entry LEFT JOIN post USING (staff_id)
        CROSS JOIN LATERAL (
            SELECT 'organization_id' AS field WHERE entry.organization_id IS NULL
            UNION ALL SELECT 'grade_id' WHERE entry.grade_id IS NULL
            UNION ALL SELECT 'job_family_id' WHERE entry.job_family_id IS NULL
            UNION ALL SELECT 'hired_on' WHERE entry.hired_on IS NULL AND entry.staff_id IS NULL
            UNION ALL SELECT 'hiring_category_id' WHERE entry.hiring_category_id IS NULL AND entry.staff_id IS NULL
        ) AS need
        WHERE NOT leaves AND entry.kind = 'primary' AND post.staff_id IS NULL
        UNION ALL
        SELECT line, 'organization_id', 'required_for_joiner' FROM entry
        WHERE NOT leaves AND kind <> 'primary' AND organization_id IS NULL
        UNION ALL
        SELECT line, 'work_place_id', 'secondment_without_place' FROM entry
        WHERE kind = 'secondment' AND NOT leaves AND work_place_id IS NULL
        UNION ALL
        SELECT line, 'work_place_id', 'place_without_secondment' FROM entry
        WHERE kind <> 'secondment' AND work_place_id IS NOT NULL
        UNION ALL
        SELECT line, 'directory_hidden', 'shown_too_early' FROM entry JOIN academy_staff AS person ON person.id = entry.staff_id
        WHERE entry.directory_hidden IS false AND person.directory_hidden AND %(day)s > %(today)s
        UNION ALL
        SELECT line, 'hired_on', 'hired_after_effective' FROM entry WHERE hired_on > %(day)s
        UNION ALL
        SELECT line, 'head_of_unit', 'two_heads' FROM (
            SELECT *, row_number() OVER (PARTITION BY organization_id ORDER BY line) AS nth,
                EXISTS (
                    SELECT FROM academy_assignment AS other
                    WHERE other.organization_id = entry.organization_id AND other.head_of_unit AND other.kind = 'primary'
                      AND other.superseded_at IS NULL AND other.during @> %(day)s
                      AND other.staff_id IS DISTINCT FROM entry.staff_id AND NOT %(snapshot)s
                      AND other.staff_id NOT IN (
                        SELECT staff_id FROM entry AS told WHERE staff_id IS NOT NULL AND kind = 'primary'
                          AND (leaves OR head_of_unit IS false OR told.organization_id <> other.organization_id)
                      )
                ) AS headed
            FROM entry
            WHERE head_of_unit AND kind = 'primary' AND NOT leaves AND organization_id IS NOT NULL
        ) AS head WHERE nth > 1 OR headed
    )
    {_FAULT} SELECT academy_uuid7(), %(roster)s, line, coalesce(%(headings)s::jsonb ->> field, ''), code
    FROM found ORDER BY line, code
"""


def check_against_rows(roster: RosterImport) -> None:
    """What only shows between rows, or against what is known: all of it in one statement."""
    headings = {field: each.heading for each in columns.restored(roster.columns) for field in each.known.fields}
    params: dict[str, Any] = {
        "root": roster.root_id,
        "day": roster.effective_on,
        "roster": roster.pk,
        "snapshot": roster.mode == RosterMode.SNAPSHOT,
        "today": clock.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHECKS, {**params, "headings": json.dumps(headings)})
