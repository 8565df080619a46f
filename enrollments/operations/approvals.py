"""Who has to agree to an application: the stages of the approval, begun with it, passed on, and closed with it.

A stage of which nobody is in charge is skipped for the next (head of unit, bureau, office), and stays to be read as one
that was. What follows on a stage is what the programme's policy asks for when it is decided.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from academy import clock
from academy.models import User
from courses.entry import policy_of
from courses.models import SELF_SERVICE, ApprovalChain, Session
from enrollments.access.approvals import with_somebody_in_charge
from enrollments.models import Approval, ApprovalLevel, ApprovalStatus, Enrollment, Status
from enrollments.operations import queue

NOBODY_THERE = "承認する人がいない / nobody is in charge"
_NEXT = {ApprovalLevel.UNIT_HEAD: ApprovalLevel.BUREAU, ApprovalLevel.BUREAU: ApprovalLevel.OFFICE}


def begin(enrollment_ids: Collection[int], session: Session, *, by: User | None) -> None:
    """Begin the first stage that the policy of the programme asks for, for applications that were just made."""
    if policy_of(session).approval != ApprovalChain.NONE and enrollment_ids:
        _begin(enrollment_ids, ApprovalLevel.UNIT_HEAD, by=by)


def close(enrollment_ids: Collection[int], *, by: User | None) -> None:
    """Nobody has to agree any more to applications that have ended."""
    pending = Approval.objects.pending().filter(enrollment__in=enrollment_ids)
    pending.move_to(ApprovalStatus.VOID, by=by)


def _begin(enrollment_ids: Collection[int], level: ApprovalLevel, *, by: User | None) -> None:
    made = Approval.objects.bulk_create(
        Approval(enrollment_id=pk, applicant_id=0, level=level) for pk in sorted(enrollment_ids)
    )
    rows = Approval.objects.filter(pk__in=[each.pk for each in made])
    rows.write_first_steps(by=by)
    skip([each.pk for each in made], by=by, on=clock.today())


def skip(approval_ids: Collection[int], *, by: User | None, on: dt.date) -> int:
    """Pass pending stages on of which nobody is in charge on a day; says how many."""
    rows = Approval.objects.pending().filter(pk__in=approval_ids)
    skipped = 0
    for level in _NEXT:
        applicants = dict(rows.filter(level=level).values_list("pk", "applicant_id"))
        there = with_somebody_in_charge(level, applicants.values(), on=on)
        left = [pk for pk, applicant in applicants.items() if applicant not in there]
        if left:
            escalate(left, by=by, reason=NOBODY_THERE)
            skipped += len(left)
    return skipped


def escalate(approval_ids: Collection[int], *, by: User | None, reason: str) -> None:
    """Pass pending stages on to the next, which has its own time."""
    rows = Approval.objects.filter(pk__in=approval_ids)
    rows.move_to(ApprovalStatus.ESCALATED, by=by, reason=reason)
    for level, after in _NEXT.items():
        if passed := list(rows.filter(level=level).values_list("enrollment_id", flat=True)):
            _begin(passed, after, by=by)


def go_on(sessions: Mapping[int, Session], enrollment_ids: Iterable[int], *, by: User | None) -> int:
    """What follows when stages were agreed to, in locked sessions: the next stage, a seat or a place in the queue, or the
    decision of the office; returns how many are promoted. The rules are asked again with the seat.
    """
    latest = Approval.objects.filter(enrollment__in=list(enrollment_ids)).order_by("enrollment_id", "-pk")
    agreed = list(latest.distinct("enrollment_id").values_list("enrollment_id", "level", "enrollment__session_id"))
    further = [pk for pk, level, at in agreed if _another_follows(sessions[at], level)]
    if further:
        _begin(further, ApprovalLevel.BUREAU, by=by)
    final = {pk for pk, _, at in agreed if sessions[at].selection in SELF_SERVICE} - set(further)
    return _line_up(sessions, final, by)


def _another_follows(session: Session, level: str) -> bool:
    return policy_of(session).approval == ApprovalChain.UNIT_HEAD_AND_BUREAU and level == ApprovalLevel.UNIT_HEAD


def _line_up(sessions: Mapping[int, Session], enrollment_ids: set[int], by: User | None) -> int:
    """Who has every agreement that it takes waits with the early number, and gets a free seat at once; first wishes first."""
    rows = Enrollment.objects.filter(pk__in=enrollment_ids)
    rows.move_to(Status.WAITLISTED, by=by, reason="承認済み / approved")
    wishes = rows.order_by("preference", "session_id").values_list("session_id", flat=True)
    return sum(queue.reconcile(sessions[key], by=by, at_once=enrollment_ids) for key in dict.fromkeys(wishes))
