"""Changing a published session, and cancelling one: the impact first, then the change."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from academy.admin import Button, RowsField
from academy.errors import Fault
from academy.text import Text, bilingual
from courses import access as courses_access
from courses.admin.sessions import LARGEST, MORE_ROWS, SlotForm, is_published, with_more_rows
from courses.models import Session
from courses.rescheduling import UNCHANGED, Wanted
from courses.scheduling import MOST_MEETINGS
from enrollments import access
from enrollments.admin.previews import ConfirmedForm, ResolvingForm
from enrollments.admin.seats import goes_on
from enrollments.impact import Impact
from enrollments.operations import changes
from enrollments.operations.changes import Rescheduling

REASON = bilingual("理由(知らせに書かれます)", "Reason (it is told)")


class CancellationForm(ConfirmedForm):
    reason = forms.CharField(label=REASON, max_length=400)

    def look(self) -> Impact:
        return changes.preview_cancel(session_id=self.row.pk, reason=self.cleaned_data["reason"], by=self.by)

    def change(self, confirmed: str) -> Session:
        return changes.cancel_session(
            session_id=self.row.pk, reason=self.cleaned_data["reason"], confirmed=confirmed, by=self.by
        )


class WantedForm(SlotForm):
    """A meeting that is there, by its id, or one that is new. To delete one that is there is to cancel it."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    form = None  # type: ignore[assignment] # recordings are not in question
    archive_of = None  # type: ignore[assignment]

    @property
    def wanted(self) -> Wanted | None:
        key = self.cleaned_data.get("id")
        gone = self.cleaned_data.get("DELETE")
        fields = {name: self.cleaned_data[name] for name in self.changed_data if name not in {"id", "DELETE"}}
        return None if gone or (key is None and not any(fields.values())) else Wanted(key, fields)


class WantedRows(BaseFormSet[WantedForm]):
    title = bilingual("コマ(削除は中止です)", "Meetings (to delete is to cancel)")
    more = bilingual("行を増やす", "More rows")


WantedFormSet: Any = formset_factory(
    WantedForm, WantedRows, extra=2, can_delete=True, max_num=MOST_MEETINGS, absolute_max=MOST_MEETINGS + MORE_ROWS
)


class ReschedulingForm(ResolvingForm):
    names = Session
    reason = forms.CharField(label=REASON, max_length=400)
    capacity = forms.IntegerField(
        min_value=0, max_value=LARGEST, required=False, help_text=bilingual("空欄は定員なしです。", "Empty: no limit.")
    )
    instructors = RowsField(label=bilingual("講師", "Instructors"), required=False)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        venues = list(courses_access.venues_visible_to(self.viewer).order_by("code"))
        self.meetings = WantedFormSet(
            with_more_rows(data), initial=self._standing(), prefix="meetings", form_kwargs={"venues": venues}
        )

    @property
    def formsets(self) -> Sequence[Any]:
        return (self.meetings,)

    def prepare(self) -> None:
        super().prepare()
        found = courses_access.instructors_visible_to(self.viewer).order_by("name", "pk")
        self.fields["instructors"].offer(found)  # type: ignore[attr-defined]

    def initial_of(self, row: Session) -> dict[str, Any]:
        taught = row.session_instructors.select_related("instructor").order_by("pk")
        return {"capacity": row.capacity, "instructors": [each.instructor for each in taught]}

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.meetings.is_valid()])

    def look(self) -> Impact:
        return changes.preview_reschedule(asked=self.asked, by=self.by)

    def change(self, confirmed: str) -> Session:
        return changes.reschedule_session(asked=self.asked, confirmed=confirmed, by=self.by)

    @property
    def asked(self) -> Rescheduling:
        """What was changed on the page; the rest is not given."""
        entered = self.entered()
        if not hasattr(self, "_rows"):  # before faults are added to the rows
            self._rows = [(each, wanted) for each in self.meetings.forms if (wanted := each.wanted) is not None]
        return Rescheduling(
            session_id=self.row.pk,
            reason=self.cleaned_data["reason"],
            meetings=[wanted for _, wanted in self._rows] if self.meetings.has_changed() else None,
            capacity=entered.get("capacity", UNCHANGED),
            instructors=entered.get("instructors"),
            resolutions=self.resolutions(),
        )

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, name = rest.partition("/")
        if first != "meetings" or not index:
            return super().place(fault)
        at, _ = self._rows[int(index)]
        at.add_error(name if name in at.fields and name != "id" else None, str(fault.text))
        return None

    def _standing(self) -> list[dict[str, Any]]:
        rows = self.row.meetings.live().select_related("venue").order_by("position")
        return [
            {
                "id": each.public_id,
                "starts_at": each.during.lower if each.during else None,
                "ends_at": each.during.upper if each.during else None,
                **{name: getattr(each, name) for name in ("month", "title_ja", "title_en", "venue")},
            }
            for each in rows
        ]


ENDS_EVERYTHING = Text(
    "申込みと受講決定はすべて取り消され、会場と講師は空きます。元には戻せません。",
    "All applications and seats are cancelled, rooms and instructors are free. It cannot be undone.",
)

RESCHEDULE = Button(
    "reschedule", Text("日程・定員・講師を変更する", "Reschedule"), ReschedulingForm, access.runs, is_published
)
CANCEL = Button(
    "cancel", Text("開催を中止する", "Cancel the session"), CancellationForm, access.runs, goes_on, ENDS_EVERYTHING
)
