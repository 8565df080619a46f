"""Tables that are uploaded: looked at first, then taken in."""

from typing import Any

from django import forms
from django.db import connection, transaction

from academy.admin import OperationForm, Table
from academy.text import Text, bilingual
from courses.schedules.columns import LIMITS
from courses.schedules.faults import TEXTS

LOOKED = Text(
    "このファイルで行われること(まだ何も変更していません)", "What the file would do (nothing was changed yet)"
)


class TableForm(OperationForm):
    """Sent to look, it does everything, shows what came of it and undoes it; sent otherwise, it does it."""

    file = forms.FileField(
        label=bilingual("ファイル(XLSX・CSV)", "File (XLSX, CSV)"), max_length=200, allow_empty_file=True
    )
    rehearse = forms.BooleanField(
        label=bilingual("確かめるだけ", "Only look"),
        required=False,
        initial=True,
        help_text=bilingual(
            "外して送ると取り込みます。誤りが一つでもあれば何も変わりません。",
            "Sent without it, the file is taken in. With a single fault nothing is changed.",
        ),
    )
    preview: tuple[Table, ...] = ()

    def take_in(self) -> Any:
        """Call the operation with the file."""
        raise NotImplementedError

    def shown(self, found: Any) -> tuple[Table, ...]:
        """What came of it, as tables."""
        raise NotImplementedError

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.file:
            raise forms.ValidationError(str(TEXTS["too_large"]), code="too_large")
        return file

    def save(self) -> None:
        if not self.cleaned_data["rehearse"]:
            self.take_in()
            return
        with transaction.atomic():
            self.preview = self.shown(self.take_in())
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)

    def done(self) -> bool:
        return super().done() and not self.cleaned_data["rehearse"]
