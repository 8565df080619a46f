"""Leaving a session: by withdrawing, in favour of a colleague of the bureau, or for another session of the course."""

from academy import clock
from academy.errors import DomainError, Faults
from academy.models import Staff, User
from academy.operations.base import note, operation
from courses.entry import policy_of
from courses.models import SELF_SERVICE, Session, SessionStatus
from enrollments import eligibility
from enrollments.endings import withdrawn_as
from enrollments.errors import NotSelfService, SessionBegun, SessionFull, SessionOver
from enrollments.errors.leaving import NoSeatToLeave, SubstitutionClosed, WithdrawalClosed
from enrollments.errors.seats import QuotaFull, SeatsKept
from enrollments.evidence import evidence_for, over, timetable_of
from enrollments.models import EndedAs, Enrollment, Status
from enrollments.operations import approvals, queue

GIVEN = (Status.ENROLLED, Status.IN_PROGRESS)
_NO_SEAT: dict[str, type[DomainError]] = {each.code: each for each in (SessionFull, QuotaFull, SeatsKept)}


@operation
def withdraw(*, enrollment_id: int, reason: str = "", by: User | None) -> Enrollment:
    """Give up an application, a place in the queue or a seat, until the first meeting begins; the queue moves up.

    A seat is given up by the person until the session's own deadline, and with a reason where the programme's policy
    asks for one; whoever acts for the person may do so afterwards. Where there is no meeting: until the last day. What a
    session that is not published came to stays.
    """
    at = Session.objects.filter(enrollments=enrollment_id).values("pk")
    session = Session.objects.locked().with_audience().get(pk__in=at)
    _refuse_begun(session)
    held = Enrollment.objects.filter(pk=enrollment_id)
    enrollment = held.select_related("staff").get()
    if enrollment.status in GIVEN:
        _refuse_late(session, enrollment, by)
        _refuse_without_reason(session, reason)
    held.move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=withdrawn_as(enrollment.status))
    if enrollment.status == Status.APPLIED:
        approvals.close([enrollment_id], by=by)
    note(enrollment, promoted=queue.reconcile(session, by=by))
    return held.get()


@operation
def substitute(*, enrollment_id: int, staff_id: int, reason: str, by: User | None) -> Enrollment:
    """Pass a seat on to somebody of the bureau that it was given to, until the session's deadline; answers with the new one.

    Old and new change places under the session's lock: the seat is never free, and the queue is not asked. The new person
    passes the rules of a newcomer. Nobody takes a seat over for themselves.
    """
    at = Session.objects.filter(enrollments=enrollment_id).values("pk")
    session = Session.objects.locked().with_audience().get(pk__in=at)
    _refuse_begun(session)
    if session.substitute_until is not None and session.substitute_until <= session.now:
        raise SubstitutionClosed(until=eligibility.time_text(session.substitute_until))
    left = _seat_of(enrollment_id)
    evidence = evidence_for(session, [staff_id], now=session.now)
    _refuse_substitute(left, staff_id, evidence.facts[staff_id].bureau_id if staff_id in evidence.facts else None, by)
    eligibility.refuse(eligibility.personal_findings(evidence, staff_id))
    Enrollment.objects.filter(pk=left.pk).move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=EndedAs.SUBSTITUTED)
    made = Enrollment.objects.enroll_one(
        evidence.facts[staff_id],
        session=session,
        status=Status.ENROLLED,
        busy=evidence.timetable.busy,
        by=by,
        applied_by=by,
    )
    note(made, instead_of=left.public_id)
    return made


@operation
def transfer(*, enrollment_id: int, session_id: int, reason: str = "", by: User | None) -> Enrollment:
    """Give up a seat for one of another session of the course, both in one transaction; answers with the new one.

    The person does it until the deadline for withdrawals, where the other session takes applications and gives seats at
    once; whoever acts for the person is not bound by windows and ways in. The queue of the other session comes first, and
    the rules are asked as if the seat had been left.
    """
    at = Session.objects.filter(enrollments=enrollment_id).values_list("pk", flat=True).get()
    sessions = {
        each.pk: each
        for each in Session.objects.locked().with_audience().filter(pk__in=[at, session_id]).order_by("pk")
    }
    source, target = sessions[at], sessions[session_id]
    left = _seat_of(enrollment_id)
    _refuse_begun(source)
    _refuse_late(source, left, by)
    _refuse_target(source, target, alone=_is_own(left, by))
    Enrollment.objects.filter(pk=left.pk).move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=EndedAs.TRANSFERRED)
    evidence = evidence_for(target, [left.staff_id], now=target.now)
    if over(target, evidence.timetable, target.now):
        raise SessionOver
    eligibility.refuse(eligibility.personal_findings(evidence, left.staff_id))
    person = evidence.facts[left.staff_id]
    if refused := queue.seats_for_newcomers(target, by=by).why_not(person):
        raise _NO_SEAT[refused]
    made = Enrollment.objects.enroll_one(
        person,
        session=target,
        status=Status.ENROLLED,
        busy=evidence.timetable.busy,
        by=by,
        applied_by=None if _is_own(left, by) else by,
    )
    note(made, left=left.public_id, promoted=queue.reconcile(source, by=by))
    return made


def _seat_of(enrollment_id: int) -> Enrollment:
    enrollment = Enrollment.objects.select_related("staff").get(pk=enrollment_id)
    if enrollment.status != Status.ENROLLED:
        raise NoSeatToLeave
    return enrollment


def _is_own(enrollment: Enrollment, by: User | None) -> bool:
    return by is not None and enrollment.staff.user_id == by.pk


def _refuse_begun(session: Session) -> None:
    if session.status != SessionStatus.PUBLISHED or clock.business_date(session.now) > session.ends_on:
        raise SessionOver
    if timetable_of(session, session.now).begun(session.now):
        raise SessionBegun


def _refuse_late(session: Session, enrollment: Enrollment, by: User | None) -> None:
    until = session.withdraw_until
    if _is_own(enrollment, by) and until is not None and until <= session.now:
        raise WithdrawalClosed(until=eligibility.time_text(until))


def _refuse_without_reason(session: Session, reason: str) -> None:
    faults = Faults()
    if policy_of(session).withdrawal_reason and not reason.strip():
        faults.add("/reason", "required", "受講辞退には理由が必要です。", "Giving up a seat takes a reason.")
    faults.refuse()


def _refuse_substitute(left: Enrollment, staff_id: int, bureau_id: int | None, by: User | None) -> None:
    faults = Faults()
    if staff_id == left.staff_id:
        faults.add("/staff", "same_person", "本人です。", "It is the same person.")
    elif by is not None and Staff.objects.filter(pk=staff_id, user=by).exists():
        faults.add(
            "/staff", "own_enrollment", "自分を代わりにはできません。", "Nobody takes a seat over for themselves."
        )
    elif bureau_id is not None and bureau_id != left.seat_bureau_id:
        faults.add("/staff", "other_bureau", "席は局の中でだけ引き継げます。", "The seat stays in its bureau.")
    faults.refuse()


def _refuse_target(source: Session, target: Session, *, alone: bool) -> None:
    faults = Faults()
    if target.pk == source.pk:
        faults.add("/session", "same_session", "同じ回です。", "It is the same session.")
    elif target.course_id != source.course_id:
        faults.add("/session", "other_course", "別の講座の回です。", "It is a session of another course.")
    faults.refuse()
    found = [eligibility.published(target)]
    if alone:
        found.append(eligibility.window(target, target.now))
    eligibility.refuse(found)
    if alone and target.selection not in SELF_SERVICE:
        raise NotSelfService
