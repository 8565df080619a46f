"""`enrollments/{id}/substitute/` and `transfer/`."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.cast import Cast
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_leaving import another

ClientOf = Callable[[object], APIClient]


def test_hr_sends_somebody_else(cast: Cast, client_of: ClientOf) -> None:
    seat = apply(open_session(), cast.ict)
    path = f"/api/v1/enrollments/{seat.public_id}/substitute/"
    response = client_of(cast.bureau_hr).post(path, {"staff": str(cast.ict2.public_id), "reason": "公務"})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["staff"], body["status"], body["on_behalf"]) == (str(cast.ict2.public_id), "enrolled", True)
    left = client_of(cast.ict).get(f"/api/v1/enrollments/{seat.public_id}/").json()
    assert (left["status"], left["ended_as"], left["ended_as_label"], left["steps"][-1]["reason"]) == (
        "withdrawn",
        "substituted",
        "Somebody else takes part",
        "公務",
    )


@pytest.mark.parametrize(("name", "status"), [("ict", 403), ("ict2", 404), ("head", 403), ("staff", 404)])
def test_people_do_not_choose_their_substitute(cast: Cast, client_of: ClientOf, name: str, status: int) -> None:
    seat = apply(open_session(), cast.ict)
    body = {"staff": str(cast.ict2.public_id), "reason": "公務"}
    response = client_of(getattr(cast, name)).post(f"/api/v1/enrollments/{seat.public_id}/substitute/", body)
    assert response.status_code == status


def test_the_person_moves_to_another_session(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    seat, target = apply(session, cast.ict), another(session)
    path = f"/api/v1/enrollments/{seat.public_id}/transfer/"
    body = client_of(cast.ict).post(path, {"session": str(target.public_id)}).json()
    assert (body["session"], body["status"], body["on_behalf"]) == (str(target.public_id), "enrolled", False)
    again = client_of(cast.ict).post(path, {"session": str(target.public_id)})
    assert (again.status_code, again.json()["code"]) == (409, "no_seat_to_leave")
    assert client_of(cast.ict2).post(path, {"session": str(target.public_id)}).status_code == 404
