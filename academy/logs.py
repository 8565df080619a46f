"""What the log may say. PostgreSQL explains a refused row by quoting it whole; what describes a person is not for the log.

Nor is the address of a calendar feed: whoever has it has the calendar.
"""

import logging
import re
from collections.abc import Iterator

LEFT_OUT = "(left out)"
_FEED_ADDRESS = re.compile(r"(/calendar/)[^\s\"'?#]+", re.IGNORECASE)


def without_addresses(text: str) -> str:
    """What stands behind `/calendar/` left out, right or wrong: what is wrong may be a secret with a slip."""
    return _FEED_ADDRESS.sub(rf"\1{LEFT_OUT}", text)


class WithoutAddresses(logging.Filter):
    """Leaves the addresses of calendars out of what another program logs, before its own formatter writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = without_addresses(record.msg)
        if isinstance(record.args, dict):  # in place: a server's own kind of dictionary
            record.args.update({name: _left_out(value) for name, value in record.args.items()})
        elif isinstance(record.args, tuple):
            record.args = tuple(_left_out(value) for value in record.args)
        return True


SERVER_LOGS = ("gunicorn.access", "gunicorn.error", "uvicorn.access", "uvicorn.error")


def guard_server_logs() -> None:
    """Whatever serves the application, its log is kept by its own configuration; what may stand in it is decided here."""
    for name in SERVER_LOGS:
        log = logging.getLogger(name)
        if not any(isinstance(each, WithoutAddresses) for each in log.filters):
            log.addFilter(WithoutAddresses())


def _left_out(value: object) -> object:
    return without_addresses(value) if isinstance(value, str) else value


class WithoutRows(logging.Formatter):
    """Writes what went wrong in the database and leaves out the values that it quotes, and the addresses of calendars."""

    def format(self, record: logging.LogRecord) -> str:
        written = super().format(record)
        for detail in _details(record.exc_info[1] if record.exc_info else None):
            written = written.replace(detail, LEFT_OUT).replace(repr(detail)[1:-1], LEFT_OUT)
        return without_addresses(written)


def _details(error: BaseException | None) -> Iterator[str]:
    """The DETAIL of every database error on the way to this one."""
    while error is not None:
        detail = getattr(getattr(error, "diag", None), "message_detail", None)
        if detail:
            yield detail
        error = error.__cause__ or error.__context__
