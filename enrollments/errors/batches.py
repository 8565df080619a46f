"""What is refused to who takes back many seats at once, and why a single seat stays."""

from academy.errors import DomainError
from academy.text import Text


class BatchUndone(DomainError):
    code = "batch_undone"
    title = Text("すでに取り消されています", "Undone already")
    text = Text("この一括決定は{at}に取り消されました。", "This bulk assignment was undone at {at}.")


class SeatChanged(DomainError):
    code = "seat_changed"
    title = Text("席の状態が変わっています", "The seat has changed")
    text = Text("一括決定の後に状態が変わった席です。", "The seat is no longer as the bulk assignment left it.")


class SeatHasRecords(DomainError):
    code = "seat_has_records"
    title = Text("学習記録があります", "There are learning records")
    text = Text("出席・学習などの記録がある席です。", "Attendance, lessons or another record belongs to the seat.")


class NoSeat(DomainError):
    code = "no_seat"
    title = Text("席がありません", "No seat")
    text = Text("席のない申込みか、すでに終わった受講です。", "The enrolment has no seat, or is over.")
