"""What an enrolment copies of its session and its person, set anew for a whole session in a few statements."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from academy.facts import Facts
from academy.models import User
from courses.models import Session
from courses.rescheduling import Plan
from enrollments.impact import AT_A_TIME, Seat, busy_of
from enrollments.models import JUDGED, LIVE

RESCHEDULED = "日程変更 / rescheduled"


def copy_times(session: Session, plan: Plan) -> None:
    """Everybody's times are those of the live meetings, less the ones they are exempted from."""
    params: dict[str, Any] = {
        "session": session.pk,
        "busy": busy_of(plan),
        "statuses": [str(each) for each in (*LIVE, *JUDGED)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COPY_TIMES, params)


_COPY_TIMES = """
    WITH own AS (
        SELECT exempted.enrollment_id, (
            SELECT range_agg(during) FROM courses_meeting AS meeting
            WHERE meeting.session_id = %(session)s AND cancelled_at IS NULL AND form = 'live' AND NOT EXISTS (
                SELECT FROM enrollments_meetingexemption AS free
                WHERE free.meeting_id = meeting.id AND free.enrollment_id = exempted.enrollment_id
            )
        ) AS busy
        FROM (
            SELECT DISTINCT enrollment_id FROM enrollments_meetingexemption AS exemption
            JOIN courses_meeting AS meeting ON meeting.id = exemption.meeting_id
            WHERE meeting.session_id = %(session)s
        ) AS exempted
    ), due AS (
        SELECT seat.id, CASE
            WHEN own.enrollment_id IS NOT NULL THEN own.busy
            ELSE %(busy)s::tstzmultirange
        END AS busy
        FROM enrollments_enrollment AS seat LEFT JOIN own ON own.enrollment_id = seat.id
        WHERE seat.session_id = %(session)s AND seat.status = ANY(%(statuses)s)
    )
    UPDATE enrollments_enrollment AS seat SET busy = due.busy FROM due
    WHERE due.id = seat.id AND seat.busy IS DISTINCT FROM due.busy
"""


def copy_year(session: Session) -> None:
    """Every enrolment, past ones too, is of its session's fiscal year."""
    session.enrollments.exclude(fiscal_year=session.fiscal_year).update(fiscal_year=session.fiscal_year)


def copy_facts(seats: Sequence[Seat], day: dt.date, facts: Mapping[int, Facts], *, by: User | None) -> None:
    """Organisation, bureau, grade and job family are those of the new reference date, with a step for each person.

    Who holds no post that day keeps what was copied before.
    """
    for start in range(0, len(seats), AT_A_TIME):
        part = seats[start : start + AT_A_TIME]
        known = [facts.get(seat.staff_id) for seat in part]
        params: dict[str, Any] = {
            "enrollment": [seat.pk for seat in part],
            "day": day,
            "organization": [each and each.organization_id for each in known],
            "bureau": [each and each.bureau_id for each in known],
            "grade": [each and each.grade_id for each in known],
            "job_family": [each and each.job_family_id for each in known],
            "by": by.pk if by else None,
            "reason": RESCHEDULED,
        }
        with connection.cursor() as cursor:
            cursor.execute(_COPY_FACTS, params)


_COPY_FACTS = """
    WITH known AS (
        SELECT * FROM unnest(
            %(enrollment)s::bigint[], %(organization)s::bigint[], %(bureau)s::bigint[], %(grade)s::bigint[],
            %(job_family)s::bigint[]
        ) AS each (id, organization_id, bureau_id, grade_id, job_family_id)
    ), refreshed AS (
        UPDATE enrollments_enrollment AS seat SET reference_date = %(day)s,
            organization_id = coalesce(known.organization_id, seat.organization_id),
            bureau_id = coalesce(known.bureau_id, seat.bureau_id),
            grade_id = coalesce(known.grade_id, seat.grade_id),
            job_family_id = coalesce(known.job_family_id, seat.job_family_id)
        FROM known WHERE seat.id = known.id RETURNING seat.id, seat.status
    )
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, by_id, reason, at)
    SELECT id, status, status, %(by)s::bigint, %(reason)s, academy_now() FROM refreshed
"""
