"""Requests to the whole application (middleware, sign-in by token, rendering) without a socket, from any thread."""

import json
from functools import cache
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory


@cache
def _application() -> WSGIHandler:
    return WSGIHandler()


def _start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
    """What a server is told first; the answer itself says it too."""


def call(path: str, username: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """The status and the answer, decoded if it is JSON, after a server has finished with it: its connection is back in the pool."""
    headers = {"authorization": f"Bearer {username}", "accept-language": "en"}
    factory = RequestFactory(headers=headers)
    asked = factory.get(path) if body is None else factory.post(path, json.dumps(body), content_type="application/json")
    response = _application()(asked.environ, _start)
    content = b"".join(response)
    response.close()
    is_json = "json" in response.headers.get("Content-Type", "")
    return response.status_code, json.loads(content) if is_json else content


def expect(status: int, path: str, username: str, body: dict[str, Any] | None = None) -> Any:
    got, answer = call(path, username, body)
    if got != status:
        raise RuntimeError(f"{path}: {got} {answer}")
    return answer
