"""Whom a course is for, in numbers: by bureau and grade, and beside it what it would be with an edited rule."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from academy import clock
from academy.admin import Button, DayField, Table
from academy.admin.looking import LookingForm
from academy.errors import Faults
from academy.text import Text, bilingual
from courses import access, audiences
from courses.audience_counts import AudienceCounts, Line, audience_counts
from courses.disclosure import Counts
from courses.operations.audiences import check_rule

WITHHELD = "–"
BUREAU, GRADE, STAFF = Text("局等", "Bureau"), Text("職層", "Grade"), Text("職員数", "Staff")
COLUMNS = (
    *(STAFF, Text("いまの対象", "Meant now"), Text("変更後", "With the rule")),
    *(Text("加わる", "Joined"), Text("外れる", "Left")),
)
NAMED = Text(
    "個別に加えた {included}人・除いた {excluded}人", "Included by name: {included}, excluded by name: {excluded}"
)
SMALL = Text(
    "{smallest}人に満たない人数は「{mark}」です。", "Counts of fewer than {smallest} people are shown as {mark}."
)
TOTAL, NOTE = Text("合計", "Total"), Text("注", "Note")


class AudienceForm(LookingForm):
    on = DayField(label=bilingual("人事の日付", "As of"))
    rule = forms.JSONField(
        label=bilingual("試す条件", "Rule to try"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=bilingual(
            "書き換えて送ると、変更の前後の人数を並べて表示します。何も変更しません。",
            "Edit and send it to see the numbers before and after. Nothing is changed.",
        ),
    )

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {"on": clock.today(), "rule": row.audience.rule}

    def clean_rule(self) -> Any:
        """An empty field is everybody."""
        rule = self.cleaned_data["rule"]
        return {} if rule is None else rule

    def seen(self, given: Mapping[str, Any]) -> Sequence[Table]:
        faults = Faults()
        check_rule(given["rule"], faults, at="/rule")
        faults.refuse()
        edited = audiences.parse(given["rule"])
        return tables_of(audience_counts(self.row.audience, given["on"], edited=edited, viewer=self.viewer))


def tables_of(found: AudienceCounts) -> list[Table]:
    notes = [(NAMED.format(included=found.included, excluded=found.excluded),)]
    if found.smallest is not None:
        notes.append((SMALL.format(smallest=found.smallest, mark=WITHHELD),))
    return [
        Table(TOTAL, COLUMNS, [(found.staff, *_cells(found.total))]),
        Table(NOTE, (NOTE,), notes),
        Table(Text("局等ごと", "By bureau"), (BUREAU, *COLUMNS), [_line(each) for each in found.by_bureau]),
        Table(Text("職層ごと", "By grade"), (GRADE, *COLUMNS), [_line(each) for each in found.by_grade]),
    ]


def _line(line: Line) -> tuple[object, ...]:
    return line.name, line.staff, *_cells(line.counts)


def _cells(counts: Counts | None) -> tuple[object, ...]:
    return tuple(getattr(counts, name) if counts else WITHHELD for name in ("before", "after", "joined", "left"))


AUDIENCE = Button("audience", Text("対象者の人数を見る", "Look at the audience"), AudienceForm, access.may_schedule)
