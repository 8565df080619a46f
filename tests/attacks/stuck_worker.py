"""A worker that does one job and stops before the commit, until its standard input ends; the test kills it there."""

import os
import sys
from typing import Any

if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "academy.settings"
    django.setup()

    from academy.models import Job
    from academy.operations import jobs
    from enrollments.operations import assigning

    def assign_and_stop(job: Job) -> dict[str, Any]:
        result = assigning.run_assignment(job)
        print("written", flush=True)  # noqa: T201 # tells the test
        sys.stdin.read()
        return result

    jobs.job_kind(assigning.JOB)(assign_and_stop)
    jobs.run_next_job()
