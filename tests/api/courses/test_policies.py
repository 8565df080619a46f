"""`completion-policies/` and `exam-schemes/`: what completing takes is data that central HR keeps."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from courses.models import CompletionPolicy, ExamScheme
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


IT_PASSPORT: dict[str, Any] = {
    "code": "it-passport",
    "name_ja": "ITパスポート試験",
    "name_en": "IT Passport",
    "total_max": 1000,
    "total_min": 600,
    "reference": "情報処理推進機構",
    "exam_fields": [
        {"code": "strategy", "name_ja": "ストラテジ系", "name_en": "Strategy", "score_max": 1000, "score_min": 300},
        {"code": "technology", "name_ja": "テクノロジ系", "name_en": "", "score_max": 1000, "score_min": 300},
    ],
}


def test_hr_makes_an_examination(hr: APIClient) -> None:
    made = hr.post("/api/v1/exam-schemes/", IT_PASSPORT, format="json")
    assert made.status_code == 201, made.json()
    scheme = ExamScheme.objects.get()
    fields = [{"id": str(each.public_id)} for each in scheme.fields.order_by("position")]
    asked = [{**field, **given} for field, given in zip(fields, IT_PASSPORT["exam_fields"], strict=True)]
    assert made.json() == {"id": str(scheme.public_id), **IT_PASSPORT, "exam_fields": asked}
    again = hr.post("/api/v1/exam-schemes/", IT_PASSPORT, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


def test_an_examination_can_be_passed(hr: APIClient) -> None:
    field = {"code": "a", "name_ja": "一", "score_max": 10, "score_min": 11}
    body = {"code": "x", "name_ja": "試験", "total_max": 10, "total_min": 11, "exam_fields": [field, field]}
    response = hr.post("/api/v1/exam-schemes/", body, format="json")
    assert [(each["pointer"], each["code"]) for each in response.json()["errors"]] == [
        ("/total_min", "above_maximum"),
        ("/exam_fields/0/score_min", "above_maximum"),
        ("/exam_fields/1/score_min", "above_maximum"),
        ("/exam_fields", "repeated"),
    ]
    assert not ExamScheme.objects.exists()


def test_what_passing_takes_stays(hr: APIClient) -> None:
    scheme = records.it_passport()
    url = f"/api/v1/exam-schemes/{scheme.public_id}/"
    assert hr.patch(url, {"name_en": "IT Passport", "reference": "IPA"}, format="json").json()["reference"] == "IPA"
    assert hr.patch(url, {"total_min": 1}, format="json").json()["errors"][0]["code"] == "unknown_field"
    assert hr.patch(url, {"name_ja": " "}, format="json").status_code == 400
