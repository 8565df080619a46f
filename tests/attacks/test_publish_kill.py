"""`kill -9` in the middle of a decision, of work on many seats, of mailing: it is done once, wholly, by whoever comes next.

Each has a control: with its guard taken away the same kill leaves a loss.
"""

import datetime as dt
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from academy import clock
from academy.models import AuditEvent, IdempotencyRecord, Job, JobStatus, Mail, Notice, Role, RoleGrant, Staff, Token
from academy.models.accounts import token_digest
from academy.operations import jobs, mails
from academy.operations.notices import tell
from courses.models import Session
from enrollments.models import Decision, Enrollment, SeatBatch, Status
from enrollments.operations import assigning, batches, decisions, step_notices
from tests import stage
from tests.attacks.mailbox import Mailbox, mailbox
from tests.attacks.stopped import stopping
from tests.attacks.test_kill import SECRET, Web, database_address, web_server
from tests.cast import ALWAYS, Cast, assemble
from tests.records import crowd, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

SEATS = 120
TITLE = {"session_ja": "統計の基礎", "session_en": "Statistics"}


def upcoming(**fields: Any) -> Session:
    """A published session in a month of real time: production has no other clock."""
    begins = clock.today() + dt.timedelta(days=30)
    course = stage.course(rule={"job_family": ["ict"]})
    return stage.session(course, status="published", starts_on=begins, ends_on=begins, **fields)


def drafted(cast: Cast, applicants: int) -> tuple[Session, Decision]:
    """A screening whose applications have closed, and the draft over everybody who applied."""
    closed = clock.now() - dt.timedelta(days=1)
    session = upcoming(
        selection="screening", capacity=SEATS, apply_from=closed - dt.timedelta(days=1), apply_until=closed
    )
    enrolled(session, *crowd(cast, applicants), status=Status.APPLIED)
    Session.objects.filter(pk=session.pk).update(last_queue_no=applicants)
    return session, decisions.propose_decision(session_ids=[session.pk], reserves=True, by=cast.hr)


def publish(web: Web, session: Session, decision: Decision) -> tuple[int, dict[str, Any]] | None:
    """Publish under a key; None where the connection ended without an answer."""
    headers = {
        "Host": "localhost",
        "Authorization": f"Bearer {SECRET}",
        "Content-Type": "application/json",
        "Idempotency-Key": "publish",
    }
    body = json.dumps({"decision": str(decision.public_id)})
    with closing(HTTPConnection("127.0.0.1", web.port, timeout=60)) as client:
        try:
            client.request("POST", f"/api/v1/sessions/{session.public_id}/publish-decision/", body, headers)
            answer = client.getresponse()
            return answer.status, json.loads(answer.read())
        except (HTTPException, ConnectionError):
            return None


def until_let_go(session: Session) -> None:
    """Wait until the database has let go of what the dead process held."""
    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)


def statuses(session: Session) -> dict[str, int]:
    """How many have each."""
    return Counter(Enrollment.objects.filter(session=session).values_list("status", flat=True))


def published_after_a_kill(at: str, applicants: int) -> tuple[Session, Decision, Any, Any]:
    """Kill the web worker that publishes, repeat the call under its key, twice; gives what the repetitions answered."""
    cast = assemble()
    RoleGrant.objects.create(user=cast.user("head"), role=Role.BUREAU_HR, organization=cast.digital, during=ALWAYS)
    expires = clock.real_now() + dt.timedelta(hours=1)
    Token.objects.create(user=cast.hr, digest=token_digest(SECRET), expires_at=expires)
    session, decision = drafted(cast, applicants)
    with stopping(at) as stop, ThreadPoolExecutor(1) as client:
        settings: Any = {**stop.environment, "GUNICORN_CMD_ARGS": "--config python:tests.attacks.stopped"}
        with web_server(**settings) as web:
            sent = client.submit(publish, web, session, decision)
            stop.kill()
            assert sent.result() is None, "nothing was acknowledged"
            until_let_go(session)
            if ":" not in at:
                nothing_happened(session, decision, applicants)
            answered, again = (publish(web, session, decision) for _ in range(2))
    decision.refresh_from_db()
    return session, decision, answered, again


def nothing_happened(session: Session, decision: Decision, applicants: int) -> None:
    decision.refresh_from_db()
    assert (decision.status, decision.number) == ("draft", None)
    assert statuses(session) == {"applied": applicants}
    assert not Notice.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert not AuditEvent.objects.filter(action="enrollments.publish_decision").exists()


@pytest.mark.parametrize(
    ("at", "applicants"),
    [
        ("decision_told", 300),
        *(
            pytest.param(at, 1_000, marks=pytest.mark.long)
            for at in ("decision_written", "decision_numbered", "decision_told")
        ),
    ],
)
def test_a_decision_whose_publication_is_killed_is_published_once(at: str, applicants: int) -> None:
    session, decision, answered, again = published_after_a_kill(at, applicants)
    assert answered is not None
    assert (answered[0], answered[1]["status"], answered[1]["number"]) == (200, "published", 1)
    assert again == answered
    assert decision.number == 1, "no number is lost"
    assert statuses(session) == {"enrolled": SEATS, "waitlisted": applicants - SEATS}
    assert AuditEvent.objects.filter(action="enrollments.publish_decision").count() == 1
    step_notices.tell_of_all_steps(step_notices.told_since())
    told = Notice.objects.order_by("recipient").values_list("recipient", "kind")
    people = set(Enrollment.objects.values_list("staff", flat=True))
    assert sorted(person for person, _ in told if person in people) == sorted(people), "each once"
    others = sorted(kind for person, kind in told if person not in people)
    assert others == ["decision_for_bureau", "decision_for_unit"]


