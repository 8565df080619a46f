"""What demand surveys, seat proposals and quotas refuse."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class SurveyOpened(DomainError):
    code = "survey_opened"
    title = Text("すでに開始した調査です", "Already opened")
    text = Text(
        "開始した調査で変更できるのは、名称と回答期限だけです。",
        "Of a survey that was opened only the title and the last day to answer change.",
    )


class SurveyNotOpen(DomainError):
    code = "survey_not_open"
    title = Text("回答を受け付けていません", "Not open")
    text = Text("調査は開始前か、締切り済みです。", "The survey is not opened yet, or it is closed.")


class SurveyClosed(DomainError):
    code = "survey_closed"
    title = Text("締め切った調査です", "Closed")
    text = Text("締め切った調査は変更できません。", "A closed survey does not change.")


class AnswerTooLate(DomainError):
    code = "answer_too_late"
    title = Text("回答期限を過ぎています", "Too late to answer")
    text = Text("回答期限は {answer_by} まででした。", "The last day to answer was {answer_by}.")


class OrganizationNotAsked(DomainError):
    code = "organization_not_asked"
    title = Text("この調査の対象ではありません", "Not asked")
    text = Text("この組織はこの調査の対象ではありません。", "The survey does not ask this organisation.")


class NothingDemanded(DomainError):
    code = "nothing_demanded"
    title = Text("回答がありません", "Nobody has answered")
    text = Text(
        "この講座について回答した組織がまだないため、配分できません。",
        "No organisation has answered for this course yet: there is nothing to share by.",
    )


class SurveyStillOpen(DomainError):
    code = "survey_still_open"
    title = Text("調査を締め切っていません", "The survey is not closed")
    text = Text(
        "配分案を採用できるのは、調査を締め切ったあとです。", "A proposal is adopted once its survey is closed."
    )


class ProposalAdopted(DomainError):
    code = "proposal_adopted"
    title = Text("採用済みの配分案です", "Already adopted")
    text = Text("この配分案はすでに採用しました。", "This proposal was adopted already.")


class ProposalOutdated(DomainError):
    code = "proposal_outdated"
    title = Text("回答が変わっています", "The answers have changed")
    text = Text(
        "配分案を作ったあとに回答が変わりました。もう一度作ってください。",
        "Answers have changed since this proposal was made. Make it again.",
    )


class QuotasExceedCapacity(DomainError):
    code = "quotas_exceed_capacity"
    title = Text("枠の合計が定員を超えます", "More quota than seats")
    text = Text(
        "枠の合計 {seats} が定員 {capacity} を超えます。",
        "The quotas, {seats} in all, exceed the capacity, {capacity}.",
    )


class SessionTakesNoQuota(DomainError):
    code = "session_takes_no_quota"
    title = Text("枠を変更できません", "Quotas do not change any more")
    text = Text("中止・終了した回の枠は変更できません。", "The quotas of a cancelled or finished session stay.")


class CapacityBelowQuotas(DomainError):
    code = "capacity_below_quotas"
    title = Text("枠の合計が定員を超えます", "More quota than seats")
    text = Text(
        "組織の枠の合計は定員を超えられません。定員を減らすときは、先に枠を減らしてください。",
        "The quotas of a session are together never more than its capacity. To lower it, lower the quotas first.",
    )


CONSTRAINT_REFUSALS["quotas_within_capacity"] = CapacityBelowQuotas
