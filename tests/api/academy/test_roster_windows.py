"""`roster-windows/`, and what waits meanwhile."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from rest_framework.test import APIClient

from academy.models import RosterWindow
from tests.cast import Cast
from tests.conftest import TOKYO, Clock
from tests.skills import small_map
from tests.skills.small_map import submitted

URL = "/api/v1/roster-windows/"

ClientOf = Callable[[object], APIClient]


def announced(client: APIClient, cast: Cast) -> str:
    answer = client.post(URL, {"root": str(cast.digital.public_id), "effective_on": "2022-07-01"})
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["id"])


def test_everybody_reads_that_approvals_wait(cast: Cast, client_of: ClientOf) -> None:
    announced(client_of(cast.bureau_hr), cast)
    [row] = client_of(cast.ict).get(URL).json()["results"]
    assert dt.datetime.fromisoformat(row.pop("announced_at")).utcoffset() == dt.timedelta(hours=9)
    assert row == {
        "id": str(RosterWindow.objects.get().public_id),
        "root": str(cast.digital.public_id),
        "root_name_ja": "デジタルサービス局",
        "root_name_en": "digital",
        "effective_on": "2022-07-01",
        "expected_by": "2022-07-10",
        "closed_at": None,
        "waits_until": "2022-07-11T00:00:00+09:00",
    }


def test_only_hr_whose_scope_covers_the_root_announces_and_closes(cast: Cast, client_of: ClientOf) -> None:
    for somebody, root in ((cast.head, cast.skills), (cast.bureau_hr, cast.tmg), (cast.bureau_hr, cast.trade)):
        answer = client_of(somebody).post(URL, {"root": str(root.public_id), "effective_on": "2022-07-01"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    window = announced(client_of(cast.hr), cast)
    assert client_of(cast.head).post(f"{URL}{window}/close/", {}).status_code == 403
    again = client_of(cast.bureau_hr).post(URL, {"root": str(cast.digital.public_id), "effective_on": "2022-07-01"})
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


def test_the_list_is_by_day_and_of_a_root(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    for day, root in (("2022-07-01", cast.digital), ("2022-08-01", cast.digital), ("2022-07-15", cast.industry)):
        client.post(URL, {"root": str(root.public_id), "effective_on": day, "expected_by": day})
    days = [row["effective_on"] for row in client.get(URL).json()["results"]]
    assert days == ["2022-08-01", "2022-07-15", "2022-07-01"]
    own = client.get(f"{URL}?root={cast.digital.public_id}&order=effective_on").json()["results"]
    assert [row["effective_on"] for row in own] == ["2022-07-01", "2022-08-01"]


def test_a_review_waits_says_so_and_goes_on_when_the_window_is_closed(
    cast: Cast, client_of: ClientOf, at: Clock, tmp_path: Path
) -> None:
    assessment = submitted(cast, small_map.cycle(small_map.published(tmp_path)))
    window = announced(client_of(cast.bureau_hr), cast)
    at(dt.datetime(2022, 7, 5, 9, tzinfo=TOKYO))
    head = client_of(cast.head)
    [task] = head.get("/api/v1/me/tasks/").json()["results"]
    assert (task["kind"], task["waits_until"]) == ("assessment_review", "2022-07-11T00:00:00+09:00")
    address = f"/api/v1/assessments/{assessment.public_id}/confirm/"
    refused = head.post(address, {"ratings": []})
    assert (refused.status_code, refused.json()) == (
        409,
        {
            "type": "urn:digital-academy:problem:roster_awaited",
            "title": "A roster is awaited",
            "status": 409,
            "detail": "Who is in charge may change: nothing is decided until the roster is applied, "
            "by 2022-07-11 00:00 at the latest.",
            "code": "roster_awaited",
            "errors": [],
        },
    )
    closed = client_of(cast.bureau_hr).post(f"{URL}{window}/close/", {}).json()
    assert closed["waits_until"] == closed["closed_at"]
    at(dt.datetime(2022, 7, 5, 9, 5, tzinfo=TOKYO))
    assert head.get("/api/v1/me/tasks/").json()["results"][0]["waits_until"] is None
    assert head.post(address, {"ratings": []}).json()["status"] == "confirmed"
