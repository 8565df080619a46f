"""Gives every request an id, which the audit trail, the log and the answer share."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse

from academy.context import request_id


class RequestContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(self._given(request) or uuid4())
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = str(request_id.get())
            return response
        finally:
            request_id.reset(token)

    @staticmethod
    def _given(request: HttpRequest) -> UUID | None:
        """A caller's own id is kept if it is a UUID: nothing else reaches the log."""
        try:
            return UUID(request.headers.get("X-Request-Id", ""))
        except ValueError:
            return None
