"""What must hold of enrolments whatever was done: each as one statement that finds the rows of which it does not.

The database refuses most of it on any path; here everything is counted again from the rows, for the day on which a trigger
was off, a backup was put back or a promise was broken past the operations. Only ids are told.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from academy.clock import now
from academy.text import Text
from enrollments.models import ENDED, JUDGED, LIVE, SEATED


@dataclass(frozen=True)
class Invariant:
    """`rows` selects the public ids of the rows of a kind that break it."""

    code: str
    kind: str
    text: Text
    rows: str


@dataclass(frozen=True)
class Violation:
    invariant: Invariant
    ids: tuple[str, ...]


def violations() -> list[Violation]:
    """Every invariant that is broken, with the ids of the rows, in a fixed number of statements."""
    params: dict[str, Any] = {
        "now": now(),
        "seated": [str(each) for each in SEATED],
        "held": [str(each) for each in (*LIVE, *JUDGED)],
        "ended": [str(each) for each in ENDED],
    }
    found = []
    with connection.cursor() as cursor:
        for each in INVARIANTS:
            cursor.execute(f"SELECT broken.public_id FROM ({each.rows}) AS broken ORDER BY 1", params)
            if ids := tuple(str(public_id) for (public_id,) in cursor.fetchall()):
                found.append(Violation(each, ids))
    return found


_SEATS = """
    SELECT session_id, count(*) AS seats FROM enrollments_enrollment WHERE status = ANY(%(seated)s) GROUP BY session_id
"""
_QUOTAS = """
    SELECT quota.*, (
        SELECT count(*) FROM enrollments_enrollment AS seat
        WHERE seat.session_id = quota.session_id AND seat.status = ANY(%(seated)s)
            AND (quota.organization_id IS NULL OR seat.seat_bureau_id = quota.organization_id)
            AND (quota.grade_id IS NULL OR seat.seat_grade_id = quota.grade_id)
            AND (NOT quota.new_recruits OR seat.new_recruit)
    ) AS counted
    FROM courses_seatquota AS quota
