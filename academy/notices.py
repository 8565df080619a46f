"""The kinds of notices and their words in both languages, made from a notice's facts. Reads and writes nothing.

Facts are titles of what is offered, days, times, reasons, codes: never a score, never another person's name. One change
that does several things to a person is one notice: its kind is what matters most, its text tells all. A title is also the
subject of a mail: it carries the kind and the title of a session, or a number, and nothing else.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings

from academy.text import Text

Facts = Mapping[str, Any]


class Group(StrEnum):
    """What a person may ask for by mail together; of decisions they may not ask for less."""

    DECISION = "decision"
    CHANGE = "change"
    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    DUTY = "duty"


GROUPS: Mapping[Group, Text] = {
    Group.DECISION: Text("決定・案内・中止", "Decisions, offers and cancellations"),
    Group.CHANGE: Text("日程・講師などの変更", "Changes of times, places and instructors"),
    Group.CONFIRMATION: Text("自分の手続きの確認", "Confirmations of what you did"),
    Group.REMINDER: Text("開催前のお知らせ", "Reminders before a session"),
    Group.DUTY: Text("承認などの依頼・所属の状況", "What waits for your approval, and how your unit stands"),
}


@dataclass(frozen=True)
class Words:
    """Title and first sentence of a kind; their places are named facts."""

    title: Text
    text: Text
    group: Group = Group.DECISION


WORDS: Mapping[str, Words] = {
    "session_rescheduled": Words(
        Text("日程が変わりました:{session}", "Rescheduled: {session}"),
        Text("「{session}」の日程または会場が変わりました。", "The times or places of “{session}” have changed."),
        Group.CHANGE,
    ),
    "session_cancelled": Words(
        Text("開催中止:{session}", "Cancelled: {session}"),
        Text("「{session}」は開催されません。", "“{session}” does not take place."),
    ),
    "seat_withdrawn_by_office": Words(
        Text("受講辞退の扱いになりました:{session}", "Your place was withdrawn: {session}"),
        Text(
            "事務局が「{session}」の申込み・受講を辞退の扱いにしました。",
            "The office has withdrawn you from “{session}”.",
        ),
    ),
    "meeting_exempted": Words(
        Text("出席を免除されたコマがあります:{session}", "Excused from a meeting: {session}"),
        Text(
            "「{session}」の一部のコマへの出席が免除されました。", "You need not attend some meetings of “{session}”."
        ),
        Group.CHANGE,
    ),
    "seat_given": Words(
        Text("受講が決定しました:{session}", "You have a seat: {session}"),
        Text("「{session}」の席が用意できました。", "There is a seat for you in “{session}”."),
    ),
    "applied_for_you": Words(
        Text("代理で申し込まれました:{session}", "Somebody applied for you: {session}"),
        Text(
            "人事・研修担当が、あなたに代わって「{session}」に申し込みました。",
            "Your HR has applied to “{session}” on your behalf.",
        ),
    ),
    "instructor_named": Words(
        Text("講師の依頼:{session}", "You teach: {session}"),
        Text("「{session}」の講師に加わりました。", "You are an instructor of “{session}”."),
        Group.CHANGE,
    ),
    "instructor_released": Words(
        Text("講師の変更:{session}", "You no longer teach: {session}"),
        Text("「{session}」の講師から外れました。", "You are no longer an instructor of “{session}”."),
        Group.CHANGE,
    ),
    "application_received": Words(
        Text("申込みを受け付けました:{session}", "Application received: {session}"),
        Text(
            "「{session}」への申込みを受け付けました。決定までお待ちください。",
            "Your application for “{session}” was received. You will be told what is decided.",
        ),
        Group.CONFIRMATION,
    ),
    "waitlisted": Words(
        Text("補欠・キャンセル待ちになりました:{session}", "On the waiting list: {session}"),
        Text("「{session}」の席が空くのを順番にお待ちいただいています。", "You wait for a seat in “{session}”."),
    ),
    "seat_offered": Words(
        Text("繰上げのご案内:{session}", "A seat is offered to you: {session}"),
        Text(
            "「{session}」に空席ができました。期限までに承諾または辞退してください。",
            "A seat in “{session}” is kept for you. Accept or decline it in time.",
        ),
    ),
    "seat_taken": Words(
        Text("受講が決定しました:{session}", "You have a seat: {session}"),
        Text("「{session}」の申込みを受け付け、受講が決定しました。", "You applied for “{session}” and have a seat."),
    ),
    "seat_decided": Words(
        Text("受講決定:{session}", "You were given a seat: {session}"),
        Text("「{session}」の受講が決定しました。", "It was decided that you take part in “{session}”."),
    ),
    "seat_assigned": Words(
        Text("受講者に決まりました:{session}", "You take part: {session}"),
        Text("「{session}」の受講者として登録されました。", "You were enrolled in “{session}”."),
    ),
    "offer_accepted": Words(
        Text("繰上げを承諾しました:{session}", "Offer accepted: {session}"),
        Text("「{session}」の受講が決定しました。", "You accepted the seat in “{session}”."),
        Group.CONFIRMATION,
    ),
    "application_not_approved": Words(
        Text("申込みは承認されませんでした:{session}", "Not approved: {session}"),
        Text("「{session}」への申込みは承認されませんでした。", "Your application for “{session}” was not approved."),
    ),
    "application_not_selected": Words(
        Text("選考結果:{session}", "Result of the selection: {session}"),
        Text(
            "「{session}」は、今回は受講いただけないことになりました。",
            "You were not selected for “{session}” this time.",
        ),
    ),
    "application_ineligible": Words(
        Text("受講の対象外でした:{session}", "Not eligible: {session}"),
        Text(
            "「{session}」の受講対象ではないため、申込みを終了しました。",
            "You are not among those whom “{session}” is for.",
        ),
    ),
    "decision_for_unit": Words(
        Text("受講決定(所属分):{session}", "Decided for your unit: {session}"),
        Text("「{session}」の受講者が決定しました。", "It was decided who of your unit takes part in “{session}”."),
    ),
    "decision_for_bureau": Words(
        Text("受講決定一覧:{session}", "List of a decision: {session}"),
        Text("「{session}」の受講者が決定しました。", "It was decided who of your bureau takes part in “{session}”."),
    ),
    "application_ended": Words(
        Text("申込みが終了しました:{session}", "Application ended: {session}"),
        Text("「{session}」への申込みは終了しました。", "Your application for “{session}” has ended."),
    ),
    "withdrawal_confirmed": Words(
        Text("取下げ・辞退を受け付けました:{session}", "You have withdrawn: {session}"),
        Text("「{session}」の取下げ・辞退を受け付けました。", "You have withdrawn from “{session}”."),
        Group.CONFIRMATION,
    ),
    "offer_declined": Words(
        Text("繰上げを辞退しました:{session}", "Offer declined: {session}"),
        Text("「{session}」の繰上げを辞退しました。", "You declined the seat in “{session}”."),
        Group.CONFIRMATION,
    ),
    "seat_substituted": Words(
        Text("受講者が変更になりました:{session}", "Somebody else takes part: {session}"),
        Text(
            "「{session}」は、別の職員が受講することになりました。",
            "Your seat in “{session}” was passed on to a colleague.",
        ),
    ),
    "seat_transferred": Words(
        Text("別の回へ変更になりました:{session}", "Moved to another session: {session}"),
        Text(
            "「{session}」の受講は、同じ講座の別の回へ変更になりました。",
            "Your seat in “{session}” was exchanged for another session.",
        ),
    ),
    "other_wish_decided": Words(
        Text("ほかの希望回に決まりました:{session}", "Another wish was fulfilled: {session}"),
        Text(
            "ほかの希望回に決まったため、「{session}」への申込みは終了しました。",
            "Another of your wishes was fulfilled, so your application for “{session}” has ended.",
        ),
    ),
    "seat_cancelled": Words(
        Text("受講が取り消されました:{session}", "Your seat was cancelled: {session}"),
        Text("事務局が「{session}」の受講を取り消しました。", "The office has cancelled your seat in “{session}”."),
    ),
    "assignment_undone": Words(
        Text("受講者の登録が取り消されました:{session}", "Enrolment undone: {session}"),
        Text("「{session}」の受講者としての登録は取り消されました。", "Your enrolment in “{session}” was undone."),
    ),
    "offer_expired": Words(
        Text("繰上げの案内が期限切れになりました:{session}", "Offer expired: {session}"),
        Text(
            "期限までに回答がなく、「{session}」の案内は終了しました。",
            "The seat in “{session}” was not accepted in time.",
        ),
    ),
    "approval_overdue": Words(
        Text("承認が期限に間に合いませんでした:{session}", "Not approved in time: {session}"),
        Text(
            "期限までに承認されず、「{session}」への申込みは終了しました。",
            "Your application for “{session}” was not approved in time and has ended.",
        ),
    ),
    "application_lapsed": Words(
        Text("申込みが期限切れになりました:{session}", "Application lapsed: {session}"),
        Text(
            "開始までに決定がなく、「{session}」への申込みは終了しました。",
            "“{session}” began before your application was decided.",
        ),
    ),
    "meeting_soon": Words(
        Text("まもなく始まります:{session}", "Soon: {session}"),
        Text("「{session}」が近づいています。", "“{session}” begins soon."),
        Group.REMINDER,
    ),
    "meeting_next_day": Words(
        Text("次回のお知らせ:{session}", "Reminder: {session}"),
        Text("「{session}」の開催日が近づいています。", "“{session}” takes place shortly."),
        Group.REMINDER,
    ),
    "approvals_waiting": Words(
        Text("承認待ちの申込み:{number}件", "Applications waiting for you: {number}"),
        Text("あなたの承認を待つ申込みが{number}件あります。", "Applications that wait for your approval: {number}."),
        Group.DUTY,
    ),
    "learners_overdue": Words(
        Text("受講期限を過ぎた職員:{number}人", "People past their due day: {number}"),
        Text(
            "あなたの所属に、受講期限を過ぎても修了していない職員が{number}人います。",
            "People of your unit who have not completed in time what was due: {number}.",
        ),
        Group.DUTY,
    ),
}
# One line for each item of a list of facts, in this order; its places are the times `before` and `after`.
_LINES: Mapping[str, Text] = {
    "moved": Text("変更:{before} → {after}", "Moved: {before} → {after}"),
    "cancelled": Text("中止:{before}", "Cancelled: {before}"),
    "added": Text("追加:{after}", "Added: {after}"),
    "exempted": Text("免除:{after}", "Excused: {after}"),
    "meetings": Text("日時:{after}", "When: {after}"),
}
_EXEMPTED_FOR = Text("免除の理由:{reason}", "Excused because: {reason}")
# One line of a fact that stands alone, in this order; those of `_INSTANTS` are written as a time in Tokyo.
_SINGLE: Mapping[str, Text] = {
    "decision": Text("決定番号(年度-番号):{fact}", "Decision (fiscal year and number): {fact}"),
    "decided_on": Text("決定日:{fact}", "Decided on: {fact}"),
    "seats": Text("受講決定:{fact}人", "Seats: {fact}"),
    "reserves": Text("補欠:{fact}人", "Reserves: {fact}"),
    "others": Text("受講なし:{fact}人", "Without a seat: {fact}"),
    "position": Text("現在の順番:{fact}番目", "Your place in the queue: {fact}"),
    "until": Text("回答期限:{fact}", "Answer by: {fact}"),
    "due_at": Text("最も早い期限:{fact}", "The first is due: {fact}"),
    "number_due": Text("期限の近い申込み:{fact}件", "Due soon: {fact}"),
    "courses": Text("期限を過ぎた受講:延べ{fact}件", "Courses overdue, all people together: {fact}"),
    "reason": Text("理由:{fact}", "Reason: {fact}"),
}
_INSTANTS = frozenset({"until", "due_at"})


def title_of(kind: str, facts: Facts) -> Text:
    return WORDS[kind].title.format(**_places(facts))


def text_of(kind: str, facts: Facts) -> Text:
    """The whole text, line by line."""
    lines = [WORDS[kind].text.format(**_places(facts)), *_lines(facts)]
    if facts.get("exempted_for"):
        lines.append(_EXEMPTED_FOR.format(reason=facts["exempted_for"]))
    for name, line in _SINGLE.items():
        if facts.get(name):
            lines.append(line.format(fact=_instant(facts[name]) if name in _INSTANTS else facts[name]))
    return Text("\n".join(line.ja for line in lines), "\n".join(line.en for line in lines))


def _places(facts: Facts) -> dict[str, object]:
    title = facts.get("session_ja", "")
    return {"session": Text(title, facts.get("session_en") or title), "number": facts.get("number", "")}


def _lines(facts: Facts) -> Iterator[Text]:
    for name, line in _LINES.items():
        for item in facts.get(name, ()):
            yield line.format(before=_slot(item.get("before")), after=_slot(item.get("after")))


def _slot(slot: Mapping[str, Any] | None) -> Text:
    """When and where, in Tokyo: `2022-07-14 14:00–16:00 (研修室)`, or the month where only that is known."""
    if slot is None:
        return Text("", "")
    when = slot["month"][:7] if slot.get("month") else _times(slot["starts_at"], slot["ends_at"])
    if not slot.get("venue_ja"):
        return Text(when, when)
    return Text(f"{when} ({slot['venue_ja']})", f"{when} ({slot.get('venue_en') or slot['venue_ja']})")


def _times(starts_at: str, ends_at: str) -> str:
    begin, end = (
        dt.datetime.fromisoformat(each).astimezone(settings.BUSINESS_TIME_ZONE) for each in (starts_at, ends_at)
    )
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{begin:%Y-%m-%d %H:%M}–{until}"


def _instant(at: str) -> str:
    return f"{dt.datetime.fromisoformat(at).astimezone(settings.BUSINESS_TIME_ZONE):%Y-%m-%d %H:%M}"
