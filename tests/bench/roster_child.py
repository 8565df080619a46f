"""`python -m tests.bench.roster_child DATABASE FILE`: one roster from upload to apply, rolled back; says how long and how large."""

import datetime as dt
import json
import resource
import sys
import time
from pathlib import Path

DAY = dt.date(2022, 12, 1)


def peak_memory() -> float:
    """MiB. Linux tells it of this program alone; `ru_maxrss` may be that of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(database: str, path: str) -> None:
    import django  # the settings read the environment
    from django.db import connections

    django.setup()
    connections.settings["default"]["NAME"] = database
    from django.db import transaction

    from academy.models import Organization, RosterMode, User
    from academy.operations import jobs
    from academy.operations.rosters import applying, uploading
    from enrollments import tasks
    from tests.bench import seed

    if not tasks.__all__:  # the effects of every part are known
        raise RuntimeError("no effects")
    hr = User.objects.get(username=seed.HR)
    told: dict[str, float] = {}
    with transaction.atomic():
        begun = time.perf_counter()
        with Path(path).open("rb") as file:
            made = uploading.upload_roster(
                file=file, file_name="roster.csv", root=Organization.objects.get(pk=1), mode=RosterMode.SNAPSHOT,
                effective_on=DAY, by=hr,
            )  # fmt: skip
        told["upload"], begun = time.perf_counter() - begun, time.perf_counter()
        jobs.run_next_job()
        told["check"], begun = time.perf_counter() - begun, time.perf_counter()
        made.refresh_from_db()
        applying.request_apply(roster_id=made.pk, by=hr)
        jobs.run_next_job()
        told["apply"] = time.perf_counter() - begun
        made.refresh_from_db()
        if made.status != "applied":
            raise RuntimeError(f"{made.status} {made.summary}")
        transaction.set_rollback(True)
    memory = peak_memory()
    sys.stdout.write(json.dumps({**told, "memory": memory, "lines": made.lines, "faults": made.faults}))


if __name__ == "__main__":
    main(*sys.argv[1:])
