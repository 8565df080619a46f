"""Generated requests against what the schema promises: valid ones, broken ones, by three readers, about rows that exist.

The requests are derived from the schema, so that the same code gets the same ones; each runs in the process of the
test and is rolled back. Where a generated request names a row, most often one that exists takes its place.
"""

import base64
import copy
import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, strategies
from rest_framework.test import APIClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.pagination import KeysetPagination
from tests.api import matrix, props
from tests.api.props import Props
from tests.cast import Cast

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REFUSALS = {400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 429}
CASES_BY_ROLE = [("hr", 3), ("ict", 2), ("anonymous", 1)]  # for each of the operations, some 280: 1,700 in all
ALL_CASES_BY_ROLE = [("hr", 90), ("ict", 60), ("anonymous", 40)]  # 53,000 in all
# What is one's own is nothing to read for who has no staff row.
NOTHING_FOR_HR = {
    "GET /api/v1/calendar-feeds/",
    "GET /api/v1/calendar-feeds/{id}/",
    "GET /api/v1/draws/{id}/ticket/",
    "GET /api/v1/lessons/{id}/progress/",
    "GET /api/v1/me/calendar.ics",
    "GET /api/v1/me/enrollments/",
    "GET /api/v1/me/notice-preferences/",
    "GET /api/v1/me/opportunities/",
    "GET /api/v1/notices/{id}/",
}
# Parameters made by chance seldom all fit here; `tests/api/reports` reads them.
SELDOM_READ = {"GET /api/v1/reports/{name}/", "GET /api/v1/reports/{name}/file/"}
NAMED_BY_WORDS = {"calendar", "reports"}  # and by no identifier
FOR_WHOEVER_HAS_THE_ADDRESS = "GET /api/v1/calendar/{secret}.ics"
# What a row is called in a body or a query, and the part of the API that it is found under.
KINDS = {
    "bureau": "organizations",
    "course": "courses",
    "cycle": "assessment-cycles",
    "delegate": "staff",
    "delegator": "staff",
    "enrollment": "enrollments",
    "framework": "skill-frameworks",
    "grade": "grades",
    "instructor": "instructors",
    "instructors": "instructors",
    "item": "skills",
    "job_family": "job-families",
    "leader": "enrollments",
    "lesson": "lessons",
    "meeting": "meetings",
    "members": "enrollments",
    "organization": "organizations",
    "policy": "completion-policies",
    "program": "programs",
    "root": "organizations",
    "scheme": "exam-schemes",
    "session": "sessions",
    "staff": "staff",
    "survey": "demand-surveys",
    "team": "teams",
    "venue": "venues",
    "within": "organizations",
    "work_place": "organizations",
}


