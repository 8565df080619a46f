"""What a roster changes: its entries against what is known for its day, as temporary tables of the transaction.

`roster_scope` and `roster_reach` are laid out before (see `reach`). `roster_person`: everybody whom the roster concerns, with the primary post before (`old_…`) and after (`new_…`) and the
kinds of change. `roster_further`: concurrent posts and secondments that begin or end. `roster_status`: statuses likewise.
*Before* is the post on the day, or, where it ended with the day before, that one.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from academy.models import RosterImport, RosterMode
from academy.rosters.columns import restored

TABLES = ("roster_before", "roster_person", "roster_further", "roster_status")

# Only people whom the importer administers are looked at: nobody else ends, changes or shows.
_BEFORE = """
    CREATE TEMPORARY TABLE roster_before ON COMMIT DROP AS
    SELECT DISTINCT ON (held.staff_id) held.*, held.during @> %(day)s AS serving,
        held.organization_id IN (SELECT id FROM roster_scope) AS inside
    FROM academy_assignment AS held JOIN academy_staff AS person ON person.id = held.staff_id
    WHERE held.kind = 'primary' AND held.superseded_at IS NULL
      AND (held.during @> %(day)s OR held.during @> (%(day)s - 1))
      AND person.issuer_id = %(issuer)s AND person.id IN (SELECT id FROM roster_reach)
    ORDER BY held.staff_id, held.during @> %(day)s DESC
"""
_PERSON = """
    CREATE TEMPORARY TABLE roster_person ON COMMIT DROP AS
    WITH entry AS (
        SELECT * FROM academy_rosterentry WHERE roster_id = %(roster)s AND kind = 'primary'
    ), met AS (
        SELECT entry.*, coalesce(entry.staff_id, old.staff_id) AS person_id,
            old.id AS old_id, old.serving, old.inside, old.during AS old_during,
            old.organization_id AS old_organization_id, old.work_place_id AS old_work_place_id,
            old.grade_id AS old_grade_id, old.job_family_id AS old_job_family_id, old.post AS old_post,
            old.head_of_unit AS old_head, old.deputy_of_unit AS old_deputy, old.headquarters AS old_headquarters
        FROM entry FULL JOIN (
            SELECT * FROM roster_before WHERE %(snapshot)s AND inside AND serving
               OR staff_id IN (SELECT staff_id FROM entry)
        ) AS old ON old.staff_id = entry.staff_id
    ), named AS (
        SELECT met.*, person.public_id AS person_public_id, person.staff_number AS person_number,
            coalesce(name.family_name, person.family_name) AS old_family_name,
            coalesce(name.given_name, person.given_name) AS old_given_name,
            coalesce(name.family_kana, person.family_kana) AS old_family_kana,
            coalesce(name.given_kana, person.given_kana) AS old_given_kana,
            person.former_name AS old_former_name, person.email AS old_email, person.hired_on AS old_hired_on,
            person.hiring_category_id AS old_hiring_category_id, person.directory_hidden AS old_hidden,
            known.voided_at IS NOT NULL AS voided
        FROM met LEFT JOIN academy_staff AS known ON known.id = met.person_id
        LEFT JOIN academy_staff AS person ON person.id = met.person_id AND person.voided_at IS NULL
        LEFT JOIN academy_staffname AS name
            ON name.staff_id = person.id AND name.superseded_at IS NULL AND name.during @> %(day)s
    ), decided AS (
        SELECT named.*,
            line IS NULL OR leaves AS ends,
            coalesce(organization_id, old_organization_id) AS new_organization_id,
            CASE WHEN %(tells_work_place)s THEN work_place_id ELSE old_work_place_id END AS new_work_place_id,
            coalesce(grade_id, old_grade_id) AS new_grade_id,
            coalesce(job_family_id, old_job_family_id) AS new_job_family_id,
            CASE WHEN %(tells_post)s THEN coalesce(named.post, '') ELSE coalesce(old_post, '') END AS new_post,
            coalesce(head_of_unit, old_head, false) AS new_head,
            coalesce(deputy_of_unit, old_deputy, false) AS new_deputy,
            coalesce(headquarters, old_headquarters, true) AS new_headquarters
        FROM named
    ), compared AS (
        SELECT decided.*,
            NOT ends AND (
                old_id IS NULL OR NOT serving OR (new_organization_id, new_grade_id, new_job_family_id, new_post, new_head,
                new_deputy, new_headquarters) IS DISTINCT FROM (old_organization_id, old_grade_id, old_job_family_id,
                old_post, old_head, old_deputy, old_headquarters) OR new_work_place_id IS DISTINCT FROM old_work_place_id
            ) AS post_changes,
            NOT ends AND person_public_id IS NOT NULL
                AND (family_name, given_name, family_kana, given_kana)
                IS DISTINCT FROM (old_family_name, old_given_name, old_family_kana, old_given_kana) AS name_changes,
            NOT ends AND person_public_id IS NOT NULL AND (
                former_name IS NOT NULL AND former_name <> old_former_name
                OR email IS NOT NULL AND email IS DISTINCT FROM old_email
                OR hired_on IS NOT NULL AND hired_on <> old_hired_on
                OR hiring_category_id IS NOT NULL AND hiring_category_id <> old_hiring_category_id
                OR directory_hidden IS NOT NULL AND directory_hidden <> old_hidden
            ) AS details_change
        FROM decided
    )
    SELECT compared.*, academy_uuid7() AS new_public_id, '{}'::text[] AS kinds
    FROM compared WHERE ends AND serving OR post_changes OR name_changes OR details_change OR statuses IS NOT NULL
