"""Work for many people at once: in the request, or, where they are too many for one, by a job that is answered with 202."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from rest_framework import status as http
from rest_framework.response import Response

from academy.models import Job
from academy.operations.jobs import dry_run_of, request_job
from academy.tasks import run_waiting_jobs
from api.academy.rows import JobRow
from api.views import Resource

# Above so many people the work is a job. An answer that is kept under an idempotency key has to be small: where it
# names everybody, they are fewer.
MOST_AT_ONCE = 1000
MOST_UNDER_A_KEY = 300


class ForMany(Resource):
    """Above a thousand a dry run is a job too, which locks nothing and says so."""

    def write_for(
        self,
        many: int,
        call: Callable[[], Any],
        render: Callable[[Any], Any],
        *,
        kind: str,
        parameters: dict[str, Any],
        names_all: bool = True,
    ) -> Response:
        """Run one operation over so many people; `kind` and `parameters` are of the job that does the same.

        `names_all`: the answer has a line for each of them.
        """
        rehearsed = self._dry_run()
        kept = "Idempotency-Key" in self.request.headers and not rehearsed and names_all
        if many <= (MOST_UNDER_A_KEY if kept else MOST_AT_ONCE):
            return self.write(call, render)

        def later() -> Job:
            wanted = dry_run_of(kind) if rehearsed else kind
            job = request_job(kind=wanted, parameters=parameters, by=self.viewer.user)
            transaction.on_commit(run_waiting_jobs.delay, robust=True)  # without a broker the clock wakes a worker
            return job

        return self.do(later, _shown, status=http.HTTP_202_ACCEPTED)


def _shown(job: Job) -> Any:
    return JobRow.one(Job.objects.all(), job.pk)