@pytest.fixture(autouse=True)
def _inside_the_transaction_of_the_test() -> Iterator[None]:
    """A request of production begins and ends with a look at its connection; these share the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The schema as the application describes itself now."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    read: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(made, renderer_context={}))
    return read


def schema_of(document: dict[str, Any]) -> Any:
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    schema.config.generation.update(with_security_parameters=False)  # who asks is this test's to say
    return schema


def existing(value: Any, kind: str, rows: Props) -> Any:
    """The row of that kind, in place of seven in eight identifiers; what is no identifier stays as it is."""
    if kind not in rows.ids or not isinstance(value, str):
        return value
    if kind in NAMED_BY_WORDS:
        return rows.ids[kind] if len(value) % 8 != 7 else value
    try:
        return str(rows.ids[kind]) if UUID(value).int % 8 != 7 else value
    except ValueError:
        return value


def with_rows(value: Any, name: str, rows: Props) -> Any:
    """A generated body or query that names rows which exist."""
    if isinstance(value, Mapping):
        return {key: with_rows(inner, key, rows) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_rows(inner, name, rows) for inner in value]
    return existing(value, KINDS.get(name, ""), rows)


def put_rows_in(case: Any, rows: Props) -> None:
    path = case.path.removeprefix("/api/v1/")
    own = path.replace("{id}", "<uuid:id>")
    kind = own if own in rows.ids else path.split("/")[0]
    case.path_parameters = {name: existing(value, kind, rows) for name, value in case.path_parameters.items()}
    case.query = with_rows(case.query, "", rows)
    if isinstance(case.body, dict | list):
        case.body = with_rows(case.body, "", rows)


@contextmanager
def rehearsed() -> Iterator[list[str]]:
    """Undoes what is done inside; gives the traces of the exceptions that were no refusals."""
    faults: list[str] = []

    def keep(sender: object, **kwargs: object) -> None:
        faults.append(traceback.format_exc(limit=-8))

    got_request_exception.connect(keep)
    try:
        with transaction.atomic():
            yield faults
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(keep)


def headers_of(cast: Cast, rows: Props, role: str) -> dict[str, str]:
    matrix.client_for(cast, rows, role)  # issues the token
    return {"Accept-Language": "en"} | ({} if role == "anonymous" else {"Authorization": f"Bearer tda_{role}"})


def send(operation: Any, cases: int, rows: Props, headers: Mapping[str, str]) -> set[int]:
    """So many generated requests to one operation; gives the statuses that it answered with."""
    met = set()

    def check(case: Any) -> None:
        put_rows_in(case, rows)
        with rehearsed() as faults:
            response = case.call(headers=headers)
        assert not faults, faults[0]
        case.validate_response(response, checks=CHECKS)
        status = response.status_code
        assert status in REFUSALS or str(status) in operation.responses.status_codes
        assert status < 400 or response.json()["status"] == status
        met.add(status)

    strategy = strategies.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])
    play: Any = hypothesis.given(strategy)(check)
    generated(cases)(play)()
    return met


def generated(cases: int) -> hypothesis.settings:
    """The same requests in every run; a failure is shown as it was found, for it names its request."""
    return hypothesis.settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def send_all(document: dict[str, Any], cases: int, cast: Cast, role: str) -> dict[str, set[int]]:
    """So many to each operation there is."""
    rows = props.lay_out(cast)
    headers = headers_of(cast, rows, role)
    operations = [found.ok() for found in schema_of(document).get_all_operations()]
    assert len(operations) == len(matrix.routes()) - len(["schema/", "docs/"])
    return {operation.label: send(operation, cases, rows, headers) for operation in operations}


@pytest.mark.parametrize(("role", "cases"), CASES_BY_ROLE)
def test_every_answer_is_one_that_the_schema_names(document: dict[str, Any], cast: Cast, role: str, cases: int) -> None:
    met = send_all(document, cases, cast, role)
    unread = {label for label, statuses in met.items() if label.startswith("GET ") and 200 not in statuses}
    if role == "hr":
        assert unread - SELDOM_READ == NOTHING_FOR_HR
    if role == "anonymous":
        assert met.pop(FOR_WHOEVER_HAS_THE_ADDRESS) <= {200, 400, 404}
        assert {status for statuses in met.values() for status in statuses} <= {400, 401, 404}


@pytest.mark.long
@pytest.mark.parametrize(("role", "cases"), ALL_CASES_BY_ROLE)
def test_twenty_thousand_answers_are_ones_that_the_schema_names(
    document: dict[str, Any], cast: Cast, role: str, cases: int
) -> None:
    assert send_all(document, cases, cast, role)


def grades(document: dict[str, Any]) -> Any:
    return schema_of(document)["/api/v1/grades/"]["GET"]


def test_control_an_answer_of_another_shape_is_found(document: dict[str, Any], cast: Cast) -> None:
    rows = props.lay_out(cast)
    headers = headers_of(cast, rows, "hr")
    assert 200 in send(grades(document), 1, rows, headers)
    wrong = copy.deepcopy(document)
    wrong["components"]["schemas"]["GradeRow"]["properties"]["rank"] = {"type": "string"}
    with pytest.raises(FailureGroup, match="Response violates schema"):
        send(grades(wrong), 1, rows, headers)


def test_control_a_fault_of_ours_is_found(
    document: dict[str, Any], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(KeysetPagination, "page", broken)
    rows = props.lay_out(cast)
    with pytest.raises(AssertionError, match="broken on purpose"):
        send(grades(document), 1, rows, headers_of(cast, rows, "hr"))


# What no generator of valid texts thinks of: halves of characters, NUL, numbers that no column holds, deep nesting.
HOSTILE_BODIES = [
    '{"\\ud800": 1}',
    '{"reason": "\\ud800", "name": "\\ud800", "title": "\\ud800"}',
    '{"reason": "\\u0000", "name": "\\u0000", "\\u0000": 1}',
    '{"a": ' + "9" * 400 + ', "capacity": ' + "9" * 400 + "}",
    '{"capacity": 1e999, "from": -1e999}',
    "[" * 900 + "]" * 900,
    '"\\ud800"',
]
HOSTILE_KEYS: list[Any] = [
    "\x00",
    None,
    2**62,
    1e300,
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "2022-01-01",
    [],
    {},
    "x" * 5000,
]
HUGE = 10**30


@pytest.mark.parametrize(("role", "headers"), [("hr", {}), ("ict", {"idempotency-key": "k"})])
def test_no_body_is_a_fault_of_ours(cast: Cast, role: str, headers: dict[str, str]) -> None:
    rows = props.lay_out(cast)
    client = matrix.client_for(cast, rows, role)
    takes_a_body = [each for each in matrix.routes() if each.method not in {"get", "delete"}]
    for route in takes_a_body:
        for body in HOSTILE_BODIES:
            refuses(client, route.method, matrix.address(route, rows), body, headers)


def extremes(rows: Props) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests that are right but for numbers which no column holds."""
    ids = {name: str(each) for name, each in rows.ids.items()}
    fields = dict.fromkeys(["strategy", "management", "technology"], HUGE)
    scores = {"total": HUGE, "scores": fields}
    return [
        ("ict", "exam-attempts/", {"enrollment": ids["enrollments"], "taken_on": "2022-06-20", **scores}),
        ("hr", "exam-attempts/", {"enrollment": ids["enrollments"], "taken_on": "2022-06-20", **scores}),
        ("hr", f"exam-attempts/{ids['exam-attempts']}/correct/", {"reason": "r", **scores}),
        ("ict", f"lessons/{ids['lessons']}/progress/", {"stretches": [[0, HUGE]]}),
        ("ict", f"lessons/{ids['lessons']}/progress/", {"stretches": [[-HUGE, -1]]}),
        (
            "ict",
            f"assessments/{ids['assessments']}/ratings/",
            {"ratings": [{"item": ids["skills"], "self_level": HUGE}]},
        ),
        ("hr", f"sessions/{ids['sessions']}/capacity/", {"capacity": HUGE}),
        ("hr", f"sessions/{ids['sessions']}/reschedule/", {"reason": "r", "capacity": HUGE}),
        ("hr", "assessment-cycles/", {"framework": ids["skill-frameworks"], "fiscal_year": HUGE}),
    ]


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k"}], ids=["", "under a key"])
def test_no_number_is_a_fault_of_ours(cast: Cast, headers: dict[str, str]) -> None:
    rows = props.lay_out(cast)
    for role, path, body in extremes(rows):
        client = matrix.client_for(cast, rows, role)
        refuses(client, "post", f"/api/v1/{path}", json.dumps(body), headers)


