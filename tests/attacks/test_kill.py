"""`kill -9` in the middle of a rush: what was acknowledged is there once, and what was not can be repeated under its key."""

import datetime as dt
import json
import os
import queue
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction

from academy import clock
from academy.models import AuditEvent, IdempotencyRecord, Job, JobStatus, Staff, Token
from academy.models.accounts import token_digest
from academy.operations import jobs
from courses.models import Session
from enrollments.models import Enrollment, SeatBatch
from enrollments.operations.assigning import JOB
from tests import stage
from tests.cast import assemble
from tests.production_shape.test_production_shape import REPOSITORY, Machines
from tests.records import crowd

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 8
PEOPLE = 200
SEATS = 120
KILLS_AFTER = (30, 80)  # so many acknowledged applications
SECRET = "tda_of-the-rush"


def database_address() -> str:
    """The address of the database of this test, for processes of their own."""
    named = connection.settings_dict
    options = named.get("OPTIONS", {})
    where = {"host": named["HOST"] or options.get("host", ""), "port": named["PORT"] or options.get("port", "")}
    user = f"{quote(named['USER'])}:{quote(named['PASSWORD'])}"
    return f"postgresql://{user}@/{named['NAME']}?{urlencode(where)}"


def upcoming() -> Session:
    """A published session in a month of real time: production has no other clock."""
    begins = clock.today() + dt.timedelta(days=30)
    return stage.session(
        stage.course(rule={"job_family": ["ict"]}),
        status="published",
        capacity=SEATS,
        starts_on=begins,
        ends_on=begins,
        apply_from=stage.tokyo("2022-06-01 09:00"),
    )


@dataclass
class Journal:
    """What each client was told, kept outside of everything that is killed: by person, the status and the body."""

    answers: dict[UUID, tuple[int, bytes] | None] = field(default_factory=dict)
    acknowledged: "queue.Queue[UUID]" = field(default_factory=queue.Queue)

    def of(self, status: int | None) -> list[UUID]:
        return [person for person, answer in self.answers.items() if (answer and answer[0]) == status]


