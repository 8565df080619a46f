"""開催中止: a session that does not take place."""

from collections.abc import Sequence

from django.db import transaction

from academy.models import User
from academy.operations.base import note, operation
from courses.models import Session, SessionStatus
from courses.models.sessions import SessionQuerySet
from courses.operations.places import free_places
from courses.operations.rescheduling import cancel_meetings
from courses.rescheduling import Fate, Plan, all_cancelled
from enrollments.impact import Impact, Seat, counted, seats_of
from enrollments.models import LIVE, EndedAs, Enrollment, Status
from enrollments.operations import approvals
from enrollments.operations.changes.confirming import refuse_unconfirmed
from enrollments.operations.changes.telling import Letters, teachers_of


@operation
def cancel_session(*, session_id: int, reason: str, confirmed: str | None = None, by: User | None) -> Session:
    """Cancel a session: everybody in it is cancelled and told, instructors and rooms are free again.

    Meetings that were held stay, and so does who has a result. `confirmed` is as for a reschedule.
    """
    session = _session(session_id, Session.objects.locked())
    impact, letters = _read(session, seats_of(session, locked=True), reason)
    meetings = _write_session(session, impact.plan, reason, by)
    live = Enrollment.objects.filter(session=session).live()
    ended = live.move_to(Status.CANCELLED, by=by, reason=reason, ended_as=EndedAs.SESSION_CANCELLED)
    approvals.close([each.pk for each in ended if each.old == Status.APPLIED], by=by)
    session.refresh_from_db(fields=["status", "seats_taken"])
    refuse_unconfirmed(impact, confirmed)
    letters.send()
    note(session, enrollments=len(ended), meetings=meetings, told=len(impact.told))
    return session


def preview_cancel(*, session_id: int, reason: str, by: User | None) -> Impact:
    """The impact that cancelling would have: read by the same code, without holding anybody up."""
    with transaction.atomic():
        impact = rehearse_cancel(session_id=session_id, reason=reason, by=by)
        transaction.set_rollback(True)
    return impact


@operation
def rehearse_cancel(*, session_id: int, reason: str, by: User | None) -> Impact:
    """For `preview_cancel` alone, which undoes it. What is read about people, in whatever number, is read before anything
    is locked, and only the session is written.
    """
    session = _session(session_id, Session.objects.at_business_time())
    impact, _ = _read(session, seats_of(session, locked=False), reason)
    meetings = _write_session(session, impact.plan, reason, by)
    note(session, enrollments=sum(impact.affected.values()), meetings=meetings, told=len(impact.told))
    return impact


def _session(session_id: int, sessions: SessionQuerySet) -> Session:
    return sessions.select_related("course__policy").get(pk=session_id)


def _read(session: Session, seats: Sequence[Seat], reason: str) -> tuple[Impact, Letters]:
    plan = all_cancelled(list(session.meetings.live().select_related("venue").order_by("position")), session.now)
    letters = Letters.about(session, plan, reason)
    letters.add("session_cancelled", [seat.staff_id for seat in seats if seat.status in LIVE])
    letters.add("session_cancelled", teachers_of(session))
    impact = Impact(
        affected=counted([seat for seat in seats if seat.status in LIVE]),
        clashes=(),
        unresolved=frozenset(),
        at_risk=tuple(seat.pk for seat in seats if seat.seated and not seat.judged),
        no_longer_eligible={},
        withdrawn=(),
        exempted=(),
        promoted=(),
        told=tuple(sorted(letters.recipients)),
        deadlines=(),
        plan=plan,
        instructors=(),
        capacity=(session.capacity, session.capacity),
        too_many=0,
    )
    return impact, letters


def _write_session(session: Session, plan: Plan, reason: str, by: User | None) -> int:
    """The session and what it takes; returns how many meetings are cancelled."""
    Session.objects.filter(pk=session.pk).move_to(SessionStatus.CANCELLED, by=by, reason=reason)
    free_places(session.pk)
    archives = all_cancelled(list(session.meetings.archives()), session.now)
    gone = [each.meeting.pk for both in (plan, archives) for each in both.of(Fate.CANCELLED) if each.meeting]
    return cancel_meetings(gone, session.now)
