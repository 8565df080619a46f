"""繰上げ案内: a seat that is kept for a time for whoever moved up from the queue, until they accept or decline it.

`make` and `expiry` are the queue's; what is answered to an offer is in `enrollments.operations.answers`.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from academy.business_days import business_days_after
from courses.entry import policy_of
from courses.models import Session
from enrollments.evidence import timetable_of
from enrollments.models import SeatOffer


def make(enrollment_ids: Sequence[int], session: Session) -> None:
    """Write the offers of enrolments of a locked session that were just offered a seat."""
    if enrollment_ids:
        expires_at = expiry(session)
        SeatOffer.objects.bulk_create(
            SeatOffer(enrollment_id=pk, made_at=session.now, expires_at=expires_at) for pk in enrollment_ids
        )


def expiry(session: Session) -> dt.datetime:
    """As many hours from now as the policy says, on a business day: what would end on another ends at the same time of the
    next. But no longer than the queue moves up: its own deadline, and the first meeting.
    """
    ends = (session.now + dt.timedelta(hours=policy_of(session).offer_hours or 0)).astimezone(
        settings.BUSINESS_TIME_ZONE
    )
    on_a_business_day = dt.datetime.combine(business_days_after(ends.date(), 0), ends.timetz())
    latest = (on_a_business_day, session.promote_until, timetable_of(session, session.now).begins_at)
    return min(each for each in latest if each is not None)
