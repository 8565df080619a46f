"""What the search for dates and rooms refuses."""

from academy.errors import DomainError
from academy.text import Text


class SessionHasItsDate(DomainError):
    code = "session_has_its_date"
    title = Text("日程が決まっています", "The date is set")
    text = Text(
        "日程の候補は、準備中の回と日程未定の回について示します(現在:{status})。",
        "Dates are suggested for drafts and for sessions without a date (now: {status}).",
    )


class PatternUnknown(DomainError):
    code = "pattern_unknown"
    title = Text("コマの並びが分かりません", "The meetings have no times")
    text = Text(
        "日時の決まっていないコマが{n}個あります。コマが二つ以上の回は、仮の日時を入れてください。",
        "{n} meetings have no time. Give provisional times to a session of several meetings first.",
    )