@dataclass(frozen=True)
class Web:
    machines: Machines
    port: int

    def worker(self, number: int) -> int:
        """The process of the worker that was started as the so-and-so-manieth."""
        return int(re.findall(r"Booting worker with pid: (\d+)", self.machines.log("web"))[number])

    def apply(self, session: Session, person: UUID) -> tuple[int, bytes] | None:
        """One application under a key of its own; None where the connection ended without an answer."""
        body = json.dumps({"session": str(session.public_id), "staff": str(person)})
        headers = {
            "Host": "localhost",
            "Authorization": f"Bearer {SECRET}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(person),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as client:
            try:
                client.request("POST", "/api/v1/enrollments/", body, headers)
                answer = client.getresponse()
                return answer.status, answer.read()
            except (HTTPException, ConnectionError):
                return None


@contextmanager
def web_server(threads: int = 4, **environment: str) -> Iterator[Web]:
    """Gunicorn with two workers, in the environment of production, on the database of the test."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="academy-kill-"))).resolve()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ACADEMY_", "DJANGO_"))}
        machines = Machines(
            folder,
            {
                **inherited,
                "SECRET_KEY": secrets.token_urlsafe(50),
                "ALLOWED_HOSTS": "localhost",
                "EMAIL_URL": "smtp://127.0.0.1:1",  # nobody answers, and nobody waits for it
                "EMAIL_FROM": "academy@example.jp",
                "SECURE_SSL_REDIRECT": "false",  # this test is its own proxy, without TLS
                "ACADEMY_HOME": str(folder / "home"),
                "DATABASE_URL": database_address(),
                "CELERY_BROKER_URL": f"redis+socket://{folder}/none",  # an application wakes nobody up
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
        )
        stack.callback(machines.kill_all)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        bind = ["--bind", f"fd://{listener.fileno()}", "--no-control-socket"]
        workers = ["--worker-class", "gthread", "--workers", "2", "--threads", str(threads), "--preload"]
        command = ["-m", "gunicorn", *bind, *workers, "academy.wsgi:application"]
        machines.python("web", *command, inherits=(listener.fileno(),))
        yield Web(machines, int(listener.getsockname()[1]))


def rush(web: Web, session: Session, people: Sequence[Staff], journal: Journal) -> None:
    """Everybody applies, eight at a time; a worker is killed each time so many have been acknowledged."""

    def one(person: UUID) -> None:
        answer = journal.answers[person] = web.apply(session, person)
        if answer and answer[0] == 201:
            journal.acknowledged.put(person)

    with ThreadPoolExecutor(CLIENTS) as clients:
        sent = [clients.submit(one, person.public_id) for person in people]
        told = 0
        for number, enough in enumerate(KILLS_AFTER):
            while told < enough:
                journal.acknowledged.get(timeout=60)
                told += 1
            os.kill(web.worker(number), signal.SIGKILL)
        for each in sent:
            each.result()


def test_no_acknowledged_application_is_lost_and_none_is_doubled() -> None:
    cast = assemble()
    expires = clock.real_now() + dt.timedelta(hours=1)
    Token.objects.create(user=cast.hr, digest=token_digest(SECRET), expires_at=expires)
    session, people, journal = upcoming(), crowd(cast, PEOPLE), Journal()
    with web_server() as web:
        rush(web, session, people, journal)
        assert set(journal.answers) == {each.public_id for each in people}
        unanswered = journal.of(None)
        assert len(unanswered) + len(journal.of(201)) == PEOPLE, "an answer is 201 or does not come"
        assert unanswered, "the kills hit the middle of the rush"
        found = set(Enrollment.objects.filter(session=session).values_list("staff__public_id", flat=True))
        assert set(journal.of(201)) <= found

        repeated = {person: web.apply(session, person) for person in unanswered}
        assert {answer and answer[0] for answer in repeated.values()} == {201}
        some = journal.of(201)[:5]
        assert [web.apply(session, person) for person in some] == [journal.answers[person] for person in some]

    rows = Enrollment.objects.filter(session=session)
    assert sorted(rows.values_list("staff_id", flat=True)) == sorted(each.pk for each in people)
    assert AuditEvent.objects.filter(action="enrollments.apply").count() == PEOPLE
    assert IdempotencyRecord.objects.count() == PEOPLE
    session.refresh_from_db()
    assert session.seats_taken == rows.seated().count() == SEATS
    assert set(rows.values_list("queue_no", flat=True)) == set(range(1, PEOPLE + 1))


def test_a_job_whose_worker_was_killed_before_its_commit_is_done_once() -> None:
    cast = assemble()
    session, people = upcoming(), crowd(cast, 3)
    parameters = {"session_id": session.pk, "staff": [str(each.public_id) for each in people]}
    job = jobs.request_job(kind=JOB, parameters=parameters, by=cast.hr)
    kill_in_the_middle_of(JOB)
    with transaction.atomic():  # waits until the database has let go of what the dead worker held
        job = Job.objects.select_for_update().get(pk=job.pk)
    assert (job.status, job.attempts) == (JobStatus.RUNNING, 1)
    assert not Enrollment.objects.filter(session=session).exists()
    assert not jobs.run_next_job(), "the dead worker's lease still runs"

    Job.objects.filter(pk=job.pk).update(lease_until=clock.real_now() - dt.timedelta(seconds=1))
    assert jobs.run_next_job()
    assert not jobs.run_next_job()
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.DONE, 2)
    batch = str(SeatBatch.objects.get().public_id)
    assert job.result == {"asked": 3, "succeeded": 3, "failed": [], "batch": batch}
    rows = Enrollment.objects.filter(session=session)
    assert sorted(rows.values_list("staff_id", "status")) == sorted((each.pk, "enrolled") for each in people)
    assert AuditEvent.objects.filter(action="enrollments.assign").count() == 1


def kill_in_the_middle_of(kind: str) -> None:
    """A worker of its own has done the work, and is killed before it commits."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.attacks.stuck_worker", kind],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": database_address()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"written\n"
        worker.kill()
    assert worker.returncode == -signal.SIGKILL
