"""Schedules for tests: written by hand or as the service writes them, taken in, and what came of it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from academy.errors import InvalidInput
from academy.models import User
from academy.tables import writing
from courses.models import Meeting, Program, Session, SessionInstructor
from courses.operations.schedule_files.importing import Imported, import_schedule
from courses.reports import schedule

Place = tuple[int, str, str]
Line = Mapping[str, Any]
A_ROW = {"講座コード": "seminar", "日付": "2022-07-14", "開始": "14:00", "終了": "16:00"}


def row(**cells: Any) -> dict[str, Any]:
    """A good row of a new session, with other cells."""
    return {**A_ROW, **cells}


def headings_of(rows: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(name for each in rows for name in each))


def csv_file(*rows: Line, headings: Sequence[str] = (), encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headings or headings_of(rows), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def exported(kind: str = "csv", encoding: str = "utf-8", year: int = 2022) -> bytes:
    """The schedule as the service writes it."""
    rows = list(schedule.rows(year, Program.objects.all()))
    if kind == "xlsx":
        return writing.xlsx_file(writing.Sheet("日程", schedule.HEADINGS, rows, (10,) * len(schedule.HEADINGS)))
    text = writing.csv_text(schedule.HEADINGS, ([writing.quoted(cell) for cell in each] for each in rows))
    return writing.encoded(text, encoding)[0]


def taken_in(data: bytes, *, year: int = 2022, by: User | None = None, programs: Any = None) -> Imported:
    planned = Program.objects.all() if programs is None else programs
    return import_schedule(file=io.BytesIO(data), fiscal_year=year, programs=planned, by=by)


def outcomes(imported: Imported) -> list[tuple[int, str, list[str]]]:
    return [(each.line, each.outcome, list(each.changed)) for each in imported.outcomes]


def faults_of(data: bytes, *, year: int = 2022, programs: Any = None) -> list[Place]:
    """The places of what is wrong; that something else comes of the file is an error of the test."""
    with pytest.raises(InvalidInput) as refused:
        taken_in(data, year=year, programs=programs)
    assert all(fault.text.ja and fault.text.en for fault in refused.value.faults)
    return sorted(_place(fault.pointer, fault.code) for fault in refused.value.faults)


def _place(pointer: str, code: str) -> Place:
    if pointer == "/file":
        return 0, "", code
    _, rows, line, *column = pointer.split("/")
    assert rows == "rows"
    return int(line), "".join(column).replace("~1", "/").replace("~0", "~"), code


NOT_COMPARED = {"id", "public_id", "created_at", "audience", "online_address"}


def snapshot() -> list[dict[str, Any]]:
    """Every session with all that it is made of, but for keys and the time at which it was written."""
    return [_whole(each) for each in Session.objects.select_related("audience").order_by("course__code", "ordinal")]


def _whole(session: Session) -> dict[str, Any]:
    columns = [field.attname for field in Session._meta.concrete_fields if field.name not in NOT_COMPARED]
    meetings = Meeting.objects.filter(session=session).order_by("position")
    positions = {each.pk: each.position for each in meetings}
    taught = SessionInstructor.objects.filter(session=session).order_by("pk")
    return {
        **{name: getattr(session, name) for name in columns},
        "rule": session.audience.rule if session.audience else None,
        "meetings": [
            {
                **{
                    name: getattr(each, name)
                    for name in (
                        "position",
                        "title_ja",
                        "title_en",
                        "form",
                        "precision",
                        "month",
                        "venue_id",
                        "sequence",
                    )
                },
                "during": (each.during.lower, each.during.upper) if each.during else None,
                "archive_of": positions.get(each.archive_of_id) if each.archive_of_id else None,
            }
            for each in meetings
        ],
        "instructors": list(taught.values_list("instructor_id", flat=True)),
        "steps": list(session.steps.values_list("old", "new")),
    }
