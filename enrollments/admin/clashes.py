"""What stands in the way of a session, and when and where it could be held: read, and for a draft taken over."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from academy import clock
from academy.admin import Button, DayField, OperationForm, Table
from academy.admin.looking import LookingForm
from academy.business_days import is_business_day
from academy.text import Text, bilingual
from courses.admin.sessions import is_draft
from courses.models import Session, SessionStatus
from courses.operations import sessions
from courses.operations.sessions.drafts import slots_of
from courses.scheduling import Slot
from enrollments import access
from enrollments.clashes import conflicts_of
from enrollments.evidence import timetable_of
from enrollments.suggestions import Suggestion, Wish, suggestions_for

SHOWN = 10
CONFLICTS = Text("重なり", "Conflicts")
CONFLICT_COLUMNS = (
    *(Text("重さ", "Severity"), Text("内容", "What"), Text("人数", "People")),
    Text("対象者に占める割合", "Of the audience"),
)
NONE_FOUND = Text("重なりはありません。", "Nothing clashes.")
SUGGESTIONS = Text("開催の候補", "Suggestions")
SUGGESTION_COLUMNS = (
    *(Text("日時・会場", "Time and place"), Text("空いている人", "Free"), Text("空いている割合", "Share")),
    *(Text("空室", "Rooms free"), Text("理由", "Why"), Text("選ぶ", "Take")),
)
TAKE = Text("この日程にする", "Take it")
TAKEN_SINCE = Text(
    "選んだ候補はもうありません。下の候補から選んでください。", "What you chose is no longer there. Choose again."
)


class ConflictsForm(LookingForm):
    def seen(self, given: Mapping[str, Any]) -> Sequence[Table]:
        session = Session.objects.with_audience().get(pk=self.row.pk)
        on = timetable_of(session, clock.now()).reference_date
        found = conflicts_of(session, on, viewer=self.viewer, is_business_day=is_business_day)
        rows = [(each.severity.label, each.text, _or_blank(each.people), _percent(each.share)) for each in found]
        return (Table(CONFLICTS, CONFLICT_COLUMNS, rows or [("", NONE_FOUND, "", "")]),)


class SuggestionsForm(LookingForm):
    """The best dates first. The button of one puts its meetings into the draft."""

    first = DayField(label=bilingual("この日から", "From"))
    weeks = forms.IntegerField(label=bilingual("週数", "Weeks"), initial=6, min_value=1, max_value=12)
    minutes = forms.IntegerField(
        label=bilingual("1コマの長さ(分)", "Minutes of a meeting"),
        initial=120,
        min_value=15,
        max_value=480,
        help_text=bilingual("時刻の決まったコマがあれば、その長さです。", "Where no meeting has its times yet."),
    )
    found: Sequence[Suggestion] = ()

    def initial_of(self, row: Session) -> dict[str, Any]:
        return {"first": _tomorrow()}

    def clean_first(self) -> dt.date:
        first: dt.date = self.cleaned_data["first"]
        MinValueValidator(_tomorrow())(first)
        return first

    def seen(self, given: Mapping[str, Any]) -> Sequence[Table]:
        session = Session.objects.with_audience().select_related("course__program").get(pk=self.row.pk)
        wish = Wish(given["first"], given["weeks"], SHOWN, given["minutes"])
        self.found = suggestions_for(session, wish, viewer=self.viewer, is_business_day=is_business_day)
        taken = session.status == SessionStatus.DRAFT
        return (Table(SUGGESTIONS, SUGGESTION_COLUMNS, [_row(each, taken) for each in self.found]),)

    def done(self) -> bool:
        super().done()
        wanted = self.data.get("take")
        if not wanted or self.errors:
            return False
        chosen = next((each for each in self.found if _key(each) == wanted), None)
        if chosen is None:
            self.add_error(None, str(TAKEN_SINCE))
            return False
        self.chosen = chosen
        return OperationForm.done(self)

    def save(self) -> Session:
        meetings = list(_held_as(self.chosen, slots_of(self.row)))
        return sessions.change_session(session_id=self.row.pk, meetings=meetings, by=self.by)


def _held_as(chosen: Suggestion, slots: Sequence[Slot]) -> Iterator[Slot]:
    """The meetings at the times and places of a suggestion, which come in the order of their times; recordings stay."""
    live = [number for number, slot in enumerate(slots) if slot.live]
    ordered = sorted(live, key=lambda number: (slots[number].starts_at is None, slots[number].starts_at, number))
    times = dict(zip(ordered, chosen.meetings, strict=True)) if ordered else {}
    if not ordered:
        for span, venue in chosen.meetings:
            yield Slot(starts_at=span.starts_at, ends_at=span.ends_at, venue=venue)
    for number, slot in enumerate(slots):
        if number not in times:
            yield slot
            continue
        span, venue = times[number]
        yield replace(slot, starts_at=span.starts_at, ends_at=span.ends_at, month=None, venue=venue)


def _tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)


def _key(each: Suggestion) -> str:
    """What tells it from the others: its first meeting, and the room."""
    span, venue = each.meetings[0]
    return f"{span.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M} {venue.public_id if venue else ''}"


def _row(each: Suggestion, taken: bool) -> tuple[object, ...]:
    times = format_html_join("", "<div>{} {}</div>", ((_time(span), venue or "") for span, venue in each.meetings))
    button = format_html('<button type="submit" name="take" value="{}">{}</button>', _key(each), TAKE) if taken else ""
    return times, f"{_or_blank(each.free)} / {each.audience}", _percent(each.share), each.rooms_free, each.why, button


def _time(span: Any) -> str:
    begins, ends = timezone.localtime(span.starts_at), timezone.localtime(span.ends_at)
    return f"{begins:%Y-%m-%d %H:%M} – {ends:%H:%M}"


def _or_blank(count: int | None) -> object:
    return "" if count is None else count


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def is_open_to_dates(session: Session) -> bool:
    return is_draft(session) or session.undated


EXPLAIN = Button("conflicts", Text("重なりを見る", "Look at the conflicts"), ConflictsForm, access.runs)
SUGGEST = Button(
    "suggestions", Text("開催の候補を見る", "Look at suggestions"), SuggestionsForm, access.runs, is_open_to_dates
)
