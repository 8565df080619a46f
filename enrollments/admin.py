"""What the admin site adds about the people in a session: its limit, and that it is cancelled."""

from typing import Any

from django import forms

from academy.admin import Button, OperationForm
from academy.text import Text, bilingual
from courses.admin.sessions import LARGEST, SessionAdmin
from courses.models import Session
from enrollments import access
from enrollments.operations import sessions
from enrollments.operations.sessions import OVER


class CapacityForm(OperationForm):
    names = Session
    capacity = forms.IntegerField(
        min_value=0, max_value=LARGEST, required=False, help_text=bilingual("空欄は定員なしです。", "Empty: no limit.")
    )

    def initial_of(self, row: Session) -> dict[str, Any]:
        return {"capacity": row.capacity}

    def save(self) -> Session:
        return sessions.change_capacity(session_id=self.row.pk, capacity=self.cleaned_data["capacity"], by=self.by)


class CancellationForm(OperationForm):
    reason = forms.CharField(label=bilingual("理由", "Reason"), max_length=400)

    def save(self) -> Session:
        return sessions.cancel_session(session_id=self.row.pk, reason=self.cleaned_data["reason"], by=self.by)


def goes_on(session: Session) -> bool:
    return session.status not in OVER


ENDS_EVERYTHING = Text(
    "申込みと受講決定はすべて取り消され、会場と講師は空きます。元には戻せません。",
    "All applications and seats are cancelled, rooms and instructors are free. It cannot be undone.",
)

SessionAdmin.buttons += (
    Button("capacity", Text("定員を変更する", "Change the capacity"), CapacityForm, access.runs, goes_on),
    Button("cancel", Text("開催を中止する", "Cancel"), CancellationForm, access.runs, goes_on, ENDS_EVERYTHING),
)
