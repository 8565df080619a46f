"""`decide/` and `publish-decision/` over many applicants: a job drafts and publishes, as the request would have."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Job, JobStatus, RoleGrant
from academy.operations import jobs
from api import many
from courses.models import Session
from enrollments.models import Decision, Enrollment
from tests.cast import Cast
from tests.enrollments.deciding import CLOSED, screening, states

ClientOf = Callable[[object], APIClient]
Clock = Callable[[Any], None]
APPLICANTS, SEAT, WAITS = 4, ("enrolled", ""), ("waitlisted", "")


@pytest.fixture(autouse=True)
def _fewer_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_AT_ONCE", APPLICANTS - 1)


@pytest.fixture
def applied(cast: Cast, at: Clock) -> tuple[Session, list[Enrollment]]:
    session, applied = screening(cast, APPLICANTS)
    at(CLOSED)
    return session, applied


def done(client: APIClient, session: Session, path: str, body: dict[str, Any]) -> Job:
    answer = client.post(f"/api/v1/sessions/{session.public_id}/{path}/", body)
    assert answer.status_code == 202, answer.content
    assert answer.json()["status"] == "waiting"
    assert jobs.run_next_job()
    return Job.objects.get(public_id=answer.json()["id"])


def counts(**of: int) -> dict[str, int]:
    return dict.fromkeys(("seat", "reserve", "not_selected", "ineligible", "other_wish"), 0) | of


def test_a_job_drafts_and_a_job_publishes(
    cast: Cast, client_of: ClientOf, applied: tuple[Session, list[Enrollment]]
) -> None:
    (session, people), hr = applied, client_of(cast.hr)
    drafted = done(hr, session, "decide", {"reserves": True})
    draft = Decision.objects.get()
    said = {"decision": str(draft.public_id), **counts(seat=2, reserve=2)}
    assert drafted.result == said | {"status": "draft", "number": None, "decided_on": None}
    assert states(people) == [("applied", "")] * APPLICANTS
    published = done(hr, session, "publish-decision", {"decision": str(draft.public_id)})
    assert published.result == said | {"status": "published", "number": 1, "decided_on": "2022-07-10"}
    assert (published.kind, published.all_rows) == ("enrollments.publish_decision", APPLICANTS)
    assert states(people) == [SEAT, SEAT, WAITS, WAITS]


def test_a_dry_run_is_answered_at_once(
    cast: Cast, client_of: ClientOf, applied: tuple[Session, list[Enrollment]]
) -> None:
    session, _ = applied
    shown = client_of(cast.hr).post(f"/api/v1/sessions/{session.public_id}/decide/?dry_run=true", {})
    assert (shown.status_code, shown.json()["result"]["by_session"][0]["seat"]) == (200, 2)
    assert not Job.objects.exists()


def test_as_many_as_a_request_may_are_no_job_also_under_a_key(
    cast: Cast, client_of: ClientOf, applied: tuple[Session, list[Enrollment]], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = applied
    monkeypatch.setattr(many, "MOST_AT_ONCE", APPLICANTS)
    hr, address = client_of(cast.hr), f"/api/v1/sessions/{session.public_id}/"
    made = hr.post(f"{address}decide/", {}, headers={"idempotency-key": "a"})
    again = hr.post(f"{address}decide/", {}, headers={"idempotency-key": "a"})
    assert (made.status_code, again.json()) == (201, made.json())
    told = hr.post(f"{address}publish-decision/", {"decision": made.json()["id"]}, headers={"idempotency-key": "b"})
    assert (told.status_code, told.json()["number"]) == (200, 1)
    assert not Job.objects.exists()


def test_the_refusal_of_the_operation_is_the_problem_of_the_job(
    cast: Cast, client_of: ClientOf, applied: tuple[Session, list[Enrollment]], at: Clock
) -> None:
    (session, _), hr = applied, client_of(cast.hr)
    done(hr, session, "decide", {})
    second = done(hr, session, "decide", {})
    assert (second.status, second.problem and second.problem["code"]) == (JobStatus.FAILED, "draft_exists")


@pytest.mark.parametrize("path", ["decide", "publish-decision"])
def test_who_lost_the_right_meanwhile_decides_nothing(
    cast: Cast, client_of: ClientOf, applied: tuple[Session, list[Enrollment]], path: str
) -> None:
    (session, people), hr = applied, client_of(cast.hr)
    body = {}
    if path != "decide":
        done(hr, session, "decide", {})
        body = {"decision": str(Decision.objects.get().public_id)}
    asked = hr.post(f"/api/v1/sessions/{session.public_id}/{path}/", body)
    assert asked.status_code == 202
    RoleGrant.objects.filter(user=cast.hr).delete()
    assert jobs.run_next_job()
    job = Job.objects.get(public_id=asked.json()["id"])
    assert (job.status, job.problem and job.problem["code"]) == (JobStatus.FAILED, "forbidden")
    assert states(people) == [("applied", "")] * APPLICANTS
    assert Decision.objects.count() == (path != "decide")
