"""What the plans of a fiscal year refuse."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class PlanNotDraft(DomainError):
    code = "plan_not_draft"
    title = Text("作成中の計画ではありません", "Not a draft")
    text = Text(
        "変更できるのは作成中の版だけです。承認済みの版は差し戻し、公開した版は改定してください。",
        "Only a draft changes. Return an approved version, revise a published one.",
    )


class PlanDrafted(DomainError):
    code = "plan_drafted"
    title = Text("公開前の版がすでにあります", "There is a version under way")
    text = Text(
        "同じ年度・組織の計画に、まだ公開していない版があります。先にそれを公開するか取り下げてください。",
        "The plan of this year and organisation has a version that is not published yet. Publish or discard it first.",
    )


class PlanInForce(DomainError):
    code = "plan_in_force"
    title = Text("公開中の計画があります", "A plan is in force")
    text = Text(
        "この年度・組織には公開中の計画があります。それを改定してください。",
        "A plan of this year and organisation is in force. Revise that one.",
    )


class PlanNotInForce(DomainError):
    code = "plan_not_in_force"
    title = Text("公開中の計画ではありません", "Not in force")
    text = Text("改定できるのは公開中の版だけです。", "Only the version in force is revised.")


class PlanHasNoLine(DomainError):
    code = "plan_has_no_line"
    title = Text("計画に行がありません", "The plan has no line")
    text = Text("行のない計画は承認できません。", "A plan without a line cannot be approved.")


class PlanNeedsSecond(DomainError):
    code = "plan_needs_second_person"
    title = Text("もう一人の承認が必要です", "A second person is needed")
    text = Text(
        "計画は、最後に手を入れた人以外が承認します。",
        "A plan is approved by somebody else than who changed it last.",
    )


CONSTRAINT_REFUSALS.update(
    {
        "plan_has_one_draft": PlanDrafted,
        "plan_has_one_in_force": PlanInForce,
        "plan_is_approved_by_another": PlanNeedsSecond,
        "plan_is_no_draft": PlanNotDraft,
    }
)
