"""Rosters for tests: rows as dictionaries by heading, written as a file, sent, checked, applied."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from academy.access import Viewer
from academy.models import Job, JobStatus, Organization, RosterFault, RosterImport, RosterMode, User
from academy.operations import jobs
from academy.operations.rosters import applying, undoing, uploading
from academy.reports import roster

Line = dict[str, str]


def written(rows: Iterable[Line], *, headings: Sequence[str] = roster.HEADINGS, encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headings, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def exported(root: Organization, on: dt.date, by: User) -> list[Line]:
    """The roster as the service writes it."""
    return [dict(zip(roster.HEADINGS, row, strict=True)) for row in roster.rows(root, on, viewer=Viewer(by))]


def sent(
    content: bytes,
    root: Organization,
    *,
    effective_on: dt.date,
    by: User,
    mode: str = "snapshot",
    name: str = "名簿.csv",
) -> RosterImport:
    """Uploaded and checked."""
    made = uploading.upload_roster(
        file=io.BytesIO(content), file_name=name, root=root, mode=RosterMode(mode), effective_on=effective_on, by=by
    )
    work()
    made.refresh_from_db()
    return made


def applied(made: RosterImport, *, by: User) -> RosterImport:
    job = applying.request_apply(roster_id=made.pk, by=by)
    work()
    return _after(job, made)


def undone(made: RosterImport, *, by: User) -> RosterImport:
    job = undoing.request_undo(roster_id=made.pk, by=by)
    work()
    return _after(job, made)


def _after(job: Job, made: RosterImport) -> RosterImport:
    job.refresh_from_db()
    assert job.status == JobStatus.DONE, job.problem
    made.refresh_from_db()
    return made


def work() -> None:
    while jobs.run_next_job():
        pass


def faults_of(made: RosterImport) -> list[tuple[int, str, str]]:
    rows = RosterFault.objects.filter(roster=made).order_by("line", "column", "code")
    return list(rows.values_list("line", "column", "code"))


def everything() -> dict[str, list[Any]]:
    """What is true of people now: for comparing a whole world before and after."""
    from academy.models import Assignment, Staff, StaffName, StaffStatus

    posts = Assignment.objects.live().order_by("staff_id", "kind", "during", "organization_id")
    names = ("family_name", "given_name", "family_kana", "given_kana")
    return {
        "posts": list(
            posts.values_list(
                "staff_id", "kind", "organization__code", "work_place__code", "grade__code", "job_family__code", "post",
                "head_of_unit", "deputy_of_unit", "headquarters", "during",
            )
        ),
        "staff": list(
            Staff.objects.filter(voided_at=None).order_by("pk").values_list(
                "pk", "staff_number", *names, "former_name", "email", "hired_on", "hiring_category__code",
                "directory_hidden", "name_folded", "kana_folded", "romaji_folded",
            )
        ),
        "names": list(StaffName.objects.live().order_by("staff_id", "during").values_list("staff_id", *names, "during")),
        "statuses": list(
            StaffStatus.objects.live().order_by("staff_id", "kind", "during").values_list(
                "staff_id", "kind", "reason", "during"
            )
        ),
    }  # fmt: skip
