"""What is meant for a person, and why: published sessions that people apply for (`BY_APPLICATION`)
and that take or will take applications, for whose audience the
person qualifies on their reference date. It reads and writes nothing else.
"""

import datetime as dt
from uuid import UUID

from django.db.models import Min, Q

from academy import clock
from academy.facts import facts_on
from courses.audiences import Finding, explain_each
from courses.models import BY_APPLICATION, Meeting, Session
from enrollments.evidence import reference_date
from enrollments.ways_in import deciding


def opportunities_of(staff_id: int, *, now: dt.datetime) -> dict[UUID, list[Finding]]:
    """By session why it is meant for the person, and who decides about its seats; in as many statements for a hundred sessions as for one."""
    sessions = list(
        Session.objects.published()
        .with_audience()
        .filter(Q(apply_until=None) | Q(apply_until__gt=now), apply_from__isnull=False)
        .filter(ends_on__gte=clock.business_date(now), selection__in=BY_APPLICATION)
    )
    first = Meeting.objects.live().filter(session__in=sessions).values_list("session_id")
    starts = {
        pk: (begins_at, month) for pk, begins_at, month in first.annotate(Min("during__startswith"), Min("month"))
    }
    days = {session.pk: reference_date(*starts.get(session.pk, (None, None)), now) for session in sessions}
    facts = facts_on(staff_id, set(days.values()))
    known = [session for session in sessions if days[session.pk] in facts]
    verdicts = explain_each([(session.applicable_audience, facts[days[session.pk]]) for session in known])
    found = zip(known, verdicts, strict=True)
    return {session.public_id: [*verdict.findings, deciding(session)] for session, verdict in found if verdict.eligible}
