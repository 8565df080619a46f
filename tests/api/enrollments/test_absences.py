"""`enrollments/{id}/absence-notices/`, `exempt/`, `exemptions/` and `end-exemption/`."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from courses.models import SessionInstructor
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session

ClientOf = Callable[[object], APIClient]


def test_the_reason_is_for_hr_and_who_marks_sees_that_it_was_told(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=session, instructor=teacher)
    seat, meeting = apply(session, cast.ict), session.meetings.get()
    path = f"/api/v1/enrollments/{seat.public_id}/absence-notices/"
    response = client_of(cast.ict).post(path, {"meeting": str(meeting.public_id), "reason": "災害対応"})
    assert response.status_code == 201, response.content
    told = response.json()
    assert {**told, "id": None, "at": None} == {
        "id": None,
        "meeting": str(meeting.public_id),
        "reason": "災害対応",
        "at": None,
        "withdrawn_at": None,
    }
    for reader in (cast.ict, cast.bureau_hr, cast.hr):
        assert client_of(reader).get(path).json()["results"] == [told]
    assert client_of(cast.trainer).get(path).status_code == 403
    sheet = client_of(cast.trainer).get(f"/api/v1/sessions/{session.public_id}/attendance/")
    assert sheet.json()["results"][0]["absences_told"] == [{"meeting": str(meeting.public_id), "at": told["at"]}]
    assert "災害" not in sheet.content.decode()
    back = client_of(cast.ict).post(f"{path}withdraw/", {"meeting": str(meeting.public_id)})
    assert (back.status_code, back.json()["withdrawn_at"] is None) == (200, False)
    sheet = client_of(cast.trainer).get(f"/api/v1/sessions/{session.public_id}/attendance/")
    assert sheet.json()["results"][0]["absences_told"] == []


@pytest.mark.parametrize(("name", "status"), [("bureau_hr", 403), ("head", 403), ("ict2", 404), ("hr", 403)])
def test_only_the_person_tells(cast: Cast, client_of: ClientOf, name: str, status: int) -> None:
    seat = apply(open_session(), cast.ict)
    body = {"meeting": str(seat.session.meetings.get().public_id), "reason": "公務"}
    somebody = getattr(cast, name)
    path = f"/api/v1/enrollments/{seat.public_id}/absence-notices/"
    assert client_of(somebody).post(path, body).status_code == status


def test_hr_exempts_and_takes_it_back(cast: Cast, client_of: ClientOf) -> None:
    seat = apply(open_session(), cast.ict)
    path = f"/api/v1/enrollments/{seat.public_id}/"
    body = {"kind": "leave", "reason": "休職", "from_on": "2022-07-01"}
    response = client_of(cast.bureau_hr).post(f"{path}exempt/", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert {**made, "id": None, "recorded_at": None} == {
        "id": None,
        **body,
        "kind_label": "On leave",
        "recorded_at": None,
        "superseded_at": None,
    }
    assert client_of(cast.ict).get(f"{path}exemptions/").json()["results"] == [made]
    assert client_of(cast.head).get(f"{path}exemptions/").status_code == 403
    ended = client_of(cast.hr).post(f"{path}end-exemption/")
    assert (ended.status_code, ended.json()["status"]) == (200, "enrolled")
    [row] = client_of(cast.ict).get(f"{path}exemptions/").json()["results"]
    assert row["superseded_at"] is not None
    again = client_of(cast.hr).post(f"{path}end-exemption/")
    assert (again.status_code, again.json()["code"]) == (409, "not_exempt")


@pytest.mark.parametrize(("name", "status"), [("ict", 403), ("ict2", 404), ("head", 403), ("auditor", 404)])
def test_others_do_not_exempt(cast: Cast, client_of: ClientOf, name: str, status: int) -> None:
    seat = apply(open_session(), cast.ict)
    body = {"kind": "other", "reason": "理由"}
    path = f"/api/v1/enrollments/{seat.public_id}/exempt/"
    assert client_of(getattr(cast, name)).post(path, body).status_code == status
