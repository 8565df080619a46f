"""A report as a file: CSV by RFC 4180 that Excel opens as it is, from the same records as the JSON."""

import csv
import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse

from academy import clock
from enrollments.reports.fields import Field
from enrollments.reports.results import Result

# A cell that begins so is a formula to a spreadsheet, in either width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
RATE_DIGITS = 4

# What Unicode and Shift_JIS call by different code points; it is the same character to a reader.
SAME_CHARACTER = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¢": "￠", "£": "￡", "¬": "￢"})
GETA = "〓"  # the printer's mark for a type that is missing


def csv_text(result: Result) -> str:
    """Header in the reader's language, then the records; lines end in CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(guarded(str(field.label)) for field in result.columns)
    for record in result.records:
        writer.writerow(_cells(result.columns, record))
    return text.getvalue()


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


def guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def encoded(text: str, encoding: str) -> tuple[bytes, str]:
    """The bytes of a file, and the characters that the encoding does not have (each became 〓).

    `utf-8` begins with the mark by which Excel knows it; `cp932` is the Shift_JIS of older programs.
    """
    if encoding == "utf-8":
        return text.encode("utf-8-sig"), ""
    mapped = text.translate(SAME_CHARACTER)
    missing = "".join(sorted({each for each in set(mapped) if not _has(encoding, each)}))
    return mapped.translate(dict.fromkeys(map(ord, missing), GETA)).encode(encoding), missing


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


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


def attachment(plain: str, full: str) -> str:
    """RFC 6266: an ASCII name for old programs, the full one for others."""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"
