"""What was read of a session beside all others, as conflicts with their words. Pure; reads and writes nothing."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import TextChoices

from academy.text import Text, bilingual
from courses.disclosure import is_small

EARLIEST, LATEST = dt.time(8), dt.time(22)

T = TypeVar("T")


class Severity(TextChoices):
    REFUSED = "refused", bilingual("公開・変更できない", "Refused by the database")
    WARNING = "warning", bilingual("注意", "Warning")


@dataclass(frozen=True)
class Conflict:
    """One thing that clashes. `meetings` are the session's own, `others` those of the session that is named.

    `session` is None where the other one is not for the reader to know. `people` and `share` are None where there is
    nothing to count, or where the count would tell of a few people; `enrollments` are of those whom the reader sees.
    """

    code: str
    severity: Severity
    text: Text
    meetings: tuple[UUID, ...] = ()
    session: UUID | None = None
    others: tuple[UUID, ...] = ()
    venue: UUID | None = None
    instructor: UUID | None = None
    people: int | None = None
    share: float | None = None
    enrollments: tuple[UUID, ...] = ()


# What is read.


@dataclass(frozen=True)
class Room:
    id: UUID
    name: Text
    online: bool
    seats: int | None


@dataclass(frozen=True)
class Slot:
    """A live meeting with its times."""

    pk: int
    id: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    room: Room | None


@dataclass(frozen=True)
class Other:
    """Another session; `named` where the reader may know of it."""

    pk: int
    id: UUID
    title: Text
    draft: bool
    named: bool

    @property
    def shown(self) -> UUID | None:
        return self.id if self.named else None

    @property
    def words(self) -> Text:
        if self.named:
            return Text("「{t}」", "“{t}”").format(t=self.title)
        return Text("準備中の別の回", "another draft")


@dataclass(frozen=True)
class Overlap:
    """A meeting of another session at the time of one of this session's."""

    slot: Slot
    other: Other
    meeting: UUID
    same_room: bool


@dataclass(frozen=True)
class Teaching:
    """An instructor of this session who is elsewhere at its times: teaches there, or has a seat there (`attends`)."""

    instructor: UUID
    name: str
    other: Other | None  # None where the reader may not know
    attends: bool


@dataclass(frozen=True)
class Seat:
    """Somebody of this session who sits or teaches elsewhere at its times; `id` where the reader sees the enrolment."""

    id: UUID | None
    seated: bool  # holds a seat here, or applies and waits
    other: Other


@dataclass(frozen=True)
class Busy:
    """People of the audience who sit or teach in another session at the times; in any of them where it is None."""

    other: Other | None
    people: int
    audience: int
    exact: bool  # the reader may read counts of a few people


# What it means.


def rooms(overlaps: Iterable[Overlap]) -> list[Conflict]:
    """A room holds one meeting at a time: refused beside a published session, a warning beside a draft."""
    return [
        Conflict(
            "room_wanted" if each.other.draft else "room_not_free",
            Severity.WARNING if each.other.draft else Severity.REFUSED,
            (_ROOM_WANTED if each.other.draft else _ROOM_TAKEN).format(
                room=_room(each.slot), other=each.other.words, when=span(each.slot)
            ),
            meetings=(each.slot.id,),
            session=each.other.shown,
            others=(each.meeting,) if each.other.named else (),
            venue=each.slot.room.id if each.slot.room else None,
        )
        for each in overlaps
        if each.same_room
    ]


_ROOM_TAKEN = Text("{when}、{room}は{other}が使います。", "{other} uses {room} at {when}.")
_ROOM_WANTED = Text(
    "{when}、{room}は{other}も予定しています。先に公開した回が使います。",
    "{other} wants {room} at {when} too; whichever is published first gets it.",
)


def teachers(found: Iterable[Teaching], overlaps: Sequence[Overlap]) -> list[Conflict]:
    """An instructor is in one place: refused beside a published session, a warning beside a draft."""
    conflicts = []
    for each in found:
        beside = [overlap for overlap in overlaps if each.other and overlap.other.pk == each.other.pk]
        draft = each.other is not None and each.other.draft and not each.attends
        words = each.other.words if each.other else Text("別の回", "another session")
        sentence = _ATTENDS if each.attends else (_MAY_TEACH if draft else _TEACHES)
        conflicts.append(
            Conflict(
                "instructor_attends" if each.attends else ("instructor_wanted" if draft else "instructor_teaches"),
                Severity.WARNING if draft else Severity.REFUSED,
                sentence.format(name=each.name, other=words),
                meetings=_distinct(overlap.slot.id for overlap in beside),
                session=each.other.shown if each.other else None,
                others=_distinct(overlap.meeting for overlap in beside) if each.other and each.other.named else (),
                instructor=each.instructor,
            )
        )
    return conflicts


_TEACHES = Text("講師の{name}さんは、同じ時間に{other}を担当します。", "{name} teaches {other} at the same time.")
_MAY_TEACH = Text(
    "講師の{name}さんは、同じ時間に{other}も担当する予定です。", "{name} is to teach {other} too at the same time."
)
_ATTENDS = Text("講師の{name}さんは、同じ時間に{other}を受講します。", "{name} attends {other} at the same time.")


