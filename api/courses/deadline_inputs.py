"""What comes in for deadlines and application rounds."""

from typing import Any

from rest_framework import serializers

from api.inputs import Input
from courses.deadlines import MOST, Rule
from courses.models import Deadline, DeadlineUnit


class DeadlineRuleInput(Input):
    deadline = serializers.ChoiceField(choices=Deadline.choices)
    count = serializers.IntegerField(min_value=1, max_value=MOST)
    unit = serializers.ChoiceField(choices=DeadlineUnit.choices)
    weekday = serializers.IntegerField(
        min_value=0, max_value=6, required=False, allow_null=True, help_text="0は月曜 / 0 is Monday; with weeks"
    )
    time = serializers.TimeField(help_text="東京の時刻 / time of day in Tokyo")

    def validate(self, attrs: Any) -> Rule:
        given = super().validate(attrs)
        kind, unit = Deadline(given.pop("deadline")), DeadlineUnit(given.pop("unit"))
        return Rule(kind=kind, unit=unit, **given)


class DeadlineRulesInput(Input):
    rules: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=DeadlineRuleInput(), max_length=len(Deadline)
    )
