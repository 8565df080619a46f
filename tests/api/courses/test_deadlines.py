"""`courses/{id}/deadline-rules/`, and the deadlines that sessions show."""

import datetime as dt
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import DeadlineRule
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
BODY = {
    "rules": [
        {"deadline": "apply", "count": 2, "unit": "week", "weekday": 4, "time": "17:00"},
        {"deadline": "substitute", "count": 1, "unit": "business_day", "time": "17:00:00"},
    ]
}


def address(catalogue: Catalogue) -> str:
    return f"/api/v1/courses/{catalogue.seminar.public_id}/deadline-rules/"


def test_the_rules_of_a_course_are_replaced_and_shown(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(catalogue.manager).post(address(catalogue), BODY)
    shown = [
        {
            "deadline": "apply",
            "deadline_label": "Application",
            "count": 2,
            "unit": "week",
            "unit_label": "Weeks before",
            "weekday": 4,
            "time": "17:00",
        },
        {
            "deadline": "substitute",
            "deadline_label": "Substitution",
            "count": 1,
            "unit": "business_day",
            "unit_label": "Business days before",
            "weekday": None,
            "time": "17:00",
        },
    ]
    assert (answer.status_code, answer.json()["deadline_rules"]) == (200, shown)
    seen = client_of(cast.staff).get(f"/api/v1/courses/{catalogue.seminar.public_id}/").json()
    assert seen["deadline_rules"] == shown
    again = client_of(cast.hr).post(address(catalogue), {"rules": BODY["rules"][1:]}).json()
    assert again["deadline_rules"] == shown[1:]
    assert DeadlineRule.objects.count() == 1


def test_a_session_shows_its_deadlines_and_which_are_set_by_hand(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.hr)
    client.post(address(catalogue), BODY)
    body = {
        "course": str(catalogue.seminar.public_id),
        "change_until": "2022-07-12T12:00:00+09:00",
        "meetings": [{"starts_at": "2022-07-14T14:00:00+09:00", "ends_at": "2022-07-14T17:00:00+09:00"}],
    }
    made = client.post("/api/v1/sessions/", body).json()
    assert made["deadlines"] == [
        {
            "deadline": "apply",
            "deadline_label": "Application",
            "until": "2022-07-01T17:00:00+09:00",
            "fixed": False,
        },
        {
            "deadline": "change",
            "deadline_label": "Change of details",
            "until": "2022-07-12T12:00:00+09:00",
            "fixed": True,
        },
        {
            "deadline": "substitute",
            "deadline_label": "Substitution",
            "until": "2022-07-13T17:00:00+09:00",
            "fixed": False,
        },
        *(
            {"deadline": kind, "deadline_label": label, "until": None, "fixed": False}
            for kind, label in (
                ("approve", "Approval by the head of unit"),
                ("nominate", "Lists of the bureaus"),
                ("withdraw", "Withdrawal"),
                ("promote", "Promotion from the queue"),
            )
        ),
    ]
    assert made["apply_until"] == "2022-07-01T17:00:00+09:00"
    ruled = client.patch(f"/api/v1/sessions/{made['id']}/", {"follow_rules": ["change"]}).json()
    assert ruled["deadlines"][1] == {
        "deadline": "change",
        "deadline_label": "Change of details",
        "until": None,
        "fixed": False,
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"count": 0}, ("/rules/0/count", "min_value")),
        ({"count": 367}, ("/rules/0/count", "max_value")),
        ({"unit": "year"}, ("/rules/0/unit", "invalid_choice")),
        ({"deadline": "pay"}, ("/rules/0/deadline", "invalid_choice")),
        ({"time": "25:00"}, ("/rules/0/time", "invalid")),
        ({"weekday": 7}, ("/rules/0/weekday", "max_value")),
        ({"unit": "day"}, ("/rules/0/weekday", "counts_weeks")),
        ({"hour": 1}, ("/rules/0/hour", "unknown_field")),
    ],
)
def test_a_rule_that_cannot_be_read_is_named_with_its_place(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, rule: dict[str, object], expected: tuple[str, str]
) -> None:
    answer = client_of(cast.hr).post(address(catalogue), {"rules": [{**BODY["rules"][0], **rule}]})
    assert answer.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [expected]


def test_only_who_plans_a_course_sets_its_rules(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    for somebody in (cast.staff, cast.bureau_hr, cast.auditor, cast.trainer):
        assert client_of(somebody).post(address(catalogue), BODY).status_code == 403
    assert client_of(cast.hr).get(address(catalogue)).status_code == 405
    assert not DeadlineRule.objects.exists()


def test_a_dry_run_says_how_many_drafts_follow(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    draft = catalogue.draft()
    found = client_of(cast.hr).post(address(catalogue) + "?dry_run=true", BODY).json()
    assert [change["detail"] for change in found["changes"]] == [{"rules": 2, "drafts": 1}]
    draft.refresh_from_db()
    assert draft.apply_until is None
    assert not DeadlineRule.objects.exists()
    assert draft.substitute_until == dt.datetime(2022, 7, 13, 8, tzinfo=dt.UTC)


def test_the_deadlines_of_a_published_session_change(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    session = catalogue.published()
    path = f"/api/v1/sessions/{session.public_id}/deadlines/"
    client, body = client_of(catalogue.manager), {"substitute_until": "2022-07-14T12:00:00+09:00"}
    found = client.post(path, body)
    assert found.status_code == 200
    last = {"deadline": "substitute", "deadline_label": "Substitution"}
    assert found.json()["deadlines"][2] == last | {"until": "2022-07-14T12:00:00+09:00", "fixed": True}
    back = client.post(path, {"follow_rules": ["substitute"]}).json()
    assert back["deadlines"][2] == last | {"until": "2022-07-13T17:00:00+09:00", "fixed": False}
    late = client.post(path, {"substitute_until": "2022-07-14T14:01:00+09:00"})
    assert [(fault["pointer"], fault["code"]) for fault in late.json()["errors"]] == [
        ("/substitute_until", "after_begin")
    ]
    assert client.post(path, {"apply_until": None}).json()["errors"][0]["code"] == "unknown_field"
    for somebody in (cast.staff, cast.bureau_hr, cast.auditor):
        assert client_of(somebody).post(path, body).status_code == 403
