"""An academy of any size, made by a few set-based statements; every constraint of the schema holds for it.

30 bureaus with nine tenths of the people and 62 municipalities with the rest, ten sections each; two of seven people
changed their bureau on 2021-04-01. Every session takes the next people in a circle, half of the courses meet, the
other half is taken at one's own pace. Sessions have no limit, so no counter is kept. Keys are given: a row follows
from its number.
"""

from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from academy.folding import fold
from academy.romaji import romaji_key
from tests.bench import seed_enrollments
from tests.bench.sizes import FIRST_YEAR, TODAY, YEARS, Size

BUREAUS, MUNICIPALITIES, SECTIONS = 30, 62, 10
BODIES = BUREAUS + MUNICIPALITIES
ACCOUNTS = 2_000  # people who can sign in: they apply for the seats of a hot session
FAMILY_NAMES = [("佐藤", "サトウ"), ("鈴木", "スズキ"), ("髙橋", "タカハシ"), ("田中", "タナカ"), ("山﨑", "ヤマザキ")]
GIVEN_NAMES = [
    ("花子", "ハナコ"),
    ("太郎", "タロウ"),
    ("陽菜", "ヒナ"),
    ("蓮", "レン"),
    ("三恵", "ミエ"),
    ("海", "ウミ"),
]
HR, BUREAU_HR, TOWN_HR = "bench-hr", "bench-bureau-hr", "bench-town-hr"
BUREAU, TOWN = 2, 2 + BUREAUS  # the keys of the first bureau and of the first municipality

