"""`enrollments/{id}/accept-offer/`, `decline-offer/`, and the task that says until when."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.cast import Cast
from tests.enrollments.test_offers import offered

ClientOf = Callable[[object], APIClient]


def test_the_person_sees_the_offer_as_a_task_and_takes_it(cast: Cast, client_of: ClientOf) -> None:
    session, second = offered(cast)
    client, path = client_of(cast.ict2), f"/api/v1/enrollments/{second.public_id}/"
    row = client.get(path).json()
    until = row["offer_expires_at"]
    assert (row["status"], row["status_label"], until[:10]) == ("offered", "Offered", "2022-06-30")
    [task] = client.get("/api/v1/me/tasks/").json()["results"]
    assert task == {
        "kind": "seat_offer",
        "id": str(second.public_id),
        "title": f"Answer the offer of a seat in “{session.title_ja}”",
        "since": task["since"],
        "waits_until": None,
        "due_on": None,
        "due_at": until,
        "overdue": False,
        "next_session": None,
        "next_session_starts_on": None,
        "href": path,
    }
    response = client.post(f"{path}accept-offer/")
    assert (response.status_code, response.json()["status"], response.json()["offer_expires_at"]) == (
        200,
        "enrolled",
        None,
    )
    assert client.get("/api/v1/me/tasks/").json() == {"results": []}
    again = client.post(f"{path}accept-offer/")
    assert (again.status_code, again.json()["code"]) == (409, "no_offer")


def test_hr_of_the_person_declines_with_a_reason(cast: Cast, client_of: ClientOf) -> None:
    _, second = offered(cast)
    path = f"/api/v1/enrollments/{second.public_id}/decline-offer/"
    body = client_of(cast.bureau_hr).post(path, {"reason": "業務都合"}).json()
    assert (body["status"], body["ended_as"], body["ended_as_label"]) == (
        "withdrawn",
        "offer_declined",
        "Offer declined",
    )
    assert (body["steps"][-1]["new"], body["steps"][-1]["reason"]) == ("withdrawn", "業務都合")


@pytest.mark.parametrize(("name", "status"), [("ict", 404), ("staff", 404), ("head", 403), ("industry_head", 404)])
def test_nobody_else_answers(cast: Cast, client_of: ClientOf, name: str, status: int) -> None:
    _, second = offered(cast)
    for answer in ("accept-offer", "decline-offer"):
        response = client_of(getattr(cast, name)).post(f"/api/v1/enrollments/{second.public_id}/{answer}/")
        assert response.status_code == status
    second.refresh_from_db()
    assert second.status == "offered"
