"""Sessions planned over the API from what there is: opened again, copied, kept as templates; demand; the minimum."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, User
from courses.models import Session, SessionTemplate
from courses.operations import sessions, templates
from enrollments.operations import applications
from tests import records, stage
from tests.cast import ALWAYS, Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
Clock = Callable[[dt.datetime], None]
SESSIONS, TEMPLATES = "/api/v1/sessions/", "/api/v1/session-templates/"


def address(session: Session, *more: str) -> str:
    return "/".join([SESSIONS.rstrip("/"), str(session.public_id), *more, ""])


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_a_closed_session_opens_again_for_the_seats_that_are_left(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, at: Clock
) -> None:
    client, session = client_of(catalogue.manager), catalogue.published(capacity=2)
    body = {"apply_until": "2022-07-12T17:00:00+09:00"}
    early = client.post(address(session, "reopen"), body)
    assert (early.status_code, early.json()["code"]) == (409, "window_not_ended")
    sessions.open_session(session_id=session.pk, by=None)
    sessions.close_session(session_id=session.pk, by=None)
    at(stage.tokyo("2022-07-01 09:00"))
    assert codes(client.post(address(session, "reopen"), {})) == [("/apply_until", "required")]
    rehearsed = client.post(address(session, "reopen") + "?dry_run=true", body).json()
    assert rehearsed["result"]["phase"] == "open"
    found = client.post(address(session, "reopen"), body)
    assert (found.status_code, found.json()["phase"], found.json()["open"]) == (200, "open", True)
    assert [(each["number"], each["apply_until"]) for each in found.json()["rounds"]] == [
        (1, found.json()["rounds"][0]["apply_until"]),
        (2, body["apply_until"]),
    ]
    sessions.close_session(session_id=session.pk, by=None)
    at(stage.tokyo("2022-07-01 10:00"))
    deadlines = {"approve_until": "2022-07-12T18:00:00+09:00", "nominate_until": "2022-07-13T12:00:00+09:00"}
    wrong = {
        **body,
        **deadlines,
        "approve_until": deadlines["nominate_until"],
        "nominate_until": "2022-07-12T17:00:00Z",
    }
    assert codes(client.post(address(session, "reopen"), wrong)) == [("/nominate_until", "out_of_order")]
    third = client.post(address(session, "reopen"), {**body, **deadlines}).json()
    assert {name: third[name] for name in deadlines} == deadlines
    assert [each["deadline"] for each in third["deadlines"] if each["fixed"]] == ["apply", "approve", "nominate"]
    sessions.close_session(session_id=session.pk, by=None)
    records.enrolled(session, cast.ict, cast.ict2)
    at(stage.tokyo("2022-07-02 09:00"))
    full = client.post(address(session, "reopen"), body)
    assert (full.status_code, full.json()["code"]) == (409, "no_seat_left")


def test_a_session_is_copied_to_another_day(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    original = catalogue.published(title_ja="第1回セミナー", capacity=20, instructors=[catalogue.lecturer])
    client = client_of(cast.hr)
    found = client.post(address(original, "clone"), {"starts_on": "2022-12-28"})
    assert found.status_code == 201
    copy = found.json()
    assert copy["id"] != str(original.public_id)
    assert {
        name: copy[name]
        for name in ("title_ja", "ordinal", "status", "capacity", "starts_on", "ends_on", "instructors")
    } == {
        "title_ja": "第2回セミナー",
        "ordinal": 2,
        "status": "draft",
        "capacity": 20,
        "starts_on": "2022-12-28",
        "ends_on": "2023-01-04",
        "instructors": [],
    }
    assert [each["starts_at"] for each in copy["meetings"]] == [
        "2022-12-28T14:00:00+09:00",
        "2023-01-04T14:00:00+09:00",
    ]
    other = {"starts_on": "2022-12-28", "course": str(catalogue.video.public_id), "keep_instructors": True}
    into = client.post(address(original, "clone"), other).json()
    assert (into["course"], into["ordinal"], len(into["instructors"])) == (str(catalogue.video.public_id), 1, 1)
    assert codes(client.post(address(original, "clone"), {"starts_on": "28 December"})) == [("/starts_on", "invalid")]


def test_nobody_copies_into_a_course_they_do_not_plan(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    original = catalogue.published()
    body = {"starts_on": "2022-12-28", "course": str(catalogue.video.public_id)}
    assert client_of(catalogue.manager).post(address(original, "clone"), body).status_code == 403
    for somebody in (cast.staff, cast.bureau_hr, cast.auditor):
        for more in ("clone", "reopen"):
            assert client_of(somebody).post(address(original, more), {"starts_on": "2022-12-28"}).status_code == 403
    assert Session.objects.count() == 1


def test_a_template_is_kept_found_named_used_and_removed(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(catalogue.manager)
    original = catalogue.published(title_ja="第1回セミナー", capacity=20, minimum=5)
    made = client.post(TEMPLATES, {"session": str(original.public_id), "name_ja": "二日間"})
    assert made.status_code == 201, made.content
    kept = SessionTemplate.objects.get()
    meeting = {"unit": "business_day", "starts": "14:00", "ends": "17:00", "days": 0, "title_ja": "", "title_en": ""}
    rest = {"form": "live", "archive_of": None, "venue": None}
    expected = {
        "id": str(kept.public_id),
        "course": str(catalogue.seminar.public_id),
        "course_title_ja": "セミナー",
        "name_ja": "二日間",
        "name_en": "",
        "title_ja": "第{ordinal}回セミナー",
        "title_en": "",
        "selection": "first_come",
        "selection_label": "First come",
        "capacity": 20,
        "minimum": 5,
        "pattern": [{"offset": 0, **meeting, **rest}, {"offset": 1, **meeting, **rest}],
        "created_at": made.json()["created_at"],
    }
    assert made.json() == expected
    one = f"{TEMPLATES}{kept.public_id}/"
    assert client.get(one).json() == expected
    assert client.get(f"{TEMPLATES}?course={catalogue.seminar.public_id}").json()["results"] == [expected]
    assert client.get(f"{TEMPLATES}?course={catalogue.video.public_id}").json()["results"] == []
    assert client.patch(one, {"name_en": "Two days"}).json() == expected | {"name_en": "Two days"}
    assert codes(client.patch(one, {"pattern": []})) == [("/pattern", "unknown_field")]

    drafted = client.post(f"{one}draft/", {"starts_on": "2022-08-10", "capacity": 40})
    assert drafted.status_code == 201, drafted.content
    found = drafted.json()
    shown = (found["title_ja"], found["capacity"], found["minimum"], found["starts_on"], found["ends_on"])
    assert shown == ("第2回セミナー", 40, 5, "2022-08-10", "2022-08-12")  # 山の日 between
    assert codes(client.post(f"{one}draft/", {"starts_on": "2022-08-10", "capacity": 4})) == [
        ("/minimum", "above_capacity")
    ]
    again = client.post(TEMPLATES, {"session": str(original.public_id), "name_ja": "二日間"})
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404


def test_templates_are_their_planners_alone(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    original = catalogue.published()
    kept = templates.create_template(session_id=original.pk, name_ja="二日間", by=None)
    other = User.objects.create(username="other")
    RoleGrant.objects.create(user=other, role=Role.PROGRAMME_MANAGER, program=catalogue.own.public_id, during=ALWAYS)
    one = f"{TEMPLATES}{kept.public_id}/"
    assert client_of(other).get(TEMPLATES).json()["results"] == []
    for call in (client_of(other).get, client_of(other).delete):
        assert call(one).status_code == 404
    assert client_of(other).post(f"{one}draft/", {"starts_on": "2022-08-10"}).status_code == 404
    body = {"session": str(original.public_id), "name_ja": "別"}
    assert client_of(other).post(TEMPLATES, body).status_code == 403
    for somebody in (cast.staff, cast.auditor):
        assert client_of(somebody).get(TEMPLATES).status_code == 403
        assert client_of(somebody).post(TEMPLATES, body).status_code == 403
    assert SessionTemplate.objects.count() == 1


def test_a_session_without_a_date_collects_demand(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    body = {"course": str(catalogue.seminar.public_id), "undated": True, "fiscal_year": 2022, "title_ja": "生成AI講座"}
    made = client.post(SESSIONS, body)
    assert made.status_code == 201, made.content
    session = Session.objects.get(public_id=made.json()["id"])
    assert (made.json()["undated"], made.json()["starts_on"], made.json()["meetings"]) == (True, "2023-03-31", [])
    assert client.post(address(session, "publish"), {}).status_code == 200
    opened = client.post(address(session, "open"), {}).json()
    assert (opened["phase"], opened["running"]) == ("open", False)
    waits = client_of(cast.ict).post("/api/v1/enrollments/", {"session": str(session.public_id)}).json()
    assert (waits["status"], waits["queue_position"]) == ("waitlisted", 1)
    asked = client_of(cast.ict2).get(address(session, "eligibility")).json()
    codes = {each["condition"]: each["code"] for each in asked["findings"]}
    assert (asked["eligible"], codes["seats"]) == (True, "no_date_yet")
    applications.apply(session_id=session.pk, staff_id=cast.ict2.pk, by=None)
    seen = {somebody: client_of(user).get(address(session)).json()["demand"] for somebody, user in (
        ("hr", cast.hr), ("manager", catalogue.manager), ("staff", cast.staff), ("bureau_hr", cast.bureau_hr),
    )}  # fmt: skip
    assert seen == {"hr": 2, "manager": 2, "staff": None, "bureau_hr": None}
    dated = catalogue.published()
    assert [row["id"] for row in client.get(f"{SESSIONS}?undated=true").json()["results"]] == [str(session.public_id)]
    assert [row["id"] for row in client.get(f"{SESSIONS}?undated=false").json()["results"]] == [str(dated.public_id)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"undated": True}, ("/fiscal_year", "required")),
        ({"undated": True, "fiscal_year": 2022, "starts_on": "2022-07-01"}, ("/starts_on", "undated")),
        ({"fiscal_year": 2022, "meetings": [{"month": "2022-07-01"}]}, ("/fiscal_year", "derived")),
        ({"meetings": [{"month": "2022-07-01", "form": "radio"}]}, ("/meetings/0/form", "invalid_choice")),
        ({"meetings": [{"month": "2022-07-01", "archive_of": 1}]}, ("/meetings/0/archive_of", "not_an_archive")),
        ({"meetings": [{"month": "2022-07-01"}], "minimum": 0}, ("/minimum", "min_value")),
        ({"meetings": [{"month": "2022-07-01"}], "capacity": 5, "minimum": 6}, ("/minimum", "above_capacity")),
    ],
)
def test_what_a_session_cannot_be_is_named_with_its_place(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = client_of(cast.hr).post(SESSIONS, {"course": str(catalogue.seminar.public_id), **fields})
    assert (answer.status_code, codes(answer)) == (400, [expected])


def test_an_archive_is_shown_with_what_was_recorded(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    body = {
        "course": str(catalogue.seminar.public_id),
        "meetings": [
            {"starts_at": "2022-07-14T14:00:00+09:00", "ends_at": "2022-07-14T17:00:00+09:00"},
            {
                "starts_at": "2022-07-15T00:00:00+09:00",
                "ends_at": "2022-08-15T00:00:00+09:00",
                "form": "archive",
                "archive_of": 1,
            },
        ],
    }
    made = client_of(cast.hr).post(SESSIONS, body).json()
    live, archive = made["meetings"]
    assert (made["starts_on"], made["ends_on"]) == ("2022-07-14", "2022-07-14")
    assert (live["form"], live["archive_of"]) == ("live", None)
    assert (archive["form"], archive["form_label"], archive["archive_of"]) == ("archive", "Archive", live["id"])


def test_who_is_below_the_minimum_is_found(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    window: dict[str, Any] = {
        "apply_from": stage.tokyo("2022-06-01 09:00"),
        "apply_until": stage.tokyo("2022-06-20 17:00"),
    }
    below = catalogue.published(minimum=2, **window)
    enough = catalogue.published(minimum=1, **window)
    still_open = catalogue.published(minimum=2, apply_from=window["apply_from"])
    unasked = catalogue.published(**window)
    records.enrolled(below, cast.ict)
    records.enrolled(enough, cast.ict2)
    names = {str(each.public_id): name for name, each in
             (("below", below), ("enough", enough), ("open", still_open), ("unasked", unasked))}  # fmt: skip
    client = client_of(cast.hr)

    def found(query: str) -> dict[str, bool | None]:
        rows = client.get(f"{SESSIONS}?{query}").json()["results"]
        return {names[row["id"]]: row["below_minimum"] for row in rows}

    assert found("below_minimum=true") == {"below": True}
    assert found("below_minimum=false") == {"enough": False, "open": True, "unasked": None}
    assert client.get(f"{SESSIONS}?below_minimum=perhaps").status_code == 400


def test_a_room_that_is_too_small_is_told(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    body = {
        "course": str(catalogue.seminar.public_id),
        "capacity": 31,
        "meetings": [
            {
                "starts_at": "2022-07-14T14:00:00+09:00",
                "ends_at": "2022-07-14T17:00:00+09:00",
                "venue": str(catalogue.room.public_id),
            }
        ],
    }
    client = client_of(cast.hr)
    made = client.post(SESSIONS, body).json()
    refused = client.post(f"{SESSIONS}{made['id']}/publish/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "venue_too_small")
    assert client.patch(f"{SESSIONS}{made['id']}/", {"capacity": 30}).json()["capacity"] == 30
    assert client.post(f"{SESSIONS}{made['id']}/publish/", {}).status_code == 200
