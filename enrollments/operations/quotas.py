"""The quotas of a session that people sit in: set all at once, and what they free goes to the queue."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Sum

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.errors.demand import SessionTakesNoQuota
from courses.models import Session
from courses.operations.quotas import OVER, Quota, check_quotas, replace_quotas
from enrollments.models import SEATED
from enrollments.operations.sessions import promote
from enrollments.seating import refuse_broken_promises


@operation
def set_quotas(*, session_id: int, quotas: Sequence[Quota], by: User | None) -> Session:
    """Set the quotas of a session, in place of what it had: never a ceiling below the seats taken, nor more seats kept than
    are free for it. What a higher ceiling or fewer kept seats free goes to the queue.

    The full lock waits for every seat change under way, so that the seats taken are counted as they are.
    """
    session = Session.objects.locked_whole().with_audience().get(pk=session_id)
    if session.status in OVER:
        raise SessionTakesNoQuota
    check_quotas(quotas)
    _refuse_low_ceilings(session, quotas)
    before = session.quotas.aggregate(seats=Sum("seats"))["seats"] or 0
    replace_quotas(session, quotas)
    refuse_broken_promises(session)
    promoted = promote(session, by=by)
    note(session, quotas=len(quotas), before=before, after=sum(each.seats for each in quotas), promoted=promoted)
    return session


def _refuse_low_ceilings(session: Session, quotas: Sequence[Quota]) -> None:
    faults = Faults()
    taken = _taken(session, quotas)
    for number, (quota, seats) in enumerate(zip(quotas, taken, strict=True)):
        if quota.ceiling is not None and seats > quota.ceiling:
            faults.add(
                f"/quotas/{number}/ceiling",
                "below_seats_taken",
                f"すでに{seats}席が使われています。",
                f"{seats} seats are taken already.",
            )
    faults.refuse()


def _taken(session: Session, quotas: Sequence[Quota]) -> list[int]:
    """The seats of each quota as the database will count them, in one statement for all."""
    groups = [each.group for each in quotas]
    params: dict[str, Any] = {
        "session": session.pk,
        "seated": [str(each) for each in SEATED],
        "organization": [organization for organization, _, _ in groups],
        "grade": [grade for _, grade, _ in groups],
        "new_recruits": [new for _, _, new in groups],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, params)
        return [taken for (taken,) in cursor.fetchall()]


_TAKEN = """
    SELECT (
        SELECT count(*) FROM enrollments_enrollment AS seat
        WHERE seat.session_id = %(session)s AND seat.status = ANY(%(seated)s)
            AND (each.organization_id IS NULL OR seat.seat_bureau_id = each.organization_id)
            AND (each.grade_id IS NULL OR seat.seat_grade_id = each.grade_id)
            AND (NOT each.new_recruits OR seat.new_recruit)
    )
    FROM unnest(%(organization)s::bigint[], %(grade)s::bigint[], %(new_recruits)s::boolean[])
        WITH ORDINALITY AS each (organization_id, grade_id, new_recruits, number)
    ORDER BY number
"""
