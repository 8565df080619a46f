"""受講決定通知: what a published decision says to one applicant, as a document with its number and its date.

It says what the person was told on that day: who moves up, withdraws or is rescheduled afterwards is told so by a notice of
its own. Whose application had ended before the decision was published has none. It reads, and writes nothing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from academy.models import Notice
from academy.notices import text_of
from academy.text import Text
from enrollments.models import DecisionLine, DecisionStatus, Enrollment, Outcome


@dataclass(frozen=True)
class Slot:
    """One meeting as it was planned then: with its times, or with its month."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    month: dt.date | None
    venue: Text | None


@dataclass(frozen=True)
class Letter:
    """`number`: fiscal year and number of the decision. `position`: the place in the queue of who is a reserve."""

    number: str
    decided_on: dt.date
    outcome: Outcome
    person: str
    organization: Text
    session: Text
    position: int | None
    meetings: Sequence[Slot]
    text: Text


def letter_of(enrollment: Enrollment) -> Letter | None:
    """The letter to the person of an enrolment; None where no decision was published about it."""
    told = Notice.objects.filter(recipient=enrollment.staff_id, subject=enrollment.public_id, facts__has_key="decision")
    notice = told.first()
    lines = DecisionLine.objects.filter(enrollment=enrollment, decision__status=DecisionStatus.PUBLISHED)
    line = lines.select_related("decision").order_by("-decision__number").first()
    if notice is None or line is None or line.decision.decided_on is None:
        return None
    session, unit, facts = enrollment.session, enrollment.organization, notice.facts
    return Letter(
        number=facts["decision"],
        decided_on=line.decision.decided_on,
        outcome=Outcome(line.outcome),
        person=enrollment.staff.name,
        organization=Text(unit.name_ja, unit.name_en or unit.name_ja),
        session=Text(session.title_ja, session.title_en or session.title_ja),
        position=facts.get("position"),
        meetings=[_slot(each["after"]) for each in facts.get("meetings", ())],
        text=text_of(notice.kind, facts),
    )


def _slot(place: Mapping[str, Any]) -> Slot:
    begins, ends, month = place["starts_at"], place["ends_at"], place["month"]
    venue = place["venue_ja"]
    return Slot(
        starts_at=dt.datetime.fromisoformat(begins) if begins else None,
        ends_at=dt.datetime.fromisoformat(ends) if ends else None,
        month=dt.date.fromisoformat(month) if month else None,
        venue=Text(venue, place["venue_en"] or venue) if venue else None,
    )
