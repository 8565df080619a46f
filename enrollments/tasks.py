from contextlib import suppress

from celery import shared_task

from academy import clock
from academy.errors import LockTimeout
from enrollments.operations import assigning, queue, results

__all__ = ["assigning", "reconcile_queues"]  # importing `assigning` makes its kind of job known to the workers


@shared_task
def reconcile_queues() -> None:
    """Find free seats that a queue was not given; each session in its own transaction, a busy one the next time."""
    for session in queue.sessions_to_reconcile():
        if next(queue.candidates(session, clock.now()), None) is not None:
            with suppress(LockTimeout):
                queue.reconcile_queue(session_id=session.pk, by=None)


@shared_task
def judge_ended_sessions() -> None:
    """Judge what hangs on nothing but a last meeting being over."""
    results.judge_ended_sessions()
