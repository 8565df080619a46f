"""Files of rows: who does not see the row hears nothing else, and who does is told what is wrong with the request."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from courses.models import ProgramPlan
from tests.api import props
from tests.api.matrix import Route, address, routes
from tests.cast import Cast
from tests.enrollments.deciding import CLOSED, propose
from tests.enrollments.scene import apply, open_session

ClientOf = Callable[[object], APIClient]
Clock = Callable[[object], None]
ENDS = ("/file/", ".ics", "draws/<uuid:id>/list/", "draws/<uuid:id>/result/")
FILES = [each for each in routes() if each.method == "get" and "<uuid:id>" in each.path and each.path.endswith(ENDS)]
QUERIES = ("", "?colour=red", "?type=pdf", "?type=csv&type=csv")


def test_there_are_files() -> None:
    assert len(FILES) >= 6


@pytest.mark.parametrize("route", FILES, ids=str)
@pytest.mark.parametrize("query", QUERIES)
def test_the_row_is_looked_for_before_the_request_is_read(cast: Cast, route: Route, query: str) -> None:
    client = APIClient()
    client.force_authenticate(cast.hr)
    answer = client.get("/api/v1/" + route.path.replace("<uuid:id>", str(uuid4())) + query)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", FILES, ids=str)
def test_who_sees_the_row_is_told_what_is_wrong(cast: Cast, route: Route) -> None:
    client, laid = APIClient(), props.lay_out(cast)
    client.force_authenticate(cast.user("ict" if route.path.startswith("enrollments/") else "hr"))
    answer = client.get(address(route, laid) + "?colour=red")
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == ["colour"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_draft_is_as_missing_to_a_stranger(cast: Cast, client_of: ClientOf, at: Clock, query: str) -> None:
    session = open_session(selection="screening")
    apply(session, cast.ict)
    at(CLOSED)
    decision = propose(cast, session)
    plan = ProgramPlan.objects.create(fiscal_year=2022, version=1, title_ja="計画")
    for kind, row in (("decisions", decision), ("program-plans", plan)):
        hidden = client_of(cast.ict).get(f"/api/v1/{kind}/{row.public_id}/file/{query}")
        missing = client_of(cast.ict).get(f"/api/v1/{kind}/{uuid4()}/file/{query}")
        assert (hidden.status_code, hidden.content) == (404, missing.content)
