"""Many people assigned in one call, beside the hand-written INSERT … SELECT of the same rows and their first steps."""

from django.db import connection, transaction

from academy.models import Staff, User
from courses.models import Session
from enrollments.models import Enrollment
from enrollments.operations import assigning
from tests.bench import seed, stage
from tests.bench.figures import Figure, seconds_of

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


def measure(*, people: int, turns: int) -> list[Figure]:
    """Seconds of the fastest of the turns, of both; the session's limit is exactly the number of people."""
    staff = list(Staff.objects.order_by("pk").values_list("pk", flat=True)[:people])
    hr = User.objects.get(username=seed.HR)
    ours, theirs = [], []
    for turn in range(turns):
        with stage.session(10 + 2 * turn, capacity=people) as session:
            theirs.append(seconds_of(lambda: _by_hand(session, staff)))
            _refuse_miscount(session)
        stage.vacuum()
        with stage.session(11 + 2 * turn, capacity=people) as session:
            ours.append(seconds_of(lambda: assigning.assign(session_id=session.pk, staff_ids=staff, by=hr)))
            _refuse_miscount(session)
        stage.vacuum()
    best, rival = min(ours), min(theirs)
    most = SLOWEST * people / 40_000
    target = f"< {most:.2g} s"
    return [Figure(f"{people:,} people assigned in one call", "s", best, rival, rival / best, target, best < most)]


@transaction.atomic
def _by_hand(session: Session, staff: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [session.pk, staff])


def _refuse_miscount(session: Session) -> None:
    session.refresh_from_db()
    if not Enrollment.objects.filter(session=session).seated().count() == session.seats_taken == session.capacity:
        raise RuntimeError("not everybody got a seat, or the counter is wrong")
