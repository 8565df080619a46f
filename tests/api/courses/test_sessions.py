"""`sessions/` and `meetings/`: planned, published, opened and closed over the API; drafts are hidden."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import Session
from courses.operations import sessions
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, at

ClientOf = Callable[[User | Staff], APIClient]
SESSIONS = "/api/v1/sessions/"


def address(session: Session, *more: str) -> str:
    return "/".join([SESSIONS.rstrip("/"), str(session.public_id), *more, ""])


def test_a_session_is_planned_published_opened_and_closed(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, at: Callable[[dt.datetime], None]
) -> None:
    client = client_of(cast.hr)
    body = {
        "course": str(catalogue.seminar.public_id),
        "title_ja": "第1回セミナー",
        "title_en": "First seminar",
        "capacity": 30,
        "minimum": 10,
        "online_address": "https://meet.example.jp/1",
        "instructors": [str(catalogue.lecturer.public_id)],
        "meetings": [
            {
                "starts_at": "2022-07-14T14:00:00+09:00",
                "ends_at": "2022-07-14T17:00:00+09:00",
                "venue": str(catalogue.room.public_id),
                "title_ja": "初日",
            },
            {"month": "2022-08-01"},
        ],
    }
    made = client.post(SESSIONS, body)
    assert made.status_code == 201, made.content
    session = Session.objects.get()
    first, second = session.meetings.order_by("position")
    expected: dict[str, Any] = {
        "id": str(session.public_id),
        "course": str(catalogue.seminar.public_id),
        "course_title_ja": "セミナー",
        "program": str(catalogue.central.public_id),
        "title_ja": "第1回セミナー",
        "title_en": "First seminar",
        "fiscal_year": 2022,
        "ordinal": 1,
        "all_time_ordinal": None,
        "status": "draft",
        "status_label": "Draft",
        "phase": "draft",
        "phase_label": "Draft",
        "open": False,
        "running": False,
        "selection": "first_come",
        "selection_label": "First come",
        "capacity": 30,
        "seats_taken": 0,
        "free_seats": 30,
        "minimum": 10,
        "below_minimum": True,
        "apply_from": None,
        "apply_until": None,
        "change_until": None,
        "substitute_until": "2022-07-13T17:00:00+09:00",
        "approve_until": None,
        "nominate_until": None,
        "withdraw_until": None,
        "promote_until": None,
        "deadlines": [
            {"deadline": "apply", "deadline_label": "Application", "until": None, "fixed": False},
            {"deadline": "change", "deadline_label": "Change of details", "until": None, "fixed": False},
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
        ],
        "starts_on": "2022-07-14",
        "ends_on": "2022-08-31",
        "undated": False,
        "synthetic": False,
        "content": None,
        "meetings": [
            {
                "id": str(first.public_id),
                "session": str(session.public_id),
                "position": 1,
                "title_ja": "初日",
                "title_en": "",
                "form": "live",
                "form_label": "Live",
                "archive_of": None,
                "precision": "day",
                "precision_label": "Day and time",
                "starts_at": "2022-07-14T14:00:00+09:00",
                "ends_at": "2022-07-14T17:00:00+09:00",
                "month": None,
                "venue": str(catalogue.room.public_id),
                "venue_name_ja": "会議室",
                "cancelled_at": None,
            },
            {
                "id": str(second.public_id),
                "session": str(session.public_id),
                "position": 2,
                "title_ja": "",
                "title_en": "",
                "form": "live",
                "form_label": "Live",
                "archive_of": None,
                "precision": "month",
                "precision_label": "Month only",
                "starts_at": None,
                "ends_at": None,
                "month": "2022-08-01",
                "venue": None,
                "venue_name_ja": None,
                "cancelled_at": None,
            },
        ],
        "instructors": [
            {"id": str(catalogue.lecturer.public_id), "name": "佐藤 四郎", "affiliation": "人材課"},
        ],
        "rounds": [],
    }
    assert made.json() == expected

    published = client.post(address(session, "publish"), {})
    expected |= {"status": "published", "status_label": "Published", "phase": "upcoming", "phase_label": "Upcoming"}
    assert (published.status_code, published.json()) == (200, expected)

    opened = client.post(address(session, "open"), {"apply_until": "2022-07-10T17:00:00+09:00"})
    begins = parse_datetime(opened.json()["apply_from"])
    ends = "2022-07-10T17:00:00+09:00"
    apply = {"deadline": "apply", "deadline_label": "Application", "until": ends, "fixed": True}
    assert begins is not None
    assert abs(begins - stage.tokyo("2022-06-28 10:00")) < dt.timedelta(minutes=1)
    expected |= {
        "apply_from": opened.json()["apply_from"],
        "apply_until": ends,
        "deadlines": [apply, *expected["deadlines"][1:]],
        "rounds": [{"number": 1, "apply_from": opened.json()["apply_from"], "apply_until": ends}],
        "phase": "open",
        "phase_label": "Open",
        "open": True,
    }
    assert (opened.status_code, opened.json()) == (200, expected)

    closed = client.post(address(session, "close"), {})
    expected |= {
        "apply_until": closed.json()["apply_until"],
        "deadlines": [{**apply, "until": closed.json()["apply_until"]}, *expected["deadlines"][1:]],
        "rounds": [{**expected["rounds"][0], "apply_until": closed.json()["apply_until"]}],
        "phase": "closed",
        "phase_label": "Closed",
        "open": False,
    }
    assert (closed.status_code, closed.json()) == (200, expected)

    early = client.post(address(session, "finish"), {})
    assert (early.status_code, early.json()["code"]) == (409, "session_still_runs")
    at(stage.tokyo("2022-09-01 09:00"))
    finished = client.post(address(session, "finish"), {})
    expected |= {"status": "finished", "status_label": "Finished", "phase": "over", "phase_label": "Over"}
    assert (finished.status_code, finished.json()) == (200, expected)
    assert client_of(cast.staff).get(address(session)).json() == expected | {"demand": None}
    assert client.get(address(session)).json() == expected | {"demand": 0}


def test_a_year_round_run_is_open_and_running_at_once(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bureau_hr)
    body = {"course": str(catalogue.video.public_id), "starts_on": "2022-04-01", "ends_on": "2023-03-31"}
    session = Session.objects.get(public_id=client.post(SESSIONS, body).json()["id"])
    client.post(address(session, "publish"), {})
    found = client.post(address(session, "open"), {}).json()
    assert (found["phase"], found["open"], found["running"]) == ("open", True, True)
    assert (found["capacity"], found["seats_taken"], found["free_seats"]) == (None, None, None)
    assert [row["id"] for row in client.get(f"{SESSIONS}?open=true").json()["results"]] == [str(session.public_id)]
    assert client.get(f"{SESSIONS}?open=false").json()["results"] == []


def test_the_online_address_does_not_go_out(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    session = catalogue.published(online_address="https://meet.example.jp/secret")
    for somebody in (cast.hr, cast.staff):
        assert b"secret" not in client_of(somebody).get(address(session)).content


def test_every_fault_is_named_with_its_place(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    body: dict[str, Any] = {
        "course": str(uuid.uuid4()),
        "status": "published",
        "meetings": [{"starts_at": "yesterday"}, {"room": 1}],
        "ordinal": 0,
    }
    found = client_of(cast.hr).post(SESSIONS, body)
    assert found.status_code == 400
    assert sorted((fault["pointer"], fault["code"]) for fault in found.json()["errors"]) == [
        ("/course", "not_found"),
        ("/meetings/0/starts_at", "invalid"),
        ("/meetings/1/room", "unknown_field"),
        ("/ordinal", "min_value"),
        ("/status", "unknown_field"),
    ]
    good = {"course": str(catalogue.seminar.public_id), "meetings": [{"month": "2022-07-02"}]}
    found = client_of(cast.hr).post(SESSIONS, good)
    assert found.json() == {
        "type": "urn:digital-academy:problem:invalid_input",
        "title": "The input is not valid",
        "status": 400,
        "detail": "The places are listed in errors.",
        "code": "invalid_input",
        "errors": [
            {
                "pointer": "/meetings/0/month",
                "code": "not_first_day",
                "detail": "A month is given by its first day.",
            }
        ],
    }
    assert not Session.objects.exists()


@pytest.mark.parametrize("field", ["apply_from", "apply_until"])
@pytest.mark.parametrize("value", ["2022-07-10", "2022-07-10T17:00:00"])
def test_a_time_needs_its_day_its_hour_and_its_offset(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, field: str, value: str
) -> None:
    body = {
        "course": str(catalogue.seminar.public_id),
        field: value,
        "meetings": [{"starts_at": value, "ends_at": value}],
    }
    found = client_of(cast.hr).post(SESSIONS, body)
    assert sorted((fault["pointer"], fault["code"]) for fault in found.json()["errors"]) == [
        (f"/{field}", "invalid"),
        ("/meetings/0/ends_at", "invalid"),
        ("/meetings/0/starts_at", "invalid"),
    ]
    opened = client_of(cast.hr).post(address(catalogue.published(), "open"), {"apply_until": value})
    assert [(fault["pointer"], fault["code"]) for fault in opened.json()["errors"]] == [("/apply_until", "invalid")]


def test_a_session_has_at_most_100_meetings(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    body = {"course": str(catalogue.seminar.public_id), "meetings": [{"month": "2022-07-01"}] * 101}
    found = client_of(cast.hr).post(SESSIONS, body)
    assert (found.status_code, [fault["code"] for fault in found.json()["errors"]]) == (400, ["max_length"])
    body["meetings"] = [{"month": "2022-07-01"}] * 100
    assert client_of(cast.hr).post(SESSIONS, body).status_code == 201


def test_a_draft_is_hidden_and_hidden_is_missing(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    draft = catalogue.draft()
    for somebody in (cast.staff, cast.bureau_hr, cast.auditor, cast.trainer, cast.head):
        client = client_of(somebody)
        assert client.get(SESSIONS).json()["results"] == []
        assert client.get("/api/v1/meetings/").json()["results"] == []
        for more in ((), ("publish",), ("open",), ("close",), ("finish",)):
            call = client.post if more else client.get
            hidden = call(address(draft, *more))
            missing = call(address(Session(public_id=uuid.uuid4()), *more))
            assert (hidden.status_code, hidden.content) == (404, missing.content)
    for somebody in (cast.hr, catalogue.manager):
        assert client_of(somebody).get(address(draft)).status_code == 200


def test_who_sees_and_may_not_is_forbidden(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    published, taught = catalogue.published(), catalogue.draft(instructors=[catalogue.lecturer])
    for somebody, session in (
        (cast.staff, published),
        (cast.bureau_hr, published),
        (cast.auditor, published),
        (cast.trainer, taught),
    ):
        client = client_of(somebody)
        assert client.get(address(session)).status_code == 200
        for more in ("publish", "open", "close", "finish"):
            assert client.post(address(session, more), {}).json()["code"] == "forbidden"
        assert client.patch(address(session), {"title_ja": "改"}).status_code == 403
        body = {"course": str(catalogue.seminar.public_id), "meetings": [{"month": "2022-07-01"}]}
        assert client.post(SESSIONS, body).status_code == 403
    assert Session.objects.get(pk=published.pk).apply_from is None
    assert Session.objects.count() == 2


def test_a_draft_is_changed_and_what_is_published_is_not(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client, draft = client_of(catalogue.manager), catalogue.draft()
    changed = client.patch(address(draft), {"title_ja": "改", "meetings": [{"month": "2023-04-01"}]})
    found = changed.json()
    assert (changed.status_code, found["title_ja"], found["fiscal_year"], found["ordinal"]) == (200, "改", 2023, 1)
    assert client.post(address(draft, "publish"), {}).status_code == 200
    refused = client.patch(address(draft), {"title_ja": "再改"})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Content and meetings change only while a session is a draft (now: Published).",
    )


def test_a_room_that_is_taken_is_told(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    body = {
        "course": str(catalogue.seminar.public_id),
        "meetings": [
            {
                "starts_at": "2022-07-14T14:00:00+09:00",
                "ends_at": "2022-07-14T17:00:00+09:00",
                "venue": str(catalogue.room.public_id),
            }
        ],
    }
    answers = []
    for _ in range(2):
        made = client.post(SESSIONS, body).json()
        answers.append(client.post(f"{SESSIONS}{made['id']}/publish/", {}))
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json() == {
        "type": "urn:digital-academy:problem:room_not_free",
        "title": "Room not free",
        "status": 409,
        "detail": "Another meeting uses a room at the same time.",
        "code": "room_not_free",
        "errors": [],
    }
    assert sorted(Session.objects.values_list("status", flat=True)) == ["draft", "published"]


def test_a_dry_run_publishes_nothing(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    draft = catalogue.draft()
    found = client_of(cast.hr).post(address(draft, "publish") + "?dry_run=true", {}).json()
    assert (found["dry_run"], found["result"]["status"]) == (True, "published")
    assert Session.objects.get(pk=draft.pk).status == "draft"


def test_the_list_is_filtered_and_ordered(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    first = catalogue.published()
    year_round: dict[str, Any] = {"starts_on": dt.date(2023, 4, 1), "ends_on": dt.date(2024, 3, 31)}
    second = catalogue.published(catalogue.video, meetings=(), **year_round)
    draft = catalogue.draft(meetings=(), **year_round)
    names = {str(first.public_id): "first", str(second.public_id): "second", str(draft.public_id): "draft"}
    client = client_of(cast.hr)

    def found(query: str) -> list[str]:
        answer = client.get(f"{SESSIONS}?{query}")
        assert answer.status_code == 200, answer.content
        return [names[row["id"]] for row in answer.json()["results"]]

    assert found("") == ["first", "second", "draft"]
    assert found("order=-starts_on") == ["draft", "second", "first"]
    assert found("order=-created_at") == found("order=-starts_on")
    assert found("search=ﾄﾞｳｶﾞ") == []
    assert found("search=動画") == ["second"]
    assert found(f"program={catalogue.own.public_id}") == ["second"]
    assert found(f"course={catalogue.seminar.public_id}") == ["first", "draft"]
    assert found("fiscal_year=2022") == ["first"]
    assert found("status=draft") == ["draft"]
    assert found("starts_from=2022-07-14&starts_until=2023-03-31") == ["first"]
    assert found("starts_until=2022-07-13") == []
    assert found("open=true") == []
    assert found("open=false") == ["first", "second", "draft"]
    assert found("fiscal_year=99999999999999999999") == []


@pytest.mark.parametrize(
    "query",
    ["open=maybe", "fiscal_year=2022.5", "status=busy", "starts_from=14/07/2022", "colour=red", "order=title_ja", "program=x"],
)  # fmt: skip
def test_what_a_filter_cannot_read_is_refused(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, query: str
) -> None:
    answer = client_of(cast.hr).get(f"{SESSIONS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_the_list_takes_as_many_statements_for_twenty_as_for_two(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    days = itertools.count(1)

    def more(number: int) -> None:
        for _ in range(number):
            day = f"2022-07-{next(days):02}"
            stage.session(catalogue.seminar, status="published", times=((f"{day} 10:00", f"{day} 11:00"),) * 1)

    client = client_of(cast.staff)
    for number in (2, 18):
        more(number)
        with django_assert_num_queries(6):  # grants, the person, sessions, meetings, instructors, rounds
            found = client.get(SESSIONS).json()["results"]
        assert all(len(row["meetings"]) == 1 for row in found)
    assert len(found) == 20


def test_meetings_are_listed_by_session(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    session, other = catalogue.published(), catalogue.published()
    client = client_of(cast.staff)
    found = client.get(f"/api/v1/meetings/?session={session.public_id}").json()["results"]
    assert found == client.get(address(session)).json()["meetings"]
    assert [row["session"] for row in found] == [str(session.public_id)] * 2
    assert client.get("/api/v1/meetings/?count=true").json()["count"] == 4
    meeting = other.meetings.order_by("position")[0]
    assert client.get(f"/api/v1/meetings/{meeting.public_id}/").json()["session"] == str(other.public_id)


def test_nobody_unknown_reads_the_catalogue(catalogue: Catalogue, anonymous: APIClient) -> None:
    session = catalogue.published()
    sessions.open_session(session_id=session.pk, apply_until=at("2022-07-10 17:00"), by=None)
    for path in (SESSIONS, address(session), "/api/v1/meetings/"):
        assert anonymous.get(path).status_code == 401
