"""The schedule of a year as a file: looked at first, then taken in."""

from django import forms

from academy import clock
from academy.admin import Button, Table
from academy.calendar import fiscal_year_of
from academy.text import Text, bilingual
from courses import access
from courses.admin.files import LOOKED, TableForm
from courses.operations.schedule_files.importing import Imported, import_schedule

OUTCOMES = {
    "created": Text("新規", "Created"),
    "changed": Text("変更", "Changed"),
    "unchanged": Text("変更なし", "Unchanged"),
}
MOST_SHOWN = 500
COLUMNS = (Text("行", "Line"), Text("回", "Session"), Text("結果", "Outcome"), Text("変わる列", "Columns"))


class ScheduleForm(TableForm):
    fiscal_year = forms.IntegerField(label=bilingual("年度", "Fiscal year"), min_value=2000, max_value=2100)
    field_order = ("file", "fiscal_year")

    def prepare(self) -> None:
        self.fields["fiscal_year"].initial = fiscal_year_of(clock.today())

    def take_in(self) -> Imported:
        asked = {"file": self.cleaned_data["file"], "fiscal_year": self.cleaned_data["fiscal_year"]}
        return import_schedule(**asked, programs=access.programs_planned_by(self.viewer), by=self.by)

    def shown(self, found: Imported) -> tuple[Table, ...]:
        rows: list[tuple[object, ...]] = [
            (each.line, each.session, OUTCOMES[each.outcome], ", ".join(each.changed))
            for each in found.outcomes[:MOST_SHOWN]
        ]
        totals = [(name, found.count(key)) for key, name in OUTCOMES.items()]
        counted = Table(LOOKED, (Text("結果", "Outcome"), Text("回数", "Sessions")), totals)
        return counted, Table(Text("回", "Sessions"), COLUMNS, rows)


IMPORT = Button("import", Text("日程ファイルを取り込む", "Take a schedule in"), ScheduleForm, access.may_schedule)
EXPORT = (Text("日程ファイル(XLSX)", "Schedule (XLSX)"), "/api/v1/sessions/file/?type=xlsx")
