"""Carrying a roster out: what the temporary tables of `difference` say becomes true from its day, in a few statements.

A post that changes is superseded by itself until the day before, and another one begins on the day and ends where the
old one would have ended. What was to begin later stays, except that of people who leave.
"""

from typing import Any

from django.db import connection

from academy.models import RosterImport
from academy.operations.rosters.names import bring_names_up_to_date

_JOINERS = """
    INSERT INTO academy_staff (
        public_id, issuer_id, staff_number, family_name, given_name, family_kana, given_kana, former_name, email, hired_on,
        hiring_category_id, directory_hidden, synthetic, name_folded, kana_folded, romaji_folded, number_folded
    )
    SELECT new_public_id, %(issuer)s, staff_number, family_name, given_name, family_kana, given_kana,
        coalesce(former_name, ''), email, hired_on, hiring_category_id, coalesce(directory_hidden, false), false,
        name_folded, kana_folded, romaji_folded, coalesce(staff_number, '')
    FROM roster_person WHERE person_id IS NULL AND NOT ends ORDER BY line
"""
_KNOWN_NOW = """
    UPDATE roster_person AS p SET person_id = person.id FROM academy_staff AS person
    WHERE p.person_id IS NULL AND person.public_id = p.new_public_id
"""
_CHANGES_KNOW = """
    UPDATE academy_rosterchange AS change SET staff_id = p.person_id FROM roster_person AS p
    WHERE change.roster_id = %(roster)s AND change.staff_id IS NULL AND change.public_id = p.new_public_id
"""
_NEW_STATUSES_KNOW = """
    UPDATE roster_status AS s SET person_key = p.person_id FROM roster_person AS p WHERE s.person_key = -p.line
"""
_NEW_FURTHER_KNOW = """
    UPDATE roster_further AS f SET staff_id = p.person_id FROM roster_person AS p
    WHERE f.staff_id IS NULL AND f.main_line = p.line
"""
_DETAILS = """
    UPDATE academy_staff AS person SET
        former_name = coalesce(p.former_name, person.former_name),
        email = coalesce(p.email, person.email),
        hired_on = coalesce(p.hired_on, person.hired_on),
        hiring_category_id = coalesce(p.hiring_category_id, person.hiring_category_id),
        directory_hidden = coalesce(p.directory_hidden, person.directory_hidden)
    FROM roster_person AS p WHERE person.id = p.person_id AND 'details' = ANY(p.kinds)
"""
# Whom an undone roster alone had known is somebody new: nothing of what that one said is left.
_KNOWN_AGAIN = """
    UPDATE academy_staff AS person SET voided_at = NULL, family_name = p.family_name, given_name = p.given_name,
        family_kana = p.family_kana, given_kana = p.given_kana, name_folded = p.name_folded, kana_folded = p.kana_folded,
        romaji_folded = p.romaji_folded, former_name = coalesce(p.former_name, ''), email = p.email,
        hired_on = coalesce(p.hired_on, person.hired_on),
        hiring_category_id = coalesce(p.hiring_category_id, person.hiring_category_id),
        directory_hidden = coalesce(p.directory_hidden, false)
    FROM roster_person AS p WHERE person.id = p.person_id AND p.voided AND NOT p.ends
"""
# Whoever has no dated names yet gets the old one for all time before.
_NAMES = """
    WITH renamed AS (
        SELECT p.*, held.id AS held_id, held.during AS held_during FROM roster_person AS p
        LEFT JOIN academy_staffname AS held
            ON held.staff_id = p.person_id AND held.superseded_at IS NULL AND held.during @> %(day)s
        WHERE 'name' = ANY(p.kinds)
    ), ended AS (
        UPDATE academy_staffname AS held SET superseded_at = academy_now(), superseded_in_id = %(roster)s
        FROM renamed WHERE held.id = renamed.held_id RETURNING held.id
    )
    SELECT count(*) FROM ended
"""
_NAMES_WRITTEN = """
    WITH renamed AS (
        SELECT p.*, held.during AS held_during FROM roster_person AS p
        LEFT JOIN academy_staffname AS held
            ON held.staff_id = p.person_id AND held.superseded_in_id = %(roster)s AND held.during @> %(day)s
        WHERE 'name' = ANY(p.kinds)
    )
    INSERT INTO academy_staffname (
        public_id, staff_id, family_name, given_name, family_kana, given_kana, during, recorded_at, recorded_in_id
    )
    SELECT academy_uuid7(), person_id, old_family_name, old_given_name, old_family_kana, old_given_kana,
        daterange(lower(held_during), %(day)s), academy_now(), %(roster)s
    FROM renamed WHERE held_during IS NULL OR lower(held_during) IS NULL OR lower(held_during) < %(day)s
    UNION ALL
    SELECT academy_uuid7(), person_id, family_name, given_name, family_kana, given_kana,
        daterange(%(day)s, upper(held_during)), academy_now(), %(roster)s
    FROM renamed
"""
# People whose primary post changes: what holds on the day ends with the day before.
_POSTS_ENDED = """
    UPDATE academy_assignment AS held SET superseded_at = academy_now(), superseded_in_id = %(roster)s
    FROM roster_person AS p WHERE held.id = p.old_id AND p.serving AND (p.post_changes OR p.ends)
"""
# Of who leaves, every further post and what was to come end too, wherever it is.
_LEAVERS_ENDED = """
    UPDATE academy_assignment AS held SET superseded_at = academy_now(), superseded_in_id = %(roster)s
    FROM roster_person AS p
    WHERE held.staff_id = p.person_id AND p.ends AND held.superseded_at IS NULL
      AND (upper(held.during) IS NULL OR upper(held.during) > %(day)s)
"""
_FURTHER_ENDED = """
    UPDATE academy_assignment AS held SET superseded_at = academy_now(), superseded_in_id = %(roster)s
    FROM roster_further AS f WHERE held.id = f.old_id AND held.superseded_at IS NULL
"""
_COLUMNS = """
    public_id, staff_id, kind, organization_id, work_place_id, grade_id, job_family_id, post, head_of_unit, deputy_of_unit,
    headquarters, during, recorded_at, recorded_in_id
"""
_POSTS_UNTIL = f"""
    INSERT INTO academy_assignment ({_COLUMNS})
    SELECT academy_uuid7(), staff_id, kind, organization_id, work_place_id, grade_id, job_family_id, post, head_of_unit,
        deputy_of_unit, headquarters, daterange(lower(during), %(day)s), academy_now(), %(roster)s
    FROM academy_assignment
    WHERE superseded_in_id = %(roster)s AND (lower(during) IS NULL OR lower(during) < %(day)s)
"""
_POSTS_FROM = f"""
    INSERT INTO academy_assignment ({_COLUMNS})
    SELECT academy_uuid7(), p.person_id, 'primary', p.new_organization_id, p.new_work_place_id, p.new_grade_id,
        p.new_job_family_id, p.new_post, p.new_head, p.new_deputy, p.new_headquarters,
        daterange(%(day)s, least(CASE WHEN p.serving THEN upper(p.old_during) END, coming.begins)), academy_now(), %(roster)s
    FROM roster_person AS p
    LEFT JOIN LATERAL (
        SELECT min(lower(later.during)) AS begins FROM academy_assignment AS later
        WHERE later.staff_id = p.person_id AND later.kind = 'primary' AND later.superseded_at IS NULL
          AND lower(later.during) > %(day)s
    ) AS coming ON true
    WHERE p.post_changes
"""
_FURTHER_FROM = f"""
    INSERT INTO academy_assignment ({_COLUMNS})
    SELECT academy_uuid7(), f.staff_id, f.kind, f.organization_id, f.work_place_id, f.grade_id, f.job_family_id, f.post,
        f.head_of_unit, f.deputy_of_unit, f.headquarters, daterange(%(day)s, least(upper(held.during), coming.begins)),
        academy_now(), %(roster)s
    FROM roster_further AS f LEFT JOIN academy_assignment AS held ON held.id = f.old_id
    LEFT JOIN LATERAL (
        SELECT min(lower(later.during)) AS begins FROM academy_assignment AS later
        WHERE later.staff_id = f.staff_id AND later.kind = f.kind AND later.organization_id = f.organization_id
          AND later.superseded_at IS NULL AND lower(later.during) > %(day)s
    ) AS coming ON true
    WHERE NOT f.ends
"""
_STATUSES_ENDED = """
    UPDATE academy_staffstatus AS held SET superseded_at = academy_now(), superseded_in_id = %(roster)s
    FROM roster_status AS s WHERE held.id = s.old_id AND s.ends
"""
_STATUSES_WRITTEN = """
    INSERT INTO academy_staffstatus (
        public_id, staff_id, kind, reason, sensitivity, during, recorded_at, recorded_in_id
    )
    SELECT academy_uuid7(), held.staff_id, held.kind, held.reason, held.sensitivity, daterange(lower(held.during), %(day)s),
        academy_now(), %(roster)s
    FROM academy_staffstatus AS held
    WHERE held.superseded_in_id = %(roster)s AND (lower(held.during) IS NULL OR lower(held.during) < %(day)s)
    UNION ALL
    SELECT academy_uuid7(), s.person_key, s.kind, s.reason, 'sensitive', daterange(%(day)s, coming.begins), academy_now(),
        %(roster)s
    FROM roster_status AS s
    LEFT JOIN LATERAL (
        SELECT min(lower(later.during)) AS begins FROM academy_staffstatus AS later
        WHERE later.staff_id = s.person_key AND later.kind = s.kind AND later.reason = s.reason
          AND later.superseded_at IS NULL AND lower(later.during) > %(day)s
    ) AS coming ON true
    WHERE NOT s.ends
"""
STATEMENTS = (
    _JOINERS, _KNOWN_NOW, _CHANGES_KNOW, _NEW_STATUSES_KNOW, _NEW_FURTHER_KNOW, _DETAILS, _KNOWN_AGAIN, _NAMES, _NAMES_WRITTEN,
    _POSTS_ENDED, _LEAVERS_ENDED, _FURTHER_ENDED, _POSTS_UNTIL, _POSTS_FROM, _FURTHER_FROM, _STATUSES_ENDED, _STATUSES_WRITTEN,
)  # fmt: skip
# So many rows make the statistics of the tables wrong.
WORTH_ANALYSING = 10_000


def carry_out(roster: RosterImport) -> None:
    """Make the difference true. The caller holds the roster and has compared; everything is one transaction."""
    params: dict[str, Any] = {"roster": roster.pk, "issuer": roster.issuer_id, "day": roster.effective_on}
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, params)
        bring_names_up_to_date()
        cursor.execute("SELECT count(*) FROM roster_person")
        if cursor.fetchone()[0] > WORTH_ANALYSING:
            cursor.execute("ANALYZE academy_staff, academy_assignment")


def people_concerned() -> tuple[list[int], list[int]]:
    """Of the people known so far: whom the roster concerns, and who leaves."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person_id, ends FROM roster_person
            WHERE person_id IS NOT NULL ORDER BY person_id
            """
        )
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], [pk for pk, ends in rows if ends]
