"""The snapshot in which a dry run by a job is worked out: of one moment, and the database keeps it from everything else."""

import datetime as dt

import pytest
from django.db import InternalError, connection

from academy.models import Job, JobStatus, User
from academy.operations import jobs
from academy.operations.dry_runs import snapshot
from tests.cast import account
from tests.enrollments.threads import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_written_in_a_snapshot() -> None:
    with pytest.raises(InternalError, match="read-only transaction"), snapshot():
        account("nobody")
    assert not User.objects.exists()


def test_no_row_is_locked_in_a_snapshot() -> None:
    with pytest.raises(InternalError, match="read-only transaction"), snapshot():
        list(User.objects.select_for_update(no_key=True))


def test_what_is_committed_meanwhile_is_not_seen() -> None:
    with snapshot():
        assert not User.objects.exists()
        elsewhere(lambda: account("somebody"))
        assert not User.objects.exists()
    assert User.objects.exists(), "the control: outside of a snapshot it is"


def test_afterwards_the_connection_writes_and_reads_as_ever() -> None:
    with snapshot():
        pass
    account("somebody")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
        assert cursor.fetchone() == ("read committed", "off")


@pytest.mark.parametrize("kind", ["test.look", "test.look.dry_run"])
def test_only_the_dry_run_of_a_kind_is_kept_from_writing(kind: str) -> None:
    def write(job: Job) -> dict[str, int]:
        account("somebody")
        job.all_rows = 7
        return {"users": User.objects.count()}

    jobs.job_kind(kind)(write)
    try:
        job = jobs.request_job(kind=kind, parameters={}, by=None)
        if kind == "test.look":
            assert jobs.run_next_job()
        else:
            with pytest.raises(InternalError, match="read-only transaction"):
                jobs.run_next_job()
    finally:
        jobs._kinds.pop(kind)
    job.refresh_from_db()
    assert (job.status, job.result, job.all_rows) == (
        (JobStatus.DONE, {"users": 1}, 7) if kind == "test.look" else (JobStatus.RUNNING, None, 0)
    )


def test_a_dry_run_that_lost_its_worker_is_worked_out_again() -> None:
    @jobs.job_kind("test.look.dry_run")
    def count(job: Job) -> dict[str, int]:
        job.all_rows = 5
        return {"users": User.objects.count()}

    try:
        job = jobs.request_job(kind="test.look.dry_run", parameters={}, by=None)
        long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        Job.objects.update(status=JobStatus.RUNNING, attempts=1, lease_until=long_ago)
        assert jobs.run_next_job()
    finally:
        jobs._kinds.pop("test.look.dry_run")
    job.refresh_from_db()
    assert (job.status, job.result, job.attempts, job.all_rows, job.done_rows) == (
        JobStatus.DONE, {"users": 0}, 2, 5, 5,
    )  # fmt: skip
