"""`assessments/`: from the first draft to the confirmation, and who finds nothing there."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant
from skills.models import Assessment, AssessmentCycle, SkillFramework
from tests.cast import ALWAYS, Cast
from tests.conftest import Clock
from tests.skills.small_map import CLOSES, items, rate, started, submitted

ClientOf = Callable[[object], APIClient]
PATH = "/api/v1/assessments/"


def without_times(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what the clock wrote; that it is a time is checked."""
    assert dt.datetime.fromisoformat(body["created_at"]).utcoffset() == dt.timedelta(hours=9)
    steps = [{name: value for name, value in step.items() if name != "at"} for step in body["steps"]]
    return {name: value for name, value in body.items() if name != "created_at"} | {"steps": steps}


def step(status: str, label: str, by: object, reason: str = "") -> dict[str, Any]:
    return {"status": status, "status_label": label, "by": str(by), "reason": reason}


def test_from_the_first_draft_to_the_confirmation(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    subject, head = client_of(cast.ict), client_of(cast.head)
    first, second, third = items(framework)
    ict, reviewer = cast.user("ict").public_id, cast.user("head").public_id

    response = subject.post(PATH, {"cycle": str(cycle.public_id)})
    assert response.status_code == 201, response.content
    assessment = Assessment.objects.get()
    here = f"{PATH}{assessment.public_id}/"
    common = {
        "id": str(assessment.public_id),
        "cycle": str(cycle.public_id),
        "cycle_name_ja": "2022年度",
        "fiscal_year": 2022,
        "staff": str(cast.ict.public_id),
        "staff_name": "髙橋 花子",
    }
    steps = [step("draft", "Self-assessment", ict)]
    assert without_times(response.json()) == {
        **common,
        "status": "draft",
        "status_label": "Self-assessment",
        "submissions": 0,
        "reviewer": None,
        "steps": steps,
        "ratings": [],
    }

    part = [
        {"item": str(third.public_id), "self_level": 0},
        {"item": str(first.public_id), "self_level": 2, "evidence": "ITパスポート", "comment": "企画を担当"},
    ]
    response = subject.post(f"{here}ratings/", {"ratings": part})
    assert response.status_code == 200, response.content
    rows = {
        1: {
            "item": str(first.public_id),
            "number": 1,
            "name_ja": "企画",
            "name_en": "Planning",
            "revision": 1,
            "self_level": 2,
            "confirmed_level": None,
            "evidence": "ITパスポート",
            "comment": "企画を担当",
            "review_comment": "",
        },
        3: {
            "item": str(third.public_id),
            "number": 3,
            "name_ja": "分析",
            "name_en": "Analytics",
            "revision": 1,
            "self_level": 0,
            "confirmed_level": None,
            "evidence": "",
            "comment": "",
            "review_comment": "",
        },
    }
    assert response.json()["ratings"] == [rows[1], rows[3]]

    response = subject.post(f"{here}submit/")
    assert response.status_code == 409
    assert response.json() == {
        "type": "urn:digital-academy:problem:ratings_missing",
        "title": "Some items are not answered",
        "status": 409,
        "detail": "1 items are not answered.",
        "code": "ratings_missing",
        "errors": [
            {
                "pointer": f"/ratings/{second.public_id}",
                "code": "missing",
                "detail": "“Requirements” is not answered.",
            }
        ],
    }

    subject.post(f"{here}ratings/", {"ratings": [{"item": str(second.public_id), "self_level": 1}]})
    assert head.get(here).status_code == 404
    response = subject.post(f"{here}submit/")
    steps.append(step("submitted", "With the reviewer", ict))
    rows[2] = {**rows[3], "item": str(second.public_id), "number": 2, "name_ja": "要件定義", "name_en": "Requirements"}
    rows[2]["self_level"] = 1
    assert without_times(response.json()) == {
        **common,
        "status": "submitted",
        "status_label": "With the reviewer",
        "submissions": 1,
        "reviewer": None,
        "steps": steps,
        "ratings": [rows[1], rows[2], rows[3]],
    }

    response = head.post(f"{here}return/", {"reason": "根拠を書いてください"})
    assert response.status_code == 200, response.content
    steps.append(step("returned", "Returned", reviewer, "根拠を書いてください"))
    assert without_times(response.json())["steps"] == steps
    assert response.json()["ratings"] == [rows[1], rows[2], rows[3]]

    subject.post(f"{here}ratings/", {"ratings": [{"item": str(second.public_id), "evidence": "要件定義書2件"}]})
    assert head.get(here).json()["ratings"] == [rows[1], rows[2], rows[3]]
    subject.post(f"{here}submit/")
    steps.append(step("submitted", "With the reviewer", ict))
    rows[2] |= {"revision": 2, "evidence": "要件定義書2件"}
    assert head.get(here).json()["ratings"] == [rows[1], rows[2], rows[3]]

    given = {"item": str(first.public_id), "confirmed_level": 1, "review_comment": "経験が足りない"}
    response = head.post(f"{here}confirm/", {"ratings": [given]})
    assert response.status_code == 200, response.content
    steps.append(step("confirmed", "Confirmed", reviewer))
    rows[1] |= {"revision": 2, "confirmed_level": 1, "review_comment": "経験が足りない"}
    rows[2] |= {"revision": 3, "confirmed_level": 1}
    rows[3] |= {"revision": 2, "confirmed_level": 0}
    confirmed = {
        **common,
        "status": "confirmed",
        "status_label": "Confirmed",
        "submissions": 2,
        "reviewer": str(cast.head.public_id),
        "steps": steps,
        "ratings": [rows[1], rows[2], rows[3]],
    }
    assert without_times(response.json()) == confirmed
    assert without_times(subject.get(here).json()) == confirmed


def test_history_holds_every_revision(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 3)
    rate(cast, assessment, 2)
    here = f"{PATH}{assessment.public_id}/history/"
    body = client_of(cast.ict).get(here).json()
    for row in body:
        assert dt.datetime.fromisoformat(row.pop("recorded_at")).utcoffset() == dt.timedelta(hours=9)
    own = {
        "item": str(items(cycle.framework)[0].public_id),
        "number": 1,
        "name_ja": "企画",
        "name_en": "Planning",
        "confirmed_level": None,
        "evidence": "",
        "comment": "",
        "review_comment": "",
        "round": 1,
        "by": str(cast.user("ict").public_id),
    }
    assert body == [{**own, "revision": 1, "self_level": 3}, {**own, "revision": 2, "self_level": 2}]
    assert client_of(cast.head).get(here).status_code == 404
    assert client_of(cast.hr).get(here).json() == []


def test_hr_sees_that_there_is_a_draft_and_nothing_of_it(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 3, 2)
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.SKILL_OFFICE, during=ALWAYS)
    for somebody in (cast.hr, cast.bureau_hr, cast.trainer):
        body = client_of(somebody).get(f"{PATH}{assessment.public_id}/").json()
        assert (body["status"], body["ratings"]) == ("draft", [])


