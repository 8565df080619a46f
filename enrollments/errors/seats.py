"""Why there is no seat, although one may be free."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class QuotaFull(DomainError):
    code = "quota_full"
    title = Text("枠の上限に達しています", "The quota is full")
    text = Text("所属または職層の枠に空きがありません。", "No seat is left in the quota of the bureau or the grade.")


class SeatsKept(DomainError):
    code = "seats_kept_for_others"
    title = Text("空席は別の枠に確保されています", "Seats are kept for others")
    text = Text(
        "残りの席は別の枠のために確保されています。", "The seats that are free are kept for other bureaus or grades."
    )


class PromotionOver(DomainError):
    code = "promotion_over"
    title = Text("繰上げは終わりました", "The queue moves up no more")
    text = Text(
        "繰上げの期限が過ぎたか、回が始まっています。", "The time for promotions is over, or the session has begun."
    )


CONSTRAINT_REFUSALS.update({"seat_quota_within_ceiling": QuotaFull})
