"""How deadlines, the rules that give them, and application rounds go out."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from api.rows import Computed, Label, Row, Text, Values, local
from courses.deadlines import COLUMNS
from courses.models import Deadline, DeadlineUnit


class DeadlineRuleRow(Row):
    """See `courses.deadlines`: so many business days, days or weeks before the day of the first meeting."""

    deadline = serializers.ChoiceField(choices=Deadline.choices, source="kind")
    deadline_label = Label("kind", Deadline)
    count = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=DeadlineUnit.choices)
    unit_label = Label("unit", DeadlineUnit)
    weekday = serializers.IntegerField(allow_null=True, help_text="0は月曜 / 0 is Monday")
    time = Text("time", made=lambda time: f"{time:%H:%M}")


class ApplicationRoundRow(Row):
    """1 is the first window, each further one a 追加募集."""

    number = serializers.IntegerField()
    apply_from = serializers.DateTimeField()
    apply_until = serializers.DateTimeField(allow_null=True)


class DeadlineRow(serializers.Serializer[Any]):
    deadline = serializers.ChoiceField(choices=Deadline.choices)
    deadline_label = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    fixed = serializers.BooleanField(help_text="手で決めた期限 / set by hand: no rule moves it")


class Deadlines(Computed, serializers.ListField):
    """The deadlines of a session, in the order in which they usually come."""

    paths = (*COLUMNS.values(), "fixed_deadlines")

    def __init__(self) -> None:
        super().__init__(child=DeadlineRow(), read_only=True)

    def value(self, *read: Any) -> Sequence[Values]:
        *untils, fixed = read
        return [
            {
                "deadline": kind.value,
                "deadline_label": str(kind.label),
                "until": local(until),
                "fixed": kind.value in fixed,
            }
            for kind, until in zip(COLUMNS, untils, strict=True)
        ]
