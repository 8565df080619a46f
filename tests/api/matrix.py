"""Who gets which answer at which address: generated from the URL resolver, compared with a committed table.

Each cell is one request of one member of the cast with an empty body, to a row that belongs to `ict`: for the others
it is a colleague's, a subordinate's, somebody's of the own bureau or of another one. Run `python -m tests.api.matrix`
to print the table as the code answers now; review it line by line before committing it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from academy.models import User
from tests.cast import Cast

METHODS = ("get", "post", "put", "patch", "delete")
EVERYBODY = (
    "anonymous",
    "suspended",
    "service",
    "staff",
    "ict",
    "ict2",
    "head",
    "industry_head",
    "trainer",
    "manager",
    "hr",
    "bureau_hr",
    "industry_hr",
    "auditor",
    "skill_office",
    "statistics",
)


@dataclass(frozen=True)
class Route:
    """One address with one method; `path` names its places as the URL list does."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def routes() -> list[Route]:
    """Every address under the API with the methods that it takes."""
    found = {Route(method, path) for path, methods in _walk(get_resolver().url_patterns, "") for method in methods}
    return sorted(found, key=lambda route: (route.path, METHODS.index(route.method)))


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/v1/"):
            yield path.removeprefix("api/v1/"), _methods(pattern.callback)


def _methods(callback: Any) -> list[str]:
    actions = getattr(callback, "actions", None)
    if actions is not None:
        return [method for method in METHODS if method in actions]
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return [method for method in METHODS if hasattr(view, method)]


def client_for(cast: Cast, extras: dict[str, User], name: str) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    if name == "anonymous":
        return client
    client.force_authenticate(extras.get(name) or cast.user(name))
    return client
