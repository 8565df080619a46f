"""The OpenAPI description of what the resources declare."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_array_type, is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from api import as_of


class FaultSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="本文の JSON ポインタ、またはパラメータ名")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FaultSerializer(many=True)  # type: ignore[assignment]


class ChangeSerializer(serializers.Serializer[Any]):
    action = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    id = serializers.UUIDField(allow_null=True)
    detail = serializers.DictField()


class RehearsalSerializer(serializers.Serializer[Any]):
    """What `dry_run=true` answers: the answer as it would be, and what would be changed."""

    dry_run = serializers.BooleanField()
    result = serializers.JSONField(allow_null=True)
    changes = ChangeSerializer(many=True)


WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_UUID = {"type": "string", "format": "uuid"}


class AcademySchema(AutoSchema):
    """Reads `row`, `rows_by_action`, `inputs`, `answers`, `further_answers` and `statuses` of a resource."""

    def get_operation_id(self) -> str:
        return str(super().get_operation_id())

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "inputs", {}).get(self._action())

    def get_response_serializers(self) -> Any:
        action = self._action()
        answers = getattr(self.view, "answers", {})
        rows = getattr(self.view, "rows_by_action", {})
        # The kind of row of a day has what the plain one has, and more that is optional.
        row = self._dated() and getattr(self.view, "row_on_day", None)
        body = answers.get(action) or rows.get(action) or row or getattr(self.view, "row", None)
        status = getattr(self.view, "statuses", {}).get(action, 200)
        found: dict[str, Any] = {str(status): OpenApiResponse(description="No content") if status == 204 else body}
        found |= getattr(self.view, "further_answers", {}).get(action, {})
        if self._rehearses() and status != 200:
            found["200"] = OpenApiResponse(RehearsalSerializer, description="dry_run=true")
        if self._has_etag():
            found["304"] = OpenApiResponse(description="Not modified")
        problem = OpenApiResponse(ProblemSerializer, description="RFC 9457 problem")
        return {**found, "default": problem}

    def get_override_parameters(self) -> list[Any]:
        own = list(getattr(self.view, "parameters", {}).get(self._action(), []))
        if self._dated():
            own.append(as_of.PARAMETER)
        if self._has_etag():
            return [OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER), *own]
        if not self._rehearses():
            return own
        headers = [
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER),
            OpenApiParameter("If-Match", str, OpenApiParameter.HEADER),
            OpenApiParameter("dry_run", bool, OpenApiParameter.QUERY),
        ]
        return [*headers, *own]

    def _dated(self) -> bool:
        """Takes `as_of`."""
        return self._action() in getattr(self.view, "dated", ())

    def _rehearses(self) -> bool:
        """Every write of a resource goes through its `write`, which takes a dry run, a key and If-Match.

        What is asked with a body and changes nothing is among its `questions`.
        """
        asks = self._action() in getattr(self.view, "questions", ())
        return self.method in WRITES and hasattr(self.view, "write") and not asks

    def _has_etag(self) -> bool:
        return self._action() == "retrieve" and hasattr(self.view, "write")

    def _action(self) -> str:
        return str(getattr(self.view, "action", "") or "")

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self._action() == "list"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def map_renderers(self, attribute: str) -> list[str]:
        return ["application/json"]

    def map_parsers(self) -> list[str]:
        return ["application/json"]

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **kwargs: Any) -> Any:
        found = super()._get_response_for_code(serializer, status_code, *args, **kwargs)
        if "content" not in found:
            return found
        shape = next(iter(found["content"].values()))
        if status_code == "default":
            found["content"] = {"application/problem+json": shape}
        if is_list_serializer(serializer) and not self._is_list_view():
            shape["schema"] = build_array_type(shape["schema"])
        rehearsed = getattr(serializer, "response", serializer) is RehearsalSerializer
        if status_code == "200" and self._rehearses() and not rehearsed:
            rehearsal = self.resolve_serializer(RehearsalSerializer, "response").ref
            shape["schema"] = {"anyOf": [shape["schema"], rehearsal]}
        return found
