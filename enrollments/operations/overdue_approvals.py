"""What becomes of approvals when their time is over, and of applications that are undecided when a session begins."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from academy import clock
from academy.clock import business_date
from academy.models import User
from academy.operations.base import note, operation
from courses.entry import policy_of
from courses.models import Overdue, Session, SessionStatus
from enrollments.access.approvals import with_somebody_in_charge
from enrollments.approval_deadlines import Standing, beginnings_of, rule_of, standings_of
from enrollments.models import Approval, ApprovalLevel, ApprovalStatus, EndedAs, Enrollment, Status
from enrollments.operations import approvals, wishes

OVERDUE = "期限切れ / overdue"
PUBLIC = (SessionStatus.PUBLISHED, SessionStatus.FINISHED)


@operation
def end_overdue_approvals(*, session_id: int, by: User | None) -> Session:
    """End what is overdue by the rule of the programme: escalated, passed as if approved, or dropped.

    A stage of which nobody is in charge any more goes to the next. When the session has begun, what is undecided lapses.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    if session.status not in PUBLIC:
        return session
    wishes.hold_undecided(session_id)
    if _begun(session):
        note(session, lapsed=_lapse(session, by))
        return session
    pending = list(Approval.objects.pending().filter(enrollment__session=session).order_by("pk"))
    standings = standings_of([each.pk for each in pending], now=session.now)
    counts = dict.fromkeys(Overdue, 0)
    for level in ApprovalLevel:
        rule = rule_of(policy_of(session), level)
        late = [each for each in pending if each.level == level and standings[each.public_id].overdue]
        if late and rule is not None:
            _end(late, rule, session, by)
            counts[rule] += len(late)
    on_time = [each for each in pending if _runs(standings[each.public_id])]
    skipped = approvals.skip([each.pk for each in on_time], by=by, on=business_date(session.now))
    note(session, skipped=skipped, **{rule.value: count for rule, count in counts.items()})
    return session


def _begun(session: Session) -> bool:
    begins_at = beginnings_of([session.pk]).get(session.pk)
    return business_date(session.now) > session.ends_on or (begins_at is not None and begins_at <= session.now)


def _lapse(session: Session, by: User | None) -> int:
    undecided = Enrollment.objects.filter(session=session, status=Status.APPLIED)
    lapsed = [each.pk for each in undecided.move_to(Status.LAPSED, by=by, ended_as=EndedAs.SESSION_BEGUN)]
    approvals.close(lapsed, by=by)
    return len(lapsed)


def _runs(standing: Standing) -> bool:
    """Nothing is skipped that is late already, nor while a roster is awaited that may bring somebody."""
    return not standing.overdue and standing.waits_until is None


def _end(late: Collection[Approval], rule: Overdue, session: Session, by: User | None) -> None:
    keys, enrollments = [each.pk for each in late], [each.enrollment_id for each in late]
    if rule == Overdue.ESCALATE:
        approvals.escalate(keys, by=by, reason=OVERDUE)
        return
    rows = Approval.objects.filter(pk__in=keys)
    if rule == Overdue.PASS:
        rows.move_to(ApprovalStatus.PASSED, by=by, reason=OVERDUE, decided_at=session.now)
        approvals.go_on({session.pk: session}, enrollments, by=by)
    else:
        rows.move_to(ApprovalStatus.DROPPED, by=by, reason=OVERDUE, decided_at=session.now)
        dropped = Enrollment.objects.filter(pk__in=enrollments)
        dropped.move_to(Status.LAPSED, by=by, reason=OVERDUE, ended_as=EndedAs.APPROVAL_OVERDUE)


def sessions_with_overdue_approvals() -> list[int]:
    """The sessions of which something is to be ended or skipped now."""
    now = clock.now()
    public = Q(enrollment__session__status__in=PUBLIC)
    pending = list(Approval.objects.pending().filter(public).select_related("enrollment").order_by("pk"))
    standings = standings_of([each.pk for each in pending], now=now)
    there = {
        level: with_somebody_in_charge(
            level, [each.applicant_id for each in pending if each.level == level], on=business_date(now)
        )
        for level in ApprovalLevel
    }
    found = {
        each.enrollment.session_id
        for each in pending
        if (standings[each.public_id].overdue and each.level != ApprovalLevel.OFFICE)
        or (_runs(standings[each.public_id]) and each.applicant_id not in there[ApprovalLevel(each.level)])
    }
    return sorted(found | _begun_undecided(now))


def _begun_undecided(now: dt.datetime) -> set[int]:
    undecided = Enrollment.objects.filter(status=Status.APPLIED, session__status__in=PUBLIC).order_by()
    days = dict(undecided.values_list("session_id", "session__ends_on").distinct())
    begins, today = beginnings_of(days), business_date(now)
    return {key for key, ends_on in days.items() if ends_on < today or (key in begins and begins[key] <= now)}
