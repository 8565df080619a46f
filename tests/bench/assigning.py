"""Many people assigned in one call and taken back in one, beside hand-written statements that write the same rows and steps."""

from functools import partial
from typing import Any

from django.db import connection, transaction

from academy.models import Staff, User
from enrollments.models import SeatBatch
from enrollments.operations import assigning, batches
from tests.bench import seed, stage
from tests.bench.figures import Figure, duration, seconds_of

SLOWEST = 30.0  # seconds, for 40,000 people
_BY_HAND = """
    WITH made AS (
        INSERT INTO enrollments_enrollment (
            public_id, session_id, course_id, fiscal_year, staff_id, status, priority, queue_no, applied_at, decided_at,
            reference_date, organization_id, bureau_id, grade_id, job_family_id, busy, one_seat_key
        )
        SELECT academy_uuid7(), session.id, session.course_id, session.fiscal_year, post.staff_id, 'enrolled', 100,
            row_number() OVER (ORDER BY post.staff_id), academy_now(), academy_now(), session.starts_on,
            post.organization_id, edge.parent_id, post.grade_id, post.job_family_id, tstzmultirange(meeting.during), true
        FROM courses_session AS session
        JOIN courses_meeting AS meeting ON meeting.session_id = session.id
        JOIN academy_assignment AS post ON post.kind = 'primary' AND post.during @> session.starts_on
        JOIN academy_organizationedge AS edge
            ON edge.child_id = post.organization_id AND edge.during @> session.starts_on
        WHERE session.id = %s AND post.staff_id = ANY(%s)
        RETURNING id
    )
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
    SELECT id, '', 'enrolled', '', academy_now() FROM made
"""


# Seats that were used or have changed stay, in ours; here nothing is asked.
_UNDO_BY_HAND = """
    WITH undone AS (
        UPDATE enrollments_enrollment SET status = 'cancelled', ended_as = 'undone'
        WHERE session_id = %s AND status = 'enrolled' RETURNING id
    )
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
    SELECT id, 'enrolled', 'cancelled', '', academy_now() FROM undone
"""


def measure(*, people: int, turns: int) -> list[Figure]:
    """Seconds of the fastest of the turns, of both; the session's limit is exactly the number of people."""
    staff = list(Staff.objects.order_by("pk").values_list("pk", flat=True)[:people])
    hr = User.objects.get(username=seed.HR)
    ours, theirs = [], []
    for _ in range(turns):
        with stage.session(capacity=people) as session:
            given = seconds_of(partial(_by_hand, _BY_HAND, session.pk, staff))
            stage.refuse_miscount([session], people)
            theirs.append((given, seconds_of(partial(_by_hand, _UNDO_BY_HAND, session.pk))))
            stage.refuse_miscount([session], 0)
        stage.vacuum()
        with stage.session(capacity=people) as session:
            given = seconds_of(partial(assigning.assign, session_id=session.pk, staff_ids=staff, by=hr))
            stage.refuse_miscount([session], people)
            batch = SeatBatch.objects.get(session=session).pk
            ours.append((given, seconds_of(partial(batches.undo_batch, batch_id=batch, reason="", by=hr))))
            stage.refuse_miscount([session], 0)
        stage.vacuum()
    (given, undone), (given_by_hand, undone_by_hand) = (
        map(min, zip(*ours, strict=True)),
        map(min, zip(*theirs, strict=True)),
    )
    work = f"{people:,} people assigned in one call"
    return [
        duration(work, given, given_by_hand, most=SLOWEST * people / 40_000),
        duration(f"{work}: undone", undone, undone_by_hand),
    ]


@transaction.atomic
def _by_hand(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
