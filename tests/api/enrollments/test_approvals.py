"""`approvals/`, the approvals in `me/tasks/`, and the bureaus' deadlines of a session."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import Session
from enrollments.models import Approval, StageDeadline
from tests import stage
from tests.cast import Cast
from tests.enrollments import approving
from tests.enrollments.approving import pending, status
from tests.enrollments.scene import apply

ClientOf = Callable[[User | Staff], APIClient]
BASE = "/api/v1/approvals/"


def shown(approval: Approval, cast: Cast, **also: Any) -> dict[str, Any]:
    made = approval.enrollment
    return {
        "id": str(approval.public_id),
        "level": "unit_head",
        "level_label": "Head of unit",
        "status": "pending",
        "status_label": "Pending",
        "since": approval.since.astimezone(stage.TOKYO).isoformat(),
        "decided_at": None,
        "capacity": None,
        "reason": "",
        "enrollment": str(made.public_id),
        "session": str(made.session.public_id),
        "session_title_ja": made.session.title_ja,
        "selection": "first_come",
        "starts_on": "2022-07-14",
        "ends_on": "2022-07-14",
        "course": str(made.course.public_id),
        "program": str(made.course.program.public_id),
        "staff": str(cast.ict.public_id),
        "staff_name": "髙橋 花子",
        "organization": str(cast.skills.public_id),
        "organization_name_ja": "人材課",
        "bureau": str(cast.digital.public_id),
        "grade_name_ja": "主事",
        "applied_at": made.applied_at.astimezone(stage.TOKYO).isoformat(),
        "application": None,
        "preference": None,
        "standing": {"due_at": "2022-06-30T17:00:00+09:00", "waits_until": None},
        **also,
    }


def scene(cast: Cast) -> Approval:
    return pending(apply(approving.session(policy={"unit_head_days": 2}), cast.ict))


def test_what_waits_for_the_head_is_listed_shown_and_a_task(cast: Cast, client_of: ClientOf) -> None:
    waiting, client = scene(cast), client_of(cast.head)
    assert client.get(BASE).json() == {"next": None, "previous": None, "results": [shown(waiting, cast)]}
    one = client.get(f"{BASE}{waiting.public_id}/")
    times = {"starts_at": "2022-07-14T14:00:00+09:00", "ends_at": "2022-07-14T16:00:00+09:00", "month": None}
    assert one.json() == shown(waiting, cast, meetings=[times])
    assert one.headers["ETag"]
    [task] = client.get("/api/v1/me/tasks/").json()["results"]
    assert task == {
        "kind": "approval",
        "id": str(waiting.public_id),
        "title": f"Approve the application of 髙橋 花子 to “{waiting.enrollment.session.title_ja}”",
        "since": waiting.since.astimezone(stage.TOKYO).isoformat(),
        "waits_until": None,
        "due_on": None,
        "due_at": "2022-06-30T17:00:00+09:00",
        "overdue": False,
        "next_session": None,
        "next_session_starts_on": None,
        "href": f"{BASE}{waiting.public_id}/",
    }
    assert client_of(cast.ict2).get(BASE).json()["results"] == []
    assert client_of(cast.ict2).get(f"{BASE}{waiting.public_id}/").status_code == 404
    assert client_of(cast.ict).get("/api/v1/me/tasks/").json()["results"] == []


def test_filters(cast: Cast, client_of: ClientOf) -> None:
    waiting = scene(cast)
    approving.approve(scene(cast), cast.head)
    session, program = waiting.enrollment.session.public_id, waiting.enrollment.course.program.public_id
    for query, found in {
        "": 2,
        "?status=pending": 1,
        "?status=approved": 1,
        "?level=bureau": 0,
        f"?session={session}": 1,
        f"?program={program}": 1,
        "?in_charge=true": 0,
    }.items():
        assert len(client_of(cast.hr).get(BASE + query).json()["results"]) == found, query
    assert len(client_of(cast.head).get(f"{BASE}?in_charge=true&status=pending").json()["results"]) == 1
    assert client_of(cast.hr).get(f"{BASE}?unknown=1").status_code == 400


def test_approve_and_refuse(cast: Cast, client_of: ClientOf) -> None:
    waiting, other = scene(cast), scene(cast)
    client = client_of(cast.head)
    answer = client.post(f"{BASE}{waiting.public_id}/approve/", {})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["capacity"], answer.json()["standing"]) == ("approved", "head", None)
    assert status(waiting.enrollment) == ("enrolled", "")
    without = client.post(f"{BASE}{other.public_id}/refuse/", {})
    assert (without.status_code, without.json()["code"]) == (409, "reason_required")
    refused = client.post(f"{BASE}{other.public_id}/refuse/", {"reason": "業務多忙"})
    assert (refused.status_code, refused.json()["status"], refused.json()["reason"]) == (200, "refused", "業務多忙")
    again = client.post(f"{BASE}{other.public_id}/approve/", {})
    assert (again.status_code, again.json()["code"]) == (409, "approval_already_decided")
    assert client_of(cast.hr).post(f"{BASE}{other.public_id}/approve/", {}).status_code == 403
    assert client_of(cast.ict).post(f"{BASE}{other.public_id}/approve/", {}).status_code == 404


def test_several_at_once(cast: Cast, client_of: ClientOf) -> None:
    waiting, other = scene(cast), scene(cast)
    body = {
        "decisions": [
            {"approval": str(waiting.public_id), "decision": "approve"},
            {"approval": str(other.public_id), "decision": "refuse"},
        ]
    }
    client = client_of(cast.head)
    expected = {
        "asked": 2,
        "succeeded": 1,
        "results": [
            {"approval": str(waiting.public_id), "succeeded": True, "codes": []},
            {"approval": str(other.public_id), "succeeded": False, "codes": ["reason_required"]},
        ],
    }
    rehearsed = client.post(f"{BASE}decide/?dry_run=true", body, format="json")
    assert (rehearsed.status_code, rehearsed.json()["result"]) == (200, expected)
    assert status(waiting.enrollment) == ("applied", ""), "a rehearsal changes nothing"
    for _ in range(2):
        answer = client.post(f"{BASE}decide/", body, format="json", headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()) == (200, expected)
    wrong = {"decisions": [{"approval": str(waiting.public_id), "decision": "perhaps", "because": ""}]}
    assert client.post(f"{BASE}decide/", wrong, format="json").status_code == 400


def put(client: APIClient, session: Session, **body: Any) -> Any:
    return client.put(f"/api/v1/sessions/{session.public_id}/stage-deadlines/", body, format="json")


def test_a_bureau_sets_earlier_deadlines_for_its_own(cast: Cast, client_of: ClientOf) -> None:
    held = approving.session(approve_until=stage.tokyo("2022-07-08 17:00"))
    digital, client = str(cast.digital.public_id), client_of(cast.bureau_hr)
    answer = put(client, held, organization=digital, unit_head="2022-07-05T17:00:00+09:00")
    row = {
        "organization": digital,
        "organization_name_ja": "デジタルサービス局",
        "level": "unit_head",
        "level_label": "Head of unit",
        "until": "2022-07-05T17:00:00+09:00",
    }
    assert (answer.status_code, answer.json()) == (200, {"results": [row]})
    assert client.get(f"/api/v1/sessions/{held.public_id}/stage-deadlines/").json() == {"results": [row]}
    late = put(
        client, held, organization=digital, unit_head="2022-07-08T17:00:00+09:00", bureau="2022-06-01T17:00:00+09:00"
    )
    assert [(each["pointer"], each["code"]) for each in late.json()["errors"]] == [
        ("/unit_head", "not_earlier"),
        ("/bureau", "in_the_past"),
    ]
    assert put(client, held, organization=str(cast.industry.public_id)).status_code == 403
    assert put(client_of(cast.head), held, organization=digital).status_code == 403
    section = put(client, held, organization=str(cast.skills.public_id))
    assert (section.status_code, section.json()["errors"][0]["code"]) == (400, "not_a_bureau")
    assert put(client, held, organization=digital).json() == {"results": []}
    assert not StageDeadline.objects.exists()
