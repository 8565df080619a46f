"""How many seats there are, and taking applications again for those that are left."""

from typing import Any

from django import forms

from academy.admin import Button, MomentField, OperationForm
from academy.text import Text, bilingual
from courses.admin.sessions import LARGEST, is_published
from courses.models import Session, SessionStatus
from enrollments import access
from enrollments.operations import sessions, windows

OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)


class CapacityForm(OperationForm):
    names = Session
    capacity = forms.IntegerField(
        min_value=0, max_value=LARGEST, required=False, help_text=bilingual("空欄は定員なしです。", "Empty: no limit.")
    )

    def initial_of(self, row: Session) -> dict[str, Any]:
        return {"capacity": row.capacity}

    def save(self) -> Session:
        return sessions.change_capacity(session_id=self.row.pk, capacity=self.cleaned_data["capacity"], by=self.by)


class ReopeningForm(OperationForm):
    names = Session
    apply_until = MomentField()
    approve_until = MomentField(required=False)
    nominate_until = MomentField(required=False)

    def save(self) -> Session:
        entered = {name: until for name, until in self.cleaned_data.items() if until is not None}
        return windows.reopen_session(session_id=self.row.pk, **entered, by=self.by)


def goes_on(session: Session) -> bool:
    return session.status not in OVER


CAPACITY = Button("capacity", Text("定員を変更する", "Change the capacity"), CapacityForm, access.runs, goes_on)
REOPEN = Button("reopen", Text("追加募集する", "Take applications again"), ReopeningForm, access.runs, is_published)
