"""Work that outlives a request: a row says what is to be done, any worker takes it, a crash loses nothing."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import F, Q

from academy import clock
from academy.access import Viewer
from academy.errors import DomainError, Forbidden, JobNotCancellable, UnknownJobKind
from academy.models import Job, JobStatus, User
from academy.operations.base import note, operation
from academy.operations.dry_runs import snapshot

LEASE = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 3

Work = Callable[[Job], dict[str, Any]]
_kinds: dict[str, Work] = {}
_DRY_RUN = ".dry_run"


def job_kind(name: str) -> Callable[[Work], Work]:
    """Register what a kind of job does. It gets the job and returns its result; both commit together."""

    def register(work: Work) -> Work:
        _kinds[name] = work
        return work

    return register


def dry_run_of(kind: str) -> str:
    """The kind of job that is the dry run of another. It gets the same parameters; its work is done in a snapshot."""
    return f"{kind}{_DRY_RUN}"


def asked_by(job: Job) -> Viewer:
    """Whoever asked for a job, with the rights that they have when it runs."""
    if job.requested_by is None:
        raise Forbidden
    return Viewer(job.requested_by)


def kinds() -> Mapping[str, Work]:
    """What each known kind of job does."""
    return _kinds


@operation
def request_job(*, kind: str, parameters: dict[str, Any], by: User | None) -> Job:
    """Write down work to be done. `parameters` are ids and codes, no personal values."""
    if kind not in _kinds:
        raise UnknownJobKind(kind=kind)
    return Job.objects.create(kind=kind, parameters=parameters, requested_by=by)


@operation
def cancel_job(*, job_id: int, by: User) -> Job:
    """Take back a job that no worker has begun."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.status != JobStatus.WAITING:
        raise JobNotCancellable
    job.status, job.finished_at = JobStatus.CANCELLED, clock.real_now()
    job.save(update_fields=["status", "finished_at"])
    return job


def run_next_job() -> bool:
    """Claim one job and do it; False when none is waiting. Two workers never claim the same."""
    job = _claim()
    if job is None:
        return False
    try:
        _finish(job_id=job.pk, attempt=job.attempts, work=_work_of(job), by=job.requested_by)
    except TakenOver:
        pass
    except DomainError as refusal:
        _fail(job_id=job.pk, refusal=refusal, by=job.requested_by)
    return True


def _claim() -> Job | None:
    """Take the oldest job that waits or whose worker died; a job that keeps killing its worker fails."""
    now = clock.real_now()
    free = Q(status=JobStatus.WAITING) | Q(status=JobStatus.RUNNING, lease_until__lt=now)
    with transaction.atomic():
        claimable = Job.objects.filter(free).order_by("created_at").select_for_update(skip_locked=True)
        job = claimable.first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            problem = {"code": "gave_up", "attempts": job.attempts}
            Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED, problem=problem, finished_at=now)
            return None
        Job.objects.filter(pk=job.pk).update(
            status=JobStatus.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    return Job.objects.select_related("requested_by").get(pk=job.pk)


def _work_of(job: Job) -> Work:
    """What is done in the transaction that finishes the job: a dry run has been worked out before, in a snapshot."""
    if job.kind not in _kinds:
        raise UnknownJobKind(kind=job.kind)
    if not job.kind.endswith(_DRY_RUN):
        return _kinds[job.kind]
    with snapshot():
        result = _kinds[job.kind](job)

    def write_down(held: Job) -> dict[str, Any]:
        held.all_rows = job.all_rows
        return result

    return write_down


class TakenOver(Exception):
    """The lease ran out and another worker has the job: what this one did is rolled back."""


@operation
def _finish(*, job_id: int, attempt: int, work: Work, by: User | None) -> Job:
    """The effect and the word that it is done, in one transaction.

    The row is locked at the end: until then its progress is written beside this transaction.
    """
    job = Job.objects.get(pk=job_id)
    job.result = work(job)
    held = Job.objects.select_for_update().get(pk=job_id)
    if (held.status, held.attempts) != (JobStatus.RUNNING, attempt):
        raise TakenOver
    job.status, job.finished_at = JobStatus.DONE, clock.real_now()
    job.done_rows = job.all_rows
    job.save(update_fields=["result", "status", "finished_at", "done_rows", "all_rows"])
    note(job, kind=job.kind)
    return job


def report_progress(job: Job, *, done: int, of: int) -> None:
    """Say how far a running job is, at once and whatever becomes of its transaction; its lease begins anew."""
    job.all_rows = of
    params: dict[str, Any] = connection.get_connection_params()
    params.pop("pool", None)
    with psycopg.connect(**params, autocommit=True) as beside:
        beside.execute(
            "UPDATE academy_job SET done_rows = %s, all_rows = %s, lease_until = %s WHERE id = %s AND attempts = %s",
            [done, of, clock.real_now() + LEASE, job.pk, job.attempts],
        )


@operation
def _fail(*, job_id: int, refusal: DomainError, by: User | None) -> Job:
    job = Job.objects.select_for_update().get(pk=job_id)
    job.status, job.finished_at = JobStatus.FAILED, clock.real_now()
    job.problem = {"code": refusal.code, "detail_ja": refusal.detail.ja, "detail_en": refusal.detail.en}
    job.save(update_fields=["status", "finished_at", "problem"])
    note(job, kind=job.kind, code=refusal.code)
    return job
