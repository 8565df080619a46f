"""Who of those that wait would move up: in the order of the queue, whoever passes the rules and finds a seat.

Nobody is passed over for somebody behind, but where no seat may be given to them: a rule fails, a quota of theirs is full, or
what is free is kept for others. It writes nothing; `enrollments.operations.queue` promotes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from academy import clock
from academy.facts import Facts, Place, places_of
from courses.models import Session, SessionStatus
from enrollments import eligibility
from enrollments.evidence import evidence_for, timetable_of
from enrollments.models import Enrollment
from enrollments.seating import Seats

# So many who wait are judged at a time: most often the first is promoted, and a long queue is not read for one seat.
AT_A_TIME = 50


def promotes(session: Session, now: dt.datetime) -> bool:
    """Whether the queue of a session moves up: published and dated, before its first meeting begins, its last day and its
    own deadline for promotions."""
    if session.undated or session.status != SessionStatus.PUBLISHED or clock.business_date(now) > session.ends_on:
        return False
    if session.promote_until is not None and session.promote_until <= now:
        return False
    return not timetable_of(session, now).begun(now)


class Waiting(NamedTuple):
    pk: int
    staff_id: int


class Candidate(NamedTuple):
    """An enrolment that waits and passes the rules, and what its person is on the reference date."""

    pk: int
    facts: Facts

    @property
    def copies(self) -> tuple[object, ...]:
        """What an enrolment keeps of the facts, in the order of `COPIES`."""
        facts = self.facts
        return (
            facts.on,
            facts.organization_id,
            facts.bureau_id,
            facts.grade_id,
            facts.job_family_id,
            facts.new_recruit,
        )


COPIES = ("reference_date", "organization", "bureau", "grade", "job_family", "new_recruit")


def line_up(seats: Seats, session: Session, now: dt.datetime) -> Iterator[Candidate]:
    """Those who move up, as far as there is a seat for each; each seat is counted as taken."""
    if seats.exhausted:
        return
    if seats.quotas:
        yield from _past_quotas(seats, session, now)
        return
    for candidate in candidates(session, now):
        if seats.give(candidate.facts) is None:
            yield candidate
        if seats.exhausted:
            return


def candidates(session: Session, now: dt.datetime) -> Iterator[Candidate]:
    """The enrolments that wait and pass the rules of a newcomer, in the order of the queue."""
    queue = queue_of(session)
    for start in range(0, len(queue), AT_A_TIME):
        part = queue[start : start + AT_A_TIME]
        passed = _judged(part, session, now)
        yield from (passed[each.pk] for each in part if each.pk in passed)


def queue_of(session: Session) -> list[Waiting]:
    """In its order; who has a seat by another wish of the application waits for nothing."""
    waiting = Enrollment.objects.waiting().filter(session=session).open_wishes()
    return [Waiting(*each) for each in waiting.values_list("pk", "staff_id")]


def competing_before(enrollment: Enrollment, seats: Seats, session: Session, now: dt.datetime) -> int:
    """How many before an enrolment in the queue could have a seat as the seats are; whether they pass the rules is not
    asked."""
    queue = queue_of(session)
    before = queue[: next((at for at, each in enumerate(queue) if each.pk == enrollment.pk), 0)]
    places = places_of([each.staff_id for each in before], on=timetable_of(session, now).reference_date)
    return sum(each.staff_id in places and seats.why_not(places[each.staff_id]) is None for each in before)


def _judged(part: Sequence[Waiting], session: Session, now: dt.datetime) -> dict[int, Candidate]:
    """Those of some who wait that pass the rules, by the key of the enrolment."""
    evidence = evidence_for(session, [each.staff_id for each in part], now=now)
    return {
        each.pk: Candidate(each.pk, evidence.facts[each.staff_id])
        for each in part
        if not eligibility.blocking(eligibility.personal_findings(evidence, each.staff_id, waiting_here=True))
    }


class _Line:
    """A queue beside its seats. Whom no seat may be given to is passed by without being judged."""

    def __init__(self, seats: Seats, session: Session, now: dt.datetime) -> None:
        self.seats, self.session, self.now = seats, session, now
        queue, day = queue_of(session), timetable_of(session, now).reference_date
        self.places = places_of([each.staff_id for each in queue], on=day)
        self.left = [each for each in queue if each.staff_id in self.places]
        self.passed: dict[int, Candidate] = {}
        self.judged: set[int] = set()
        self.refusals: dict[Place, str | None] = {}  # as the seats stand

    def may_have(self, each: Waiting) -> bool:
        place = self.places[each.staff_id]
        if place not in self.refusals:
            self.refusals[place] = self.seats.why_not(place)
        return self.refusals[place] is None

    def judge(self, start: int) -> None:
        """Judge the next of those who may have a seat and were not judged yet."""
        part: list[Waiting] = []
        for each in self.left[start:]:
            if each.pk not in self.judged and self.may_have(each):
                part.append(each)
                if len(part) == AT_A_TIME:
                    break
        self.judged.update(each.pk for each in part)
        self.passed.update(_judged(part, self.session, self.now))


def _past_quotas(seats: Seats, session: Session, now: dt.datetime) -> Iterator[Candidate]:
    """As long as seats only get scarcer, whoever was passed over stays so; where one person fills several quotas, more is
    left for others, and the line is gone through again from its head."""
    line, at = _Line(seats, session, now), 0
    while at < len(line.left) and not seats.exhausted:
        each = line.left[at]
        if not line.may_have(each):
            at += 1
            continue
        if each.pk not in line.judged:
            line.judge(at)
        candidate, spare = line.passed.get(each.pk), seats.spare
        del line.left[at]
        if candidate is None or seats.give(candidate.facts) is not None:
            continue
        line.refusals.clear()
        if seats.spare is not None and spare is not None and seats.spare > spare:
            at = 0
        yield candidate