_SESSION_SETTINGS = """
    SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '256MB'; SET LOCAL synchronous_commit = off
"""
_ORGANIZATIONS = """
    WITH body AS (
        SELECT 1 + b AS id, CASE WHEN b <= %(bureaus)s THEN 'bureau' ELSE 'municipality' END AS kind, 'B' || b AS code
        FROM generate_series(1, %(bodies)s) AS b
    ), unit AS (
        SELECT 1 AS id, 'authority' AS kind, 'TMG' AS code UNION ALL SELECT * FROM body UNION ALL
        SELECT 1 + %(bodies)s + (body.id - 2) * %(sections)s + s, 'section', body.code || '-' || s
        FROM body, generate_series(1, %(sections)s) AS s
    )
    INSERT INTO academy_organization
        (id, public_id, code, kind, name_ja, name_en, name_kana, name_folded, area, position, during)
    SELECT id, academy_uuid7(), code, kind, '組織' || code, code, '', '組織' || lower(code), '', id, '[2000-04-01,)' FROM unit
"""
_EDGES = """
    INSERT INTO academy_organizationedge (public_id, child_id, parent_id, during)
    SELECT academy_uuid7(), id, CASE kind WHEN 'bureau' THEN 1 ELSE 2 + (id - 2 - %(bodies)s) / %(sections)s END, during
    FROM academy_organization WHERE kind IN ('bureau', 'section')
"""
_WORDS = """
    INSERT INTO academy_gradeladder (id, public_id, code, name_ja, name_en) VALUES (1, academy_uuid7(), 'tmg', '東京都', '');
    INSERT INTO academy_grade (id, public_id, ladder_id, code, name_ja, name_en, rank, "group")
    SELECT n, academy_uuid7(), 1, 'g' || n, '職層' || n, '', n * 10,
        CASE WHEN n <= 2 THEN 'staff' WHEN n = 3 THEN 'supervisory' ELSE 'managerial' END FROM generate_series(1, 6) AS n;
    INSERT INTO academy_gradeequivalence (public_id, grade_id, rank, certainty, during)
    SELECT academy_uuid7(), id, rank, 'seen', '(,)' FROM academy_grade;
    INSERT INTO academy_jobfamily (id, public_id, code, name_ja, name_en, field, position)
    SELECT n, academy_uuid7(), 'f' || n, '職種' || n, '', '', n FROM generate_series(1, 12) AS n;
    INSERT INTO academy_hiringcategory (id, public_id, code, name_ja, name_en, position)
    VALUES (1, academy_uuid7(), 'I-B', 'Ⅰ類B', '', 1)
"""
_STAFF = """
    INSERT INTO academy_staff (
        id, public_id, user_id, issuer_id, staff_number, family_name, given_name, family_kana, given_kana, former_name,
        hired_on, hiring_category_id, directory_hidden, synthetic, name_folded, kana_folded, romaji_folded, number_folded
    )
    SELECT n, academy_uuid7(), account.id, 1, lpad(n::text, 8, '0'), name.family, name.given, name.family_kana,
        name.given_kana, '', date '2010-04-01' + (n %% 12) * 365, 1, n %% 1000 = 0, true, name.folded, name.kana_folded, name.romaji_folded,
        lpad(n::text, 8, '0')
    FROM generate_series(1, %(staff)s) AS n
    JOIN unnest(
        %(family)s::text[], %(given)s::text[], %(family_kana)s::text[], %(given_kana)s::text[], %(folded)s::text[],
        %(kana_folded)s::text[], %(romaji_folded)s::text[]
    ) WITH ORDINALITY AS name (family, given, family_kana, given_kana, folded, kana_folded, romaji_folded, number)
        ON name.number = 1 + n %% %(names)s
    LEFT JOIN academy_user AS account ON account.username = 'bench-person-' || n
"""
_USERS = """
    INSERT INTO academy_user (public_id, username, password, kind, is_active, is_staff, is_superuser)
    SELECT academy_uuid7(), name, '!', 'person', true, false, false FROM (
        SELECT unnest(%(hr)s::text[]) UNION ALL
        SELECT 'bench-person-' || n FROM generate_series(1, least(%(staff)s, %(accounts)s)) AS n
    ) AS named (name);
"""
_TOKENS = """
    INSERT INTO academy_token (public_id, user_id, name, digest, scopes, expires_at)
    SELECT academy_uuid7(), id, 'bench', encode(sha256(username::bytea), 'hex'), '{}', now() + interval '50 years'
    FROM academy_user WHERE username LIKE 'bench-%%';
    INSERT INTO academy_rolegrant (public_id, user_id, role, organization_id, during)
    SELECT academy_uuid7(), account.id, role, organization, '[2018-04-01,)' FROM academy_user AS account JOIN (
        VALUES ((%(hr)s::text[])[1], 'academy_hr', NULL), ((%(hr)s::text[])[2], 'bureau_hr', %(bureau)s), ((%(hr)s::text[])[3], 'bureau_hr', %(town)s)
    ) AS granted (username, role, organization) USING (username)
"""
# Where the people serve: `moved` of them in another body of the same kind before 2021-04-01.
_POSTS = """
    CREATE TEMPORARY TABLE bench_post ON COMMIT DROP AS
    WITH person AS (
        SELECT n, n %% 10 = 9 AS in_town, n * 7919 %% 1000003 AS scattered, n %% 7 < 2 AS moved,
            1 + n * 31 %% 997 %% %(sections)s AS section, 1 + n %% 12 AS family,
            CASE WHEN n %% 100 < 45 THEN 1 WHEN n %% 100 < 70 THEN 2 WHEN n %% 100 < 88 THEN 3
                WHEN n %% 100 < 96 THEN 4 WHEN n %% 100 < 99 THEN 5 ELSE 6 END AS grade
        FROM generate_series(1::bigint, %(staff)s) AS n
    ), held AS (
        SELECT person.*, since, until, scattered + turn AS place
        FROM person CROSS JOIN (
            VALUES (true, 1, date '2010-04-01', date '2021-04-01'), (true, 0, '2021-04-01', 'infinity'),
                (false, 0, '2010-04-01', 'infinity')
        ) AS post (of_moved, turn, since, until) WHERE post.of_moved = person.moved
    ), placed AS (
        SELECT held.*, CASE WHEN in_town THEN 2 + %(bureaus)s + place %% %(municipalities)s ELSE 2 + place %% %(bureaus)s END
            AS body FROM held
    )
    SELECT n AS staff, since, until, body, 1 + %(bodies)s + (body - 2) * %(sections)s + section AS unit, grade, family
    FROM placed;
    CREATE INDEX ON bench_post (staff);
    ANALYZE bench_post;
    INSERT INTO academy_assignment (
        public_id, staff_id, kind, organization_id, grade_id, job_family_id, post, head_of_unit, deputy_of_unit,
        headquarters, during
    )
    SELECT academy_uuid7(), staff, 'primary', unit, grade, family, '', false, false, true,
        daterange(since, CASE WHEN isfinite(until) THEN until END) FROM bench_post
"""
_CATALOGUE = """
    INSERT INTO courses_program
        (id, public_id, code, title_ja, title_en, title_folded, working_label, tier, pillar, organiser, mode)
    SELECT n, academy_uuid7(), 'p' || n, '研修' || n, '', '研修' || n, '', 'literacy',
        CASE WHEN n %% 8 = 0 THEN 'self_development' ELSE 'training' END, 'central', 'live'
    FROM generate_series(1, 1 + (%(courses)s - 1) / 5) AS n;
    INSERT INTO courses_completionpolicy (
        id, public_id, code, name_ja, name_en, certifies, attendance_numerator, attendance_denominator, all_lessons, proposal
    ) VALUES (1, academy_uuid7(), 'certifies', '修了', '', true, 1, 1, false, false),
        (2, academy_uuid7(), 'takes-part', '参加', '', false, 1, 1, false, false);
    INSERT INTO courses_audience (id, public_id, rule, note_ja) VALUES (1, academy_uuid7(), '{}', '');
    INSERT INTO courses_course (
        id, public_id, program_id, code, title_ja, title_en, title_folded, summary, policy_id, audience_id, repeatable,
        recurrence, due_from
    )
    SELECT n, academy_uuid7(), 1 + (n - 1) / 5, 'c' || n, '講座' || n, '', '講座' || n, '', 1 + (n %% 5 = 0)::int, 1, n %% 2 = 0,
        'fiscal_year', ''
    FROM generate_series(1, %(courses)s) AS n;
    INSERT INTO courses_contentversion (id, public_id, course_id, number, note)
    SELECT id, academy_uuid7(), id, 1, '' FROM courses_course WHERE id %% 2 = 0;
    INSERT INTO courses_module (id, public_id, version_id, position, title_ja, title_en)
    SELECT id, academy_uuid7(), id, 1, '章', '' FROM courses_contentversion;
    INSERT INTO courses_lesson (id, public_id, module_id, position, title_ja, title_en, seconds)
    SELECT id, academy_uuid7(), id, 1, '話', '', 600 FROM courses_module;
"""
_SESSIONS = """
    WITH numbered AS (
        SELECT n, (n - 1) / %(per_year)s AS year, (n - 1) %% %(per_year)s AS place FROM generate_series(1, %(sessions)s) AS n
    ), dated AS (
        SELECT *, make_date(%(first_year)s + year, 4, 2) + place * 360 / %(per_year)s AS day, 1 + place / 2 AS course
        FROM numbered
    )
    INSERT INTO courses_session (
        id, public_id, course_id, title_ja, title_en, fiscal_year, ordinal, status, selection, seats_taken, last_queue_no,
        apply_from, apply_until, starts_on, ends_on, online_address, synthetic, created_at,
        undated, fixed_deadlines, content_id
    )
    SELECT n, academy_uuid7(), course, '回' || n, '', %(first_year)s + year, 1 + place %% 2,
        CASE WHEN day < %(today)s THEN 'finished' ELSE 'published' END, 'first_come', 0, %(per_session)s,
        day - interval '60 days', day - interval '5 days', day, day, '', true, day - interval '70 days', false, '{}',
        (SELECT id FROM courses_contentversion AS content WHERE content.course_id = course) FROM dated;
    INSERT INTO courses_meeting (id, public_id, session_id, position, title_ja, title_en, form, precision, sequence, during)
    SELECT id, academy_uuid7(), id, 1, '', '', 'live', 'day', 0, tstzrange(
        (starts_on + interval '9 hours' + id %% 3 * interval '3 hours') AT TIME ZONE 'Asia/Tokyo',
        (starts_on + interval '11 hours' + id %% 3 * interval '3 hours') AT TIME ZONE 'Asia/Tokyo'
    ) FROM courses_session WHERE course_id %% 2 = 1
"""
NUMBERED = (
    "academy_organization", "academy_gradeladder", "academy_grade", "academy_jobfamily", "academy_hiringcategory",
    "academy_staff", "courses_program", "courses_completionpolicy", "courses_audience", "courses_course",
    "courses_contentversion", "courses_module", "courses_lesson", "courses_session", "courses_meeting", "enrollments_enrollment",
)  # fmt: skip


