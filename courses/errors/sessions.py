"""What the drafting and the windows of sessions refuse."""

from academy.errors import CONSTRAINT_REFUSALS, AlreadyExists, DomainError
from academy.text import Text


class AllTimeOrdinalTaken(DomainError):
    code = "all_time_ordinal_taken"
    title = Text("通算の回数が重複しています", "Number of all taken")
    text = Text("この講座に同じ通算回数の回があります。", "The course has a session of this number of all.")


class WindowOutOfOrder(DomainError):
    code = "window_out_of_order"
    title = Text("申込期間が逆転します", "The window ends before it begins")
    text = Text(
        "申込終了が申込開始より前になる回があります。先に申込開始の日時を変更してください。",
        "Applications of a session would end before they begin. Change the beginning of its window first.",
    )


class MinimumAboveCapacity(DomainError):
    code = "minimum_above_capacity"
    title = Text("最少催行人数が定員を超えます", "The minimum is more than the capacity")
    text = Text(
        "最少催行人数は定員以下でなければなりません。", "The fewest participants cannot be more than the capacity."
    )


class VenueTooSmall(DomainError):
    code = "venue_too_small"
    title = Text("会場の席が足りません", "The venue is too small")
    text = Text(
        "定員{capacity}人に対し、会場「{venue}」は{seats}席です。オンライン併用の回はオンラインの入口を登録してください。",
        "The capacity is {capacity}, and “{venue}” has {seats} seats. Where people also join online, give the online address.",
    )


CONSTRAINT_REFUSALS.update(
    {
        "session_template_name_is_unique": AlreadyExists,
        "session_all_time_ordinal_is_unique": AllTimeOrdinalTaken,
        "session_window_is_in_order": WindowOutOfOrder,
        "session_minimum_within_capacity": MinimumAboveCapacity,
    }
)
