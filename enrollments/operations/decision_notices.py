"""受講決定通知: what a published decision says to each person, to the heads of their units, and to each bureau as one list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from academy import clock
from academy.access import reached_by_each
from academy.models import Role, Staff
from academy.operations.base import kind_of
from academy.operations.notices import Letter, tell_each
from academy.posts import approvers_of
from courses.models import Course, Meeting, Session
from courses.rescheduling import unchanged
from enrollments.models import Decision, DecisionLine, EnrollmentStep, Outcome
from enrollments.operations.changes.telling import all_places, occasion_of

_KINDS = {
    Outcome.SEAT: "seat_decided",
    Outcome.RESERVE: "waitlisted",
    Outcome.NOT_SELECTED: "application_not_selected",
    Outcome.INELIGIBLE: "application_ineligible",
    Outcome.OTHER_WISH: "other_wish_decided",
}
Told = Sequence[tuple[Session, Sequence[DecisionLine]]]


def tell(decision: Decision, told: Told) -> None:
    """Part of the transaction that publishes: nobody hears of a decision that is not there, nor twice of one that is."""
    letters = [letter for session, lines in told for letter in _personal(decision, session, lines)]
    letters += _to_heads(decision, told)
    letters += _to_bureaus(decision, told)
    tell_each(letters)


def _facts(decision: Decision, about: Session | Course) -> dict[str, Any]:
    return {
        "session_ja": about.title_ja,
        "session_en": about.title_en,
        "decision": f"{decision.fiscal_year}-{decision.number}",
        "decided_on": decision.decided_on.isoformat() if decision.decided_on else "",
    }


def _personal(decision: Decision, session: Session, lines: Sequence[DecisionLine]) -> Iterable[Letter]:
    """The same occasion as that of the step: whoever tells of steps later finds that this one was told of."""
    keys = [each.enrollment_id for each in lines]
    steps = EnrollmentStep.objects.filter(subject__in=keys).order_by("subject_id", "-id").distinct("subject_id")
    step_of = dict(steps.values_list("subject_id", "id"))
    meetings = all_places(unchanged(list(_meetings(session)))) if lines else []
    places = _places_in_queue(session, lines)
    for line in lines:
        facts = _facts(decision, session)
        if line.outcome == Outcome.SEAT:
            facts["meetings"] = meetings
        if line.enrollment_id in places:
            facts["position"] = places[line.enrollment_id]
        yield Letter(
            _KINDS[Outcome(line.outcome)],
            occasion_of(step_of[line.enrollment_id]),
            line.enrollment.staff_id,
            kind_of(line.enrollment),
            line.enrollment.public_id,
            facts,
        )


def _meetings(session: Session) -> Iterable[Meeting]:
    return Meeting.objects.live().filter(session=session).select_related("venue").order_by("position")


def _places_in_queue(session: Session, lines: Sequence[DecisionLine]) -> Mapping[int, int]:
    if not any(each.outcome == Outcome.RESERVE for each in lines):
        return {}
    queue = session.enrollments.waiting().filter(session=session).values_list("pk", flat=True)
    return {pk: place for place, pk in enumerate(queue, start=1)}


def _to_heads(decision: Decision, told: Told) -> Iterable[Letter]:
    """One for each head and session, with how many of the unit it says what; the names are read where one may see them."""
    people = {each.enrollment.staff_id for _, lines in told for each in lines}
    hidden = set(Staff.objects.filter(pk__in=people, directory_hidden=True).values_list("pk", flat=True))
    heads = approvers_of(people - hidden, on=clock.today())
    for session, lines in told:
        counts: dict[int, Counter[str]] = {}
        for line in lines:
            if line.enrollment.staff_id in heads:
                counts.setdefault(heads[line.enrollment.staff_id].staff_id, Counter())[line.outcome] += 1
        for head, count in counts.items():
            yield Letter(
                "decision_for_unit",
                f"{kind_of(decision)}:{decision.public_id}:{session.public_id}",
                head,
                kind_of(session),
                session.public_id,
                _facts(decision, session) | _counts(count),
            )


def _to_bureaus(decision: Decision, told: Told) -> Iterable[Letter]:
    """One list for the whole decision, to everybody who is HR of a bureau with people in it; the hidden are not counted."""
    lines = [line for _, each in told for line in each]
    shown = Staff.objects.filter(pk__in={each.enrollment.staff_id for each in lines}, directory_hidden=False)
    people = reached_by_each(Role.BUREAU_HR, shown.values_list("pk", flat=True), clock.today())
    holders = Staff.objects.filter(user__in=people, user__is_active=True, voided_at=None).order_by("user")
    for staff_id, user_id in holders.values_list("pk", "user"):
        yield Letter(
            "decision_for_bureau",
            f"{kind_of(decision)}:{decision.public_id}",
            staff_id,
            kind_of(decision),
            decision.public_id,
            _facts(decision, decision.course)
            | _counts(Counter(each.outcome for each in lines if each.enrollment.staff_id in people[user_id])),
        )


def _counts(count: Counter[str]) -> dict[str, int]:
    seats, reserves = count[Outcome.SEAT], count[Outcome.RESERVE]
    return {"seats": seats, "reserves": reserves, "others": count.total() - seats - reserves}
