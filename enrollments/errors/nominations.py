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
    title = Text("取りまとめの期限を過ぎています", "The deadline of lists has passed")
    text = Text("取りまとめの提出・取戻しは{until}までです。", "Lists are handed in and recalled until {until}.")


class NominationRecalled(DomainError):
    code = "nomination_recalled"
    title = Text("すでに取り戻しています", "Recalled already")
    text = Text("この取りまとめはすでに取り戻されています。", "This list was recalled already.")


class NominationUsed(DomainError):
    code = "nomination_used"
    title = Text("決定が行われています", "It was decided")
    text = Text(
        "この募集の決定があったため、取りまとめは変えられません。",
        "Applications of this round were decided on: its lists stay as they are.",
    )


CONSTRAINT_REFUSALS.update({"nomination_list_once_a_round": AlreadyNominated})
