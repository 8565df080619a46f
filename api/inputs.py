"""What comes in: declared shapes that refuse every name they do not know."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from academy.access import Viewer

UNKNOWN = serializers.ErrorDetail


class Input(serializers.Serializer[Any]):
    """A body. It has a shape and no rule: whether the change is allowed is the operation's to say."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields or self.fields[name].read_only]
            if unknown:
                message = UNKNOWN("この項目はありません。/ There is no such field.", code="unknown_field")
                raise serializers.ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)

    def validate(self, attrs: Any) -> Any:
        for value in attrs.values():
            if isinstance(value, str) and "\x00" in value:
                raise serializers.ValidationError("NUL は使えません。/ NUL is not allowed.", code="null_character")
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
            raise serializers.ValidationError("見つかりません。/ Not found.", code="not_found")
        return found


class Empty(Input):
    """A body without fields."""


class Reason(Input):
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
