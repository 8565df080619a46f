"""What comes in: declared shapes that refuse every name they do not know."""

import datetime as dt
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

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
        """With every fault named: of the fields that are there, and of those that are not."""
        known = {name for name, field in self.fields.items() if not field.read_only}
        message = serializers.ErrorDetail(str(UNKNOWN_FIELD), code="unknown_field")
        faults: dict[str, Any] = (
            {name: [message] for name in data if name not in known} if isinstance(data, dict) else {}
        )
        try:
            read = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            raise serializers.ValidationError({**faults, **cast("dict[str, Any]", refused.detail)}) from None
        if faults:
            raise serializers.ValidationError(faults)
        return read

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
        found = self.find(self.context["viewer"], public_id)
        if found is None:
            raise serializers.ValidationError(str(NOT_FOUND), code="not_found")
        return found

    def find(self, viewer: Viewer, public_id: UUID) -> Model | None:
        found: Model | None = self.visible(viewer).filter(public_id=public_id).first()
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