def test_to_a_colleague_an_assessment_is_as_good_as_missing(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    assessment = submitted(cast, cycle)
    missing = cycle.public_id
    for somebody in (cast.ict2, cast.trainer, cast.industry_head, cast.auditor):
        client = client_of(somebody)
        assert client.get(PATH).json() == {"next": None, "previous": None, "results": []}
        for tail in ("", "history/"):
            hidden, absent = (client.get(f"{PATH}{one}/{tail}") for one in (assessment.public_id, missing))
            assert (hidden.status_code, hidden.content) == (404, absent.content)
        for tail in ("ratings/", "submit/", "confirm/", "return/"):
            hidden, absent = (client.post(f"{PATH}{one}/{tail}", {}) for one in (assessment.public_id, missing))
            assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_who_sees_it_may_not_therefore_write_it(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    assessment = submitted(cast, cycle)
    here = f"{PATH}{assessment.public_id}/"
    part = {"ratings": [{"item": str(items(framework)[0].public_id), "self_level": 3}]}
    for somebody in (cast.head, cast.hr, cast.bureau_hr):
        client = client_of(somebody)
        for response in (client.post(f"{here}ratings/", part), client.post(f"{here}submit/")):
            assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    for somebody in (cast.ict, cast.hr, cast.bureau_hr):
        client = client_of(somebody)
        for response in (client.post(f"{here}confirm/"), client.post(f"{here}return/", {"reason": "x"})):
            assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_a_reviewer_does_not_review_their_own(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    RoleGrant.objects.create(user=cast.user("ict"), role=Role.SKILL_OFFICE, during=ALWAYS)
    assessment = submitted(cast, cycle)
    response = client_of(cast.ict).post(f"{PATH}{assessment.public_id}/confirm/")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_after_the_cycle_closed_nothing_is_written(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, client_of: ClientOf, at: Clock
) -> None:
    draft, waiting = started(cast, cycle), submitted(cast, cycle, who="ict2")
    at(CLOSES + dt.timedelta(minutes=1))
    subject, head = client_of(cast.ict), client_of(cast.head)
    part = {"ratings": [{"item": str(items(framework)[0].public_id), "self_level": 3}]}
    for response in (
        client_of(cast.trainer).post(PATH, {"cycle": str(cycle.public_id)}),
        subject.post(f"{PATH}{draft.public_id}/ratings/", part),
        subject.post(f"{PATH}{draft.public_id}/submit/"),
        head.post(f"{PATH}{waiting.public_id}/confirm/"),
        head.post(f"{PATH}{waiting.public_id}/return/", {"reason": "遅い"}),
    ):
        assert response.status_code == 409
        assert response.json()["code"] == "cycle_not_open"
        assert response.json()["detail"] == "The assessment period is from 2022-06-01 00:00 to 2022-08-01 00:00."


def test_whoever_is_not_of_the_ict_job_family_is_refused(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    response = client_of(cast.staff).post(PATH, {"cycle": str(cycle.public_id)})
    assert (response.status_code, response.json()["code"]) == (409, "not_in_skill_map")
    response = client_of(cast.hr).post(PATH, {"cycle": str(cycle.public_id)})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("part", "pointer", "code"),
    [
        ({}, "/ratings", "required"),
        ({"ratings": []}, "/ratings", "empty"),
        ({"ratings": [{"self_level": 1}]}, "/ratings/0/item", "required"),
        ({"ratings": [{"item": "ITEM", "self_level": -1}]}, "/ratings/0/self_level", "min_value"),
        ({"ratings": [{"item": "ITEM", "self_level": 4}]}, "/ratings/0/self_level", "unknown_level"),
        ({"ratings": [{"item": "ITEM", "confirmed_level": 3}]}, "/ratings/0/confirmed_level", "unknown_field"),
        ({"ratings": [{"item": "ITEM", "evidence": "x" * 2001}]}, "/ratings/0/evidence", "max_length"),
        ({"ratings": [{"item": "ITEM"}], "status": "confirmed"}, "/status", "unknown_field"),
    ],
)
def test_a_part_that_is_not_well_formed_is_refused(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf, part: dict[str, Any], pointer: str, code: str
) -> None:
    assessment = started(cast, cycle)
    item = str(items(cycle.framework)[0].public_id)
    for each in part.get("ratings", []):
        each |= {"item": item} if "item" in each else {}
    response = client_of(cast.ict).post(f"{PATH}{assessment.public_id}/ratings/", part)
    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]


def test_a_return_needs_a_reason(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    assessment = submitted(cast, cycle)
    response = client_of(cast.head).post(f"{PATH}{assessment.public_id}/return/")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "/reason", "code": "required", "detail": "A return needs a reason."}
    ]


def test_a_reviewer_who_read_an_earlier_version_is_told_so(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    assessment = submitted(cast, cycle)
    head, here = client_of(cast.head), f"{PATH}{assessment.public_id}/"
    etag = head.get(here).headers["ETag"]
    assert head.get(here, headers={"If-None-Match": etag}).status_code == 304
    head.post(f"{here}return/", {"reason": "根拠"})
    client_of(cast.ict).post(f"{here}submit/")
    response = head.post(f"{here}confirm/", headers={"If-Match": etag})
    assert (response.status_code, response.json()["code"]) == (412, "stale_if_match")
    etag = head.get(here).headers["ETag"]
    assert head.post(f"{here}confirm/", headers={"If-Match": etag}).json()["status"] == "confirmed"


def test_a_dry_run_saves_nothing(cast: Cast, cycle: AssessmentCycle, client_of: ClientOf) -> None:
    assessment = submitted(cast, cycle)
    response = client_of(cast.head).post(f"{PATH}{assessment.public_id}/confirm/?dry_run=true")
    assert response.json()["result"]["status"] == "confirmed"
    assert Assessment.objects.get().status == "submitted"


def test_the_list_is_filtered_and_its_statements_do_not_grow(
    cast: Cast, cycle: AssessmentCycle, client_of: ClientOf
) -> None:
    client = client_of(cast.head)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(PATH)
        return len(captured)

    submitted(cast, cycle, who="ict")
    one = statements()
    submitted(cast, cycle, who="ict2")
    submitted(cast, cycle, who="trainer")
    assert (one, statements()) == (6, 6)
    rows = client.get(f"{PATH}?cycle={cycle.public_id}&order=created_at&count=true").json()
    assert (rows["count"], [row["staff_name"] for row in rows["results"]]) == (
        3,
        ["髙橋 花子", "山﨑 次郎", "佐藤 四郎"],
    )
    assert client.get(f"{PATH}?staff={cast.ict2.public_id}&count=true").json()["count"] == 1
    assert client.get(f"{PATH}?status=draft&count=true").json()["count"] == 0
    assert client.get(f"{PATH}?reviewer=1").status_code == 400
