"""Sessions: drafted with their meetings, published, opened, closed and finished.

Buttons about the people in a session are added by `enrollments.admin`.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import HttpRequest
from django.utils import timezone

from academy.access import Viewer
from academy.admin import (
    Button,
    DayField,
    MomentField,
    OperationAdmin,
    OperationForm,
    RowField,
    RowsField,
    Table,
)
from academy.errors import Fault, Forbidden
from academy.models import User
from academy.text import Text, bilingual
from courses import access
from courses.admin.copies import CLONE, KEEP
from courses.admin.deadlines import SESSION_DEADLINES
from courses.admin.places import CHANGE
from courses.admin.quotas import quota_table
from courses.admin.schedules import EXPORT, IMPORT
from courses.models import (
    Meeting,
    MeetingForm,
    Selection,
    Session,
    SessionStatus,
    Venue,
)
from courses.operations import sessions
from courses.operations.sessions.drafts import slots_of
from courses.scheduling import MOST_MEETINGS, Slot

LARGEST, LARGEST_SMALL = 2_147_483_647, 32_767
SPARE_ROWS, MORE_ROWS = 3, 10
KEEPS_ADDRESS = bilingual(
    "入力すると置き換わります。表示されるのは受講者だけです。", "What is entered replaces it. Only seats are shown it."
)


class SlotForm(forms.Form):
    """One meeting; a row that is left empty is none."""

    starts_at = MomentField(label=bilingual("開始", "Begins"), required=False)
    ends_at = MomentField(label=bilingual("終了", "Ends"), required=False)
    month = DayField(label=bilingual("月だけ決定(月の初日)", "Month only (its first day)"), required=False)
    title_ja = forms.CharField(label=bilingual("名称", "Title"), max_length=200, required=False)
    title_en = forms.CharField(label=bilingual("名称(英語)", "Title in English"), max_length=200, required=False)
    venue = RowField(label=bilingual("会場", "Venue"), required=False)
    form = forms.ChoiceField(
        label=bilingual("形態", "Form"), choices=MeetingForm.choices, initial=MeetingForm.LIVE, required=False
    )
    archive_of = forms.IntegerField(
        label=bilingual("元のコマ", "Recording of"), min_value=1, max_value=LARGEST_SMALL, required=False
    )

    def __init__(self, *args: Any, venues: Sequence[Venue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["venue"].offer(venues)  # type: ignore[attr-defined]

    @property
    def slot(self) -> Slot | None:
        given = {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}
        form = MeetingForm(given.pop("form", "") or MeetingForm.LIVE)
        if self.cleaned_data.get("DELETE") or not any(given.values()):
            return None
        return Slot(**given, form=form)


class SlotRows(BaseFormSet[SlotForm]):
    title = bilingual("コマ", "Meetings")
    more = bilingual("行を増やす", "More rows")

    @cached_property
    def filled(self) -> list[tuple[SlotForm, Slot]]:
        """The rows of a valid set that say something, as they were sent: what is added to their errors later leaves it."""
        return [(each, slot) for each in self.forms if (slot := each.slot) is not None]


SlotFormSet: Any = formset_factory(
    SlotForm, SlotRows, extra=SPARE_ROWS, can_delete=True, max_num=MOST_MEETINGS, absolute_max=MOST_MEETINGS + MORE_ROWS
)


def with_more_rows(data: Any) -> Any:
    """What was sent, with more empty rows of meetings if that was asked for."""
    if data is None or "_more" not in data:
        return data
    more = data.copy()
    try:
        more["meetings-TOTAL_FORMS"] = str(int(more["meetings-TOTAL_FORMS"]) + MORE_ROWS)
    except (KeyError, ValueError):
        return data  # the formset says what is wrong with it
    return more


class SessionForm(OperationForm):
    names = Session
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    ordinal = forms.IntegerField(
        min_value=1,
        max_value=LARGEST_SMALL,
        required=False,
        help_text=bilingual("空欄は次の番号です。", "Empty: the next number."),
    )
    all_time_ordinal = forms.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False)
    selection = forms.ChoiceField(choices=Selection.choices)
    capacity = forms.IntegerField(
        min_value=0,
        max_value=LARGEST,
        required=False,
        help_text=bilingual("空欄は定員なしです。", "Empty: no limit."),
    )
    minimum = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    apply_from = MomentField(required=False)
    apply_until = MomentField(required=False)
    change_until = MomentField(required=False)
    substitute_until = MomentField(required=False)
    approve_until = MomentField(required=False)
    nominate_until = MomentField(required=False)
    withdraw_until = MomentField(required=False)
    promote_until = MomentField(required=False)
    online_address = forms.URLField(max_length=200, required=False, assume_scheme="https", help_text=KEEPS_ADDRESS)
    starts_on = DayField(
        required=False, help_text=bilingual("コマのない回だけ入力します。", "Only for a session without meetings.")
    )
    ends_on = DayField(required=False)
    instructors = RowsField(label=bilingual("講師", "Instructors"), required=False)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        venues = list(access.venues_visible_to(self.viewer).order_by("code"))
        self.meetings = SlotFormSet(
            with_more_rows(data), initial=self._slots(), prefix="meetings", form_kwargs={"venues": venues}
        )

    @property
    def formsets(self) -> Sequence[Any]:
        return (self.meetings,)

    def prepare(self) -> None:
        found = access.instructors_visible_to(self.viewer).order_by("name", "pk")
        self.fields["instructors"].offer(found)  # type: ignore[attr-defined]

    def initial_of(self, row: Session) -> dict[str, Any]:
        copied = set(SessionForm.base_fields) - {"online_address", "starts_on", "ends_on", "instructors"}
        stands = {name: getattr(row, name) for name in copied}
        if not row.meetings.exists() and not row.undated:
            stands |= {"starts_on": row.starts_on, "ends_on": row.ends_on}
        taught = row.session_instructors.select_related("instructor").order_by("pk")
        return {**stands, "instructors": [each.instructor for each in taught]}

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.meetings.is_valid()])

    def place(self, fault: Fault) -> None:
        """A fault of a meeting goes to its row."""
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, name = rest.partition("/")
        if first != "meetings" or not index:
            return super().place(fault)
        at, _ = self.meetings.filled[int(index)]
        at.add_error(name if name in at.fields else None, str(fault.text))
        return None

    def given(self) -> dict[str, Any]:
        """What was entered. Meetings are given when a row of them was changed, as all that there are to be."""
        fields, slots = self.entered(), [slot for _, slot in self.meetings.filled]
        for name in ("ordinal", "starts_on", "ends_on"):
            if fields.get(name) is None:
                fields.pop(name, None)
        if self.row is None or self.meetings.has_changed():
            fields["meetings"] = slots
        return fields

    def save(self) -> Session:
        return sessions.change_session(session_id=self.row.pk, **self.given(), by=self.by)

    def _slots(self) -> list[dict[str, Any]]:
        if self.row is None:
            return []
        return [vars(slot) for slot in slots_of(self.row)]


class NewSessionForm(SessionForm):
    course = RowField()
    title_ja = forms.CharField(
        max_length=200, required=False, help_text=bilingual("空欄は講座の名称です。", "Empty: as the course is called.")
    )
    rule = forms.JSONField(
        label=bilingual("この回だけの対象の条件", "Audience rule of this session alone"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    undated = forms.BooleanField(required=False)
    fiscal_year = forms.IntegerField(
        min_value=2000,
        max_value=2100,
        required=False,
        help_text=bilingual("日程未定の回だけ入力します。", "Only for a session without a date."),
    )
    field_order = ("course",)

    def prepare(self) -> None:
        super().prepare()
        planned = access.programs_planned_by(self.viewer).values("pk")
        found = access.courses_visible_to(self.viewer).filter(program__in=planned).order_by("code")
        self.fields["course"].offer(found)  # type: ignore[attr-defined]

    def save(self) -> Session:
        """What is left empty is not given: the course and its rules say it."""
        given = {name: value for name, value in self.given().items() if value not in (None, "")}
        course = given.pop("course")
        return sessions.create_session(course_id=course.pk, **given, by=self.by)


class PublishForm(OperationForm):
    def save(self) -> Session:
        return sessions.publish_session(session_id=self.row.pk, by=self.by)


class OpenForm(OperationForm):
    names = Session
    apply_until = MomentField(
        required=False,
        help_text=bilingual("空欄は講座の規則どおりです。", "Empty: as the rules of the course say."),
    )

    def save(self) -> Session:
        until = self.cleaned_data["apply_until"]
        end = {} if until is None else {"apply_until": until}
        return sessions.open_session(session_id=self.row.pk, **end, by=self.by)


class CloseForm(OperationForm):
    def save(self) -> Session:
        return sessions.close_session(session_id=self.row.pk, by=self.by)


class FinishForm(OperationForm):
    def save(self) -> Session:
        return sessions.finish_session(session_id=self.row.pk, by=self.by)


def is_draft(session: Session) -> bool:
    return session.status == SessionStatus.DRAFT


def is_published(session: Session) -> bool:
    return session.status == SessionStatus.PUBLISHED


PUBLISH = Text("公開する", "Publish")
OPEN = Text("申込みを開始する", "Open applications")
CLOSE = Text("申込みを締め切る", "Close applications")
MEETINGS, INSTRUCTORS = Text("コマ", "Meetings"), Text("講師", "Instructors")
NAME, AFFILIATION = Text("氏名", "Name"), Text("所属", "Affiliation")
MEETING_COLUMNS = (
    *(Text("順番", "Number"), Text("日時", "Time"), Text("名称", "Title")),
    *(Text("形態", "Form"), Text("会場", "Venue"), Text("中止", "Cancelled")),
)
CANCELLED = Text("中止", "Cancelled")
WILL_BE_SEEN = Text(
    "全職員に見えるようになり、会場と講師を確保します。", "Everybody will see it; it takes its rooms and instructors."
)


def sessions_planned_by(viewer: Viewer) -> QuerySet[Session]:
    planned = access.programs_planned_by(viewer).values("pk")
    return access.sessions_visible_to(viewer).filter(course__program__in=planned)


@admin.register(Session)
class SessionAdmin(OperationAdmin[Session]):
    list_display = (
        *("title_ja", "course", "fiscal_year", "ordinal", "status", "selection", "starts_on", "ends_on"),
        *("capacity", "seats_taken", "apply_from", "apply_until"),
    )
    list_filter = ("status", "fiscal_year", "selection")
    list_select_related = ("course",)
    search_fields = ("course__title_ja", "title_ja")
    ordering = ("-starts_on", "-pk")
    fields = (
        *("course", "title_ja", "title_en", "fiscal_year", "ordinal", "all_time_ordinal", "status", "selection"),
        *("starts_on", "ends_on", "undated", "capacity", "minimum", "seats_taken"),
        *("apply_from", "apply_until", "change_until", "substitute_until"),
        *("approve_until", "nominate_until", "withdraw_until", "promote_until", "created_at"),
    )
    actions = ("publish", "open", "close")
    visible = sessions_planned_by
    may_view = access.may_schedule
    adding = Button("add", Text("回を追加する", "Add a session"), NewSessionForm, access.may_schedule)
    buttons: ClassVar[tuple[Button, ...]] = (  # and more by `enrollments.admin`
        Button("change", CHANGE, SessionForm, access.may_schedule, is_draft),
        Button("publish", PUBLISH, PublishForm, access.may_schedule, is_draft, WILL_BE_SEEN),
        Button("open", OPEN, OpenForm, access.may_schedule, is_published),
        Button("close", CLOSE, CloseForm, access.may_schedule, is_published),
        Button("finish", Text("終了にする", "Finish"), FinishForm, access.may_schedule, is_published),
        replace(SESSION_DEADLINES, suits=is_published),
        CLONE,
        KEEP,
    )
    listing = (IMPORT,)
    links = (EXPORT,)

    @admin.action(description=bilingual("公開する", "Publish"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.publish_session(session_id=_planned(row, by), by=by))

    @admin.action(description=bilingual("申込みを開始する", "Open applications"))
    def open(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.open_session(session_id=_planned(row, by), by=by))

    @admin.action(description=bilingual("申込みを締め切る", "Close applications"))
    def close(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.press(request, queryset, lambda row, by: sessions.close_session(session_id=_planned(row, by), by=by))

    def tables(self, request: HttpRequest, row: Session) -> Sequence[Table]:
        taught = row.session_instructors.select_related("instructor").order_by("pk")
        steps = row.steps.select_related("by").order_by("pk")
        return [
            Table(MEETINGS, MEETING_COLUMNS, [cells_of(each) for each in _meetings_of(row)]),
            Table(
                INSTRUCTORS, (NAME, AFFILIATION), [(each.instructor, each.instructor.affiliation) for each in taught]
            ),
            quota_table(request, row),
            Table(
                Text("経過", "History"),
                (Text("日時", "At"), Text("状態", "State"), Text("実行者", "By"), Text("理由", "Reason")),
                [(each.at, SessionStatus(each.new).label, each.by or "", each.reason) for each in steps],
            ),
        ]


def cells_of(meeting: Meeting) -> tuple[object, ...]:
    """A meeting as the office reads it, at the time of Tokyo."""
    return (
        meeting.position,
        _time_of(meeting),
        str(Text(meeting.title_ja, meeting.title_en or meeting.title_ja)),
        MeetingForm(meeting.form).label,
        meeting.venue or "",
        CANCELLED if meeting.cancelled_at else "",
    )


def _time_of(meeting: Meeting) -> str:
    if meeting.during is None:
        return f"{meeting.month:%Y-%m}"
    begins, ends = (timezone.localtime(each) for each in (meeting.during.lower, meeting.during.upper))
    last = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%Y-%m-%d %H:%M}"
    return f"{begins:%Y-%m-%d %H:%M} – {last}"


def _meetings_of(session: Session) -> QuerySet[Meeting]:
    return session.meetings.select_related("venue").order_by("position")


def _planned(session: Session, by: User) -> int:
    if not access.may_schedule(Viewer(by), session):
        raise Forbidden
    return session.pk
