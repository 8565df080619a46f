"""The enrolments of a set, with their steps and their evidence: attendance of meetings, or an opened lesson."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from tests.bench.bulk import constraints_set_aside

TABLES = (
    "enrollments_enrollmentstep",
    "enrollments_attendance",
    "enrollments_lessonprogress",
    "enrollments_enrollment",
)
# Session n takes the people from (n - 1) x per_session + 1 on, in a circle; `dice` spreads what became of them.
_ENROLLMENTS = """
    WITH placed AS (
        SELECT session.*, j, 1 + ((session.id - 1) * %(per_session)s + j - 1) %% %(staff)s AS staff,
            (j * 37 + session.id * 11) %% 100 AS dice, course.repeatable, course.policy_id = 1 AS certifies,
            session.starts_on - interval '60 days' + j * interval '50 days' / %(per_session)s AS applied_at
        FROM courses_session AS session JOIN courses_course AS course ON course.id = session.course_id
        CROSS JOIN generate_series(1::bigint, %(per_session)s) AS j
    ), ended AS (
        SELECT placed.*, CASE
            WHEN dice >= 96 THEN 'rejected' WHEN dice >= 88 THEN 'withdrawn' WHEN dice >= 84 THEN 'cancelled'
            WHEN status = 'published' THEN CASE WHEN dice >= 74 THEN 'waitlisted' ELSE 'enrolled' END
            WHEN dice >= 76 THEN 'absent' WHEN NOT certifies THEN 'attended' WHEN dice >= 68 THEN 'not_completed'
            ELSE 'completed' END AS became
        FROM placed
    )
    INSERT INTO enrollments_enrollment (
        id, public_id, session_id, course_id, staff_id, fiscal_year, status, priority, queue_no, applied_at, decided_at,
        judged_at, reference_date, organization_id, bureau_id, grade_id, job_family_id, busy, one_seat_key
    )
    SELECT (ended.id - 1) * %(per_session)s + j, academy_uuid7(), ended.id, course_id, ended.staff, fiscal_year, became,
        100, j, applied_at, CASE WHEN became NOT IN ('waitlisted', 'rejected') THEN applied_at END,
        CASE WHEN became IN ('absent', 'attended', 'not_completed', 'completed') THEN starts_on + interval '1 day' END,
        starts_on, post.unit, post.body, post.grade, post.family, tstzmultirange(meeting.during),
        CASE WHEN NOT repeatable THEN true END
    FROM ended JOIN bench_post AS post ON post.staff = ended.staff AND post.since <= starts_on AND starts_on < post.until
    LEFT JOIN courses_meeting AS meeting ON meeting.session_id = ended.id
"""
_STEPS = """
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
    SELECT id, '', CASE WHEN status = 'waitlisted' THEN status WHEN status = 'rejected' THEN 'applied' ELSE 'enrolled' END,
        '', applied_at FROM enrollments_enrollment
    UNION ALL
    SELECT id, CASE WHEN status = 'rejected' THEN 'applied' ELSE 'enrolled' END, status, '',
        coalesce(judged_at, applied_at + interval '1 day')
    FROM enrollments_enrollment WHERE status NOT IN ('enrolled', 'waitlisted')
"""
_ATTENDANCE = """
    INSERT INTO enrollments_attendance (public_id, enrollment_id, meeting_id, revision, mark, reason, recorded_at)
    SELECT academy_uuid7(), each.id, meeting.id, 1, CASE each.status WHEN 'absent' THEN 'absent' ELSE 'present' END, '',
        upper(meeting.during)
    FROM enrollments_enrollment AS each JOIN courses_meeting AS meeting ON meeting.session_id = each.session_id
    WHERE each.judged_at IS NOT NULL
"""
_PROGRESS = """
    INSERT INTO enrollments_lessonprogress
        (public_id, enrollment_id, lesson_id, watched, seconds_watched, opened_at, reported_at, viewed_at)
    SELECT academy_uuid7(), each.id, lesson.id, '{[0,600)}', 600, each.applied_at, each.judged_at, each.judged_at
    FROM enrollments_enrollment AS each
    JOIN courses_contentversion AS content ON content.course_id = each.course_id
    JOIN courses_module AS module ON module.version_id = content.id
    JOIN courses_lesson AS lesson ON lesson.module_id = module.id
    WHERE each.judged_at IS NOT NULL AND each.status <> 'absent'
"""


def fill(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    with constraints_set_aside(cursor, TABLES):
        for statement in (_ENROLLMENTS, _STEPS, _ATTENDANCE, _PROGRESS):
            cursor.execute(statement, params)
