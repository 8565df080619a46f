"""繰上げ案内: a seat that is kept for a time for whoever moved up from the queue, until they accept it."""

import datetime as dt
from collections.abc import Sequence

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
    """As many hours from now as the policy says, but no longer than the queue moves up: its deadline, the first meeting."""
    hours = policy_of(session).offer_hours or 0
    ends = [
        session.now + dt.timedelta(hours=hours),
        session.promote_until,
        timetable_of(session, session.now).begins_at,
    ]
    return min(each for each in ends if each is not None)
