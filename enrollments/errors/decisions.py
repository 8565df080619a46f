"""What deciding over all applicants refuses."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class NotByDecision(DomainError):
    code = "not_by_decision"
    title = Text("決定で席を決める回ではありません", "Seats are not given by a decision")
    text = Text(
        "推薦・選考・抽選の回を決定できます。", "Sessions with nominations, a screening or a lottery are decided."
    )


class SessionsApart(DomainError):
    code = "sessions_apart"
    title = Text("一緒に決定できない回です", "These sessions are not decided together")
    text = Text(
        "同じ講座・年度・選考方法の回を一緒に決定できます。",
        "Sessions of one course, fiscal year and way of selection are decided together.",
    )


class ApplicationsOpen(DomainError):
    code = "applications_open"
    title = Text("まだ受け付けています", "Applications are still open")
    text = Text(
        "申込みと局の推薦の期限({until})の後に決定できます。",
        "A decision comes after the deadlines of applications and of the bureaus' lists ({until}).",
    )


class ApprovalsPending(DomainError):
    code = "approvals_pending"
    title = Text("承認待ちの申込みがあります", "Approvals are pending")
    text = Text("{number}件の申込みが承認を待っています。", "{number} applications wait for an approval.")


class NobodyApplied(DomainError):
    code = "nobody_applied"
    title = Text("決定を待つ申込みがありません", "No application waits for a decision")
    text = Text("申込みがないか、すべて決まっています。", "There is none, or all of them are decided.")


class DrawMissing(DomainError):
    code = "draw_missing"
    title = Text("抽選が行われていません", "There was no draw")
    text = Text("この募集回の抽選を行ってから決定してください。", "Hold the draw of this round first.")


class DraftExists(DomainError):
    code = "draft_exists"
    title = Text("決定の案がすでにあります", "There is a draft already")
    text = Text("公表するか廃案にしてください。", "Publish or discard it first.")


class DecisionSettled(DomainError):
    code = "decision_settled"
    title = Text("案ではありません", "Not a draft")
    text = Text("公表または廃案になった決定は変わりません。", "A decision that was published or discarded stays.")


class DecisionOutdated(DomainError):
    code = "decision_outdated"
    title = Text("案が実情に合いません", "The draft is outdated")
    text = Text(
        "案を作った後に状況が変わりました。明細を直すか、作り直してください。",
        "Things have changed since it was drafted. Change its lines, or draft it again.",
    )


class OtherWishFulfilled(DomainError):
    code = "other_wish"
    title = Text("別の希望回に席があります", "Another wish has the seat")
    text = Text(
        "同じ人には一つの決定で一つの席だけを決められます。", "One decision gives one seat to a person at the most."
    )


class OutOfOrder(DomainError):
    code = "out_of_order"
    title = Text("順番が前の人がいます", "Somebody comes before")
    text = Text("抽選の順位が上の補欠を先に決定してください。", "Reserves who were drawn before come first.")


class NotInDraw(DomainError):
    code = "not_in_draw"
    title = Text("抽選の対象に入っていません", "Not in the draw")
    text = Text("抽選の名簿に入っていない申込みです。", "The application is not in the list that was drawn from.")


class NewApplicant(DomainError):
    code = "new_applicant"
    title = Text("案にない申込みがあります", "An application is not in the draft")
    text = Text("案を作った後の申込みです。", "It was made after the draft.")


CONSTRAINT_REFUSALS["decided_session_has_one_draft"] = DraftExists
