"""What the log may say. PostgreSQL explains a refused row by quoting it whole; what describes a person is not for the log."""

import logging
from collections.abc import Iterator

LEFT_OUT = "(left out)"


class WithoutRows(logging.Formatter):
    """Writes what went wrong in the database, and leaves out the values that it quotes."""

    def format(self, record: logging.LogRecord) -> str:
        written = super().format(record)
        for detail in _details(record.exc_info[1] if record.exc_info else None):
            written = written.replace(detail, LEFT_OUT).replace(repr(detail)[1:-1], LEFT_OUT)
        return written


def _details(error: BaseException | None) -> Iterator[str]:
    """The DETAIL of every database error on the way to this one."""
    while error is not None:
        detail = getattr(getattr(error, "diag", None), "message_detail", None)
        if detail:
            yield detail
        error = error.__cause__ or error.__context__