def refuses(client: APIClient, method: str, path: str, body: str, headers: Mapping[str, str]) -> None:
    client.raise_request_exception = False
    with rehearsed() as faults:
        answer = client.generic(method.upper(), path, body, "application/json", headers=headers)
    assert not faults, f"{method} {path} {body[:80]}: {faults[0]}"
    assert answer.status_code in REFUSALS


def orders(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The path and each order of every list."""
    for path, operations in document["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["name"] == "order":
                yield from ((path, order) for order in parameter["schema"]["enum"])


def test_no_cursor_is_a_fault_of_ours(document: dict[str, Any], cast: Cast) -> None:
    rows = props.lay_out(cast)
    client = matrix.client_for(cast, rows, "hr")
    client.raise_request_exception = False
    for path, order in orders(document):
        kind = path.removeprefix("/api/v1/").split("/")[0]
        for key in HOSTILE_KEYS:
            packed = json.dumps(["n", order, key, 2**63 - 1]).encode()
            cursor = base64.urlsafe_b64encode(packed).decode().rstrip("=")
            with rehearsed() as faults:
                answer = client.get(path.replace("{id}", str(rows.ids.get(kind))), {"cursor": cursor, "order": order})
            assert not faults, f"{path} {packed[:80]!r}: {faults[0]}"
            assert answer.status_code in {200, 400, 403}
