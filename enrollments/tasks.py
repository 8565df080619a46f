from celery import shared_task


@shared_task
def reconcile_queues() -> None:
    """Find what was missed."""
