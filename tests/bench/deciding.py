"""A decision over everybody who applied to a session: rehearsed, drafted and published over HTTP, beside hand-written SQL."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection, transaction

from academy.clock import start_of
from academy.operations import jobs
from api.many import MOST_AT_ONCE
from courses.models import Session
from enrollments.models import Decision
from tests.bench import seed, stage
from tests.bench.calls import expect
from tests.bench.figures import Figure, duration, seconds_of
from tests.bench.sizes import TODAY

JOB = 202
CLOSED = start_of(dt.date.fromisoformat(TODAY))  # applications ended as the day of the bench began
_APPLICANTS = """
    WITH made AS (
        INSERT INTO enrollments_enrollment (
            public_id, session_id, course_id, fiscal_year, staff_id, status, priority, queue_no, applied_at,
            reference_date, organization_id, bureau_id, grade_id, job_family_id, busy, one_seat_key
        )
        SELECT academy_uuid7(), session.id, session.course_id, session.fiscal_year, post.staff_id, 'applied', 100,
            row_number() OVER (ORDER BY post.staff_id), academy_now(), session.starts_on, post.organization_id,
            coalesce(edge.parent_id, post.organization_id), post.grade_id, post.job_family_id,
            tstzmultirange(meeting.during), true
        FROM courses_session AS session
        JOIN courses_meeting AS meeting ON meeting.session_id = session.id
        JOIN academy_assignment AS post ON post.kind = 'primary' AND post.during @> session.starts_on
        LEFT JOIN academy_organizationedge AS edge
            ON edge.child_id = post.organization_id AND edge.during @> session.starts_on
        WHERE session.id = %(session)s AND post.staff_id <= %(people)s
        RETURNING id
    ), numbered AS (
        UPDATE courses_session SET last_queue_no = %(people)s WHERE id = %(session)s
    )
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
    SELECT id, '', 'applied', '', academy_now() FROM made
"""
_DRAFT = """
    WITH decision AS (
        INSERT INTO enrollments_decision (public_id, course_id, fiscal_year, status)
        SELECT academy_uuid7(), course_id, fiscal_year, 'draft' FROM courses_session WHERE id = %(session)s RETURNING id
    ), ranked AS (
        SELECT id, row_number() OVER (ORDER BY queue_no) AS position FROM enrollments_enrollment
        WHERE session_id = %(session)s AND status = 'applied'
    ), said AS (
        SELECT *, CASE WHEN position <= %(seats)s THEN 'seat' ELSE 'reserve' END AS outcome FROM ranked
    )
    INSERT INTO enrollments_decisionline
        (public_id, decision_id, enrollment_id, position, proposed, outcome, codes, reason)
    SELECT academy_uuid7(), decision.id, said.id, position, outcome, outcome, '[]', '' FROM decision, said
"""
_PUBLICATION = """
    WITH decision AS (
        UPDATE enrollments_decision SET status = 'published', decided_on = current_date,
            number = (SELECT 1 + coalesce(max(number), 0) FROM enrollments_decision WHERE fiscal_year = 2022)
        WHERE course_id = (SELECT course_id FROM courses_session WHERE id = %(session)s) RETURNING id
    ), moved AS (
        UPDATE enrollments_enrollment AS row SET status = CASE outcome WHEN 'seat' THEN 'enrolled' ELSE 'waitlisted' END,
            decided_at = CASE outcome WHEN 'seat' THEN academy_now() END
        FROM decision JOIN enrollments_decisionline AS line ON line.decision_id = decision.id
        WHERE row.id = line.enrollment_id RETURNING row.id, row.public_id, staff_id, row.status
    ), stepped AS (
        INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
        SELECT id, 'applied', status, '', academy_now() FROM moved
    )
    INSERT INTO academy_notice (public_id, recipient_id, kind, occasion, subject_kind, subject, facts, created_at)
    SELECT academy_uuid7(), staff_id, CASE status WHEN 'enrolled' THEN 'seat_decided' ELSE 'waitlisted' END,
        'bench:' || id, 'enrollments.enrollment', public_id, '{}', academy_now()
    FROM moved
"""


def measure(*, people: int, seats: int) -> list[Figure]:
    """Seconds of one decision of each side. Whoever gets no seat waits; a rehearsal is what a draft is, rolled back."""
    with _applied_to(people, seats) as session:
        params = {"session": session.pk, "seats": seats}
        rehearsed = seconds_of(partial(_by_hand, _DRAFT, params, keep=False))
        by_hand = (rehearsed, *(seconds_of(partial(_by_hand, each, params)) for each in (_DRAFT, _PUBLICATION)))
        _refuse_miscount(session, people, seats)
    stage.vacuum()
    with _applied_to(people, seats) as session:
        ours = _ours(session, people)
        _refuse_miscount(session, people, seats)
    stage.vacuum()
    work = f"decision over {people:,} applicants for {seats:,} seats, over HTTP and by its job"
    parts = ("rehearsed", "drafted", "published")
    return [duration(f"{work}: {part}", own, rival) for part, own, rival in zip(parts, ours, by_hand, strict=True)]


def _ours(session: Session, people: int) -> tuple[float, float, float]:
    """A rehearsal is answered at once; over more than a thousand people the others are jobs, and the request asks for them."""

    def done(status: int, path: str, body: dict[str, Any]) -> Callable[[], None]:
        def post() -> None:
            expect(status, f"/api/v1/sessions/{session.public_id}/{path}", seed.HR, body)
            if status == JOB:
                jobs.run_next_job()

        return post

    by_job = people > MOST_AT_ONCE
    rehearsed = seconds_of(done(200, "decide/?dry_run=true", {}))
    drafted = seconds_of(done(JOB if by_job else 201, "decide/", {}))
    draft = str(Decision.objects.get(sessions__session=session).public_id)
    return rehearsed, drafted, seconds_of(done(JOB if by_job else 200, "publish-decision/", {"decision": draft}))


def _by_hand(statement: str, params: dict[str, int], *, keep: bool = True) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        transaction.set_rollback(not keep)


@contextmanager
def _applied_to(people: int, seats: int) -> Iterator[Session]:
    with stage.session(capacity=seats, selection="screening", apply_until=CLOSED) as session:
        with connection.cursor() as cursor:
            cursor.execute(_APPLICANTS, {"session": session.pk, "people": people})
        yield session


def _refuse_miscount(session: Session, people: int, seats: int) -> None:
    stage.refuse_miscount([session], seats)
    waiting = session.enrollments.waiting().count()
    if waiting != people - seats:
        raise RuntimeError(f"{waiting} wait, {people - seats} ought to")
