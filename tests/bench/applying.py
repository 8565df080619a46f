"""Applying for seats by eight clients at a time, in one hot session and in many; afterwards all seats are counted again."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from django.db import connection, transaction

from courses.models import Session
from enrollments.models import SEATED, Enrollment
from tests.bench import rivals, stage
from tests.bench.calls import expect
from tests.bench.figures import Figure, percentile, rate, seconds_of

CLIENTS = 8
SLOWEST = 0.150  # seconds, the 95th percentile
# The update is the lock. Who the person is on which day is not looked up, as in the bare view.
_NEXT = """
    UPDATE courses_session SET last_queue_no = last_queue_no + 1 WHERE id = %(session)s
    RETURNING course_id, fiscal_year, starts_on, last_queue_no, capacity
"""
_BY_HAND = """
    WITH held AS (
        SELECT CASE WHEN %(capacity)s > count(*) THEN 'enrolled' ELSE 'waitlisted' END AS status
        FROM enrollments_enrollment WHERE session_id = %(session)s AND status = ANY(%(seated)s)
    ), made AS (
        INSERT INTO enrollments_enrollment (
            public_id, session_id, course_id, fiscal_year, staff_id, status, priority, queue_no, applied_at, decided_at,
            reference_date, organization_id, bureau_id, grade_id, job_family_id, one_seat_key
        )
        SELECT academy_uuid7(), %(session)s, %(course_id)s, %(fiscal_year)s, %(staff)s, status, 100, %(last_queue_no)s,
            academy_now(), CASE status WHEN 'enrolled' THEN academy_now() END, %(starts_on)s, %(organization_id)s,
            %(bureau_id)s, %(grade_id)s, %(job_family_id)s, true
        FROM held RETURNING id, status
    )
    INSERT INTO enrollments_enrollmentstep (subject_id, old, new, reason, at)
    SELECT id, '', status, '', academy_now() FROM made
"""
Apply = Callable[[int, Session], object]


@dataclass(frozen=True)
class Run:
    per_second: float
    latencies: Sequence[float]


def measure(*, attempts: int, many: int, turns: int) -> list[Figure]:
    """Three seats for four people, in one session and spread over `many`."""
    some = Enrollment.objects.order_by("pk").values("organization_id", "bureau_id", "grade_id", "job_family_id")
    rivals.Applications.copied = dict(some[0])
    return [
        *_measured("one hot session", 1, attempts, turns),
        *_measured(f"{many} sessions", many, attempts, turns),
    ]


def _measured(words: str, sessions: int, attempts: int, turns: int) -> list[Figure]:
    """All sides take turns, each with sessions of its own; the latencies are of all turns."""
    sides: dict[Apply, list[Run]] = {_by_us: [], _by_view: [], _by_hand: []}
    for _ in range(turns):
        for apply, runs in sides.items():
            seats = attempts // sessions * 3 // 4
            with stage.sessions(sessions, capacity=seats) as made:
                runs.append(_rush(apply, made, attempts // sessions * sessions))
                stage.refuse_miscount(made, seats)
    stage.vacuum()
    ours, view, hand = (_together(runs) for runs in sides.values())
    p50, p95 = percentile(ours.latencies, 0.5), percentile(ours.latencies, 0.95)
    work = f"apply for a seat in {words}, {CLIENTS} clients"
    return [
        rate(work, ours.per_second, view.per_second, at_least=0.7),
        _latency(f"{work}: p50", p50, percentile(view.latencies, 0.5), None),
        _latency(f"{work}: p95", p95, percentile(view.latencies, 0.95), SLOWEST),
        rate(f"{work}: beside hand-written SQL", ours.per_second, hand.per_second),
    ]


def _latency(work: str, ours: float, rival: float, most: float | None) -> Figure:
    target, reached = (f"< {most * 1000:.0f} ms", ours < most) if most else ("", None)
    return Figure(work, "ms", ours * 1000, rival * 1000, rival / ours, target, reached)


def _by_us(person: int, session: Session) -> None:
    expect(201, "/api/v1/enrollments/", f"bench-person-{person}", {"session": str(session.public_id)})


def _by_view(person: int, session: Session) -> None:
    expect(201, "/rival/applications/", f"bench-person-{person}", {"session": str(session.public_id)})


def _by_hand(person: int, session: Session) -> None:
    """No request, no sign-in, no rule: one transaction of two statements. A person's key is the number of the account."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, {"session": session.pk})
        names = ("course_id", "fiscal_year", "starts_on", "last_queue_no", "capacity")
        params: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
        params |= {"session": session.pk, "staff": person, "seated": [str(each) for each in SEATED]}
        cursor.execute(_BY_HAND, params | rivals.Applications.copied)


def _rush(apply: Apply, sessions: Sequence[Session], attempts: int) -> Run:
    """The clients share one list of people; the clock starts when each has its connection, after one application."""
    people = iter(range(CLIENTS + 1, attempts + 1))
    begun: list[float] = []
    ready = Barrier(CLIENTS, action=lambda: begun.append(time.perf_counter()))

    def attempt(person: int) -> float:
        return seconds_of(lambda: apply(person, sessions[person % len(sessions)]))

    def client(number: int) -> list[float]:
        try:
            attempt(number)
            ready.wait()
            return [attempt(person) for person in people]
        finally:
            connection.close()

    connection.close()  # so that each client finds one in the pool
    with ThreadPoolExecutor(CLIENTS) as clients:
        latencies = [each for found in clients.map(client, range(1, CLIENTS + 1)) for each in found]
        taken = time.perf_counter() - begun[0]
    return Run(len(latencies) / taken, latencies)


def _together(runs: Sequence[Run]) -> Run:
    latencies = [each for run in runs for each in run.latencies]
    return Run(sum(run.per_second for run in runs) / len(runs), latencies)
