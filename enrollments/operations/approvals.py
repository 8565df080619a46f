"""Who has to agree to an application: the stages of the approval, begun with it and closed with it."""

from collections.abc import Collection

from academy.models import User
from courses.entry import policy_of
from courses.models import ApprovalChain, Session
from enrollments.models import Approval, ApprovalLevel, ApprovalStatus


def begin(enrollment_ids: Collection[int], session: Session, *, by: User | None) -> None:
    """Begin the first stage that the policy of the programme asks for, for applications that were just made."""
    if policy_of(session).approval == ApprovalChain.NONE or not enrollment_ids:
        return
    made = Approval.objects.bulk_create(
        Approval(enrollment_id=pk, applicant_id=0, level=ApprovalLevel.UNIT_HEAD) for pk in enrollment_ids
    )
    Approval.objects.filter(pk__in=[each.pk for each in made]).write_first_steps(by=by)


def close(enrollment_ids: Collection[int], *, by: User | None) -> None:
    """Nobody has to agree any more to applications that have ended."""
    pending = Approval.objects.pending().filter(enrollment__in=enrollment_ids)
    pending.move_to(ApprovalStatus.VOID, by=by)
