"""`courses/{id}/priority-classes/`: published to everybody, written as a whole, fixed by a draw."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import AuditEvent
from courses.models import Session
from tests import stage
from tests.cast import Cast
from tests.enrollments.test_draws import commit, lottery_session

ClientOf = Callable[[object], APIClient]
HEADS = {"label_ja": "管理職", "label_en": "Managers", "rule": {"grade_at_least": "tmg.kacho"}}
LOST = {"label_ja": "前回落選", "not_selected_before": True, "within_years": 2}


def path_of(session: Session) -> str:
    return f"/api/v1/courses/{session.course.public_id}/priority-classes/"


def test_the_classes_are_replaced_and_everybody_reads_them(cast: Cast, client_of: ClientOf) -> None:
    session = lottery_session()
    path, hr = path_of(session), client_of(cast.hr)
    assert hr.put(path, {"classes": [LOST]}).status_code == 200
    written = hr.put(path, {"classes": [LOST, HEADS]})
    expected = {
        "course": str(session.course.public_id),
        "classes": [
            {"number": 1, "rule": {}, "label_en": "", **LOST},
            {"number": 2, "not_selected_before": False, "within_years": None, **HEADS},
        ],
    }
    assert (written.status_code, written.json()) == (200, expected)
    read = client_of(cast.staff).get(path)
    assert read.json() == expected
    event = AuditEvent.objects.filter(action="enrollments.set_priority_classes").latest("pk")
    assert event.detail == {"before": 1, "after": 2}
    assert client_of(cast.staff).put(path, {"classes": []}).status_code == 403


def test_every_fault_has_its_place(cast: Cast, client_of: ClientOf) -> None:
    path, hr = path_of(lottery_session()), client_of(cast.hr)
    bad: list[dict[str, Any]] = [
        {"label_ja": "一", "rule": {"grade_at_least": "nobody.knows"}},
        {"label_ja": "二", "rule": {"any": [{"sort": 1}]}},
        {"label_ja": "三", "within_years": 2},
        {"label_ja": "四", "not_selected_before": True, "within_years": 0},
    ]
    answer = hr.put(path, {"classes": bad})
    assert (answer.status_code, [(each["pointer"], each["code"]) for each in answer.json()["errors"]]) == (
        400,
        [
            ("/classes/0/rule/grade_at_least", "unknown_code"),
            ("/classes/1/rule/any/0/sort", "unknown_condition"),
            ("/classes/2/within_years", "without_not_selected_before"),
            ("/classes/3/within_years", "out_of_range"),
        ],
    )
    assert hr.get(path).json()["classes"] == []
    assert hr.put(path, {"classes": [{"label_ja": "一"}] * 21}).json()["errors"][0]["code"] == "too_many"


def test_a_committed_draw_fixes_them_until_its_session_is_over(cast: Cast, client_of: ClientOf) -> None:
    session, hr = lottery_session(), client_of(cast.hr)
    commit(session, cast)
    answer = hr.put(path_of(session), {"classes": [HEADS]})
    assert (answer.status_code, answer.json()["code"]) == (409, "priority_classes_committed")
    assert hr.put(path_of(lottery_session(course=stage.course())), {"classes": [HEADS]}).status_code == 200
    Session.objects.filter(pk=session.pk).move_to("cancelled", by=cast.hr)
    assert hr.put(path_of(session), {"classes": [HEADS]}).status_code == 200