"""
_KINDS = """
    UPDATE roster_person AS p SET kinds = array_remove(ARRAY[
        CASE WHEN ends THEN 'leaver' END,
        CASE WHEN NOT ends AND old_id IS NULL AND line IS NOT NULL THEN 'joiner' END,
        CASE WHEN NOT ends AND old_organization_id <> new_organization_id THEN 'move' END,
        CASE WHEN NOT ends AND old_ladder = new_ladder AND new_rank > old_rank THEN 'promotion' END,
        CASE WHEN NOT ends AND old_ladder = new_ladder AND new_rank < old_rank THEN 'demotion' END,
        CASE WHEN NOT ends AND old_ladder <> new_ladder THEN 'regrade' END,
        CASE WHEN NOT ends AND old_job_family_id <> new_job_family_id THEN 'job_family' END,
        CASE WHEN post_changes AND old_id IS NOT NULL AND (new_post, new_head, new_deputy, new_headquarters, new_work_place_id)
            IS DISTINCT FROM (old_post, old_head, old_deputy, old_headquarters, old_work_place_id) THEN 'post' END,
        CASE WHEN post_changes AND old_id IS NOT NULL AND NOT serving AND old_organization_id = new_organization_id THEN 'renewal' END,
        CASE WHEN name_changes THEN 'name' END,
        CASE WHEN details_change THEN 'details' END,
        CASE WHEN EXISTS (SELECT FROM roster_status AS s WHERE s.person_key = coalesce(p.person_id, -p.line)) THEN 'status' END,
        CASE WHEN EXISTS (SELECT FROM roster_further AS f WHERE f.staff_id = p.person_id) THEN 'further_posts' END
    ], NULL)
    FROM (
        SELECT same.new_public_id AS ranked, old.ladder_id AS old_ladder, old.rank AS old_rank,
            new.ladder_id AS new_ladder, new.rank AS new_rank
        FROM roster_person AS same
        LEFT JOIN academy_grade AS old ON old.id = same.old_grade_id
        LEFT JOIN academy_grade AS new ON new.id = same.new_grade_id
    ) AS grades
    WHERE ranked = new_public_id
