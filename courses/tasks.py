"""What workers are woken up for in the catalogue: nothing but what is due by the clock."""

import logging

from celery import shared_task

from academy import clock
from academy.errors import DomainError
from courses.operations.frozen_audiences import freeze_audience, sessions_to_freeze

MOST_IN_A_ROW = 50  # a list may be of everybody

logger = logging.getLogger(__name__)


@shared_task
def freeze_audiences() -> None:
    """Keep the audiences that are due, each in its own transaction; one that is refused is told of and comes again."""
    for session in sessions_to_freeze(clock.today(), most=MOST_IN_A_ROW):
        try:
            freeze_audience(session_id=session.pk, by=None)
        except DomainError as refusal:
            logger.warning("the audience of session %s is not frozen: %s", session.public_id, refusal.code)
