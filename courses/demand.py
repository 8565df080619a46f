"""Where a demand survey stands at an instant of business time: derived, never stored.

draft   not opened: its planners alone see it
open    opened, and its last day to answer is not past: organisations answer
due     opened and not closed, its last day past: nobody answers any more, unless the day is changed
closed  closed: proposals made of its answers may be adopted
"""

import datetime as dt

from django.db import models

from academy.clock import business_date
from academy.text import bilingual


class SurveyStatus(models.TextChoices):
    DRAFT = "draft", bilingual("準備中", "Draft")
    OPEN = "open", bilingual("回答受付中", "Open")
    DUE = "due", bilingual("回答期限経過", "Due")
    CLOSED = "closed", bilingual("締切り", "Closed")


def status_of(
    opened_at: dt.datetime | None, closed_at: dt.datetime | None, answer_by: dt.date, now: dt.datetime
) -> SurveyStatus:
    if closed_at is not None:
        return SurveyStatus.CLOSED
    if opened_at is None:
        return SurveyStatus.DRAFT
    return SurveyStatus.OPEN if business_date(now) <= answer_by else SurveyStatus.DUE
