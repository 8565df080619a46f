"""`applications/`: several wishes in one application, its answers, and who reads them."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Notice
from courses.models import EnrollmentPolicy, Session
from courses.operations.forms import set_application_form
from enrollments.models import Application, Enrollment
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_wishes import several

ClientOf = Callable[[object], APIClient]
PATH = "/api/v1/applications/"
OPTIONS = [{"code": "a", "label_ja": "甲", "label_en": "A"}, {"code": "b", "label_ja": "乙", "label_en": "B"}]
ANSWERS = {
    "why": "業務で使う",
    "more": "…",
    "place": "a",
    "topics": ["b", "a"],
    "years": 3,
    "since": "2020-04-01",
    "laptop": True,
}


def ask(session: Session, cast: Cast) -> None:
    """A form with a question of each kind; only the first has to be answered."""
    kinds: dict[str, Any] = {
        "why": {"kind": "short_text", "maximum": 10, "required": True},
        "more": {"kind": "long_text"},
        "place": {"kind": "choice", "options": OPTIONS},
        "topics": {"kind": "choices", "options": OPTIONS},
        "years": {"kind": "number", "minimum": 0, "maximum": 50},
        "since": {"kind": "date"},
        "laptop": {"kind": "yes_no"},
    }
    questions: list[Any] = [
        {"code": code, "label_ja": code, "required": False, **fields} for code, fields in kinds.items()
    ]
    set_application_form(course_id=session.course_id, questions=questions, by=cast.hr)


def test_several_wishes_with_answers(cast: Cast, client_of: ClientOf) -> None:
    sessions = several(1, 5)
    apply(sessions[0], cast.staff)
    ask(sessions[0], cast)
    body = {"sessions": [str(each.public_id) for each in sessions], "answers": ANSWERS}
    response = client_of(cast.ict).post(PATH, body)
    assert response.status_code == 201, response.content
    application = Application.objects.get()
    first, second = application.enrollments.order_by("preference")
    shown = response.json()
    assert [(each["code"], each["kind"], each["value"]) for each in shown.pop("answers")] == [
        ("why", "short_text", "業務で使う"),
        ("more", "long_text", "…"),
        ("place", "choice", "a"),
        ("topics", "choices", ["b", "a"]),
        ("years", "number", 3),
        ("since", "date", "2020-04-01"),
        ("laptop", "yes_no", True),
    ]
    assert shown.pop("created_at")
    assert shown == {
        "id": str(application.public_id),
        "course": str(sessions[0].course.public_id),
        "course_title_ja": sessions[0].course.title_ja,
        "staff": str(cast.ict.public_id),
        "staff_name": "髙橋 花子",
        "form_number": 1,
        "wishes": [
            {
                "enrollment": str(first.public_id),
                "preference": 1,
                "session": str(sessions[0].public_id),
                "session_title_ja": sessions[0].title_ja,
                "status": "withdrawn",
                "status_label": "Withdrawn",
                "ended_as": "other_wish",
                "ended_as_label": "Another wish was fulfilled",
            },
            {
                "enrollment": str(second.public_id),
                "preference": 2,
                "session": str(sessions[1].public_id),
                "session_title_ja": sessions[1].title_ja,
                "status": "enrolled",
                "status_label": "Enrolled",
                "ended_as": None,
                "ended_as_label": None,
            },
        ],
    }
    seen = client_of(cast.ict).get(f"/api/v1/enrollments/{second.public_id}/").json()
    assert (seen["application"], seen["preference"], seen["on_behalf"]) == (str(application.public_id), 2, False)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"why": " "}, "/answers/why", "required"),
        ({"why": None}, "/answers/why", "required"),
        ({"why": "とても長い志望理由です"}, "/answers/why", "out_of_range"),
        ({"why": 3}, "/answers/why", "invalid"),
        ({"why": "a\x00"}, "/answers/why", "invalid"),
        ({"place": "c"}, "/answers/place", "invalid"),
        ({"place": ["a"]}, "/answers/place", "invalid"),
        ({"topics": ["a", "a"]}, "/answers/topics", "invalid"),
        ({"topics": ["c"]}, "/answers/topics", "invalid"),
        ({"topics": [["a"]]}, "/answers/topics", "invalid"),
        ({"years": True}, "/answers/years", "invalid"),
        ({"years": 51}, "/answers/years", "out_of_range"),
        ({"since": "2020-02-30"}, "/answers/since", "invalid"),
        ({"since": "20200401"}, "/answers/since", "invalid"),
        ({"laptop": "yes"}, "/answers/laptop", "invalid"),
        ({"a/b": 1}, "/answers/a~1b", "unknown_question"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(
    cast: Cast, client_of: ClientOf, change: dict[str, Any], pointer: str, code: str
) -> None:
    session = open_session()
    ask(session, cast)
    body = {"session": str(session.public_id), "answers": {**ANSWERS, **change}}
    response = client_of(cast.ict).post("/api/v1/enrollments/", body)
    assert response.status_code == 400, response.content
    assert [(each["pointer"], each["code"]) for each in response.json()["errors"]] == [(pointer, code)]
    assert not Enrollment.objects.exists()


def test_answers_are_changed_until_the_deadline(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(change_until=stage.tokyo("2022-07-01 12:00"))
    ask(session, cast)
    made = client_of(cast.ict).post(
        "/api/v1/enrollments/", {"session": str(session.public_id), "answers": {"why": "一", "years": 1}}
    )
    path = f"{PATH}{made.json()['application']}/answers/"
    set_application_form(course_id=session.course_id, questions=[], by=cast.hr)  # answers keep their form
    changed = client_of(cast.ict).put(path, {"answers": {"why": "二", "place": "b"}})
    assert changed.status_code == 200, changed.content
    assert [(each["code"], each["value"]) for each in changed.json()["answers"]] == [("why", "二"), ("place", "b")]
    assert client_of(cast.bureau_hr).put(path, {"answers": {"why": "三"}}).status_code == 200
    assert client_of(cast.ict2).put(path, {"answers": {"why": "四"}}).status_code == 404
    Session.objects.filter(pk=session.pk).update(change_until=stage.tokyo("2022-06-20 12:00"))
    late = client_of(cast.ict).put(path, {"answers": {"why": "五"}})
    assert (late.status_code, late.json()["code"]) == (409, "answers_closed")


def test_answers_are_read_by_who_decides_and_by_nobody_else(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    EnrollmentPolicy.objects.create(program=session.course.program, approval="unit_head")
    session.session_instructors.create(instructor=stage.instructor("佐藤 四郎", staff=cast.trainer))
    ask(session, cast)
    made = client_of(cast.ict).post("/api/v1/enrollments/", {"session": str(session.public_id), "answers": ANSWERS})
    path = f"{PATH}{made.json()['application']}/"
    readers = {
        name: client_of(getattr(cast, name)).get(path).status_code
        for name in ("ict", "head", "bureau_hr", "hr", "ict2", "trainer", "staff", "industry_head")
    }
    assert readers == {
        "ict": 200, "head": 200, "bureau_hr": 200, "hr": 200, "ict2": 404, "trainer": 404, "staff": 404, "industry_head": 404,
    }  # fmt: skip
    pending = client_of(cast.head).get("/api/v1/approvals/").json()["results"][0]
    assert pending["application"] == made.json()["application"]


def test_hr_applies_for_somebody_and_they_are_told(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    body = {"session": str(session.public_id), "staff": str(cast.ict.public_id)}
    made = client_of(cast.bureau_hr).post("/api/v1/enrollments/", body)
    assert (made.status_code, made.json()["on_behalf"], made.json()["application"]) == (201, True, None)
    told = Notice.objects.get()
    assert (told.kind, told.recipient) == ("applied_for_you", cast.ict)
    wishes = {"sessions": [str(each.public_id) for each in several(1, 1)], "staff": str(cast.ict2.public_id)}
    assert client_of(cast.bureau_hr).post(PATH, wishes).status_code == 201
    assert client_of(cast.ict).post(PATH, wishes).json()["errors"] == [
        {"pointer": "/staff", "code": "not_found", "detail": "Not found."}
    ]
