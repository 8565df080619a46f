"""The deadlines of a course's sessions, counted back from the first meeting."""

from collections.abc import Mapping
from typing import Any

from django import forms

from academy.admin import Button, MomentField, OperationForm
from academy.errors import Fault
from academy.text import Text, bilingual
from courses import access
from courses.deadlines import COLUMNS, LATER, MOST, Rule
from courses.models import Course, Deadline, DeadlineUnit, Session
from courses.operations.deadlines import set_deadline_rules
from courses.operations.sessions import change_deadlines

WEEKDAYS = [
    ("", "---------"),
    *(
        (str(number), bilingual(ja, en))
        for number, (ja, en) in enumerate(
            [("月", "Monday"), ("火", "Tuesday"), ("水", "Wednesday"), ("木", "Thursday"), ("金", "Friday"),
             ("土", "Saturday"), ("日", "Sunday")]
        )
    ),
]  # fmt: skip
PARTS = {
    "count": Text("数", "number"),
    "unit": Text("単位", "unit"),
    "weekday": Text("曜日(週のとき)", "weekday (of weeks)"),
    "time": Text("時刻", "time"),
}


class DeadlinesForm(OperationForm):
    """One rule for each kind of deadline; a number left empty is no rule."""

    def prepare(self) -> None:
        for kind in Deadline:
            shapes: dict[str, forms.Field] = {
                "count": forms.IntegerField(min_value=1, max_value=MOST, required=False),
                "unit": forms.ChoiceField(choices=DeadlineUnit.choices, required=False),
                "weekday": forms.TypedChoiceField(choices=WEEKDAYS, coerce=int, empty_value=None, required=False),
                "time": forms.TimeField(
                    widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), required=False, initial="17:00"
                ),
            }
            for part, field in shapes.items():
                field.label = bilingual(f"{_NAMES[kind].ja}: {PARTS[part].ja}", f"{_NAMES[kind].en}: {PARTS[part].en}")
                self.fields[f"{kind.value}_{part}"] = field

    def initial_of(self, row: Course) -> dict[str, Any]:
        return {f"{rule.kind}_{part}": getattr(rule, part) for rule in row.deadline_rules.all() for part in PARTS}

    def save(self) -> Course:
        given = self.cleaned_data
        self.kinds = [kind for kind in Deadline if given[f"{kind.value}_count"] is not None]
        faultless = [kind for kind in self.kinds if given[f"{kind.value}_time"] is not None]
        for kind in set(self.kinds) - set(faultless):
            self.add_error(f"{kind.value}_time", forms.Field.default_error_messages["required"])
        if self.errors:
            return self.row  # type: ignore[no-any-return] # nothing was called: the page is shown again
        rules = [
            Rule(
                kind,
                given[f"{kind.value}_count"],
                DeadlineUnit(given[f"{kind.value}_unit"]),
                given[f"{kind.value}_time"],
                given[f"{kind.value}_weekday"],
            )
            for kind in self.kinds
        ]
        return set_deadline_rules(course_id=self.row.pk, rules=rules, by=self.by)

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, part = rest.partition("/")
        if first != "rules" or not index.isdigit() or part not in PARTS:
            return super().place(fault)
        self.add_error(f"{self.kinds[int(index)].value}_{part}", str(fault.text))
        return None


_NAMES: Mapping[Deadline, Text] = {
    Deadline.APPLY: Text("申込み", "Applications"),
    Deadline.CHANGE: Text("変更", "Changes"),
    Deadline.SUBSTITUTE: Text("代理受講", "Substitutes"),
    Deadline.APPROVE: Text("所属長承認", "Approvals"),
    Deadline.NOMINATE: Text("局取りまとめ", "Lists of bureaus"),
    Deadline.WITHDRAW: Text("辞退", "Withdrawals"),
    Deadline.PROMOTE: Text("繰上げ", "Promotions"),
}


class SessionDeadlinesForm(OperationForm):
    """The deadlines of one session: set by hand, or following the rules of its course again."""

    names = Session
    change_until = MomentField(required=False)
    substitute_until = MomentField(required=False)
    approve_until = MomentField(required=False)
    nominate_until = MomentField(required=False)
    withdraw_until = MomentField(required=False)
    promote_until = MomentField(required=False)
    follow_rules = forms.MultipleChoiceField(
        label=bilingual("規則に戻す期限", "Deadlines that follow the rules again"),
        choices=[(kind.value, kind.label) for kind in LATER],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def initial_of(self, row: Session) -> dict[str, Any]:
        return {COLUMNS[kind]: getattr(row, COLUMNS[kind]) for kind in LATER}

    def save(self) -> Session:
        follow = [Deadline(kind) for kind in self.cleaned_data["follow_rules"]]
        by_hand = {COLUMNS[kind]: self.cleaned_data[COLUMNS[kind]] for kind in LATER}
        given: Any = {name: value for name, value in by_hand.items() if name in self.changed_data}
        return change_deadlines(session_id=self.row.pk, follow_rules=follow, **given, by=self.by)


SESSION_DEADLINES = Button(
    "deadlines", Text("期限を変更する", "Change the deadlines"), SessionDeadlinesForm, access.may_schedule
)
DEADLINES = Button("deadlines", Text("期限の規則を決める", "Set the deadlines"), DeadlinesForm, access.may_schedule)
