"""Jobs: written with their cause, done once, taken up again when a worker died."""

import datetime as dt
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from academy import clock
from academy.errors import AlreadyExists, JobNotCancellable
from academy.models import Job, JobStatus
from academy.operations import jobs
from tests.cast import Cast

done: list[int] = []


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    @jobs.job_kind("test.count")
    def count(job: Job) -> dict[str, Any]:
        done.append(job.pk)
        return {"n": job.parameters["n"]}

    @jobs.job_kind("test.refuse")
    def refuse(job: Job) -> dict[str, Any]:
        raise AlreadyExists

    yield
    done.clear()
    jobs._kinds.pop("test.count")
    jobs._kinds.pop("test.refuse")


def test_a_job_is_done_and_says_so(cast: Cast) -> None:
    job = jobs.request_job(kind="test.count", parameters={"n": 3}, by=cast.hr)
    assert jobs.run_next_job()
    job.refresh_from_db()
    assert (job.status, job.result, job.attempts) == (JobStatus.DONE, {"n": 3}, 1)
    assert not jobs.run_next_job()


def test_a_refusal_is_kept_as_the_problem_of_the_job(cast: Cast) -> None:
    job = jobs.request_job(kind="test.refuse", parameters={}, by=cast.hr)
    assert jobs.run_next_job()
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert job.problem == {
        "code": "already_exists",
        "detail_ja": "同じものがすでにあります。",
        "detail_en": "The same thing exists already.",
    }


def test_a_job_whose_worker_died_is_taken_up_again(cast: Cast) -> None:
    job = jobs.request_job(kind="test.count", parameters={"n": 1}, by=cast.hr)
    Job.objects.filter(pk=job.pk).update(
        status=JobStatus.RUNNING, attempts=1, lease_until=clock.real_now() - dt.timedelta(seconds=1)
    )
    assert jobs.run_next_job()
    assert (Job.objects.get().status, done) == (JobStatus.DONE, [job.pk])


def test_a_job_that_is_being_done_is_left_alone(cast: Cast) -> None:
    jobs.request_job(kind="test.count", parameters={"n": 1}, by=cast.hr)
    Job.objects.update(status=JobStatus.RUNNING, lease_until=clock.real_now() + dt.timedelta(minutes=1))
    assert not jobs.run_next_job()


def test_a_job_that_keeps_killing_its_worker_fails(cast: Cast) -> None:
    job = jobs.request_job(kind="test.count", parameters={"n": 1}, by=cast.hr)
    Job.objects.update(attempts=jobs.MOST_ATTEMPTS)
    assert not jobs.run_next_job()
    job.refresh_from_db()
    assert (job.status, job.problem) == (JobStatus.FAILED, {"code": "gave_up", "attempts": 3})


def test_only_a_waiting_job_can_be_taken_back(cast: Cast) -> None:
    job = jobs.request_job(kind="test.count", parameters={"n": 1}, by=cast.hr)
    assert jobs.cancel_job(job_id=job.pk, by=cast.hr).status == JobStatus.CANCELLED
    assert not jobs.run_next_job()
    with pytest.raises(JobNotCancellable):
        jobs.cancel_job(job_id=job.pk, by=cast.hr)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_before_the_job_is_done(kinds: None) -> None:
    seen: list[tuple[int, int]] = []

    @jobs.job_kind("test.count")
    def count(job: Job) -> dict[str, Any]:
        jobs.report_progress(job, done=40, of=100)
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(_progress, job.pk).result())
        return {}

    job = jobs.request_job(kind="test.count", parameters={}, by=None)
    assert jobs.run_next_job()
    assert seen == [(40, 100)]
    job.refresh_from_db()
    assert (job.status, job.done_rows, job.all_rows) == (JobStatus.DONE, 100, 100)


def _progress(job_id: int) -> tuple[int, int]:
    """As another connection sees it."""
    try:
        job = Job.objects.get(pk=job_id)
        return job.done_rows, job.all_rows
    finally:
        connection.close()


def test_what_a_worker_did_is_rolled_back_where_another_has_taken_over(cast: Cast) -> None:
    @jobs.job_kind("test.count")
    def count(job: Job) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(attempts=2)  # its lease ran out meanwhile
        cast.hr.username = "renamed"
        cast.hr.save()
        return {}

    jobs.request_job(kind="test.count", parameters={}, by=cast.hr)
    assert jobs.run_next_job()
    cast.hr.refresh_from_db()
    assert (cast.hr.username, Job.objects.get().status) == ("hr", JobStatus.RUNNING)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_the_same_job() -> None:
    wanted = {jobs.request_job(kind="test.count", parameters={"n": n}, by=None).pk for n in range(12)}
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        while jobs.run_next_job():
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == sorted(wanted)


WORKER = """
import django
django.setup()
from academy.celery import app
app.loader.import_default_modules()
from academy.operations import jobs
print(*jobs.kinds())
"""


def test_a_worker_knows_every_kind_of_job_that_is_asked_for() -> None:
    """It loads what the tasks import, and none of the addresses that ask for jobs."""
    root = Path(__file__).resolve().parent.parent.parent
    source = "".join(path.read_text(encoding="utf-8") for path in root.glob("enrollments/operations/*.py"))
    named = set(re.findall(r'^\w*JOB = "([\w.]+)"', source, re.MULTILINE))
    told = subprocess.run([sys.executable, "-c", WORKER], cwd=root, capture_output=True, text=True, check=True).stdout
    assert len(named) >= 5
    assert named <= set(told.split())
