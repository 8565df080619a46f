"""What workers are woken up for: an id at most goes in, one call goes out, running twice does no harm."""

import datetime as dt

from celery import shared_task

from academy import clock
from academy.models import IdempotencyRecord, SignInAttempt
from academy.operations import jobs

MOST_JOBS_IN_A_ROW = 100
KEPT_FOR = dt.timedelta(hours=24)


@shared_task
def run_waiting_jobs() -> None:
    for _ in range(MOST_JOBS_IN_A_ROW):
        if not jobs.run_next_job():
            return


@shared_task
def delete_expired_records() -> None:
    """Idempotency records and failed sign-ins are kept for a day."""
    before = clock.real_now() - KEPT_FOR
    IdempotencyRecord.objects.filter(created_at__lt=before).delete()
    SignInAttempt.objects.filter(at__lt=before).delete()