"""
# Concurrent posts and secondments that end or begin. What the roster does not tell of (no such column) stays.
_FURTHER = """
    CREATE TEMPORARY TABLE roster_further ON COMMIT DROP AS
    WITH entry AS (
        SELECT further.*, coalesce(further.staff_id, main.staff_id) AS person_id, main.line AS main_line,
            main.grade_id AS main_grade, main.job_family_id AS main_family, main.post AS main_post
        FROM academy_rosterentry AS further LEFT JOIN academy_rosterentry AS main
            ON main.roster_id = further.roster_id AND main.kind = 'primary'
            AND coalesce(
                main.staff_number, main.name_folded || '/' || main.kana_folded || '/' || coalesce(main.hired_on::text, '')
            ) = coalesce(
                further.staff_number,
                further.name_folded || '/' || further.kana_folded || '/' || coalesce(further.hired_on::text, '')
            )
        WHERE further.roster_id = %(roster)s AND further.kind <> 'primary'
    ), held AS (
        SELECT post.* FROM academy_assignment AS post JOIN academy_staff AS person ON person.id = post.staff_id
        WHERE post.kind <> 'primary' AND post.superseded_at IS NULL AND post.during @> %(day)s
          AND post.organization_id IN (SELECT id FROM roster_scope)
          AND person.issuer_id = %(issuer)s AND person.id IN (SELECT id FROM roster_reach)
    ), met AS (
        SELECT entry.person_id, entry.main_line, entry.line, coalesce(entry.leaves, false) AS leaves,
            held.id AS old_id, coalesce(entry.kind, held.kind) AS kind,
            coalesce(entry.person_id, held.staff_id) AS staff_id,
            coalesce(entry.organization_id, held.organization_id) AS organization_id,
            CASE WHEN entry.line IS NOT NULL AND %(tells_work_place)s THEN entry.work_place_id ELSE held.work_place_id END
                AS work_place_id,
            coalesce(entry.grade_id, held.grade_id, entry.main_grade, before.grade_id) AS grade_id,
            coalesce(entry.job_family_id, held.job_family_id, entry.main_family, before.job_family_id) AS job_family_id,
            CASE WHEN entry.line IS NOT NULL AND %(tells_post)s THEN coalesce(entry.post, '') ELSE coalesce(held.post, '') END
                AS post,
            coalesce(entry.head_of_unit, held.head_of_unit, false) AS head_of_unit,
            coalesce(entry.deputy_of_unit, held.deputy_of_unit, false) AS deputy_of_unit,
            coalesce(entry.headquarters, held.headquarters, true) AS headquarters,
            held.organization_id AS old_organization_id, held.work_place_id AS old_work_place_id,
            held.grade_id AS old_grade_id, held.job_family_id AS old_job_family_id, held.post AS old_post,
            held.head_of_unit AS old_head, held.deputy_of_unit AS old_deputy, held.headquarters AS old_headquarters
        FROM entry FULL JOIN held ON held.staff_id = entry.person_id AND held.kind = entry.kind
            AND held.organization_id = entry.organization_id
        LEFT JOIN roster_before AS before ON before.staff_id = entry.person_id
    )
    SELECT met.*, line IS NULL OR leaves AS ends FROM met
    WHERE CASE
        WHEN line IS NULL THEN %(snapshot)s AND %(tells_posts)s
            OR staff_id IN (SELECT person_id FROM roster_person WHERE ends)
        WHEN leaves THEN old_id IS NOT NULL
        ELSE old_id IS NULL OR (grade_id, job_family_id, post, head_of_unit, deputy_of_unit, headquarters)
            IS DISTINCT FROM (old_grade_id, old_job_family_id, old_post, old_head, old_deputy, old_headquarters)
            OR work_place_id IS DISTINCT FROM old_work_place_id
    END
"""
# `person_key` is the person, or, where that is somebody new, the line with its sign turned.
_STATUS = """
    CREATE TEMPORARY TABLE roster_status ON COMMIT DROP AS
    WITH wanted AS (
        SELECT coalesce(person_id, -line) AS person_key, person_id, each ->> 0 AS kind, coalesce(each ->> 1, '') AS reason
        FROM roster_person CROSS JOIN LATERAL jsonb_array_elements(statuses) AS each
        WHERE NOT ends AND statuses IS NOT NULL
    ), held AS (
        SELECT held.id, held.staff_id, held.kind, held.reason, p.ends FROM academy_staffstatus AS held
        JOIN roster_person AS p ON p.person_id = held.staff_id
        WHERE held.superseded_at IS NULL AND (
            held.during @> %(day)s AND (p.statuses IS NOT NULL OR p.ends) OR p.ends AND lower(held.during) > %(day)s
        )
    )
    SELECT coalesce(wanted.person_key, held.staff_id) AS person_key, held.id AS old_id,
        coalesce(wanted.kind, held.kind) AS kind, coalesce(wanted.reason, held.reason) AS reason,
        wanted.person_key IS NULL AS ends
    FROM wanted FULL JOIN held ON held.staff_id = wanted.person_id AND held.kind = wanted.kind
        AND held.reason = wanted.reason AND NOT held.ends
    WHERE held.id IS NULL OR wanted.person_key IS NULL
