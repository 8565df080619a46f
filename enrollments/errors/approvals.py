"""What deciding on applications refuses."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class ApprovalDecided(DomainError):
    code = "approval_already_decided"
    title = Text("承認待ちではありません", "Not pending")
    text = Text("すでに決裁されたか、申込みが終わっています。", "It was decided already, or the application has ended.")


class DecidedTwice(DomainError):
    code = "decided_twice"
    title = Text("一度に二つの決裁があります", "Two decisions at once")
    text = Text("同じ申込みに異なる決裁が指定されています。", "Different decisions are given on the same application.")


class OwnApplication(DomainError):
    code = "own_application"
    status = 403
    title = Text("本人の申込みです", "One's own application")
    text = Text("自分の申込みを自分で決裁することはできません。", "Nobody decides on an application of their own.")


class NotInCharge(DomainError):
    code = "not_in_charge"
    status = 403
    title = Text("決裁する立場にありません", "Not in charge")
    text = Text("この申込みの決裁は、今は別の人が行います。", "Somebody else decides on this application today.")


class ApprovalOverdue(DomainError):
    code = "approval_overdue"
    title = Text("承認の期限が過ぎました", "The approval is overdue")
    text = Text("期限が過ぎたため、規定に従って処理されます。", "Its time is over; the rule of the programme applies.")


class ReasonRequired(DomainError):
    code = "reason_required"
    title = Text("理由が必要です", "A reason is needed")
    text = Text("不承認には理由を記入してください。", "Refusing takes a reason.")


CONSTRAINT_REFUSALS.update(
    {
        "approval_is_not_by_the_applicant": OwnApplication,
        "approval_one_is_pending": ApprovalDecided,
    }
)
