"""What a roster does to approvals that are pending: nothing is written, since who is in charge follows from the posts."""

from academy.posts import approvers_of
from academy.rosters.effects import Change, Told, Watch, roster_effect
from academy.text import Text
from enrollments.models import Approval, ApprovalLevel

APPROVAL = "enrollments.approval"


@roster_effect(approval_rerouted=Text("承認する人が変わる申込み", "An application that somebody else is to approve"))
def rerouted_approvals(change: Change) -> Watch:
    """Pending approvals of heads of units whose approver of the day becomes another, also by the head's own move."""
    rows = Approval.objects.pending().filter(level=ApprovalLevel.UNIT_HEAD).order_by("pk")
    asked = list(rows.values_list("public_id", "applicant_id", "enrollment__session__title_ja"))
    before = _approvers(change, {applicant for _, applicant, _ in asked})
    yield
    leavers = set(change.leavers)
    after = _approvers(change, {applicant for _, applicant, _ in asked})
    return [
        Told("approval_rerouted", applicant, APPROVAL, public_id, {"session_title_ja": title})
        for public_id, applicant, title in asked
        if applicant not in leavers and before.get(applicant) != after.get(applicant)
    ]


def _approvers(change: Change, people: set[int]) -> dict[int, int]:
    found = approvers_of(people, on=change.effective_on)
    return {person: each.staff_id for person, each in found.items()}
