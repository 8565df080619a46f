"""The queue of a session: strict by priority, then by the number given under the session's lock.

Everything that may free a seat calls `reconcile` in its own transaction, and a sweep finds what was missed.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from academy import clock
from academy.clock import BusinessNow
from academy.facts import Facts
from academy.models import User
from academy.operations.base import constraint_of, note, operation
from courses.models import Meeting, Session, SessionStatus
from enrollments import eligibility
from enrollments.evidence import evidence_for, timetable_of
from enrollments.models import Enrollment, Status

# So many who wait are judged at a time: most often the first is promoted, and a long queue is not read for one seat.
AT_A_TIME = 50
# A person took a seat elsewhere between our look and our write; the write waited for theirs, the next look sees it.
LOST_MEANWHILE = frozenset(
    {
        "enrollment_person_not_in_two_places",
        "enrollment_one_seat_per_person_course_and_year",
        "session_seats_within_capacity",
    }
)


@operation
def reconcile_queue(*, session_id: int, by: User | None) -> Session:
    """Give the free seats of a session to those who wait, in their order, as long as they pass the rules."""
    session = Session.objects.locked().with_audience().get(pk=session_id)
    note(session, promoted=reconcile(session, by=by))
    return session


def reconcile(session: Session, *, by: User | None) -> int:
    """Promote from the queue of a locked session while seats are free; returns how many.

    Each candidate passes the rules of a newcomer, else is skipped and goes on waiting. Nobody is promoted once the
    first meeting has begun or the last day is past, or into a session that is not published or has no date yet.
    """
    if session.undated:
        return 0
    past = session.status != SessionStatus.PUBLISHED or clock.business_date(session.now) > session.ends_on
    if past or timetable_of(session, session.now).begun(session.now):
        return 0
    while chosen := _next_in_line(session):
        if _seated(chosen, session, by):
            return len(chosen)
    return 0


class Candidate(NamedTuple):
    """An enrolment that waits, and what its person is on the reference date."""

    pk: int
    facts: Facts

    @property
    def copies(self) -> tuple[object, ...]:
        """What an enrolment keeps of the facts, in the order of `_COPIES`."""
        facts = self.facts
        return facts.on, facts.organization_id, facts.bureau_id, facts.grade_id, facts.job_family_id


_COPIES = ("reference_date", "organization", "bureau", "grade", "job_family")


def _next_in_line(session: Session) -> list[Candidate]:
    free = seats_free(session)
    return [] if free == 0 else list(islice(candidates(session, session.now), free))


def _seated(chosen: list[Candidate], session: Session, by: User | None) -> bool:
    """Whether the chosen got their seats; not if one of them took a seat elsewhere meanwhile.

    With the seat an enrolment gets the facts by which it passed: while somebody waits, posts and the date may change.
    Those with the same facts move in one statement.
    """
    try:
        with transaction.atomic():
            for copies, alike in groupby(sorted(chosen, key=attrgetter("copies")), attrgetter("copies")):
                Enrollment.objects.filter(pk__in=[each.pk for each in alike]).move_to(
                    Status.ENROLLED,
                    by=by,
                    reason="繰上げ / from the queue",
                    decided_at=session.now,
                    **dict(zip(_COPIES, copies, strict=True)),
                )
    except IntegrityError as error:
        if constraint_of(error) not in LOST_MEANWHILE:
            raise
        return False
    return True


def seats_free(session: Session) -> int | None:
    """Seats that nobody holds, as the database counts them now; None without a limit."""
    session.refresh_from_db(fields=["seats_taken"])
    return session.free_seats


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


def seats_for_newcomers(session: Session, *, by: User | None) -> int | None:
    """Seats of a locked session that are left when the queue has had its turn; None without a limit, 0 without a date.

    Whoever waits and passes the rules comes first, also when it is too late for a promotion.
    """
    free = 0 if session.undated else session.free_seats
    if free == 0 or not Enrollment.objects.waiting().filter(session=session).exists():
        return free
    reconcile(session, by=by)
    free = seats_free(session)
    if free is None or free == 0:
        return free
    return free - sum(1 for _ in islice(candidates(session, session.now), free))


def sessions_to_reconcile() -> QuerySet[Session]:
    """Published sessions with a date, not begun, with free seats and people waiting. Whether one passes the rules is not asked."""
    waiting = Enrollment.objects.filter(session=OuterRef("pk"), status=Status.WAITLISTED)
    today = clock.today()
    begun = Q(during__startswith__lte=BusinessNow()) | Q(month__lte=today)
    meetings = Meeting.objects.live().filter(begun, session=OuterRef("pk"))
    free = Q(capacity=None) | Q(seats_taken__lt=F("capacity"))
    to_come = Session.objects.published().with_audience().filter(ends_on__gte=today, undated=False)
    return to_come.filter(free, Exists(waiting), ~Exists(meetings))
