"""What is answered to an offered seat: accepted, declined, or nothing until its time is over."""

from django.db.models import QuerySet

from academy.clock import BusinessNow
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session
from enrollments import eligibility
from enrollments.errors.seats import NoOffer, OfferExpired
from enrollments.evidence import evidence_for
from enrollments.models import EndedAs, Enrollment, Status
from enrollments.operations import queue, wishes


@operation
def accept_offer(*, enrollment_id: int, by: User | None) -> Enrollment:
    """Take the seat that is offered, before the offer expires and as long as the rules about the person are passed.

    Whatever else the same application asked for ends with it.
    """
    session = _locked_session_of(enrollment_id)
    enrollment = _open_offer(enrollment_id, session)
    evidence = evidence_for(session, [enrollment.staff_id], now=session.now)
    eligibility.refuse(eligibility.personal_findings(evidence, enrollment.staff_id, waiting_here=True))
    wishes.hold([enrollment_id])
    row = Enrollment.objects.filter(pk=enrollment_id)
    row.move_to(Status.ENROLLED, by=by, reason="案内を承諾 / offer accepted", decided_at=session.now)
    wishes.settle([enrollment_id], by=by)
    return row.get()


@operation
def decline_offer(*, enrollment_id: int, reason: str = "", by: User | None) -> Enrollment:
    """Give up the seat that is offered: it goes to the next in the queue. The offer is spent, and so is the place."""
    session = _locked_session_of(enrollment_id)
    _open_offer(enrollment_id, session)
    row = Enrollment.objects.filter(pk=enrollment_id)
    row.move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=EndedAs.OFFER_DECLINED)
    enrollment = row.get()
    note(enrollment, promoted=queue.reconcile(session, by=by))
    return enrollment


@operation
def expire_offers(*, session_id: int, by: User | None) -> Session:
    """End the offers of a session whose time is over, each once, and give their seats to who waits."""
    session = Session.objects.locked().with_audience().get(pk=session_id)
    over = Enrollment.objects.filter(session=session, status=Status.OFFERED, offer__expires_at__lte=session.now)
    ended = over.move_to(Status.LAPSED, by=by, reason="期限切れ / offer expired", ended_as=EndedAs.OFFER_EXPIRED)
    note(session, expired=len(ended), promoted=queue.reconcile(session, by=by))
    return session


def sessions_with_expired_offers() -> QuerySet[Session]:
    over = Enrollment.objects.filter(status=Status.OFFERED, offer__expires_at__lte=BusinessNow())
    return Session.objects.filter(pk__in=over.values("session_id")).order_by("pk")


def _locked_session_of(enrollment_id: int) -> Session:
    at = Session.objects.filter(enrollments=enrollment_id).values("pk")
    return Session.objects.locked().with_audience().get(pk__in=at)


def _open_offer(enrollment_id: int, session: Session) -> Enrollment:
    """The enrolment of a locked session, if its offer stands; whoever answers late finds that it has expired."""
    enrollment = Enrollment.objects.select_related("offer").get(pk=enrollment_id)
    if enrollment.status != Status.OFFERED:
        lapsed = enrollment.ended_as == EndedAs.OFFER_EXPIRED
        raise OfferExpired(until=eligibility.time_text(enrollment.offer.expires_at)) if lapsed else NoOffer
    if enrollment.offer.expires_at <= session.now:
        raise OfferExpired(until=eligibility.time_text(enrollment.offer.expires_at))
    return enrollment
