"""The kinds of notices and their words in both languages, made from a notice's facts. Reads and writes nothing.

Facts are titles of what is offered, days, times, reasons, codes: never a score, never another person's name. One change
that does several things to a person is one notice: its kind is what matters most, its text tells all.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from academy.text import Text

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """Title and first sentence of a kind; their places are named facts."""

    title: Text
    text: Text


WORDS: Mapping[str, Words] = {
    "session_rescheduled": Words(
        Text("日程が変わりました:{session}", "Rescheduled: {session}"),
        Text("「{session}」の日程または会場が変わりました。", "The times or places of “{session}” have changed."),
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
    ),
    "seat_given": Words(
        Text("受講が決定しました:{session}", "You have a seat: {session}"),
        Text("「{session}」の席が用意できました。", "There is a seat for you in “{session}”."),
    ),
    "instructor_named": Words(
        Text("講師の依頼:{session}", "You teach: {session}"),
        Text("「{session}」の講師に加わりました。", "You are an instructor of “{session}”."),
    ),
    "instructor_released": Words(
        Text("講師の変更:{session}", "You no longer teach: {session}"),
        Text("「{session}」の講師から外れました。", "You are no longer an instructor of “{session}”."),
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
_REASON = Text("理由:{reason}", "Reason: {reason}")


def title_of(kind: str, facts: Facts) -> Text:
    return WORDS[kind].title.format(session=_session(facts))


def text_of(kind: str, facts: Facts) -> Text:
    """The whole text, line by line."""
    lines = [WORDS[kind].text.format(session=_session(facts)), *_lines(facts)]
    if facts.get("exempted_for"):
        lines.append(_EXEMPTED_FOR.format(reason=facts["exempted_for"]))
    if facts.get("reason"):
        lines.append(_REASON.format(reason=facts["reason"]))
    return Text("\n".join(line.ja for line in lines), "\n".join(line.en for line in lines))


def _session(facts: Facts) -> Text:
    return Text(facts["session_ja"], facts.get("session_en") or facts["session_ja"])


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
