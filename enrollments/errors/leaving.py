"""What leaving a session refuses."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
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


class AbsenceNoticeClosed(DomainError):
    code = "absence_notice_closed"
    title = Text("コマが始まりました", "The meeting has begun")
    text = Text(
        "欠講届とその取下げは、コマが始まるまでです。",
        "An absence is told of, and taken back, until the meeting begins.",
    )


class AbsenceToldAlready(DomainError):
    code = "absence_told_already"
    title = Text("届出済みです", "Told already")
    text = Text("このコマの欠講届はすでにあります。", "There is an absence notice for this meeting already.")


class NoAbsenceNotice(DomainError):
    code = "no_absence_notice"
    title = Text("欠講届がありません", "No absence notice")
    text = Text("このコマの欠講届はありません。", "There is no absence notice for this meeting.")


class CompletedAlready(DomainError):
    code = "completed_already"
    title = Text("修了・参加済みです", "Completed")
    text = Text("修了または参加した受講は免除できません。", "Whoever completed or attended is not exempted from it.")


class NotExempt(DomainError):
    code = "not_exempt"
    title = Text("免除されていません", "Not exempted")
    text = Text("この受講に免除はありません。", "There is no exemption of this enrolment.")


CONSTRAINT_REFUSALS.update({"absence_is_told_of_once": AbsenceToldAlready})
