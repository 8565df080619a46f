"""What a change to a session with people in it refuses."""

from academy.errors import DomainError
from academy.text import Text


class PersonWouldClash(DomainError):
    code = "person_would_clash"
    title = Text("日時が重なる人がいます", "Somebody would clash")
    text = Text(
        "{people}人は、辞退させるか該当コマを免除するまで変更できません。errors に一人ずつあります。",
        "{people} people must be withdrawn or exempted first; errors lists them one by one.",
    )


class NeedsConfirmation(DomainError):
    code = "needs_confirmation"
    title = Text("影響の確認が必要です", "Look at the impact first")
    text = Text(
        "関係する人がいます。dry_run=true で影響を確かめ、その digest を confirm に付けてください。",
        "People are concerned. Look at the impact with dry_run=true, and send its digest as confirm.",
    )


class ImpactHasChanged(DomainError):
    code = "impact_has_changed"
    title = Text("影響が確認時と変わりました", "The impact has changed")
    text = Text(
        "確認のあとに状況が変わりました。もう一度 dry_run=true で確かめてください。何も変更していません。",
        "Things have changed since you looked. Look again with dry_run=true. Nothing was changed.",
    )


class NotReschedulable(DomainError):
    code = "not_reschedulable"
    title = Text("日程を変更できません", "Cannot be rescheduled")
    text = Text(
        "日程変更は公開中の回だけです(現在:{status})。準備中の回は直接変更してください。",
        "Only a published session is rescheduled (now: {status}). Change a draft itself.",
    )
