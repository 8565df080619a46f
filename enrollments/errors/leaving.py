"""What leaving a session refuses."""

from academy.errors import DomainError
from academy.text import Text


class WithdrawalClosed(DomainError):
    code = "withdrawal_closed"
    title = Text("辞退の期限が過ぎました", "Too late to withdraw")
    text = Text(
        "本人による辞退は{until}までです。局の研修担当に、受講者の変更または辞退を依頼してください。",
        "People withdrew by themselves until {until}. Ask the training staff of the bureau to send somebody else or to withdraw.",
    )


class SubstitutionClosed(DomainError):
    code = "substitution_closed"
    title = Text("受講者変更の期限が過ぎました", "Too late for a substitute")
    text = Text("受講者の変更は{until}までです。", "Somebody else could be sent until {until}.")


class NoSeatToLeave(DomainError):
    code = "no_seat_to_leave"
    title = Text("受講が決定していません", "No seat was given")
    text = Text(
        "受講が決定していて、まだ始まっていない席だけを引き継ぎ・変更できます。",
        "Only a seat that was given and has not begun is passed on or exchanged.",
    )


class NoShowBlocked(DomainError):
    code = "no_show_blocked"
    title = Text("無断欠席が続きました", "Absent without notice")
    text = Text(
        "無断欠席が規則の回数を超えています。申し込める日は errors にあります。",
        "There were more absences without notice than the programme allows. errors says from when to apply.",
    )
