"""The audience of a session as it was on the reference date, kept for the denominators of what is reported later.

It is written when that date is past: until the day is over, the session may still be moved to another one, and then the
other day is what its figures refer to. A session of which only the month is known waits for the end of the month.
"""

import datetime as dt
import json
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Min

from academy.calendar import next_month
from academy.clock import business_date
from academy.models import User
from academy.models.base import uuid7
from academy.operations.base import note, operation
from courses import audiences
from courses.errors.frozen_audiences import AudienceNotDue
from courses.models import AudienceFreeze, Meeting, Session, SessionStatus
from courses.reference_dates import reference_date

_DAY = dt.timedelta(days=1)
HELD = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)


@operation
def freeze_audience(*, session_id: int, by: User | None) -> AudienceFreeze:
    """Keep who was in the audience of a session on its reference date, once that day is past; only once.

    What turns out about people, and what is changed of the rule, changes nothing of the list afterwards.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    frozen = AudienceFreeze.objects.filter(session=session).first()
    if frozen is not None:
        return frozen
    on, settled = _reference_dates([session])[session.pk]
    if session.status not in HELD or session.undated or settled > business_date(session.now):
        raise AudienceNotDue(on=on.isoformat())
    frozen = AudienceFreeze.objects.get(pk=_write(session, on))
    note(frozen, session=session.public_id, people=frozen.people)
    return frozen


def sessions_to_freeze(today: dt.date, *, most: int) -> list[Session]:
    """The sessions whose audience is due and not kept yet, the longest due first."""
    found = list(Session.objects.filter(status__in=HELD, undated=False, audience_freeze=None, starts_on__lt=today))
    days = _reference_dates(found)
    due = [session for session in found if days[session.pk].settled <= today]
    return sorted(due, key=lambda session: (days[session.pk].on, session.pk))[:most]


class _Reference(NamedTuple):
    on: dt.date
    settled: dt.date  # the first day on which it cannot become another


def _reference_dates(sessions: Iterable[Session]) -> dict[int, _Reference]:
    """The day of the first live meeting; of a session without any, its first day."""
    days = {session.pk: _Reference(session.starts_on, session.starts_on + _DAY) for session in sessions}
    live = Meeting.objects.live().filter(session_id__in=days).values_list("session_id")
    for pk, begins_at, month in live.annotate(Min("during__startswith"), Min("month")):
        on = reference_date(begins_at, month)
        if on is not None:
            days[pk] = _Reference(on, next_month(on) if on == month else on + _DAY)
    return days


# The list and how many are on it are of one statement: of one moment.
_FREEZE = """
    WITH person AS MATERIALIZED ({people}), frozen AS (
        INSERT INTO courses_audiencefreeze (public_id, session_id, "on", rule, people, taken_at)
        SELECT %s, %s, %s, %s, count(*), academy_now() FROM person RETURNING id
    ), listed AS (
        INSERT INTO courses_audiencemember (freeze_id, staff_id, organization_id, bureau_id, grade_id, job_family_id)
        SELECT frozen.id, person.staff_id, person.organization_id, coalesce(bureau.bureau_id, person.organization_id),
            person.grade_id, person.job_family_id
        FROM frozen CROSS JOIN person
        LEFT JOIN academy_bureaus(%s) AS bureau ON bureau.organization_id = person.organization_id
    )
    SELECT id FROM frozen
"""
_NOBODY = "SELECT NULL::bigint AS staff_id, NULL::bigint AS organization_id, NULL::bigint AS grade_id, NULL::bigint AS job_family_id WHERE false"


def _write(session: Session, on: dt.date) -> int:
    audience = session.applicable_audience
    posts = audiences.posts(audience, on).values_list("staff_id", "organization_id", "grade_id", "job_family_id")
    try:
        people, params = posts.query.sql_with_params()
    except EmptyResultSet:  # a rule that admits nobody
        people, params = _NOBODY, ()
    row = (uuid7(), session.pk, on, json.dumps(audience.rule))
    with connection.cursor() as cursor:
        # Only the ORM's own statement is put into the text; every value is a parameter.
        cursor.execute(_FREEZE.format(people=people), (*params, *row, on))
        (pk,) = cursor.fetchone()
    return int(pk)
