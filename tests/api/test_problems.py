"""Errors: RFC 9457, in the reader's language, with a stable code and the place."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from psycopg_pool import PoolTimeout
from rest_framework.test import APIClient

from api.problems import problem_response
from tests.cast import Cast

ClientOf = Callable[[object], APIClient]
ROLES = "/api/v1/roles/"


def test_a_missing_token(anonymous: APIClient, cast: Cast) -> None:
    answer = anonymous.get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {
        "type": "urn:digital-academy:problem:not_authenticated",
        "title": "Sign-in needed",
        "status": 401,
        "detail": "Send a valid token.",
        "code": "not_authenticated",
        "errors": [],
    }


@pytest.mark.parametrize(
    ("language", "title"),
    [("ja", "見つかりません"), ("en", "Not found"), ("en-GB,ja;q=0.5", "Not found"), ("fr", "見つかりません")],
)
def test_the_readers_language(cast: Cast, client_of: ClientOf, language: str, title: str) -> None:
    answer = client_of(cast.hr).get(f"/api/v1/staff/{uuid4()}/", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["title"]) == (404, title)


def test_hidden_equals_missing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.staff)
    hidden = client.get(f"/api/v1/staff/{cast.ict.public_id}/")
    missing = client.get(f"/api/v1/staff/{uuid4()}/")
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content) == (404, missing.content)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"role": "auditor", "role": "statistics"}',
        b"[" * 100_000,
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_malformed_json(cast: Cast, client_of: ClientOf, body: bytes) -> None:
    answer = client_of(cast.hr).post(ROLES, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("body", [[], "text", 3, None, [{"user": 1}]])
def test_a_body_that_is_no_object(cast: Cast, client_of: ClientOf, body: object) -> None:
    answer = client_of(cast.hr).post(ROLES, body, format="json")
    assert answer.status_code == 400, answer.content


def test_unknown_fields_are_named(cast: Cast, client_of: ClientOf) -> None:
    body = {"user": str(cast.user("ict").public_id), "role": "auditor", "is_staff": True, "id": 3}
    answer = client_of(cast.hr).post(ROLES, body)
    assert answer.status_code == 400
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/is_staff", "unknown_field"),
        ("/id", "unknown_field"),
    ]


def test_missing_fields_are_named_in_both_languages(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    english = client.post(ROLES, {}).json()["errors"]
    japanese = client.post(ROLES, {}, headers={"Accept-Language": "ja"}).json()["errors"]
    assert [(each["pointer"], each["code"]) for each in english] == [("/user", "required"), ("/role", "required")]
    assert english[0]["detail"] == "This field is required."
    assert japanese[0]["detail"] == "この項目は必須です。"


@pytest.mark.parametrize("query", ["foo=1", "kind__in=x", "page_size=0", "page_size=501", "order=code", "cursor=x"])
def test_unknown_parameters_are_refused(cast: Cast, client_of: ClientOf, query: str) -> None:
    answer = client_of(cast.hr).get(f"/api/v1/organizations/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["errors"][0]["pointer"] == query.split("=")[0]


def test_a_repeated_parameter_is_refused(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.hr).get("/api/v1/organizations/?kind=bureau&kind=section")
    assert answer.json()["errors"][0]["code"] == "repeated_parameter"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_method_that_is_not_there(cast: Cast, client_of: ClientOf, method: str) -> None:
    answer = client_of(cast.hr).generic(method.upper(), ROLES)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_another_media_type(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.hr).post(ROLES, "role=auditor", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_an_address_that_is_not_there_is_a_problem_too(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.hr).get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_request_id_is_given_back(cast: Cast, client_of: ClientOf) -> None:
    given = str(uuid4())
    client = client_of(cast.hr)
    assert client.get("/api/v1/me/", headers={"X-Request-Id": given})["X-Request-Id"] == given
    assert client.get("/api/v1/me/", headers={"X-Request-Id": "<script>"})["X-Request-Id"] != "<script>"


def refused_by(*statements: str) -> OperationalError:
    """What Django raises when the database refuses the last of the statements."""
    with pytest.raises(OperationalError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(statements))
    return refused.value


def test_a_statement_that_takes_too_long_is_shed(db: None) -> None:
    error = refused_by("SET LOCAL statement_timeout = '10ms'", "SELECT pg_sleep(5)")
    answer = problem_response(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"], answer["Retry-After"]) == (503, "overloaded", "5")


def test_a_database_without_a_free_connection_sheds_the_request() -> None:
    error = OperationalError("no connection")
    error.__cause__ = PoolTimeout("couldn't get a connection after 5.00 sec")
    answer = problem_response(error, {})
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_another_fault_of_the_database_stays_a_fault(db: None) -> None:
    assert problem_response(OperationalError("something else"), {}) is None