"""
_KEEP = """
    INSERT INTO roster_person (person_id, person_public_id, person_number, ends, post_changes, name_changes,
        details_change, leaves, old_id, serving, inside, old_organization_id, new_organization_id, new_public_id, kinds,
        old_family_name, old_given_name, old_grade_id, new_grade_id, old_job_family_id, new_job_family_id)
    SELECT DISTINCT ON (person.id) person.id, person.public_id, person.staff_number, false, false, false,
        false, false, before.id, before.serving, before.inside,
        coalesce(before.organization_id, further.organization_id), coalesce(before.organization_id, further.organization_id),
        academy_uuid7(), '{}'::text[], person.family_name, person.given_name, before.grade_id, before.grade_id,
        before.job_family_id, before.job_family_id
    FROM roster_further AS further JOIN academy_staff AS person ON person.id = further.staff_id
    LEFT JOIN roster_before AS before ON before.staff_id = person.id
    WHERE NOT EXISTS (SELECT FROM roster_person AS p WHERE p.person_id = person.id)
"""


@dataclass(frozen=True)
class Outcome:
    """How many people served before, and how many of them would not any more."""

    serving_before: int
    ending: int
    digest: str


def compare(roster: RosterImport) -> Outcome:
    """Lay the entries beside what is known; the tables live until the transaction ends."""
    told = {field for each in restored(roster.columns) for field in each.known.fields}
    params: dict[str, Any] = {
        "roster": roster.pk,
        "root": roster.root_id,
        "issuer": roster.issuer_id,
        "day": roster.effective_on,
        "snapshot": roster.mode == RosterMode.SNAPSHOT,
        "tells_posts": "kind" in told,
        "tells_post": "post" in told,
        "tells_work_place": "work_place_id" in told,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for statement in (
            _BEFORE,
            _ANALYZE_BEFORE,
            _PERSON,
            _FURTHER,
            _STATUS,
            _KEEP,
            _ANALYZE,
            _KINDS,
            _UNCHANGED,
        ):
            for each in statement.split(";\n"):
                cursor.execute(each, params)
        return _outcome(cursor)


_ANALYZE_BEFORE = """
    CREATE UNIQUE INDEX ON roster_before (staff_id);
    ANALYZE roster_before
"""
_ANALYZE = """
    CREATE UNIQUE INDEX ON roster_person (new_public_id);
    CREATE INDEX ON roster_status (person_key);
    CREATE INDEX ON roster_further (staff_id);
    ANALYZE roster_person;
    ANALYZE roster_status;
    ANALYZE roster_further
"""
_UNCHANGED = "DELETE FROM roster_person WHERE kinds = '{}' AND post_changes IS NOT TRUE"
_OUTCOME = """
    SELECT (SELECT count(*) FROM roster_before WHERE inside AND serving),
        (SELECT count(*) FROM roster_person WHERE 'leaver' = ANY(kinds)),
        (SELECT coalesce(md5(string_agg(md5((
            p.person_id, p.line, p.kinds, p.old_id, p.new_organization_id, p.new_grade_id, p.new_job_family_id, p.new_post,
            p.new_head, p.new_deputy, p.new_headquarters, p.new_work_place_id, p.old_family_name, p.old_given_name,
            p.old_family_kana, p.old_given_kana, p.old_former_name, p.old_email, p.old_hired_on, p.old_hiring_category_id,
            p.old_hidden, p.voided)::text), '' ORDER BY p.person_id, p.line)), '') FROM roster_person AS p)
        || (SELECT coalesce(md5(string_agg(md5((s.person_key, s.old_id, s.kind, s.reason, s.ends)::text),
            '' ORDER BY s.person_key, s.kind, s.reason, s.ends)), '') FROM roster_status AS s)
        || (SELECT coalesce(md5(string_agg(md5((f.staff_id, f.main_line, f.old_id, f.kind, f.ends, f.organization_id)::text),
            '' ORDER BY f.staff_id, f.main_line, f.old_id, f.kind, f.organization_id)), '') FROM roster_further AS f)
