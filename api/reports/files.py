"""Files that go out: reports as CSV, from the same records as the JSON, and tables that can be sent back, as CSV or XLSX."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse

from academy import clock
from academy.tables import writing
from academy.tables.writing import encoded, guarded
from enrollments.reports.fields import Field
from enrollments.reports.results import Result

RATE_DIGITS = 4
TYPES = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_text(result: Result) -> str:
    """Header in the reader's language, then the records; lines end in CR LF."""
    headings = (guarded(str(field.label)) for field in result.columns)
    return writing.csv_text(headings, (_cells(result.columns, record) for record in result.records))


def _cells(fields: Iterable[Field], record: dict[str, Any]) -> Iterable[str]:
    for field in fields:
        value = record[field.name]
        if value is None:
            yield ""
        elif field.choices:
            yield str(field.choices(value).label)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, float):
            yield f"{value:.{RATE_DIGITS}f}"
        else:
            yield guarded(value) if isinstance(value, str) else str(value)


def csv_file(result: Result, encoding: str) -> HttpResponse:
    """The download. What the JSON has around its rows goes along as headers, so that the file holds rows alone."""
    content, missing = encoded(csv_text(result), encoding)
    day = clock.business_date(result.watermark).isoformat()
    charset = "utf-8" if encoding == "utf-8" else "shift_jis"
    response = HttpResponse(content, content_type=f"text/csv; charset={charset}; header=present")
    response["Content-Disposition"] = attachment(f"{result.report.NAME}_{day}.csv", f"{result.report.TITLE}_{day}.csv")
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Report-Watermark"] = result.watermark.astimezone(settings.BUSINESS_TIME_ZONE).isoformat()
    response["X-Report-Digest"] = result.digest
    if missing:
        response["X-Unmappable"] = quote(missing, safe="")
    return response


def table_file(kind: str, encoding: str, table: writing.Sheet, *more: writing.Sheet) -> HttpResponse:
    """A table as it can be sent back; sheets beside it are for XLSX alone. CSV tells how many characters became 〓."""
    if kind == "xlsx":
        response = HttpResponse(writing.xlsx_file(table, *more), content_type=XLSX)
    else:
        rows = ([writing.quoted(cell) for cell in row] for row in table.rows)
        content, missing = encoded(writing.csv_text(table.headings, rows), encoding)
        charset = "utf-8" if encoding == "utf-8" else "shift_jis"
        response = HttpResponse(content, content_type=f"text/csv; charset={charset}; header=present")
        if missing:
            response["X-Unmappable"] = str(len(missing))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def attachment(plain: str, full: str) -> str:
    """RFC 6266: an ASCII name for old programs, the full one for others."""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"
