"""`?dry_run=true` above a thousand people: a job that foresees what the call would do, holds nobody up, and says so."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from academy import clock
from academy.errors import LockTimeout
from academy.models import AuditEvent, Job, JobStatus, RoleGrant, Staff
from academy.operations import jobs
from academy.operations.dry_runs import MAY_DIFFER
from courses.models import SeatQuota, Session
from enrollments.evidence import evidence_for
from enrollments.models import Attendance, Enrollment, EnrollmentStep, SeatBatch
from enrollments.operations import assigning, batches
from tests.cast import Cast
from tests.enrollments.scene import FOR_ICT, apply, assign, crowd, open_session
from tests.enrollments.test_assign import masses
from tests.enrollments.threads import at_once, codes

ClientOf = Callable[[object], APIClient]

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 1_001


def ids(rows: Sequence[Any]) -> list[str]:
    return [str(each.public_id) for each in rows]


def world() -> list[Any]:
    """All that an assignment or its undoing could change."""
    return [
        list(Enrollment.objects.order_by("pk").values()),
        list(EnrollmentStep.objects.order_by("pk").values()),
        list(Session.objects.order_by("pk").values()),
        list(SeatQuota.objects.order_by("pk").values()),
        list(SeatBatch.objects.order_by("pk").values()),
    ]


def became() -> tuple[str, str | None]:
    """The status of the only job, and the code of its problem."""
    job = Job.objects.get()
    return job.status, (job.problem or {}).get("code")


def worked_out(client: APIClient, address: str, body: dict[str, Any]) -> Job:
    """The job that a call of this size is, done."""
    response = client.post(address, body)
    assert response.status_code == 202, response.content
    assert jobs.run_next_job()
    job = Job.objects.get(public_id=response.json()["id"])
    assert (job.status, job.problem) == (JobStatus.DONE, None)
    shown: dict[str, Any] = client.get(f"/api/v1/jobs/{job.public_id}/").json()
    assert (shown["result"], shown["all_rows"], shown["done_rows"]) == (job.result, job.all_rows, job.all_rows)
    return job


def foreseen_then_done(client: APIClient, address: str, body: dict[str, Any], action: str) -> tuple[Any, Any]:
    """What the dry run said, having changed nothing; then what the same call did. Both are of as many rows."""
    before, earliest = world(), clock.now()
    trial = worked_out(client, f"{address}?dry_run=true", body)
    assert world() == before
    assert not AuditEvent.objects.filter(action=action).exists()
    said: Any = trial.result
    looked_at = dt.datetime.fromisoformat(said.pop("looked_at"))
    assert earliest <= looked_at <= clock.now()
    done = worked_out(client, address, body)
    assert world() != before
    assert (trial.kind, trial.all_rows) == (f"{done.kind}.dry_run", done.all_rows)
    event = AuditEvent.objects.get(action=action)
    change = {"action": action, "kind": event.target_kind, "id": str(event.target), "detail": event.detail}
    assert said == {
        "dry_run": True,
        "without_locks": True,
        "note_ja": MAY_DIFFER.ja,
        "note_en": MAY_DIFFER.en,
        "result": said["result"],
        "changes": [change],
    }
    return said["result"], done.result


def with_a_queue(cast: Cast, capacity: int, **fields: Any) -> tuple[Session, list[Enrollment]]:
    """A session that one person sits in and four wait for, while it has free seats: no promotion has come about yet."""
    session = open_session(rule=FOR_ICT, capacity=1, **fields)
    applied = [apply(session, person) for person in crowd(cast, 5)]
    Session.objects.filter(pk=session.pk).update(capacity=capacity)
    return session, applied


def test_an_assignment_is_foreseen_as_it_comes_about(cast: Cast, client_of: ClientOf) -> None:
    session, applied = with_a_queue(cast, capacity=900)
    SeatQuota.objects.create(session=session, organization=cast.industry, seats=20)
    people = [applied[0].staff, cast.staff, cast.ict2, *masses(cast, MANY)]
    body = {"staff": [*ids(people), str(session.public_id)]}
    address = f"/api/v1/sessions/{session.public_id}/assign/"
    said, done = foreseen_then_done(client_of(cast.hr), address, body, "enrollments.assign")

    batch = SeatBatch.objects.get()
    assert done.pop("batch") == str(batch.public_id)
    assert said.pop("batch") is None, "nothing was given that could be undone"
    assert said == done
    why = {each["staff"]: each["codes"] for each in done["failed"]}
    assert [why[each] for each in ids(people[:2])] == [["already_applied"], ["not_eligible", "other_job_family"]]
    assert why[str(session.public_id)] == ["not_found"]
    # Of 900 seats one is taken, four are the queue's, and twenty are kept for another bureau.
    assert [why.get(each, []) for each in ids(people[2:])] == [[]] * 875 + [["seats_kept_for_others"]] * (MANY - 874)
    assert (done["asked"], done["succeeded"]) == (MANY + 4, 875)


def test_seats_that_are_cancelled_are_foreseen_with_who_moves_up(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, capacity=MANY)
    SeatQuota.objects.create(session=session, organization=cast.digital, seats=0, ceiling=MANY)
    people = masses(cast, MANY)
    assert assign(session, people, cast) == [()] * MANY
    waiting = [apply(session, person) for person in (cast.ict, cast.ict2, cast.trainer)]
    seated = list(Enrollment.objects.filter(session=session).seated().order_by("pk"))
    stay = seated[2:]
    Enrollment.objects.filter(pk__in=[each.pk for each in stay]).move_to("in_progress", by=None)
    Enrollment.objects.filter(pk__in=[each.pk for each in stay]).move_to("absent", by=None)
    body = {"enrollments": [*ids(seated), str(cast.ict.public_id)], "reason": "会場の都合"}
    address = f"/api/v1/sessions/{session.public_id}/cancel-seats/"
    said, done = foreseen_then_done(client_of(cast.hr), address, body, "enrollments.cancel_seats")
    assert said == done
    assert (done["asked"], done["succeeded"], done["codes"]) == (MANY + 1, 2, {"no_seat": MANY - 2, "not_found": 1})
    assert AuditEvent.objects.get(action="enrollments.cancel_seats").detail == {
        "asked": MANY, "cancelled": 2, "promoted": 2,
    }  # fmt: skip
    rows = Enrollment.objects.in_bulk([each.pk for each in waiting])
    assert [rows[each.pk].status for each in waiting] == ["enrolled", "enrolled", "waitlisted"]


def test_an_undone_assignment_is_foreseen_with_who_moves_up(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(rule=FOR_ICT, capacity=MANY)
    assign(session, masses(cast, MANY), cast)
    for person in (cast.ict, cast.ict2):
        apply(session, person)
    changed, used, *_ = Enrollment.objects.filter(session=session).seated().order_by("pk")
    Enrollment.objects.filter(pk=changed.pk).move_to("in_progress", by=None)
    Attendance.objects.create(enrollment=used, meeting=session.meetings.get(), mark="present")
    address = f"/api/v1/seat-batches/{SeatBatch.objects.get().public_id}/undo/"
    said, done = foreseen_then_done(client_of(cast.hr), address, {"reason": "誤り"}, "enrollments.undo_batch")
    assert said == done
    assert done == {
        "asked": MANY,
        "succeeded": MANY - 2,
        "codes": {"seat_changed": 1, "seat_has_records": 1},
        "failed": [
            {"enrollment": str(changed.public_id), "codes": ["seat_changed"]},
            {"enrollment": str(used.public_id), "codes": ["seat_has_records"]},
        ],
    }
    assert AuditEvent.objects.get(action="enrollments.undo_batch").detail == {
        "undone": MANY - 2, "stayed": 2, "promoted": 2,
    }  # fmt: skip


def test_what_the_call_would_refuse_the_dry_run_refuses(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=MANY)
    assign(session, masses(cast, MANY), cast)
    batch = SeatBatch.objects.get()
    batches.undo_batch(batch_id=batch.pk, reason="誤り", by=cast.hr)
    response = client_of(cast.hr).post(f"/api/v1/seat-batches/{batch.public_id}/undo/?dry_run=true", {"reason": "誤り"})
    assert response.status_code == 202
    assert jobs.run_next_job()
    assert became() == (JobStatus.FAILED, "batch_undone")


def test_the_rights_are_those_of_the_moment_it_runs(cast: Cast, client_of: ClientOf) -> None:
    session = open_session()
    address = f"/api/v1/sessions/{session.public_id}/assign/?dry_run=true"
    assert client_of(cast.hr).post(address, {"staff": [str(cast.ict.public_id)] * MANY}).status_code == 202
    RoleGrant.objects.filter(user=cast.hr).delete()
    assert jobs.run_next_job()
    assert became() == (JobStatus.FAILED, "forbidden")


def test_under_a_key_the_same_question_is_asked_once(cast: Cast, client_of: ClientOf) -> None:
    session, client = open_session(), client_of(cast.hr)
    address, body = f"/api/v1/sessions/{session.public_id}/assign/", {"staff": [str(cast.ict.public_id)] * MANY}
    first, again = (client.post(f"{address}?dry_run=true", body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (202, 202, first.json())
    real = client.post(address, body, headers={"Idempotency-Key": "k"})
    assert (real.status_code, real.json()["code"]) == (422, "idempotency_mismatch")
    assert Job.objects.get().kind == "enrollments.assign.dry_run"


def apply_while_it_is_decided(monkeypatch: pytest.MonkeyPatch, session: Session, person: Staff) -> list[str]:
    """Somebody applies after the deciding code has read everything; tells what refused it, if anything did."""
    met = list[str]()

    def in_haste() -> Enrollment:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return apply(session, person)

    def look_and_let_apply(*args: Any, **kwargs: Any) -> Any:
        found = evidence_for(*args, **kwargs)
        met.extend(codes(at_once([in_haste])))
        return found

    monkeypatch.setattr("enrollments.operations.assigning.evidence_for", look_and_let_apply)
    return met


@pytest.mark.parametrize("by_job", [True, False])
def test_applications_are_taken_while_a_job_foresees(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, by_job: bool
) -> None:
    """The control: a dry run in the request, which holds the session as the call itself would, keeps them waiting."""
    session, people = open_session(capacity=2), masses(cast, MANY if by_job else 3)
    met = apply_while_it_is_decided(monkeypatch, session, cast.ict)
    address = f"/api/v1/sessions/{session.public_id}/assign/?dry_run=true"
    response = client_of(cast.hr).post(address, {"staff": ids(people)})
    if by_job:
        assert (response.status_code, jobs.run_next_job()) == (202, True)
        result = (Job.objects.get().result or {})["result"]
    else:
        result = response.json()["result"]
    assert met == ([] if by_job else ["lock_timeout"])
    assert list(Enrollment.objects.values_list("staff", "status")) == ([(cast.ict.pk, "enrolled")] if by_job else [])
    assert result["succeeded"] == 2, "what came meanwhile is not seen: of one moment, as it says"


@pytest.mark.parametrize("foresee", [True, False])
def test_who_holds_the_session_holds_up_no_job_that_foresees(cast: Cast, client_of: ClientOf, foresee: bool) -> None:
    """The control: the assignment itself waits for whoever changes seats of the session."""
    session = open_session(capacity=2)
    jobs.request_job(
        kind=f"{assigning.JOB}.dry_run" if foresee else assigning.JOB,
        parameters={"session_id": session.pk, "staff": ids([cast.ict])},
        by=cast.hr,
    )

    def in_haste() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        jobs.run_next_job()

    with transaction.atomic():
        Session.objects.locked().get(pk=session.pk)
        assert codes(at_once([in_haste])) == []
    assert became() == ((JobStatus.DONE, None) if foresee else (JobStatus.FAILED, LockTimeout.code))
