"""Who is told of a change to a session, and of what: one notice a person, whatever the change does to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from academy.models.base import uuid7
from academy.operations.base import kind_of
from academy.operations.notices import Letter, tell, tell_each
from courses.models import Instructor, Session, SessionInstructor
from courses.rescheduling import Fate, Plan
from courses.scheduling import Slot
from enrollments.models import EnrollmentStep, Status

Facts = dict[str, Any]
# Kinds that tell of a step: under the occasion of the step, so that nothing else tells of it once more.
_OF_A_STEP = {"seat_given": Status.ENROLLED, "seat_withdrawn_by_office": Status.WITHDRAWN}


def occasion_of(step_id: int) -> str:
    """The occasion of the notice of a step of an enrolment."""
    return f"{kind_of(EnrollmentStep())}:{step_id}"


@dataclass
class Letters:
    """What one change says to whom. What is added first about a person stands, so what matters most comes first."""

    session: Session
    facts: Facts  # what is said to everybody
    groups: list[tuple[str, list[int], Facts]] = field(default_factory=list)

    @classmethod
    def about(cls, session: Session, plan: Plan, reason: str) -> "Letters":
        facts: Facts = {"session_ja": session.title_ja, "session_en": session.title_en, "reason": reason}
        for fate in (Fate.MOVED, Fate.CANCELLED, Fate.ADDED):
            if changed := plan.of(fate):
                facts[fate.value] = [{"before": _place(each.before), "after": _place(each.after)} for each in changed]
        return cls(session, facts)

    @property
    def recipients(self) -> set[int]:
        return {person for _, people, _ in self.groups for person in people}

    def add(self, kind: str, people: Iterable[int], **more: Any) -> None:
        new = sorted(set(people) - self.recipients)
        if new:
            self.groups.append((kind, new, {**self.facts, **more}))

    def send(self) -> None:
        occasion = f"{kind_of(self.session)}:{self.session.public_id}:change:{uuid7()}"
        for kind, people, facts in self.groups:
            if kind in _OF_A_STEP:
                self._send_of_steps(kind, people, facts)
            else:
                tell(kind=kind, occasion=occasion, recipients=people, subject=self.session, facts=facts)

    def _send_of_steps(self, kind: str, people: list[int], facts: Facts) -> None:
        steps = EnrollmentStep.objects.filter(
            subject__session=self.session, subject__staff__in=people, new=_OF_A_STEP[kind]
        )
        last = steps.order_by("subject__staff", "-pk").distinct("subject__staff").values_list("subject__staff", "pk")
        about = (kind_of(self.session), self.session.public_id, facts)
        tell_each([Letter(kind, occasion_of(step), person, *about) for person, step in last])


def _place(slot: Slot | None) -> dict[str, str | None] | None:
    if slot is None:
        return None
    return {
        "starts_at": slot.starts_at.isoformat() if slot.starts_at else None,
        "ends_at": slot.ends_at.isoformat() if slot.ends_at else None,
        "month": slot.month.isoformat() if slot.month else None,
        "title_ja": slot.title_ja,
        "venue_ja": slot.venue.name_ja if slot.venue else None,
        "venue_en": slot.venue.name_en if slot.venue else None,
    }


def places(plan: Plan, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Meetings of a plan by their numbers, as a notice lists them."""
    return [{"after": _place(plan.live[number].after)} for number in sorted(numbers)]


def all_places(plan: Plan) -> list[dict[str, Any]]:
    return places(plan, range(len(plan.live)))


def in_groups(people: Mapping[int, Any]) -> list[tuple[Any, list[int]]]:
    """Those who are told the same, together."""
    found: dict[Any, list[int]] = {}
    for person, said in people.items():
        found.setdefault(said, []).append(person)
    return list(found.items())


def teachers_of(session: Session) -> list[int]:
    """The instructors who are staff, and so can be told."""
    rows = SessionInstructor.objects.filter(session=session, instructor__staff__isnull=False)
    return list(rows.order_by("pk").values_list("instructor__staff_id", flat=True))


def staff_among(instructors: Sequence[Instructor]) -> list[int]:
    return [each.staff_id for each in instructors if each.staff_id is not None]
