"""The statements of each list: a committed number, and the same number for one row as for many.

`WRITE_QUERY_COUNTS=1 pytest tests/api/test_query_counts.py` writes the numbers anew: a change is a line to review.
"""

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.api import props
from tests.api.crowded import crowd
from tests.api.matrix import Route, address, routes
from tests.api.props import Props
from tests.cast import Cast, assemble
from tests.database import rehearsal

TABLE = Path(__file__).with_name("query_counts.json")
WRITES = bool(os.environ.get("WRITE_QUERY_COUNTS"))
ALONE = {"auth/token/", "schema/", "docs/"}
READS = [route for route in routes() if route.method == "get" and route.path not in ALONE]


def statements(client: APIClient, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return len([each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def reader_of(route: Route, cast: Cast) -> APIClient:
    """Who sees the most: HR; what is one's own is read by `ict`."""
    client = APIClient()
    own = route.path.startswith(("me/", "calendar-feeds/", "notices/")) or route.path.endswith(
        ("eligibility/", "progress/", "ticket/")
    )
    client.force_authenticate(cast.user("ict" if own else "hr"))
    return client


@pytest.fixture(scope="module", params=["few", "many"])
def laid(shared_stage: None, request: pytest.FixtureRequest) -> Iterator[tuple[Cast, Props]]:
    """The props, and then the crowd around them; each laid out once."""
    with rehearsal():
        cast = assemble()
        laid = props.lay_out(cast)
        if request.param == "many":
            crowd(cast, laid)
        yield cast, laid


@pytest.mark.django_db
@pytest.mark.parametrize("route", READS, ids=str)
def test_the_statements_do_not_grow_with_the_rows(laid: tuple[Cast, Props], route: Route) -> None:
    cast, rows = deepcopy(laid)
    client, url = reader_of(route, cast), address(route, rows)
    kind = {"materials": "", "enrollments": "?type=html"}.get(route.path.split("/")[0], "?type=csv")
    url += kind if url.endswith("/file/") else ""
    url += f"&organization={cast.digital.public_id}" if url.endswith("roster-imports/file/?type=csv") else ""
    found = statements(client, url)
    if WRITES:
        counts = json.loads(TABLE.read_text()) if TABLE.exists() else {}
        counts[route.path] = found
        TABLE.write_text(json.dumps(dict(sorted(counts.items())), indent=2) + "\n")
        return
    assert found == json.loads(TABLE.read_text())[route.path]
