"""Pages that are looked at: what is asked decides what is shown, and nothing is changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from academy.admin.forms import OperationForm
from academy.admin.operating import Table
from academy.errors import DomainError
from academy.text import Text, bilingual

REASON = Text("理由", "Reason")


class LookingForm(OperationForm):
    """Shown at once with what its fields begin with, and again with what is entered. It is never done."""

    looks = True
    send = bilingual("もう一度調べる", "Look again")
    preview: Sequence[Table] = ()

    def seen(self, given: Mapping[str, Any]) -> Sequence[Table]:
        """What is read with what was entered."""
        raise NotImplementedError

    def prepare(self) -> None:
        if self.is_bound:
            return
        try:
            self.preview = self.seen(
                {name: self.get_initial_for_field(each, name) for name, each in self.fields.items()}
            )
        except DomainError as refusal:  # a form that was not sent holds no errors
            self.preview = (Table(refusal.title, (REASON,), [(refusal.detail,)]),)

    def done(self) -> bool:
        try:
            self.preview = self.seen(self.cleaned_data)
        except DomainError as refusal:
            self.refuse(refusal)
        return False
