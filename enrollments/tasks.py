import datetime as dt
import logging
from contextlib import suppress

from celery import shared_task

from academy import clock
from academy.errors import DomainError, LockTimeout
from courses import roster_effects as effects_on_courses
from enrollments.operations import (
    answers,
    assigning,
    batches,
    corrections,
    decision_jobs,
    draws,
    duty_notices,
    overdue_approvals,
    overdue_notices,
    queue,
    reminders,
    rerouting,
    results,
    step_notices,
)
from skills import roster_effects as effects_on_skills

# Importing makes known: a kind of job, and what each part of the service tells of a roster.
__all__ = [
    "assigning",
    "batches",
    "corrections",
    "decision_jobs",
    "effects_on_courses",
    "effects_on_skills",
    "reconcile_queues",
    "rerouting",
]

logger = logging.getLogger(__name__)


@shared_task
def reconcile_queues() -> None:
    """Find free seats that a queue was not given; each session in its own transaction, a busy one the next time."""
    for session in queue.sessions_to_reconcile():
        if queue.would_promote(session, clock.now()):
            with suppress(LockTimeout):
                queue.reconcile_queue(session_id=session.pk, by=None)


@shared_task
def expire_offers() -> None:
    """End offers whose time is over; each session in its own transaction, a busy one the next time."""
    for session in answers.sessions_with_expired_offers():
        with suppress(LockTimeout):
            answers.expire_offers(session_id=session.pk, by=None)


@shared_task
def judge_ended_sessions() -> None:
    """Judge what hangs on nothing but a last meeting being over."""
    results.judge_ended_sessions()


@shared_task
def end_overdue_approvals() -> None:
    """End approvals whose time is over; each session in its own transaction, a busy one the next time."""
    for session_id in overdue_approvals.sessions_with_overdue_approvals():
        with suppress(LockTimeout):
            overdue_approvals.end_overdue_approvals(session_id=session_id, by=None)


@shared_task
def freeze_draws() -> None:
    """Freeze the lists that are due; each in its own transaction, one that is refused is told of and comes again."""
    for draw_id in draws.draws_to_freeze(clock.now()):
        try:
            draws.freeze_draw(draw_id=draw_id, by=None)
        except DomainError as refusal:
            logger.warning("the list of draw %s is not frozen: %s", draw_id, refusal.code)


@shared_task
def tell_of_new_steps() -> None:
    """Tell people of what just became of their enrolments."""
    step_notices.tell_of_all_steps(max(step_notices.told_since(), clock.now() - dt.timedelta(hours=1)))


@shared_task
def tell_of_all_steps() -> None:
    """Find what was not told of while no worker ran."""
    step_notices.tell_of_all_steps(step_notices.told_since())


@shared_task
def remind() -> None:
    """Remind people of what begins; each session in its own transaction, a busy one the next time."""
    for session_id in reminders.sessions_to_remind():
        with suppress(LockTimeout):
            reminders.remind(session_id=session_id, by=None)


@shared_task
def tell_of_waiting_approvals() -> None:
    """Tell those in charge once a business day what waits for them."""
    if duty_notices.anybody_waits():
        duty_notices.tell_of_waiting_approvals(by=None)


@shared_task
def tell_of_overdue_learners() -> None:
    """Tell heads of units once a week who is late, as numbers."""
    if overdue_notices.anybody_to_tell():
        overdue_notices.tell_of_overdue_learners(by=None)