def test_control_a_decision_that_is_written_before_it_is_told_is_lost_half_way() -> None:
    session, decision, answered, _ = published_after_a_kill("decision_numbered:committed", 5)
    assert (decision.status, statuses(session)) == ("published", {"enrolled": 5})
    assert not Notice.objects.exists(), "nobody is told"
    assert answered is not None
    assert (answered[0], answered[1]["code"]) == (409, "decision_settled"), "and nobody can publish it again"


def of_many_seats(cast: Cast, kind: str, people: int) -> tuple[Session, Job]:
    """A job that takes back all seats of a session, for which as many people wait."""
    session, staff = upcoming(capacity=people), crowd(cast, 2 * people)
    assigning.assign(session_id=session.pk, staff_ids=[each.pk for each in staff[:people]], by=cast.hr)
    batch = SeatBatch.objects.get()
    parameters: dict[str, Any] = {"reason": "誤り", "batch_id": batch.pk}
    if kind == batches.CANCEL_JOB:
        given = [str(each) for each in batch.enrollments.values_list("public_id", flat=True)]
        parameters = {"reason": "誤り", "session_id": session.pk, "enrollments": given}
    enrolled(session, *staff[people:], status=Status.WAITLISTED)
    return session, jobs.request_job(kind=kind, parameters=parameters, by=cast.hr)


def done_after_a_kill(at: str, kind: str, people: int) -> tuple[Session, Job]:
    """Kill the worker that does the job; then its lease is over, and another takes it up."""
    session, job = of_many_seats(assemble(), kind, people)
    before = statuses(session)
    with stopping(at) as stop:
        stop.kill_worker(DATABASE_URL=database_address())
    until_let_go(session)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.result) == (JobStatus.RUNNING, 1, None)
    if ":" not in at:
        assert statuses(session) == before
    assert not jobs.run_next_job(), "the dead worker's lease still runs"
    Job.objects.filter(pk=job.pk).update(lease_until=clock.real_now() - dt.timedelta(seconds=1))
    assert jobs.run_next_job()
    assert not jobs.run_next_job()
    job.refresh_from_db()
    return session, job


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        (batches.UNDO_JOB, 200),
        *(pytest.param(kind, 5_000, marks=pytest.mark.long) for kind in (batches.UNDO_JOB, batches.CANCEL_JOB)),
    ],
)
def test_seats_whose_taking_back_is_killed_are_taken_back_once(kind: str, people: int) -> None:
    session, job = done_after_a_kill("job", kind, people)
    assert (job.status, job.attempts) == (JobStatus.DONE, 2)
    assert job.result == {"asked": people, "succeeded": people, "codes": {}, "failed": []}
    assert statuses(session) == {"cancelled": people, "enrolled": people}, "who waited has the seats"
    assert AuditEvent.objects.filter(action=kind).count() == 1
    session.refresh_from_db()
    assert session.seats_taken == people


def test_control_work_that_is_committed_before_it_is_called_done_is_told_as_failed() -> None:
    session, job = done_after_a_kill("job:committed", batches.UNDO_JOB, 3)
    assert statuses(session) == {"cancelled": 3, "enrolled": 3}
    assert (job.status, (job.problem or {}).get("code"), job.result) == (JobStatus.FAILED, "batch_undone", None)


def mailed_after_a_kill(at: str, people: int, server: Mailbox, settings: LazySettings) -> list[str]:
    """Kill the worker that sends, at its third mail, and let another go on; gives the Message-IDs of all mails."""
    cast = assemble()
    staff = crowd(cast, people)
    for person in staff:
        Staff.objects.filter(pk=person.pk).update(email=f"{person.staff_number}@example.org")
    keys = [each.pk for each in staff]
    tell(kind="session_cancelled", occasion="a", recipients=keys, subject=upcoming(), facts=TITLE)
    with stopping(at) as stop:
        stop.kill_worker(DATABASE_URL=database_address(), EMAIL_URL=server.address)
    host, port = server.server_address[:2]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
    assert mails.settle_notices() == 0, "each has its mail"
    send_all()
    Mail.objects.filter(state="waiting").update(next_attempt_at=clock.real_now())  # the dead worker's time is over
    send_all()
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return [f"<{each}@{domain}>" for each in Mail.objects.order_by("pk").values_list("public_id", flat=True)]


def send_all() -> None:
    while mails.send_waiting_mails():
        pass


@pytest.mark.parametrize("people", [6, pytest.param(2_000, marks=pytest.mark.long)])
def test_of_mails_whose_sender_is_killed_none_is_lost_and_one_is_sent_again(
    people: int, settings: LazySettings
) -> None:
    """At least once, under the same Message-ID: the one mail that was accepted and not yet marked."""
    with mailbox() as server:
        expected = mailed_after_a_kill("mail_sent", people, server, settings)
        received = server.ids()
    assert sorted(received) == sorted([*expected, expected[2]])
    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 2, *[1] * (people - 3)]


def test_control_a_mail_that_is_marked_before_it_is_sent_is_lost(settings: LazySettings) -> None:
    with mailbox() as server:
        expected = mailed_after_a_kill("mail_marked", 6, server, settings)
        received = server.ids()
    assert sorted(received) == sorted([*expected[:2], *expected[3:]])
    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [1] * 6, "and nobody looks again"