"""


def _outcome(cursor: CursorWrapper) -> Outcome:
    cursor.execute(_OUTCOME)
    serving_before, ending, digest = cursor.fetchone()
    return Outcome(serving_before, ending, digest)


# What is shown of it and kept: a row a person, with what was and what will be, as far as they differ.
_CHANGES = """
    INSERT INTO academy_rosterchange (
        public_id, roster_id, line, staff_id, staff_number, name, kinds, bureau_before_id, bureau_after_id, before, after
    )
    SELECT p.new_public_id, %(roster)s, p.line, p.person_id, coalesce(p.staff_number, p.person_number, ''),
        coalesce(p.family_name, p.old_family_name) || ' ' || coalesce(p.given_name, p.old_given_name), p.kinds,
        coalesce(earlier.bureau_id, p.old_organization_id),
        CASE WHEN NOT p.ends THEN coalesce(later.bureau_id, p.new_organization_id) END,
        different.before, different.after
    FROM roster_person AS p
    LEFT JOIN academy_bureaus(%(day)s - 1) AS earlier ON earlier.organization_id = p.old_organization_id
    LEFT JOIN academy_bureaus(%(day)s) AS later ON later.organization_id = p.new_organization_id
    LEFT JOIN academy_organization AS old_unit ON old_unit.id = p.old_organization_id
    LEFT JOIN academy_organization AS new_unit ON new_unit.id = p.new_organization_id
    LEFT JOIN academy_grade AS old_grade ON old_grade.id = p.old_grade_id
    LEFT JOIN academy_grade AS new_grade ON new_grade.id = p.new_grade_id
    LEFT JOIN academy_jobfamily AS old_family ON old_family.id = p.old_job_family_id
    LEFT JOIN academy_jobfamily AS new_family ON new_family.id = p.new_job_family_id
    LEFT JOIN academy_hiringcategory AS old_category ON old_category.id = p.old_hiring_category_id
    LEFT JOIN academy_hiringcategory AS new_category ON new_category.id = p.hiring_category_id
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(name, old) FILTER (WHERE old IS NOT NULL), '{}') AS before,
            coalesce(jsonb_object_agg(name, new) FILTER (WHERE new IS NOT NULL AND NOT p.ends), '{}') AS after
        FROM (VALUES
            ('organization', to_jsonb(old_unit.code), to_jsonb(new_unit.code)),
            ('organization_name_ja', to_jsonb(old_unit.name_ja), to_jsonb(new_unit.name_ja)),
            ('grade', to_jsonb(old_grade.code), to_jsonb(new_grade.code)),
            ('grade_name_ja', to_jsonb(old_grade.name_ja), to_jsonb(new_grade.name_ja)),
            ('job_family', to_jsonb(old_family.code), to_jsonb(new_family.code)),
            ('post', to_jsonb(p.old_post), to_jsonb(p.new_post)),
            ('head_of_unit', to_jsonb(p.old_head), to_jsonb(p.new_head)),
            ('deputy_of_unit', to_jsonb(p.old_deputy), to_jsonb(p.new_deputy)),
            ('headquarters', to_jsonb(p.old_headquarters), to_jsonb(p.new_headquarters)),
            ('family_name', to_jsonb(p.old_family_name), to_jsonb(p.family_name)),
            ('given_name', to_jsonb(p.old_given_name), to_jsonb(p.given_name)),
            ('family_kana', to_jsonb(p.old_family_kana), to_jsonb(p.family_kana)),
            ('given_kana', to_jsonb(p.old_given_kana), to_jsonb(p.given_kana)),
            ('former_name', to_jsonb(p.old_former_name), to_jsonb(coalesce(p.former_name, p.old_former_name))),
            ('email', to_jsonb(p.old_email), to_jsonb(coalesce(p.email, p.old_email))),
            ('hired_on', to_jsonb(p.old_hired_on), to_jsonb(coalesce(p.hired_on, p.old_hired_on))),
            ('hiring_category', to_jsonb(old_category.code), to_jsonb(coalesce(new_category.code, old_category.code))),
            ('directory_hidden', to_jsonb(p.old_hidden), to_jsonb(coalesce(p.directory_hidden, p.old_hidden)))
        ) AS field (name, old, new)
        WHERE p.ends AND name IN ('organization', 'organization_name_ja', 'grade', 'grade_name_ja', 'job_family', 'post')
           OR NOT p.ends AND (p.line IS NOT NULL) AND old IS DISTINCT FROM new
    ) AS different
