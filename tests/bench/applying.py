"""Applying for a seat of one hot session, by eight clients at a time; afterwards its seats are counted again."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from courses.models import Session
from enrollments.models import Enrollment
from tests.bench import rivals, stage
from tests.bench.calls import expect
from tests.bench.figures import Figure, percentile, rate

CLIENTS = 8
SLOWEST = 0.150  # seconds, the 95th percentile


@dataclass(frozen=True)
class Run:
    per_second: float
    latencies: Sequence[float]


def measure(*, attempts: int, turns: int) -> list[Figure]:
    """Three seats for four people. Both take turns, each with a session of its own; the latencies are of all turns."""
    some = Enrollment.objects.order_by("pk").values("organization_id", "bureau_id", "grade_id", "job_family_id")
    rivals.Applications.copied = dict(some[0])
    ours: list[Run] = []
    theirs: list[Run] = []
    for turn in range(turns):
        for runs, address in ((ours, "/api/v1/enrollments/"), (theirs, "/rival/applications/")):
            with stage.session(2 * turn + (runs is theirs), capacity=attempts * 3 // 4) as session:
                runs.append(_rush(address, session, attempts))
                _refuse_miscount(session)
    stage.vacuum()
    fast, slow = _together(ours), _together(theirs)
    p50, p95 = percentile(fast.latencies, 0.5), percentile(fast.latencies, 0.95)
    work = "apply for a seat in one hot session, 8 clients"
    return [
        rate(work, fast.per_second, slow.per_second, at_least=0.7),
        _latency(f"{work}: p50", p50, percentile(slow.latencies, 0.5), None),
        _latency(f"{work}: p95", p95, percentile(slow.latencies, 0.95), SLOWEST),
    ]


def _latency(work: str, ours: float, rival: float, most: float | None) -> Figure:
    target, reached = (f"< {most * 1000:.0f} ms", ours < most) if most else ("", None)
    return Figure(work, "ms", ours * 1000, rival * 1000, rival / ours, target, reached)


def _rush(address: str, session: Session, attempts: int) -> Run:
    body = {"session": str(session.public_id)}

    def attempt(number: int) -> float:
        begun = time.perf_counter()
        expect(201, address, f"bench-person-{number}", body)
        return time.perf_counter() - begun

    connection.close()  # so that each client finds one in the pool
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(attempt, range(1, CLIENTS + 1)))  # every client has its connection
        begun = time.perf_counter()
        latencies = list(clients.map(attempt, range(CLIENTS + 1, attempts + 1)))
        taken = time.perf_counter() - begun
    return Run(len(latencies) / taken, latencies)


def _refuse_miscount(session: Session) -> None:
    """A fast answer that oversells is no figure."""
    session.refresh_from_db()
    seated = Enrollment.objects.filter(session=session).seated().count()
    if not seated == session.seats_taken == session.capacity:
        raise RuntimeError(f"{seated} sit, {session.seats_taken} are counted, {session.capacity} are allowed")


def _together(runs: Sequence[Run]) -> Run:
    latencies = [each for run in runs for each in run.latencies]
    return Run(sum(run.per_second for run in runs) / len(runs), latencies)
