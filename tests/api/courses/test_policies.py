"""`completion-policies/`: what completing takes is data that central HR keeps."""

import pytest
from rest_framework.test import APIClient

from courses.models import CompletionPolicy
from tests import records, stage
from tests.cast import Cast

WHOLE = {
    "code": "two-thirds",
    "name_ja": "3分の2以上の出席",
    "name_en": "Two thirds",
    "certifies": True,
    "attendance_numerator": 2,
    "attendance_denominator": 3,
    "all_lessons": False,
    "exam": None,
    "proposal": True,
}


@pytest.fixture
def hr(cast: Cast) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(cast.hr)
    return client


def test_hr_makes_a_policy(hr: APIClient) -> None:
    response = hr.post("/api/v1/completion-policies/", WHOLE, format="json")
    assert response.status_code == 201
    assert response.json() == {"id": str(CompletionPolicy.objects.get().public_id), **WHOLE}


def test_a_policy_may_ask_for_an_examination(hr: APIClient) -> None:
    exam = str(records.it_passport().public_id)
    body = {"code": "ip", "name_ja": "ITパスポート合格", "exam": exam}
    assert hr.post("/api/v1/completion-policies/", body, format="json").json()["exam"] == exam


def test_a_code_is_given_once(hr: APIClient) -> None:
    hr.post("/api/v1/completion-policies/", WHOLE, format="json")
    response = hr.post("/api/v1/completion-policies/", WHOLE, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "already_exists")


def test_a_fraction_is_at_most_one(hr: APIClient) -> None:
    response = hr.post("/api/v1/completion-policies/", {**WHOLE, "attendance_numerator": 4}, format="json")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "/attendance_numerator", "code": "too_large", "detail": "The fraction is at most 1."}
    ]
    assert not CompletionPolicy.objects.exists()


def test_what_nobody_came_in_under_changes(hr: APIClient) -> None:
    policy = stage.policy()
    response = hr.patch(f"/api/v1/completion-policies/{policy.public_id}/", {"all_lessons": True}, format="json")
    assert (response.status_code, response.json()["all_lessons"]) == (200, True)


def test_a_policy_in_use_changes_its_names_only(hr: APIClient) -> None:
    policy = stage.course().policy
    url = f"/api/v1/completion-policies/{policy.public_id}/"
    refused = hr.patch(url, {"name_ja": "別名", "all_lessons": True}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_in_use")
    policy.refresh_from_db()
    assert (policy.name_ja, policy.all_lessons) == ("参加", False)
    assert hr.patch(url, {"name_ja": "別名", "all_lessons": False}, format="json").json()["name_ja"] == "別名"


def test_others_read(cast: Cast) -> None:
    client = APIClient()
    client.force_authenticate(cast.bureau_hr)
    assert client.post("/api/v1/completion-policies/", WHOLE, format="json").status_code == 403
    assert client.get("/api/v1/completion-policies/").status_code == 200
