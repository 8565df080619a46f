"""The schedule of a year as a file: looked at first, then taken in."""

from typing import Any

from django import forms
from django.db import connection, transaction

from academy import clock
from academy.admin import Button, OperationForm, Table
from academy.calendar import fiscal_year_of
from academy.text import Text, bilingual
from courses import access
from courses.operations.schedule_files.importing import Imported, import_schedule
from courses.schedules.columns import LIMITS
from courses.schedules.faults import TEXTS

OUTCOMES = {
    "created": Text("新規", "Created"),
    "changed": Text("変更", "Changed"),
    "unchanged": Text("変更なし", "Unchanged"),
}
MOST_SHOWN = 500
LOOKED = Text(
    "このファイルで行われること(まだ何も変更していません)", "What the file would do (nothing was changed yet)"
)
COLUMNS = (Text("行", "Line"), Text("回", "Session"), Text("結果", "Outcome"), Text("変わる列", "Columns"))


class ScheduleForm(OperationForm):
    file = forms.FileField(
        label=bilingual("ファイル(XLSX・CSV)", "File (XLSX, CSV)"), max_length=200, allow_empty_file=True
    )
    fiscal_year = forms.IntegerField(label=bilingual("年度", "Fiscal year"), min_value=2000, max_value=2100)
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

    def prepare(self) -> None:
        self.fields["fiscal_year"].initial = fiscal_year_of(clock.today())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.file:
            raise forms.ValidationError(str(TEXTS["too_large"]), code="too_large")
        return file

    def save(self) -> None:
        asked = {"file": self.cleaned_data["file"], "fiscal_year": self.cleaned_data["fiscal_year"]}
        planned = access.programs_planned_by(self.viewer)
        if not self.cleaned_data["rehearse"]:
            import_schedule(**asked, programs=planned, by=self.by)
            return
        with transaction.atomic():
            self.show(import_schedule(**asked, programs=planned, by=self.by))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)

    def done(self) -> bool:
        return super().done() and not self.cleaned_data["rehearse"]

    def show(self, found: Imported) -> None:
        rows: list[tuple[object, ...]] = [
            (each.line, each.session, OUTCOMES[each.outcome], ", ".join(each.changed))
            for each in found.outcomes[:MOST_SHOWN]
        ]
        totals = [(name, found.count(key)) for key, name in OUTCOMES.items()]
        counted = Table(LOOKED, (Text("結果", "Outcome"), Text("回数", "Sessions")), totals)
        self.preview = (counted, Table(Text("回", "Sessions"), COLUMNS, rows))


IMPORT = Button("import", Text("日程ファイルを取り込む", "Take a schedule in"), ScheduleForm, access.may_schedule)
EXPORT = (Text("日程ファイル(XLSX)", "Schedule (XLSX)"), "/api/v1/sessions/file/?type=xlsx")
