"""The queue of a session: strict by priority, then by the number given under the session's lock.

Everything that may free a seat calls `reconcile` in its own transaction, and a sweep finds what was missed.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from academy import clock
from academy.clock import BusinessNow
from academy.models import User
from academy.operations.base import constraint_of, note, operation
from courses.entry import policy_of
from courses.models import Meeting, Session
from enrollments import promotion
from enrollments.models import SEATED, Enrollment, Status
from enrollments.operations import offers, wishes
from enrollments.seating import Seats, seats_and_queue_of, seats_of

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
    asked for it. Nobody is promoted when promotions are over (see `enrollments.promotion.promotes`).
    """
    if not promotion.promotes(session, session.now):
        return 0
    while chosen := list(promotion.line_up(seats_of(session, now=session.now), session, session.now)):
        if _seated(chosen, session, by, at_once):
            return len(chosen)
    return 0


def _seated(chosen: list[promotion.Candidate], session: Session, by: User | None, at_once: Collection[int]) -> bool:
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
    except wishes.SeatElsewhere:
        return False
    except IntegrityError as error:
        if constraint_of(error) not in LOST_MEANWHILE:
            raise
        return False
    return True


def move_with_facts(
    chosen: Sequence[promotion.Candidate], to: Status, *, by: User | None, reason: str = "", **also: object
) -> None:
    """Move enrolments, with the facts by which they passed the rules; those with the same in one statement.

    With a seat the other wishes of their applications end (see `wishes`).
    """
    keys = [each.pk for each in chosen]
    wished = wishes.hold(keys) if to in SEATED else 0
    for copies, alike in groupby(sorted(chosen, key=attrgetter("copies")), attrgetter("copies")):
        rows = Enrollment.objects.filter(pk__in=[each.pk for each in alike])
        rows.move_to(to, by=by, reason=reason, **also, **dict(zip(promotion.COPIES, copies, strict=True)))
    if wished and to == Status.ENROLLED:
        wishes.settle(keys, by=by)


def seats_for_newcomers(session: Session, *, by: User | None) -> Seats:
    """The seats of a locked session that are left when the queue has had its turn; none without a date.

    Whoever waits, passes the rules and finds a seat comes first, also when it is too late for a promotion.
    """
    seats, waiting = seats_and_queue_of(session, now=session.now)
    if waiting == 0 or seats.exhausted:
        return seats
    reconcile(session, by=by)
    return seats_behind_queue(session)


def seats_behind_queue(session: Session) -> Seats:
    """The seats that are left when everybody who waits, passes the rules and finds one has theirs; nobody is promoted."""
    seats, waiting = seats_and_queue_of(session, now=session.now)
    for _ in promotion.line_up(seats, session, session.now) if waiting else ():
        pass
    return seats


def would_move_up(seats: Seats, session: Session) -> list[promotion.Candidate]:
    """Whom `reconcile` would promote if these were the seats; nobody is promoted."""
    return list(promotion.line_up(seats, session, session.now)) if promotion.promotes(session, session.now) else []


def would_promote(session: Session, now: dt.datetime) -> bool:
    """Whether somebody would move up now; asked without a lock, to take it only where it pays."""
    return next(promotion.line_up(seats_of(session, now=now), session, now), None) is not None


def sessions_to_reconcile() -> QuerySet[Session]:
    """Published sessions with a date, not begun, with free seats and people waiting, in the order of their keys: who waits in
    two at one time gets the seat of the first. Whether somebody passes the rules is not asked."""
    waiting = Enrollment.objects.filter(session=OuterRef("pk"), status=Status.WAITLISTED)
    today = clock.today()
    begun = Q(during__startswith__lte=BusinessNow()) | Q(month__lte=today)
    meetings = Meeting.objects.live().filter(begun, session=OuterRef("pk"))
    free = Q(capacity=None) | Q(seats_taken__lt=F("capacity"))
    to_come = Session.objects.published().with_audience().filter(ends_on__gte=today, undated=False)
    promoting = Q(promote_until=None) | Q(promote_until__gt=BusinessNow())
    return to_come.filter(free, promoting, Exists(waiting), ~Exists(meetings)).order_by("pk")
