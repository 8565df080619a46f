"""A report's answer: its rows with what is needed to defend them later (parameters, watermark, digest)."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Protocol

from academy.access import Viewer
from academy.text import Text
from enrollments.reports.fields import Field, fields_of
from enrollments.reports.snapshot import snapshot


class Report(Protocol):
    """What a report module has: its name, its texts, its parameters and rows, and the one function that reads them."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def TITLE(self) -> Text: ...  # noqa: N802

    @property
    def DEFINITION(self) -> Text: ...  # noqa: N802

    @property
    def Params(self) -> type[Any]: ...  # noqa: N802

    @property
    def Row(self) -> type[Any]: ...  # noqa: N802

    def rows(self, params: Any, /, *, viewer: Viewer) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Result:
    """What a report said of one state of the database. JSON and every file are made of `records`."""

    report: Report
    params: Any
    watermark: dt.datetime
    rows: Sequence[Any]

    @property
    def columns(self) -> Sequence[Field]:
        return fields_of(self.report.Row)

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters, also those that were left to their defaults."""
        return {field.name: field.outgoing(self.params) for field in fields_of(self.report.Params)}

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON has them, the same for readers of either language."""
        columns = self.columns
        return [{field.name: field.outgoing(row) for field in columns} for row in self.rows]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the records as UTF-8 JSON with sorted names and no white space."""
        text = json.dumps(self.records, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def answer(report: Report, params: Any, *, viewer: Viewer) -> Result:
    """Read a report on one snapshot."""
    with snapshot() as watermark:
        return Result(report, params, watermark, report.rows(params, viewer=viewer))


def share(part: int, whole: int) -> float | None:
    """`part ÷ whole` with 4 digits, halves rounded up (四捨五入); None where there is nothing to divide by."""
    if whole == 0:
        return None
    return float((Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP))
