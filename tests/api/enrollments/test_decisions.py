"""`sessions/{id}/decide/`, `decisions/…` and `sessions/{id}/publish-decision/`."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine
from rest_framework.test import APIClient

from courses.models import SeatQuota
from enrollments.models import Decision, DecisionLine
from tests import stage
from tests.cast import Cast
from tests.enrollments.deciding import CLOSED, propose, publish
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_draws import commit, lottery_session

ClientOf = Callable[[object], APIClient]
Clock = Callable[[Any], None]
COUNTS = {"applicants": 0, "seat": 0, "reserve": 0, "not_selected": 0, "ineligible": 0, "other_wish": 0}


def test_a_decision_is_rehearsed_drafted_changed_and_published(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1, title_ja="データ分析")
    SeatQuota.objects.create(session=session, organization=cast.digital, seats=0, ceiling=1)
    mine, other, third = (apply(session, each) for each in (cast.ict, cast.staff, cast.ict2))
    at(CLOSED)
    hr = client_of(cast.hr)
    address = f"/api/v1/sessions/{session.public_id}/"
    rehearsed = hr.post(f"{address}decide/?dry_run=true", {})
    assert (rehearsed.status_code, rehearsed.json()["dry_run"]) == (200, True)
    shown = rehearsed.json()["result"]
    assert not Decision.objects.exists()
    made = hr.post(f"{address}decide/", {})
    assert made.status_code == 201
    draft = Decision.objects.get()
    shuji, shunin = (str(cast.grades[each].public_id) for each in ("shuji", "shunin"))
    expected = {
        "id": str(draft.public_id),
        "course": str(session.course.public_id),
        "course_title_ja": session.course.title_ja,
        "fiscal_year": 2022,
        "status": "draft",
        "status_label": "Draft",
        "number": None,
        "decided_on": None,
        "created_at": made.json()["created_at"],
        "by_session": [
            {
                "session": str(session.public_id),
                "title_ja": "データ分析",
                "selection": "screening",
                "capacity": 1,
                "seats_taken": 0,
                "quotas": [
                    {
                        "organization": str(cast.digital.public_id),
                        "grade": None,
                        "new_recruits": False,
                        "seats": 0,
                        "ceiling": 1,
                        "seats_taken": 0,
                    }
                ],
                **COUNTS,
                "applicants": 3,
                "seat": 1,
                "reserve": 2,
            }
        ],
        "by_bureau": [
            {
                "bureau": str(cast.digital.public_id), "bureau_name_ja": "デジタルサービス局",
                **COUNTS, "applicants": 2, "seat": 1, "reserve": 1,
            },
            {
                "bureau": str(cast.industry.public_id), "bureau_name_ja": "産業労働局",
                **COUNTS, "applicants": 1, "reserve": 1,
            },
        ],
        "by_grade": [
            {"grade": shuji, "grade_name_ja": "主事", **COUNTS, "applicants": 2, "seat": 1, "reserve": 1},
            {"grade": shunin, "grade_name_ja": "主任級", **COUNTS, "applicants": 1, "reserve": 1},
        ],
    }  # fmt: skip
    assert made.json() == expected
    assert shown | {"id": "", "created_at": ""} == expected | {"id": "", "created_at": ""}
    lines = hr.get(f"/api/v1/decisions/{draft.public_id}/lines/?outcome=reserve").json()["results"]
    assert [line["enrollment"] for line in lines] == [str(other.public_id), str(third.public_id)]
    first = DecisionLine.objects.get(enrollment=mine)
    assert hr.get(f"/api/v1/decisions/{draft.public_id}/lines/").json()["results"][0] == {
        "id": str(first.public_id),
        "enrollment": str(mine.public_id),
        "session": str(session.public_id),
        "session_title_ja": "データ分析",
        "staff": str(cast.ict.public_id),
        "staff_name": cast.ict.name,
        "organization_name_ja": "人材課",
        "bureau": str(cast.digital.public_id),
        "bureau_name_ja": "デジタルサービス局",
        "grade_name_ja": "主事",
        "position": 1,
        "priority_class": 1,
        "rank": None,
        "preference": None,
        "proposed": "seat",
        "outcome": "seat",
        "outcome_label": "Seat",
        "codes": [],
        "reason": "",
    }
    swap = {
        "changes": [
            {"line": str(first.public_id), "outcome": "reserve", "reason": "業務の都合"},
            {"line": lines[0]["id"], "outcome": "seat", "reason": "業務の都合"},
        ]
    }
    half = {"changes": swap["changes"][1:]}
    refused = hr.patch(f"/api/v1/decisions/{draft.public_id}/lines/", half)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "session_full")
    missing = {"changes": [{"line": lines[0]["id"], "outcome": "seat"}]}
    assert hr.patch(f"/api/v1/decisions/{draft.public_id}/lines/", missing).status_code == 400
    changed = hr.patch(f"/api/v1/decisions/{draft.public_id}/lines/", swap)
    assert changed.status_code == 200
    assert [each["seat"] for each in changed.json()["by_bureau"]] == [0, 1]
    published = hr.post(f"{address}publish-decision/", {"decision": str(draft.public_id)})
    body = published.json()
    assert (published.status_code, body["status"], body["number"], body["decided_on"]) == (
        200, "published", 1, "2022-07-10",
    )  # fmt: skip
    again = hr.post(f"{address}publish-decision/", {"decision": str(draft.public_id)})
    assert (again.status_code, again.json()["code"]) == (409, "decision_settled")
    elsewhere = open_session(selection="screening")
    wrong = hr.post(
        f"/api/v1/sessions/{elsewhere.public_id}/publish-decision/", {"decision": str(draft.public_id)}
    )  # fmt: skip
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/decision")


def test_a_draft_is_discarded_and_nobody_noticed(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1)
    apply(session, cast.ict)
    at(CLOSED)
    draft = propose(cast, session)
    done = client_of(cast.hr).post(f"/api/v1/decisions/{draft.public_id}/discard/", {})
    assert (done.status_code, done.json()["status"]) == (200, "discarded")
    assert propose(cast, session).pk != draft.pk


@pytest.mark.parametrize("name", ["ict", "ict2", "head", "trainer", "staff"])
def test_nothing_of_a_draft_is_seen_by_who_applied_or_heads_them(
    cast: Cast, client_of: ClientOf, at: Clock, name: str
) -> None:
    """Every address that tells a person of an enrolment says the same before and after the draft."""
    session = open_session(selection="screening", capacity=1)
    applied = {each: apply(session, getattr(cast, each)) for each in ("ict", "ict2", "staff")}
    at(CLOSED)
    client = client_of(cast.user(name))
    row = applied.get(name, applied["ict"]).public_id
    addresses = [
        f"/api/v1/enrollments/{row}/",
        f"/api/v1/enrollments/{row}/explain/",
        "/api/v1/me/enrollments/",
        "/api/v1/me/tasks/",
        "/api/v1/me/opportunities/",
        "/api/v1/notices/",
        f"/api/v1/sessions/{session.public_id}/",
        f"/api/v1/sessions/{session.public_id}/eligibility/",
        "/api/v1/decisions/",
    ]
    before = [(each.status_code, each.content) for each in map(client.get, addresses)]
    draft = propose(cast, session)
    after = [(each.status_code, each.content) for each in map(client.get, addresses)]
    assert after == before
    for end in ("", "lines/", "file/?type=csv"):
        assert client.get(f"/api/v1/decisions/{draft.public_id}/{end}").status_code == 404
    assert client.patch(f"/api/v1/decisions/{draft.public_id}/lines/", {"changes": []}).status_code == 404


def test_a_bureau_reads_its_part_of_what_was_published(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1)
    apply(session, cast.ict), apply(session, cast.staff)
    at(CLOSED)
    decision = propose(cast, session)
    bureau, address = client_of(cast.bureau_hr), f"/api/v1/decisions/{decision.public_id}/"
    assert bureau.get(address).status_code == 404
    publish(cast, decision)
    body = bureau.get(address).json()
    assert (body["number"], [each["applicants"] for each in body["by_bureau"]]) == (1, [1])
    assert [each["staff"] for each in bureau.get(f"{address}lines/").json()["results"]] == [str(cast.ict.public_id)]
    everything = client_of(cast.hr).get(f"{address}file/?type=csv")
    rows = list(csv.reader(io.StringIO(everything.content.decode("utf-8-sig"))))
    assert [row[5] for row in rows] == ["氏名 / name", cast.ict.name, cast.staff.name]
    workbook = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(bureau.get(f"{address}file/?type=xlsx").content)
    )
    cells = workbook.get_sheet_by_index(0).to_python()
    assert [row[5] for row in cells] == ["氏名 / name", cast.ict.name]
    assert bureau.get(f"{address}file/?type=pdf").status_code == 400
    assert bureau.post(f"{address}discard/", {}).status_code == 403


def test_the_office_finds_what_is_due_among_its_tasks(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    """Each with the address at which it is done; nobody else is told of a draft."""
    session = open_session(selection="screening", capacity=1, title_ja="分析", title_en="Analysis")
    apply(session, cast.ict)
    hr = client_of(cast.hr)
    assert hr.get("/api/v1/me/tasks/").json() == {"results": []}
    at(CLOSED)
    [task] = hr.get("/api/v1/me/tasks/").json()["results"]
    expected = {
        "kind": "decide",
        "id": str(session.public_id),
        "title": "Decide about the applications to “Analysis”",
        "since": "2022-07-10T17:00:00+09:00",
        "waits_until": None,
        "due_on": None,
        "due_at": "2022-07-14T14:00:00+09:00",
        "overdue": False,
        "next_session": None,
        "next_session_starts_on": None,
        "href": f"/api/v1/sessions/{session.public_id}/decide/",
    }
    assert task == expected
    assert hr.post(task["href"], {}).status_code == 201
    draft = Decision.objects.get()
    [task] = hr.get("/api/v1/me/tasks/").json()["results"]
    assert (task["kind"], task["id"], task["title"]) == (
        "publish_decision", str(draft.public_id), f"Publish the decision about “{session.course.title_en or session.course.title_ja}”",
    )  # fmt: skip
    assert task["href"] == f"/api/v1/decisions/{draft.public_id}/"
    assert hr.get(task["href"]).status_code == 200
    for somebody in (cast.ict, cast.head, cast.bureau_hr):
        assert client_of(somebody).get("/api/v1/me/tasks/").json() == {"results": []}
    at(stage.tokyo("2022-07-14 14:01"))
    [task] = hr.get("/api/v1/me/tasks/").json()["results"]
    assert (task["kind"], task["overdue"]) == ("publish_decision", True)


def test_the_tasks_of_a_draw_name_its_addresses(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = lottery_session()
    hr = client_of(cast.hr)
    [task] = hr.get("/api/v1/me/tasks/").json()["results"]
    assert (task["kind"], task["href"]) == ("draw_commit", f"/api/v1/sessions/{session.public_id}/draws/")
    draw = commit(session, cast)
    at(stage.tokyo("2022-07-12 00:02"))
    [task] = hr.get("/api/v1/me/tasks/").json()["results"]
    assert (task["kind"], task["href"]) == ("draw_put_off", f"/api/v1/draws/{draw.public_id}/")
