"""A kind of job that says which process did it. Run as a program, it asks for as many as its argument says."""

import os
import sys
from typing import Any


def register() -> None:
    from academy.models import Job
    from academy.operations.jobs import job_kind

    @job_kind("ping")
    def ping(job: Job) -> dict[str, Any]:
        return {"worker": os.getpgrp()}


def request(count: int) -> None:
    from academy.operations.jobs import request_job
    from academy.tasks import run_waiting_jobs

    for _ in range(count):
        request_job(kind="ping", parameters={}, by=None)
        run_waiting_jobs.delay()


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "academy.settings"
    django.setup()
    register()
    request(int(sys.argv[1]))
else:
    register()
