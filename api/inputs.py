"""What comes in: declared shapes that refuse every name they do not know."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from academy.access import Viewer
from academy.text import Text

UNKNOWN_FIELD = Text("この項目はありません。", "There is no such field.")
NULL_CHARACTER = Text("NUL は使えません。", "NUL is not allowed.")
NOT_FOUND = Text("見つかりません。", "Not found.")
NO_MOMENT = Text(
    "日付・時刻・時差を「2022-07-14T14:00:00+09:00」の形で。",
    "A date, a time and an offset: 2022-07-14T14:00:00+09:00.",
)
OUT_OF_RANGE = Text("2000年から2100年までです。", "From the year 2000 to 2100.")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Input(serializers.Serializer[Any]):
    """A body. It has a shape and no rule: whether the change is allowed is the operation's to say."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields or self.fields[name].read_only]
            if unknown:
                message = serializers.ErrorDetail(str(UNKNOWN_FIELD), code="unknown_field")
                raise serializers.ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)

    def validate(self, attrs: Any) -> Any:
        for value in attrs.values():
            if isinstance(value, str) and "\x00" in value:
                raise serializers.ValidationError(str(NULL_CHARACTER), code="null_character")
        return attrs


class Reference(serializers.UUIDField):
    """A row named by its public id, among those the viewer sees; the hidden and the missing are refused alike."""

    def __init__(self, visible: Callable[[Viewer], QuerySet[Any]], **kwargs: Any) -> None:
        self.visible = visible
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:  # type: ignore[override]
        public_id = super().to_internal_value(data)
        found: Model | None = self.visible(self.context["viewer"]).filter(public_id=public_id).first()
        if found is None:
            raise serializers.ValidationError(str(NOT_FOUND), code="not_found")
        return found


class Moment(serializers.DateTimeField):
    """An instant: what lacks a time or an offset is refused, since it would mean another instant to somebody else."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            instant = dt.datetime.fromisoformat(value) if isinstance(value, str) and "T" in value.upper() else None
        except ValueError:
            instant = None
        if instant is None or instant.utcoffset() is None:
            raise serializers.ValidationError(str(NO_MOMENT), code="invalid")
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise serializers.ValidationError(str(OUT_OF_RANGE), code="out_of_range")
        return instant


class Day(serializers.DateField):
    """A calendar day within the years that the service knows."""

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise serializers.ValidationError(str(OUT_OF_RANGE), code="out_of_range")
        return day


class Empty(Input):
    """A body without fields."""


class Reason(Input):
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
