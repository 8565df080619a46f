"""`me/notice-preferences/`: which notices come by mail; decisions always do."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent, NoticePreference
from tests.cast import Cast

ClientOf = Callable[[object], APIClient]
ADDRESS = "/api/v1/me/notice-preferences/"


def row(group: str, label: str, delivery: str, delivery_label: str, *, fixed: bool = False) -> dict[str, object]:
    return {
        "group": group, "group_label": label, "delivery": delivery, "delivery_label": delivery_label, "fixed": fixed,
    }  # fmt: skip


def test_at_first_everything_comes_at_once(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ict).get(ADDRESS).json() == {
        "results": [
            row("decision", "Decisions, offers and cancellations", "at_once", "At once", fixed=True),
            row("change", "Changes of times, places and instructors", "at_once", "At once"),
            row("confirmation", "Confirmations of what you did", "at_once", "At once"),
            row("reminder", "Reminders before a session", "at_once", "At once"),
            row("duty", "What waits for your approval, and how your unit stands", "at_once", "At once"),
        ]
    }


def test_a_choice_is_written_as_a_whole(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ict)
    assert client.put(ADDRESS, {"change": "digest", "reminder": "none"}).status_code == 200
    answer = client.put(ADDRESS, {"reminder": "digest"}).json()
    assert [each["delivery"] for each in answer["results"]] == ["at_once", "at_once", "at_once", "digest", "at_once"]
    assert answer == client.get(ADDRESS).json()
    assert answer["results"][3]["delivery_label"] == "In the digest"
    assert [each["delivery"] for each in client_of(cast.ict2).get(ADDRESS).json()["results"]] == ["at_once"] * 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "none"}, "unknown_field"),
        ({"decision": "at_once"}, "unknown_field"),
        ({"change": "never"}, "invalid_choice"),
        ({"change": None}, "null"),
    ],
)
def test_what_cannot_be_chosen_is_refused(cast: Cast, client_of: ClientOf, body: dict[str, object], code: str) -> None:
    answer = client_of(cast.ict).put(ADDRESS, body)
    assert (answer.status_code, [each["code"] for each in answer.json()["errors"]]) == (400, [code])
    assert NoticePreference.objects.count() == 0


def test_it_is_for_people_and_for_oneself(cast: Cast, client_of: ClientOf, anonymous: APIClient) -> None:
    assert (client_of(cast.hr).get(ADDRESS).status_code, client_of(cast.hr).put(ADDRESS, {}).status_code) == (403, 403)
    assert anonymous.get(ADDRESS).status_code == 401
    assert client_of(cast.ict).get(ADDRESS, {"staff": "x"}).status_code == 400


def test_a_rehearsal_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ict).put(f"{ADDRESS}?dry_run=true", {"change": "none"}).json()
    assert answer["dry_run"] is True
    assert answer["result"]["results"][1]["delivery"] == "none"
    assert (NoticePreference.objects.count(), AuditEvent.objects.filter(action="academy.choose_delivery").count()) == (
        0, 0,
    )  # fmt: skip
