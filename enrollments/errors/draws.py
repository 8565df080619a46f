"""What draws and the classes they go by refuse, and which broken constraint means which refusal."""

from academy.errors import CONSTRAINT_REFUSALS, DomainError
from academy.text import Text


class NotALottery(DomainError):
    code = "not_a_lottery"
    title = Text("抽選の回ではありません", "Not a lottery")
    text = Text("抽選で席を決める回だけです。", "Only of a session whose seats are drawn.")


class DrawNeedsAClose(DomainError):
    code = "draw_needs_a_close"
    title = Text("申込みの締切がありません", "Applications have no end")
    text = Text(
        "抽選は、申込みの開始と締切が決まっている回について約定します。",
        "A draw is committed to where it is set when applications open and close.",
    )


class DrawCommitTooLate(DomainError):
    code = "draw_commit_too_late"
    title = Text("申込みが締め切られています", "Applications have closed")
    text = Text(
        "抽選の約定は申込みの締切({until})より前に公表します。",
        "A draw is committed to before applications close ({until}).",
    )


class DrawCommitted(DomainError):
    code = "draw_committed"
    title = Text("すでに約定されています", "Already committed to")
    text = Text("この回のこの募集の抽選は約定済みです。", "This round of the session has its draw.")


class DrawHappensOnce(DomainError):
    code = "draw_happens_once"
    title = Text("抽選は一度だけです", "A draw happens once")
    text = Text(
        "約定・名簿の確定・抽選は、この順に一度ずつ行われ、後から変わりません。",
        "A draw is committed, frozen and drawn once each, in this order, and does not change afterwards.",
    )


class DrawListFrozen(DomainError):
    code = "draw_list_frozen"
    title = Text("名簿は確定しています", "The list is frozen")
    text = Text("この抽選の名簿は確定済みです。", "The list of this draw has been frozen.")


class DrawListNotFrozen(DomainError):
    code = "draw_list_not_frozen"
    title = Text("名簿が確定していません", "The list is not frozen")
    text = Text("抽選は名簿の確定の後に行います。", "The list is frozen before the draw.")


class DrawFreezeTooEarly(DomainError):
    code = "draw_freeze_too_early"
    title = Text("申込みの受付中です", "Applications are still open")
    text = Text(
        "名簿は申込みの締切({until})の後に確定します。", "The list is frozen when applications have closed ({until})."
    )


class BeaconKnown(DomainError):
    code = "beacon_known"
    title = Text("公表値がすでに知られています", "The beacon may be known already")
    text = Text(
        "名簿は公表値の日({on})より前に確定します。公表値の日を延ばしてください。",
        "The list is frozen before the day of the beacon ({on}). Put the day off first.",
    )


class BeaconNotKnown(DomainError):
    code = "beacon_not_known"
    title = Text("公表値はまだ知られていません", "The beacon is not known yet")
    text = Text("抽選は公表値の日({on})から行えます。", "The draw is held from the day of the beacon on ({on}).")


class DrawTakesTwoPeople(DomainError):
    code = "draw_takes_two_people"
    status = 403
    title = Text("別の人が行います", "Another person holds it")
    text = Text("約定した人は抽選を行えません。", "Whoever committed to a draw does not hold it.")


class OwnDraw(DomainError):
    code = "own_draw"
    status = 403
    title = Text("本人が名簿にあります", "One's own draw")
    text = Text("名簿に載っている人は抽選を行えません。", "Whoever is in the list does not hold the draw.")


class DrawListChanged(DomainError):
    code = "draw_list_changed"
    title = Text("名簿が確定時と異なります", "The list is not the one that was frozen")
    text = Text(
        "保存されている名簿の要約値が公表値と一致しないため、抽選できません。",
        "The digest of the list as kept is not the one that was published: nothing is drawn.",
    )


class PriorityClassesCommitted(DomainError):
    code = "priority_classes_committed"
    title = Text("優先区分は公表済みです", "The classes are committed to")
    text = Text(
        "約定済みの抽選がある回が終わるまで、優先区分は変更できません。",
        "The classes do not change while a session with a committed draw is not over.",
    )


CONSTRAINT_REFUSALS.update(
    {
        "draw_once_a_round": DrawCommitted,
        "draw_happens_once": DrawHappensOnce,
        "draw_list_is_frozen": DrawListFrozen,
        "draw_takes_two_people": DrawTakesTwoPeople,
    }
)
