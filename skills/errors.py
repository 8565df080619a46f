"""What the skill map refuses."""

from academy.errors import CONSTRAINT_REFUSALS, AlreadyExists, DomainError
from academy.text import Text


class FrameworkFrozen(DomainError):
    code = "framework_frozen"
    title = Text("公開済みの版は変更できません", "A published version does not change")
    text = Text(
        "版「{version}」は公開済みです。内容を変えるときは新しい版にしてください。",
        "Version “{version}” was published. Give changed contents a new version.",
    )


class FrameworkNotPublished(DomainError):
    code = "framework_not_published"
    title = Text("公開されていない版です", "The framework is not published")
    text = Text("評価期間は公開中の版でだけ開けます。", "A cycle opens on a published framework only.")


class CycleNotOpen(DomainError):
    code = "cycle_not_open"
    title = Text("評価期間の外です", "Outside the assessment period")
    text = Text(
        "評価期間は {opens_at} から {closes_at} までです。", "The assessment period is from {opens_at} to {closes_at}."
    )


class NotInSkillMap(DomainError):
    code = "not_in_skill_map"
    title = Text("スキルマップの対象外です", "Not covered by the skill map")
    text = Text("スキルマップの対象はICT職です。", "The skill map covers the ICT job family.")


class SelfAssessmentClosed(DomainError):
    code = "self_assessment_closed"
    title = Text("自己評価は提出済みです", "The self-assessment was submitted")
    text = Text(
        "提出した自己評価は、差し戻されるまで変更できません。",
        "A submitted self-assessment changes only after it was returned.",
    )


class RatingsMissing(DomainError):
    code = "ratings_missing"
    title = Text("未回答の項目があります", "Some items are not answered")
    text = Text("未回答の項目が {count} 件あります。", "{count} items are not answered.")


class OwnReview(DomainError):
    code = "own_review"
    status = 403
    title = Text("自分の評価は確認できません", "Nobody reviews themselves")
    text = Text(
        "自分の自己評価を確定または差し戻すことはできません。", "Nobody confirms or returns their own assessment."
    )


CONSTRAINT_REFUSALS.update(
    {
        "skill_framework_version_is_unique": AlreadyExists,
        "assessment_cycle_name_is_unique": AlreadyExists,
        "assessment_one_per_person_and_cycle": AlreadyExists,
        "assessment_is_not_reviewed_by_its_subject": OwnReview,
    }
)
