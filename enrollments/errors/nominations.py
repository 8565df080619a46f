"""What a bureau's list refuses."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class AlreadyNominated(DomainError):
    code = "already_nominated"
    title = Text("取りまとめは提出済みです", "The list was handed in already")
    text = Text(
        "この回のこの募集について、局の取りまとめは提出されています。",
        "The bureau has handed in its list of this round.",
    )


class NominationClosed(DomainError):
    code = "nomination_closed"
    title = Text("取りまとめの期間ではありません", "Lists are not taken now")
    text = Text("取りまとめの提出・取戻しは{until}までです。", "Lists are handed in and recalled until {until}.")


class NominationRecalled(DomainError):
    code = "nomination_recalled"
    title = Text("すでに取り戻しています", "Recalled already")
    text = Text("この取りまとめはすでに取り戻されています。", "This list was recalled already.")


class NominationUsed(DomainError):
    code = "nomination_used"
    title = Text("決定が始まっています", "Decisions were taken on it")
    text = Text(
        "推薦した人の決定・辞退があったため取り戻せません。", "Some of those it names were decided on or have left."
    )


CONSTRAINT_REFUSALS.update({"nomination_list_once_a_round": AlreadyNominated})
