"""A worker that does one job of a kind and stops before the commit, until its standard input ends; the test kills it there."""

import os
import sys
from typing import Any

if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "academy.settings"
    django.setup()

    from academy import tasks as of_people
    from academy.models import Job
    from academy.operations import jobs
    from enrollments import tasks as of_seats

    kind = sys.argv[1]
    if not (of_people.__all__ and of_seats.__all__ and kind in jobs.kinds()):
        raise LookupError(kind)
    work = jobs.kinds()[kind]

    def work_and_stop(job: Job) -> dict[str, Any]:
        result = work(job)
        print("written", flush=True)  # noqa: T201 # tells the test
        sys.stdin.read()
        return result

    jobs.job_kind(kind)(work_and_stop)
    jobs.run_next_job()
