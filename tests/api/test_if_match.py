"""Every write of a row takes, as `If-Match`, the ETag that reading the row gave, and no other."""

from typing import Any

import pytest
from django.urls import resolve
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from api.views import Resource
from tests.api import matrix, props
from tests.api.matrix import Route
from tests.api.props import Props
from tests.cast import Cast

# Shown in lists alone, which give no ETag: whatever a client sends is stale.
READ_IN_LISTS_ALONE = {"assignments", "statuses"}
REFUSED = {401, 403, 404}
TAKEN, STALE = 204, 412


def writes_of_rows() -> list[Route]:
    """Every one but the questions that are asked with a body."""
    named = [each for each in matrix.routes() if "<uuid:id>" in each.path and each.method != "get"]
    return [each for each in named if not each.path.endswith("/audience-preview/")]


def somebody_who_may(route: Route) -> str:
    """One of the cast whom the access matrix lets through."""
    found = matrix.expected(matrix.table()[str(route)])
    return next(name for name, status in found.items() if status not in REFUSED)


def tag_of(client: APIClient, address: str) -> str | None:
    """What a client knows: the ETag of this address where it gives one, otherwise that of its row."""
    row = "/".join(address.split("/")[:5]) + "/"  # /api/v1/sessions/{id}/
    for each in (address, row):
        answer = client.get(each)
        if answer.status_code == 200 and "ETag" in answer:
            return str(answer["ETag"])
    return None


def writes_nothing(self: Resource, request: Request, **kwargs: Any) -> Response:
    return self.write(lambda: None, lambda done: done)


def answers(cast: Cast, laid: Props, route: Route, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What is answered to each kind of tag, where the action itself is a write that does nothing."""
    address = matrix.address(route, laid)
    client = matrix.client_for(cast, laid, somebody_who_may(route))
    tag, view = tag_of(client, address), resolve(address).func
    given = {"another": '"0"', "any": "*"} | ({"read": tag, "one of two": f'"0", {tag}'} if tag else {})
    with monkeypatch.context() as patched:
        patched.setattr(view.cls, view.actions[route.method], writes_nothing)  # type: ignore[attr-defined]
        return {
            kind: client.generic(route.method.upper(), address, headers={"if-match": each}).status_code
            for kind, each in given.items()
        }


def test_what_was_read_is_matched_and_nothing_else(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    laid = props.lay_out(cast)
    found = {str(route): answers(cast, laid, route, monkeypatch) for route in writes_of_rows()}
    unread = {"another": STALE, "any": TAKEN}
    read = unread | {"read": TAKEN, "one of two": TAKEN}
    kinds = {str(route): route.path.split("/")[0] for route in writes_of_rows()}
    assert found == {name: unread if kind in READ_IN_LISTS_ALONE else read for name, kind in kinds.items()}


def test_control_each_resource_by_its_own_body(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The resource of a sub-address answers with another row, or with none."""
    monkeypatch.setattr(Resource, "_reading", lambda self: self)
    laid = props.lay_out(cast)
    cancels = Route("post", "sessions/<uuid:id>/cancel/")
    assert answers(cast, laid, cancels, monkeypatch)["read"] == STALE
    with pytest.raises(AttributeError, match="row"):
        answers(cast, laid, Route("post", "program-plans/<uuid:id>/import/"), monkeypatch)
