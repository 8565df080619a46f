"""The lines of a plan as a file: given out of every version, taken into a draft."""

from academy.admin import Table
from academy.text import Text
from courses.admin.files import LOOKED, TableForm
from courses.models import ProgramPlan
from courses.operations.schedule_files.plan_lines import ImportedPlan, import_plan_lines

OUTCOMES = {
    "added": Text("追加", "Added"),
    "changed": Text("変更", "Changed"),
    "removed": Text("削除", "Removed"),
    "unchanged": Text("変更なし", "Unchanged"),
}
NOT_READ = Text("読まなかった列", "Columns that were not read")


class PlanLinesFileForm(TableForm):
    """All the lines of a draft are those of the file."""

    def take_in(self) -> ImportedPlan:
        return import_plan_lines(plan_id=self.row.pk, file=self.cleaned_data["file"], by=self.by)

    def shown(self, found: ImportedPlan) -> tuple[Table, ...]:
        totals = [(name, found.counts[key]) for key, name in OUTCOMES.items()]
        counted = Table(LOOKED, (Text("結果", "Outcome"), Text("行数", "Lines")), totals)
        if not found.ignored:
            return (counted,)
        return counted, Table(NOT_READ, (Text("列", "Column"),), [(each,) for each in found.ignored])


def files_of(plan: ProgramPlan) -> list[tuple[Text, str]]:
    address = f"/api/v1/program-plans/{plan.public_id}/file/?type="
    return [
        (Text(f"計画ファイル({kind.upper()})", f"Plan ({kind.upper()})"), address + kind) for kind in ("xlsx", "csv")
    ]