def fill(size: Size) -> None:
    """Fill an empty database, in one transaction; statistics are fresh afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SESSION_SETTINGS)
        params = _params(size)
        _run(
            cursor,
            _ORGANIZATIONS,
            _EDGES,
            _WORDS,
            _USERS,
            _TOKENS,
            _STAFF,
            _POSTS,
            _CATALOGUE,
            _SESSIONS,
            params=params,
        )
        seed_enrollments.fill(cursor, params)
        for table in NUMBERED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")


def _run(cursor: CursorWrapper, *statements: str, params: dict[str, Any]) -> None:
    for each in statements:
        for statement in each.split(";\n"):
            if statement.strip():
                cursor.execute(statement, params)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _params(size: Size) -> dict[str, Any]:
    names = [(family, given) for family in FAMILY_NAMES for given in GIVEN_NAMES]
    return {
        "staff": size.staff, "sessions": size.sessions, "per_session": size.per_session,
        "per_year": size.sessions // YEARS, "courses": size.sessions // YEARS // 2,
        "first_year": FIRST_YEAR, "today": TODAY,
        "bureaus": BUREAUS, "municipalities": MUNICIPALITIES, "bodies": BODIES, "sections": SECTIONS,
        "accounts": ACCOUNTS, "hr": [HR, BUREAU_HR, TOWN_HR], "bureau": BUREAU, "town": TOWN,
        "names": len(names),
        "family": [family for (family, _), _ in names], "family_kana": [kana for (_, kana), _ in names],
        "given": [given for _, (given, _) in names], "given_kana": [kana for _, (_, kana) in names],
        "folded": [fold(family + given) for (family, _), (given, _) in names],
        "kana_folded": [fold(family + given) for (_, family), (_, given) in names],
        "romaji_folded": [romaji_key(family + given) for (_, family), (_, given) in names],
    }  # fmt: skip