"""

INVARIANTS = (
    Invariant(
        "session_seats_differ",
        "session",
        Text("席の数が受講者の数と違う", "The seats counted are not the seats there are"),
        f"""
        SELECT session.public_id FROM courses_session AS session LEFT JOIN ({_SEATS}) AS held ON held.session_id = session.id
        WHERE session.seats_taken <> CASE WHEN session.capacity IS NULL THEN 0 ELSE coalesce(held.seats, 0) END
        """,
    ),
    Invariant(
        "session_over_capacity",
        "session",
        Text("定員を超えている", "More seats are given than there are"),
        f"""
        SELECT session.public_id FROM courses_session AS session JOIN ({_SEATS}) AS held ON held.session_id = session.id
        WHERE held.seats > session.capacity
        """,
    ),
    Invariant(
        "quota_seats_differ",
        "quota",
        Text("枠の席の数が受講者の数と違う", "The seats counted in a quota are not the seats there are"),
        f"SELECT public_id FROM ({_QUOTAS}) AS quota WHERE seats_taken <> counted",
    ),
    Invariant(
        "quota_over_ceiling",
        "quota",
        Text("枠の上限を超えている", "More seats of a quota are given than its ceiling"),
        f"SELECT public_id FROM ({_QUOTAS}) AS quota WHERE counted > ceiling",
    ),
    Invariant(
        "quotas_over_capacity",
        "session",
        Text("枠の合計が定員を超えている", "The quotas keep more seats than there are"),
        """
        SELECT session.public_id FROM courses_session AS session
        JOIN courses_seatquota AS quota ON quota.session_id = session.id
        GROUP BY session.id HAVING sum(quota.seats) > session.capacity
        """,
    ),
    # Of quotas that do not overlap: a seat that counted in two and is given back is kept twice again, and is one seat.
    Invariant(
        "kept_seat_given_away",
        "session",
        Text("確保した席が他に渡された", "Fewer seats are free than quotas still keep"),
        f"""
        SELECT session.public_id FROM courses_session AS session
        JOIN ({_QUOTAS}) AS quota ON quota.session_id = session.id
        LEFT JOIN ({_SEATS}) AS held ON held.session_id = session.id
        WHERE session.status = 'published' AND NOT session.undated AND (quota.release_at IS NULL OR quota.release_at > %(now)s)
            AND NOT EXISTS (
                SELECT FROM courses_seatquota AS other
                WHERE other.session_id = session.id AND (other.grade_id IS NOT NULL OR other.new_recruits)
            )
        GROUP BY session.id, held.seats
        HAVING sum(greatest(quota.seats - quota.counted, 0)) > session.capacity - coalesce(held.seats, 0)
        """,
    ),
    Invariant(
        "seat_without_origin",
        "enrollment",
        Text("席が数えられる局がない", "A seat counts in no bureau"),
        """
        SELECT public_id FROM enrollments_enrollment
        WHERE status = ANY(%(seated)s) AND num_nulls(seat_bureau_id, seat_grade_id) > 0
        """,
    ),
    Invariant(
        "two_enrollments_of_a_person",
        "enrollment",
        Text("一つの回に二つの申込みがある", "A person is twice in a session"),
        """
        SELECT public_id FROM (
            SELECT public_id, count(*) OVER (PARTITION BY session_id, staff_id) AS here FROM enrollments_enrollment
            WHERE status = ANY(%(held)s)
        ) AS each WHERE here > 1
        """,
    ),
    Invariant(
        "two_seats_of_a_course",
        "enrollment",
        Text("同じ講座に年度内で二つの席がある", "A person has two seats of a course in a fiscal year"),
        """
        SELECT public_id FROM (
            SELECT public_id, count(*) OVER (PARTITION BY course_id, staff_id, fiscal_year) AS seats
            FROM enrollments_enrollment WHERE status = ANY(%(seated)s) AND one_seat_key
        ) AS each WHERE seats > 1
        """,
    ),
    Invariant(
        "two_places_at_once",
        "enrollment",
        Text("同じ時間に二つの席がある", "A person has two seats at one time"),
        """
        SELECT DISTINCT one.public_id FROM enrollments_enrollment AS one
        JOIN enrollments_enrollment AS other ON other.staff_id = one.staff_id AND other.id <> one.id AND other.busy && one.busy
        WHERE one.status = ANY(%(seated)s) AND other.status = ANY(%(seated)s)
        """,
    ),
    Invariant(
        "queue_number_repeated",
        "enrollment",
        Text("受付番号が重複している", "A number of the queue is there twice"),
        """
        SELECT public_id FROM (
            SELECT public_id, count(*) OVER (PARTITION BY session_id, queue_no) AS same FROM enrollments_enrollment
        ) AS each WHERE same > 1
        """,
    ),
    Invariant(
        "queue_number_never_given",
        "enrollment",
        Text("受付番号が払い出されていない", "A number of the queue was never given"),
        """
        SELECT each.public_id FROM enrollments_enrollment AS each
        JOIN courses_session AS session ON session.id = each.session_id
        WHERE each.queue_no > session.last_queue_no
        """,
    ),
    Invariant(
        "status_without_step",
        "enrollment",
        Text("状態が履歴の最後と違う", "A state is not the one of the last step"),
        """
        SELECT each.public_id FROM enrollments_enrollment AS each LEFT JOIN (
            SELECT DISTINCT ON (subject_id) subject_id, new FROM enrollments_enrollmentstep ORDER BY subject_id, id DESC
        ) AS last ON last.subject_id = each.id
        WHERE last.new IS DISTINCT FROM each.status
        """,
    ),
    Invariant(
        "ended_without_kind",
        "enrollment",
        Text("終わり方の記録が状態と合わない", "An end is not said as what, or nothing has ended"),
        """
        SELECT public_id FROM enrollments_enrollment WHERE (status = ANY(%(ended)s)) <> (ended_as <> '')
        """,
    ),
    Invariant(
        "offered_without_offer",
        "enrollment",
        Text("案内中なのに案内がない", "A seat is offered without an offer"),
        """
        SELECT each.public_id FROM enrollments_enrollment AS each
        WHERE each.status = 'offered'
            AND NOT EXISTS (SELECT FROM enrollments_seatoffer AS offer WHERE offer.enrollment_id = each.id)
        """,
    ),
    Invariant(
        "offer_without_offered",
        "enrollment",
        Text("案内があるのに案内されていない", "There is an offer, and no seat was offered"),
        """
        SELECT each.public_id FROM enrollments_enrollment AS each
        JOIN enrollments_seatoffer AS offer ON offer.enrollment_id = each.id
        WHERE each.status IN ('applied', 'waitlisted')
        """,
    ),
    Invariant(
        "applied_without_approval",
        "enrollment",
        Text("承認制なのに承認の記録がない", "An application that takes an approval waits for none and has none"),
        """
        SELECT each.public_id FROM enrollments_enrollment AS each
        JOIN courses_course AS course ON course.id = each.course_id
        JOIN courses_enrollmentpolicy AS policy ON policy.program_id = course.program_id
        WHERE each.status = 'applied' AND policy.approval <> 'none' AND NOT EXISTS (
            SELECT FROM enrollments_approval AS approval
            WHERE approval.enrollment_id = each.id AND approval.status IN ('pending', 'approved', 'passed')
        )
        """,
    ),
    Invariant(
        "approval_of_nothing",
        "approval",
        Text("申込中でないのに承認を待っている", "An approval is pending of what is no application any more"),
        """
        SELECT approval.public_id FROM enrollments_approval AS approval
        JOIN enrollments_enrollment AS each ON each.id = approval.enrollment_id
        WHERE approval.status = 'pending' AND each.status <> 'applied'
        """,
    ),
    Invariant(
        "decision_number",
        "decision",
        Text("決定の番号・日付がないか、重複している", "A published decision has no date or number of its own"),
        """
        SELECT public_id FROM (
            SELECT public_id, number, decided_on, count(*) OVER (PARTITION BY fiscal_year, number) AS same
            FROM enrollments_decision WHERE status = 'published'
        ) AS each WHERE number IS NULL OR decided_on IS NULL OR same > 1
        """,
    ),
)
