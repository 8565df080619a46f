"""`courses/{id}/application-form/`: read by everybody, written as a whole by who plans the course."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests import stage
from tests.cast import Cast

ClientOf = Callable[[object], APIClient]
QUESTIONS = [
    {"code": "why", "kind": "long_text", "label_ja": "志望理由", "maximum": 400},
    {
        "code": "place",
        "kind": "choice",
        "label_ja": "会場",
        "label_en": "Place",
        "required": False,
        "options": [{"code": "a", "label_ja": "甲"}],
    },
]


def test_the_questions_as_they_were_written(cast: Cast, client_of: ClientOf) -> None:
    course = stage.course()
    path = f"/api/v1/courses/{course.public_id}/application-form/"
    assert client_of(cast.ict).get(path).json() == {"course": str(course.public_id), "number": 0, "questions": []}
    written = client_of(cast.hr).put(path, {"questions": QUESTIONS})
    assert written.status_code == 200, written.content
    shown = {
        "course": str(course.public_id),
        "number": 1,
        "questions": [
            {
                "code": "why",
                "kind": "long_text",
                "kind_label": "Long text",
                "label_ja": "志望理由",
                "label_en": "",
                "required": True,
                "options": [],
                "minimum": None,
                "maximum": 400,
            },
            {
                "code": "place",
                "kind": "choice",
                "kind_label": "One of several",
                "label_ja": "会場",
                "label_en": "Place",
                "required": False,
                "options": [{"code": "a", "label_ja": "甲", "label_en": ""}],
                "minimum": None,
                "maximum": None,
            },
        ],
    }
    assert written.json() == shown
    assert client_of(cast.ict).get(path).json() == shown


@pytest.mark.parametrize("name", ["ict", "head", "trainer", "bureau_hr"])
def test_only_who_plans_the_course_writes_them(cast: Cast, client_of: ClientOf, name: str) -> None:
    path = f"/api/v1/courses/{stage.course().public_id}/application-form/"
    assert client_of(getattr(cast, name)).put(path, {"questions": QUESTIONS}).status_code == 403


def test_what_is_wrong_is_named(cast: Cast, client_of: ClientOf) -> None:
    path = f"/api/v1/courses/{stage.course().public_id}/application-form/"
    body = client_of(cast.hr).put(path, {"questions": [QUESTIONS[0], QUESTIONS[0]]})
    assert (body.status_code, body.json()["errors"][0]["pointer"]) == (400, "/questions/1/code")
    unknown = client_of(cast.hr).put(path, {"questions": [{**QUESTIONS[0], "hint": "…"}]})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (400, "unknown_field")
