"""The OpenAPI description of what the resources declare."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


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


WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_UUID = {"type": "string", "format": "uuid"}


class AcademySchema(AutoSchema):
    """Reads `row`, `rows_by_action`, `inputs`, `answers` and `statuses` of a resource."""

    def get_operation_id(self) -> str:
        return str(super().get_operation_id())

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "inputs", {}).get(self._action())

    def get_response_serializers(self) -> Any:
        action = self._action()
        answers = getattr(self.view, "answers", {})
        rows = getattr(self.view, "rows_by_action", {})
        body = answers.get(action) or rows.get(action) or getattr(self.view, "row", None)
        status = getattr(self.view, "statuses", {}).get(action, 200)
        found: dict[str, Any] = {str(status): OpenApiResponse(description="No content") if status == 204 else body}
        problem = OpenApiResponse(ProblemSerializer, description="RFC 9457 problem")
        return {**found, "default": problem}

    def get_override_parameters(self) -> list[Any]:
        if self.method not in WRITES or getattr(self.view, "public", False):
            return list(getattr(self.view, "parameters", {}).get(self._action(), []))
        headers = [
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER),
            OpenApiParameter("If-Match", str, OpenApiParameter.HEADER),
            OpenApiParameter("dry_run", bool, OpenApiParameter.QUERY),
        ]
        return [*headers, *getattr(self.view, "parameters", {}).get(self._action(), [])]

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
        if status_code == "default" and "content" in found:
            found["content"] = {"application/problem+json": next(iter(found["content"].values()))}
        return found
