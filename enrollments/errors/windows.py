"""What opening a session again refuses, and seats of one that has no date."""

from academy.errors import DomainError
from academy.text import Text


class WindowNotEnded(DomainError):
    code = "window_not_ended"
    title = Text("申込期間が終わっていません", "Applications have not closed")
    text = Text(
        "追加募集は、申込期間が終わったあとに始められます(現在の期間:{begins}から{ends}まで)。",
        "Applications open again once a window has ended (the present one: from {begins} until {ends}).",
    )


class NoSeatLeft(DomainError):
    code = "no_seat_left"
    title = Text("残席がありません", "No seat left")
    text = Text(
        "追加募集は残席がある回だけです。残席はまずキャンセル待ちの人のものです。",
        "Applications open again for seats that are left; those belong first to whoever waits.",
    )


class SessionHasNoDate(DomainError):
    code = "session_has_no_date"
    title = Text("日程未定の回です", "No date yet")
    text = Text("日程が決まるまで席は決まりません。", "No seat is given until the session has a date.")