"""
_FURTHER_CHANGES = """
    UPDATE academy_rosterchange AS change SET
        before = CASE WHEN told.ended IS NULL THEN before ELSE before || jsonb_build_object('further_posts', told.ended) END,
        after = CASE WHEN told.begun IS NULL THEN after ELSE after || jsonb_build_object('further_posts', told.begun) END
    FROM (
        SELECT further.staff_id,
            jsonb_agg(jsonb_build_object('kind', further.kind, 'organization', unit.code, 'post', coalesce(old_post, further.post)))
                FILTER (WHERE old_id IS NOT NULL) AS ended,
            jsonb_agg(jsonb_build_object('kind', further.kind, 'organization', unit.code, 'post', further.post)) FILTER (WHERE NOT ends) AS begun
        FROM roster_further AS further JOIN academy_organization AS unit ON unit.id = further.organization_id
        GROUP BY further.staff_id
    ) AS told
    WHERE change.roster_id = %(roster)s AND change.staff_id = told.staff_id
"""
_STATUS_CHANGES = """
    UPDATE academy_rosterchange AS change SET
        before = CASE WHEN told.ended IS NULL THEN before ELSE before || jsonb_build_object('statuses', told.ended) END,
        after = CASE WHEN told.begun IS NULL THEN after ELSE after || jsonb_build_object('statuses', told.begun) END
    FROM (
        SELECT p.new_public_id, jsonb_agg(jsonb_build_array(s.kind, s.reason)) FILTER (WHERE s.ends) AS ended,
            jsonb_agg(jsonb_build_array(s.kind, s.reason)) FILTER (WHERE NOT s.ends) AS begun
        FROM roster_status AS s JOIN roster_person AS p ON coalesce(p.person_id, -p.line) = s.person_key
        GROUP BY p.new_public_id
    ) AS told
    WHERE change.roster_id = %(roster)s AND change.public_id = told.new_public_id
"""
_SUMMARY = """
    SELECT kind, coalesce(bureau_after_id, bureau_before_id) AS bureau, count(*)
    FROM academy_rosterchange CROSS JOIN LATERAL unnest(kinds) AS kind WHERE roster_id = %(roster)s
    GROUP BY kind, bureau
"""


def tell_changes(roster: RosterImport) -> dict[str, Any]:
    """Write the difference down as rows; returns the counts: by kind, and by kind and bureau (of a leaver the last one)."""
    params: dict[str, Any] = {"roster": roster.pk, "day": roster.effective_on}
    with connection.cursor() as cursor:
        for statement in (_CHANGES, _FURTHER_CHANGES, _STATUS_CHANGES):
            cursor.execute(statement, params)
        cursor.execute(_SUMMARY, params)
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT id, code, name_ja FROM academy_organization WHERE id = ANY(%s)", [[row[1] for row in rows]]
        )
        names = {pk: (code, name) for pk, code, name in cursor.fetchall()}
    total: dict[str, int] = {}
    bureaus: dict[int, dict[str, int]] = {}
    for kind, bureau, count in rows:
        total[kind] = total.get(kind, 0) + count
        bureaus.setdefault(bureau, {})[kind] = count
    listed = [
        {"code": names[pk][0], "name_ja": names[pk][1], "kinds": dict(sorted(kinds.items()))}
        for pk, kinds in sorted(bureaus.items(), key=lambda each: names[each[0]][0])
    ]
    return {"kinds": dict(sorted(total.items())), "bureaus": listed}
