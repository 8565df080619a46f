"""`sessions/{id}/reschedule/` and `…/cancel/`: looked at, resolved, confirmed, done; shown as far as the roster shows."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Notice, RoleGrant, Staff, User
from courses.models import Session
from enrollments.models import Enrollment
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.enrollments.changes import meetings_of, three_days
from tests.enrollments.scene import apply, crowd, open_session

ClientOf = Callable[[object], APIClient]


def at(session: Session, action: str = "reschedule", *, dry: bool = False) -> str:
    return f"/api/v1/sessions/{session.public_id}/{action}/" + ("?dry_run=true" if dry else "")


def body(session: Session, **more: Any) -> dict[str, Any]:
    """The first of three meetings goes to the twentieth at eleven, the second stays, the third is cancelled."""
    first, second, _ = meetings_of(session)
    moved = {
        "id": str(first.public_id), "starts_at": "2022-07-20T11:00:00+09:00", "ends_at": "2022-07-20T13:00:00+09:00",
    }  # fmt: skip
    return {"reason": "会場の都合", "meetings": [moved, {"id": str(second.public_id)}], **more}


def person(enrollment: Enrollment) -> dict[str, str]:
    staff = enrollment.staff
    return {
        "enrollment": str(enrollment.public_id),
        "staff": str(staff.public_id),
        "name": f"{staff.family_name} {staff.given_name}",
    }


def nobody() -> dict[str, Any]:
    return {"count": 0, "people": [], "truncated": False}


def slot(begins: str, ends: str) -> dict[str, Any]:
    return {"starts_at": begins, "ends_at": ends, "month": None, "title_ja": "", "venue": None}


@pytest.fixture
def scene(cast: Cast) -> tuple[Session, Enrollment, Enrollment]:
    """`ict` sits in a full session and elsewhere at the time it would move to; `ict2` waits."""
    session = three_days(capacity=1)
    made, waits = apply(session, cast.ict), apply(session, cast.ict2)
    apply(open_session(times=(("2022-07-20 10:00", "2022-07-20 12:00"),), title_en="Other"), cast.ict)
    return session, made, waits


def test_the_whole_way_from_the_preview_to_the_change(
    cast: Cast, client_of: ClientOf, scene: tuple[Session, Enrollment, Enrollment]
) -> None:
    session, made, waits = scene
    client = client_of(cast.hr)
    first, second, third = meetings_of(session)
    looked = client.post(at(session, dry=True), body(session))
    assert looked.status_code == 200, looked.content
    result = looked.json()["result"]
    assert looked.json() == {
        "dry_run": True,
        "result": {
            "digest": result["digest"],
            "confirm_needed": True,
            "affected": {"enrolled": 1, "waitlisted": 1},
            "told": 2,
            "told_people": {"count": 2, "people": [person(made), person(waits)], "truncated": False},
            "clashes": {
                "count": 1,
                "people": [
                    {
                        **person(made),
                        "resolved": False,
                        "with": [
                            {"code": "person_clash", "text": "Attends at the same time: Other.", "meetings": [1]}
                        ],
                    }
                ],
                "truncated": False,
            },
            "unresolved": 1,
            "too_many": 0,
            "at_risk": nobody(),
            "no_longer_eligible": nobody(),
            "withdrawn": nobody(),
            "exempted": nobody(),
            "promoted": nobody(),
            "capacity": {"before": 1, "after": 1},
            "deadlines_moved": [
                {"deadline": "substitute_until", "before": None, "after": "2022-07-14T17:00:00+09:00"}
            ],
            "meetings": [
                {
                    "change": "moved",
                    "id": str(first.public_id),
                    "before": slot("2022-07-14T14:00:00+09:00", "2022-07-14T16:00:00+09:00"),
                    "after": slot("2022-07-20T11:00:00+09:00", "2022-07-20T13:00:00+09:00"),
                },
                {
                    "change": "kept",
                    "id": str(second.public_id),
                    "before": slot("2022-07-15T14:00:00+09:00", "2022-07-15T16:00:00+09:00"),
                    "after": slot("2022-07-15T14:00:00+09:00", "2022-07-15T16:00:00+09:00"),
                },
                {
                    "change": "cancelled",
                    "id": str(third.public_id),
                    "before": slot("2022-07-19T14:00:00+09:00", "2022-07-19T16:00:00+09:00"),
                    "after": None,
                },
            ],
        },
        "changes": [
            {
                "action": "enrollments.rehearse_reschedule",
                "kind": "courses.session",
                "id": str(session.public_id),
                "detail": {
                    "moved": 1, "added": 0, "cancelled": 1, "withdrawn": 0, "exempted": 0, "promoted": 0, "told": 2,
                    "capacity": [1, 1],
                },
            }
        ],
    }  # fmt: skip

    refused = client.post(at(session), body(session, confirm=result["digest"]))
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"]) == (
        409,
        "person_would_clash",
        [
            {
                "pointer": f"/resolutions/{made.public_id}",
                "code": "person_clash",
                "detail": "Attends at the same time: Other.",
            }
        ],
    )

    resolutions = [{"enrollment": str(made.public_id), "action": "withdraw", "reason": "業務の都合"}]
    resolved = body(session, resolutions=resolutions)
    result = client.post(at(session, dry=True), resolved).json()["result"]
    assert result["withdrawn"] == {"count": 1, "people": [person(made)], "truncated": False}
    assert result["promoted"] == {"count": 1, "people": [person(waits)], "truncated": False}
    assert (result["unresolved"], result["clashes"]["people"][0]["resolved"]) == (0, True)

    unconfirmed = client.post(at(session), resolved)
    assert (unconfirmed.status_code, unconfirmed.json()["code"], unconfirmed.json()["errors"]) == (
        409, "needs_confirmation", [],
    )  # fmt: skip
    stale = client.post(at(session), {**resolved, "confirm": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "impact_has_changed")
    assert not Notice.objects.exists()

    done = client.post(at(session), {**resolved, "confirm": result["digest"]})
    assert done.status_code == 200, done.content
    row = done.json()
    assert (row["id"], row["starts_on"], row["ends_on"]) == (str(session.public_id), "2022-07-15", "2022-07-20")
    assert [each["cancelled_at"] is None for each in row["meetings"]] == [True, True, False]
    made.refresh_from_db()
    waits.refresh_from_db()
    assert (made.status, waits.status, Notice.objects.count()) == ("withdrawn", "enrolled", 2)


def test_a_key_makes_a_repeated_change_one(
    cast: Cast, client_of: ClientOf, scene: tuple[Session, Enrollment, Enrollment]
) -> None:
    session, made, _ = scene
    client = client_of(cast.hr)
    given = {**body(session), "resolutions": [
        {"enrollment": str(made.public_id), "action": "exempt", "reason": "議会対応"}
    ]}  # fmt: skip
    given["confirm"] = client.post(at(session, dry=True), given).json()["result"]["digest"]
    answers = [client.post(at(session), given, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Notice.objects.count() == 2


def test_people_are_shown_as_the_roster_shows_them(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(course=stage.course(stage.program(organization=cast.digital)), capacity=3)
    shown, hidden = apply(session, cast.ict), apply(session, cast.ict2)
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    manager = User.objects.create(username="manager")
    RoleGrant.objects.create(
        user=manager, role="programme_manager", program=session.course.program.public_id, during=ALWAYS
    )
    given: dict[str, Any] = {"reason": "中止", "meetings": [{"starts_at": "2022-07-21T10:00:00+09:00", "ends_at": "2022-07-21T12:00:00+09:00"}]}  # fmt: skip
    given["capacity"] = 0
    result = client_of(manager).post(at(session, dry=True), given).json()["result"]
    assert (result["too_many"], result["affected"], result["told"]) == (2, {"enrolled": 2}, 2)
    assert result["told_people"] == {"count": 2, "people": [person(shown)], "truncated": True}
    resolutions = [
        {"enrollment": str(each.public_id), "action": "withdraw", "reason": "縮小"} for each in (shown, hidden)
    ]
    full = client_of(cast.hr).post(at(session, dry=True), {**given, "resolutions": resolutions}).json()["result"]
    assert full["withdrawn"] == {"count": 2, "people": [person(shown), person(hidden)], "truncated": False}
    refused = client_of(manager).post(at(session, dry=True), {**given, "resolutions": resolutions})
    assert refused.json()["errors"] == [
        {"pointer": "/resolutions/1/enrollment", "code": "not_found", "detail": "No enrolment of this session."}
    ]


def test_the_digest_is_of_everybody_whoever_looks(cast: Cast, client_of: ClientOf) -> None:
    session = three_days(course=stage.course(stage.program(organization=cast.digital)))
    apply(session, cast.ict)
    apply(session, cast.staff)
    Staff.objects.filter(pk=cast.staff.pk).update(directory_hidden=True)
    results = [client_of(who).post(at(session, dry=True), body(session)).json()["result"] for who in (cast.hr, cast.bureau_hr)]  # fmt: skip
    assert len({result["digest"] for result in results}) == 1


def test_at_most_five_hundred_people_are_listed(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.enrollments.changes.MOST_SHOWN", 2)
    session = open_session()
    for each in crowd(cast, 3):
        apply(session, each)
    result = client_of(cast.hr).post(at(session, "cancel", dry=True), {"reason": "台風"}).json()["result"]
    assert (result["at_risk"]["count"], len(result["at_risk"]["people"]), result["at_risk"]["truncated"]) == (
        3, 2, True,
    )  # fmt: skip


def test_what_is_malformed_is_refused_with_its_place(cast: Cast, client_of: ClientOf) -> None:
    session = three_days()
    first, *_ = meetings_of(session)
    for wrong, pointer in (
        ({}, "/reason"),
        ({"reason": "x", "colour": 1}, "/colour"),
        ({"reason": "x", "meetings": [{"starts_at": "2022-07-20"}]}, "/meetings/0/starts_at"),
        ({"reason": "x", "meetings": [{"id": str(first.public_id), "venue": str(first.public_id)}]}, "/meetings/0/venue"),
        ({"reason": "x", "resolutions": [{"enrollment": "x", "action": "forget", "reason": "y"}]}, "/resolutions/0/enrollment"),
        ({"reason": "x", "capacity": -1}, "/capacity"),
        ({"reason": "x", "meetings": []}, "/meetings"),
    ):  # fmt: skip
        response = client_of(cast.hr).post(at(session), wrong)
        assert response.status_code == 400, wrong
        assert pointer in [each["pointer"] for each in response.json()["errors"]]


def test_cancelling_is_looked_at_and_confirmed_too(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1)
    made, waits = apply(session, cast.ict), apply(session, cast.ict2)
    client, [meeting] = client_of(cast.hr), meetings_of(session)
    assert client.post(at(session, "cancel"), {}).status_code == 400
    looked = client.post(at(session, "cancel", dry=True), {"reason": "台風"}).json()
    result = looked["result"]
    assert looked["changes"][0]["detail"] == {"enrollments": 2, "meetings": 1, "told": 2}
    assert (result["affected"], result["told"], result["at_risk"]) == (
        {"enrolled": 1, "waitlisted": 1}, 2, {"count": 1, "people": [person(made)], "truncated": False},
    )  # fmt: skip
    assert [(each["change"], each["id"]) for each in result["meetings"]] == [("cancelled", str(meeting.public_id))]
    unconfirmed = client.post(at(session, "cancel"), {"reason": "台風"})
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "needs_confirmation")
    apply(session, cast.trainer)
    stale = client.post(at(session, "cancel"), {"reason": "台風", "confirm": result["digest"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "impact_has_changed")
    digest = client.post(at(session, "cancel", dry=True), {"reason": "台風"}).json()["result"]["digest"]
    response = client.post(at(session, "cancel"), {"reason": "台風", "confirm": digest})
    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    for each in (made, waits):
        each.refresh_from_db()
        assert each.status == "cancelled"
    assert set(Notice.objects.values_list("kind", flat=True)) == {"session_cancelled"}
    assert Notice.objects.count() == 3


def test_what_concerns_nobody_needs_no_confirmation(cast: Cast, client_of: ClientOf) -> None:
    session = three_days()
    assert client_of(cast.hr).post(at(session), body(session)).status_code == 200
    assert client_of(cast.hr).post(at(session, "cancel"), {"reason": "希望者なし"}).status_code == 200


def test_a_draft_is_changed_itself(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).post(at(open_session(status="draft")), {"reason": "x"})
    assert (response.status_code, response.json()["code"]) == (409, "not_reschedulable")
