"""Who gets which answer at which address: generated from the URL resolver, compared with a committed table.

Each cell is one request of one member of the cast with an empty body, to a row that belongs to `ict`: for the others
it is a colleague's, a subordinate's, somebody's of the own bureau or of another one. `WRITE_ACCESS_MATRIX=1 pytest
tests/api/test_access_matrix.py` writes the table as the code answers now; review it line by line before committing it.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from academy import clock
from academy.models import Token
from academy.models.accounts import token_digest
from tests.api.props import Props
from tests.cast import Cast
from tests.database import rehearsal

TABLE = Path(__file__).with_name("access_matrix.yaml")

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
    "auditing",
    "provider",
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


def client_for(cast: Cast, props: Props, name: str) -> APIClient:
    """Acts with a real token: a suspended account has one too, and it must not open."""
    if name != "anonymous":
        Token.objects.get_or_create(
            user=props.extras.get(name) or cast.user(name),
            digest=token_digest(f"tda_{name}"),
            defaults={"expires_at": clock.real_now() + dt.timedelta(hours=1), "scopes": every_scope()},
        )
    return with_token_of(name)


def with_token_of(name: str) -> APIClient:
    """A client with the token that was issued before."""
    client = APIClient(headers={"accept-language": "en"})
    if name != "anonymous":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer tda_{name}")
    return client


@cache
def every_scope() -> list[str]:
    """The service account holds no role; its token opens every part, so that the rules are what refuses it."""
    return [
        f"{part}:{way}"
        for part in sorted({route.path.split("/")[0] for route in routes()})
        for way in ("read", "write")
    ]


def address(route: Route, props: Props) -> str:
    """With the row of its first part, or one of its own where the props have it."""
    named = route.path if route.path in props.ids else route.path.split("/")[0]
    return "/api/v1/" + re.sub(r"<\w+:\w+>", lambda _: str(props.ids[named]), route.path)


def answers(route: Route, props: Props, rows_everywhere: Callable[[], int]) -> dict[str, int]:
    """The status that each of the cast gets with their token; a refusal that changed a row anywhere is an error."""
    found, before = {}, rows_everywhere()
    for name in EVERYBODY:
        with rehearsal():
            response = with_token_of(name).generic(
                route.method.upper(), address(route, props), "{}", "application/json"
            )
            if response.status_code >= 400 and rows_everywhere() != before:
                raise AssertionError(f"{route}: refused to {name}, and yet something changed")
        found[name] = response.status_code
    return found


@contextmanager
def counted_rows() -> Iterator[Callable[[], int]]:
    """How many rows all tables hold: every operation adds one at least, its audit event. To plan it takes the longest."""
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    counts = " + ".join(f'(SELECT count(*) FROM "{table}")' for table in sorted(tables))
    with connection.cursor() as cursor:
        # A function keeps its plan, whatever becomes of prepared statements when something is rolled back.
        cursor.execute(
            "CREATE FUNCTION pg_temp.rows_everywhere() RETURNS bigint LANGUAGE plpgsql AS"
            f" $$ BEGIN RETURN (SELECT {counts}); END $$"
        )

        def rows_everywhere() -> int:
            cursor.execute("SELECT pg_temp.rows_everywhere()")
            return int(cursor.fetchone()[0])

        yield rows_everywhere
        cursor.execute("DROP FUNCTION pg_temp.rows_everywhere()")


def as_line(found: dict[str, int]) -> str:
    """`200 ict hr | 404 everybody else`: the largest group that is not 401 is named last and without names."""
    groups = defaultdict(list)
    for name, status in found.items():
        groups[status].append(name)
    rest = max((status for status in groups if status != 401), key=lambda status: len(groups[status]), default=401)
    named = [f"{status} {' '.join(names)}" for status, names in sorted(groups.items()) if status != rest]
    return " | ".join([*named, f"{rest} everybody else"])


def expected(line: str) -> dict[str, int]:
    *named, rest = line.split(" | ")
    found = dict.fromkeys(EVERYBODY, int(rest.split()[0]))
    for group in named:
        status, *names = group.split()
        found.update(dict.fromkeys(names, int(status)))
    return found


def table() -> dict[str, str]:
    read: dict[str, str] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return read
