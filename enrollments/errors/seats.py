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


class MoreKeptThanFree(DomainError):
    code = "more_kept_than_free"
    title = Text("確保する席が空席を超えます", "More seats kept than free")
    text = Text(
        "枠が確保する席のうち {kept} 席がまだ使われていませんが、空席は {free} 席です。",
        "The quotas still keep {kept} seats, and {free} would be free.",
    )


class NoOffer(DomainError):
    code = "no_offer"
    title = Text("案内中の席がありません", "No seat is offered")
    text = Text("この申込みに繰上げの案内は出ていません。", "No seat is offered to this application now.")


class OfferExpired(DomainError):
    code = "offer_expired"
    title = Text("案内の期限が過ぎました", "The offer has expired")
    text = Text("繰上げの案内は{until}までです。", "The offer stood until {until}.")


CONSTRAINT_REFUSALS.update({"seat_quota_within_ceiling": QuotaFull})
