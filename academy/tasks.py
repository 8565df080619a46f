"""What workers are woken up for: an id at most goes in, one call goes out, running twice does no harm."""

import datetime as dt

from celery import shared_task

from academy import clock
from academy.models import IdempotencyRecord, SignInAttempt
from academy.operations import jobs, mails
from academy.operations.rosters import applying, checking, heads, undoing, uploading
from academy.operations.rosters.names import follow_names, names_of_today

# Importing makes the jobs of a roster known to the workers, and what the heads of units have to tell of it.
__all__ = ["applying", "checking", "delete_expired_records", "heads", "run_waiting_jobs", "take_up_names", "undoing"]

MOST_JOBS_IN_A_ROW = 100
KEPT_FOR = dt.timedelta(hours=24)
ROSTERS_KEPT_FOR = dt.timedelta(days=90)


@shared_task
def run_waiting_jobs() -> None:
    for _ in range(MOST_JOBS_IN_A_ROW):
        if not jobs.run_next_job():
            return


@shared_task
def send_mails() -> None:
    """What people were told goes to their mailboxes, as they chose."""
    while mails.settle_notices() == mails.AT_A_TIME:
        pass
    mails.collect_digests()
    mails.send_waiting_mails()


@shared_task
def take_up_names() -> None:
    """Names that were told of in advance, from their day."""
    if names_of_today().exists():
        follow_names(by=None)


@shared_task
def delete_expired_records() -> None:
    """Idempotency records and failed sign-ins are kept for a day, rosters that nobody applies for ninety."""
    before = clock.real_now() - KEPT_FOR
    IdempotencyRecord.objects.filter(created_at__lt=before).delete()
    SignInAttempt.objects.filter(at__lt=before).delete()
    uploading.discard_forgotten(clock.now() - ROSTERS_KEPT_FOR)
