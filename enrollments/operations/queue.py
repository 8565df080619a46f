"""The queue of a session: strict by priority, then by the number given under the session's lock.

Everything that may free a seat calls `reconcile` in its own transaction, and a sweep finds what was missed.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from academy import clock
from academy.clock import BusinessNow
from academy.facts import Facts
from academy.models import User
from academy.operations.base import constraint_of, note, operation
from courses.entry import policy_of
from courses.models import Meeting, Session, SessionStatus
from enrollments import eligibility
from enrollments.evidence import evidence_for, timetable_of
from enrollments.models import Enrollment, Status
from enrollments.operations import offers
from enrollments.seating import Seats, seats_and_queue_of, seats_of

# So many who wait are judged at a time: most often the first is promoted, and a long queue is not read for one seat.
AT_A_TIME = 50
PROMOTED = "繰上げ / from the queue"  # what a step says of who moved up
# A person took a seat elsewhere between our look and our write; the write waited for theirs, the next look sees it.
LOST_MEANWHILE = frozenset(
    {
        "enrollment_person_not_in_two_places",
        "enrollment_one_seat_per_person_course_and_year",
        "session_seats_within_capacity",
        "seat_quota_within_ceiling",
    }
)


@operation
def reconcile_queue(*, session_id: int, by: User | None) -> Session:
    """Give the free seats of a session to those who wait, in their order, as long as they pass the rules."""
    session = Session.objects.locked().with_audience().get(pk=session_id)
    note(session, promoted=reconcile(session, by=by))
    return session


def reconcile(session: Session, *, by: User | None, at_once: Collection[int] = ()) -> int:
    """Promote from the queue of a locked session while seats are free; returns how many.

    Each candidate passes the rules of a newcomer and finds a seat that is not kept for others, else is skipped and goes on
    waiting. Where the programme's policy has offers, a seat is offered for a time, but to those of `at_once`, who have just
    asked for it. Nobody is promoted when promotions are over (see `promotes`).
    """
    if not promotes(session):
        return 0
    while chosen := _next_in_line(session):
        if _seated(chosen, session, by, at_once):
            return len(chosen)
    return 0


def promotes(session: Session) -> bool:
    """Whether the queue of a locked session moves up: published and dated, before its first meeting begins, its last day and
    its own deadline for promotions."""
    if (
        session.undated
        or session.status != SessionStatus.PUBLISHED
        or clock.business_date(session.now) > session.ends_on
    ):
        return False
    if session.promote_until is not None and session.promote_until <= session.now:
        return False
    return not timetable_of(session, session.now).begun(session.now)


class Candidate(NamedTuple):
    """An enrolment without a seat, and what its person is on the reference date."""

    pk: int
    facts: Facts

    @property
    def copies(self) -> tuple[object, ...]:
        """What an enrolment keeps of the facts, in the order of `_COPIES`."""
        facts = self.facts
        return (
            facts.on,
            facts.organization_id,
            facts.bureau_id,
            facts.grade_id,
            facts.job_family_id,
            facts.new_recruit,
        )


_COPIES = ("reference_date", "organization", "bureau", "grade", "job_family", "new_recruit")


def _next_in_line(session: Session) -> list[Candidate]:
    return list(_line_up(seats_of(session, now=session.now), session))


def _line_up(seats: Seats, session: Session) -> Iterator[Candidate]:
    """Those who wait and pass the rules, as far as there is a seat for each, which is counted as taken."""
    if seats.exhausted:
        return
    for candidate in candidates(session, session.now):
        if seats.give(candidate.facts) is None:
            yield candidate
        if seats.exhausted:
            return


def _seated(chosen: list[Candidate], session: Session, by: User | None, at_once: Collection[int]) -> bool:
    """Whether the chosen got their seats; not if one of them took a seat elsewhere meanwhile.

    With the seat an enrolment gets the facts by which it passed: while somebody waits, posts and the date may change.
    """
    offered = [] if policy_of(session).offer_hours is None else [each for each in chosen if each.pk not in at_once]
    seated = [each for each in chosen if each not in offered]
    try:
        with transaction.atomic():
            move_with_facts(seated, Status.ENROLLED, by=by, reason=PROMOTED, decided_at=session.now)
            move_with_facts(offered, Status.OFFERED, by=by, reason=PROMOTED)
            offers.make([each.pk for each in offered], session)
    except IntegrityError as error:
        if constraint_of(error) not in LOST_MEANWHILE:
            raise
        return False
    return True


def move_with_facts(
    chosen: Sequence[Candidate], to: Status, *, by: User | None, reason: str = "", **also: object
) -> None:
    """Move enrolments, with the facts by which they passed the rules; those with the same in one statement."""
    for copies, alike in groupby(sorted(chosen, key=attrgetter("copies")), attrgetter("copies")):
        rows = Enrollment.objects.filter(pk__in=[each.pk for each in alike])
        rows.move_to(to, by=by, reason=reason, **also, **dict(zip(_COPIES, copies, strict=True)))


def candidates(session: Session, now: dt.datetime) -> Iterator[Candidate]:
    """The enrolments that wait and pass the rules of a newcomer, in the order of the queue."""
    queue = list(Enrollment.objects.waiting().filter(session=session).values_list("pk", "staff_id"))
    for start in range(0, len(queue), AT_A_TIME):
        part = queue[start : start + AT_A_TIME]
        evidence = evidence_for(session, [staff_id for _, staff_id in part], now=now)
        for pk, staff_id in part:
            found = eligibility.personal_findings(evidence, staff_id, waiting_here=True)
            if not eligibility.blocking(found):
                yield Candidate(pk, evidence.facts[staff_id])


def seats_for_newcomers(session: Session, *, by: User | None) -> Seats:
    """The seats of a locked session that are left when the queue has had its turn; none without a date.

    Whoever waits, passes the rules and finds a seat comes first, also when it is too late for a promotion.
    """
    seats, waiting = seats_and_queue_of(session, now=session.now)
    if waiting == 0 or seats.exhausted:
        return seats
    reconcile(session, by=by)
    seats = seats_of(session, now=session.now)
    for _ in _line_up(seats, session):
        pass
    return seats


def sessions_to_reconcile() -> QuerySet[Session]:
    """Published sessions with a date, not begun, with free seats and people waiting. Whether one passes the rules is not asked."""
    waiting = Enrollment.objects.filter(session=OuterRef("pk"), status=Status.WAITLISTED)
    today = clock.today()
    begun = Q(during__startswith__lte=BusinessNow()) | Q(month__lte=today)
    meetings = Meeting.objects.live().filter(begun, session=OuterRef("pk"))
    free = Q(capacity=None) | Q(seats_taken__lt=F("capacity"))
    to_come = Session.objects.published().with_audience().filter(ends_on__gte=today, undated=False)
    promoting = Q(promote_until=None) | Q(promote_until__gt=BusinessNow())
    return to_come.filter(free, promoting, Exists(waiting), ~Exists(meetings))