def seats(found: Sequence[Seat], overlaps: Sequence[Overlap]) -> list[Conflict]:
    """People of this session who are elsewhere: a seat beside a seat is refused, an application is a warning."""
    conflicts = []
    for other in _distinct(each.other for each in found):
        for seated in (True, False):
            here = [each for each in found if each.other == other and each.seated == seated]
            if here:
                beside = [overlap for overlap in overlaps if overlap.other.pk == other.pk]
                conflicts.append(
                    Conflict(
                        "people_not_free" if seated else "applicants_not_free",
                        Severity.REFUSED if seated else Severity.WARNING,
                        (_SEATED if seated else _APPLIED).format(n=len(here), other=other.words),
                        meetings=_distinct(overlap.slot.id for overlap in beside),
                        session=other.shown,
                        others=_distinct(overlap.meeting for overlap in beside),
                        people=len(here),
                        enrollments=tuple(each.id for each in here if each.id),
                    )
                )
    return conflicts


_SEATED = Text(
    "この回に席のある{n}人が、同じ時間に{other}を受講または担当します。",
    "{n} with a seat here attend or teach {other} at the same time.",
)
_APPLIED = Text(
    "この回に申し込んだ{n}人が、同じ時間に{other}を受講または担当します。",
    "{n} who applied here attend or teach {other} at the same time.",
)


def audience(found: Iterable[Busy], share: Callable[[int, int], float | None]) -> list[Conflict]:
    """How many of the invited sit or teach elsewhere at the times: in all, then by session, the most first."""
    conflicts = []
    for each in sorted(found, key=lambda busy: (busy.other is not None, -busy.people)):
        told = each.exact or not (is_small(each.people) or is_small(each.audience - each.people))
        where = each.other.words if each.other else Text("ほかの回", "other sessions")
        part = share(each.people, each.audience) if told else None
        number = Text(str(each.people), str(each.people)) if told else Text("少数の", "A few")
        conflicts.append(
            Conflict(
                "audience_busy" if each.other is None else "audience_busy_in_session",
                Severity.WARNING,
                (_BUSY if told else _BUSY_FEW).format(n=number, other=where, all=each.audience),
                session=each.other.shown if each.other else None,
                people=each.people if told else None,
                share=part,
            )
        )
    return conflicts


_BUSY = Text(
    "対象者{all}人のうち{n}人が、同じ時間に{other}を受講または担当します。",
    "{n} of the {all} in the audience attend or teach {other} at the same time.",
)
_BUSY_FEW = Text(
    "対象者のうち{n}人が、同じ時間に{other}を受講または担当します。",
    "{n} of the audience attend or teach {other} at the same time.",
)


def days(slots: Iterable[Slot], is_business_day: Callable[[dt.date], bool]) -> list[Conflict]:
    """Meetings on a day on which nobody works, or at an hour at which few do."""
    conflicts = []
    for slot in slots:
        begins, ends = _local(slot.starts_at), _local(slot.ends_at)
        if not is_business_day(begins.date()):
            text = _NO_WORK.format(when=span(slot))
            conflicts.append(Conflict("not_a_business_day", Severity.WARNING, text, meetings=(slot.id,)))
        if begins.time() < EARLIEST or ends.time() > LATEST or ends.date() > begins.date():
            text = _UNUSUAL.format(when=span(slot))
            conflicts.append(Conflict("unusual_hours", Severity.WARNING, text, meetings=(slot.id,)))
    return conflicts


_NO_WORK = Text(
    "{when}は土曜・日曜・祝日・年末年始です。", "{when} is on a weekend, a holiday or at the turn of the year."
)
_UNUSUAL = Text("{when}は8時から22時までの外です。", "{when} is not between 8:00 and 22:00.")


def sizes(slots: Iterable[Slot], capacity: int | None) -> list[Conflict]:
    """Rooms with fewer seats than the session has."""
    return [
        Conflict(
            "room_too_small",
            Severity.WARNING,
            _TOO_SMALL.format(room=_room(slot), seats=slot.room.seats, capacity=capacity),
            meetings=(slot.id,),
            venue=slot.room.id,
        )
        for slot in slots
        if slot.room and not slot.room.online and slot.room.seats is not None and capacity is not None
        if slot.room.seats < capacity
    ]


_TOO_SMALL = Text(
    "{room}は{seats}席で、定員{capacity}人より少ないです。", "{room} has {seats} seats, the session {capacity}."
)


def _room(slot: Slot) -> Text:
    return slot.room.name if slot.room else Text("", "")


def span(slot: Slot) -> Text:
    begins, ends = _local(slot.starts_at), _local(slot.ends_at)
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    said = f"{begins:%Y-%m-%d %H:%M}–{until}"
    return Text(said, said)


def _local(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(settings.BUSINESS_TIME_ZONE)


def _distinct(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))
