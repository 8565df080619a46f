"""What makes a function an operation: one transaction, one audit event, refusals instead of database errors."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from psycopg import errors as postgres

from academy import statements
from academy.context import request_id
from academy.errors import CONSTRAINT_REFUSALS, LockTimeout
from academy.models import AuditEvent, User
from academy.models.base import Record

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class _Notes:
    target: Record | None = None
    detail: dict[str, Any] = field(default_factory=dict)


_notes: ContextVar[_Notes | None] = ContextVar("operation_notes", default=None)
_events: ContextVar[list[AuditEvent] | None] = ContextVar("audit_events", default=None)


def note(target: Record | None = None, /, **detail: Any) -> None:
    """Add to the audit event of the running operation: what it was done to, ids, counts and codes."""
    notes = _notes.get()
    if notes is None:
        raise RuntimeError("note() belongs inside an operation")
    if target is not None:
        notes.target = target
    notes.detail.update(detail)


@contextmanager
def collected_events() -> Iterator[list[AuditEvent]]:
    """The audit events that are written inside the block: the diff of a dry run."""
    events: list[AuditEvent] = []
    token = _events.set(events)
    try:
        yield events
    finally:
        _events.reset(token)


def action_of(function: Callable[..., Any]) -> str:
    """The name of an operation, as the audit trail writes it: `enrollments.apply`."""
    return f"{function.__module__.partition('.')[0]}.{function.__name__}"


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as an operation. Its keyword `by` is the acting user (None: the system itself).

    The audit event's target is the row that the function returns, unless `note` named another.
    """
    action = action_of(function)

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _notes.set(_Notes())
        try:
            with refusals(), transaction.atomic():
                result = function(*args, **kwargs)
                _write_event(action, kwargs.get("by"), result)
                return result
        finally:
            _notes.reset(token)

    return run


def take_turn(what: str) -> None:
    """Wait for every other transaction that does the same thing: the lock for a rule about rows that are not there yet."""
    key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _write_event(action: str, by: object, result: object) -> None:
    notes = _notes.get() or _Notes()
    target = notes.target or (result if isinstance(result, Record) else None)
    event = AuditEvent(
        action=action,
        by=by if isinstance(by, User) else None,
        target_kind=kind_of(target) if target else "",
        target=target.public_id if target else None,
        request_id=request_id.get(),
        detail=notes.detail,
    )
    written = {name: getattr(event, name) for name in _EVENT_COLUMNS}
    statements.run(_EVENT, written | {"detail": json.dumps(event.detail, cls=DjangoJSONEncoder)})
    events = _events.get()
    if events is not None:
        events.append(event)


_EVENT_COLUMNS = ("public_id", "by_id", "action", "target_kind", "target", "request_id")
_EVENT = """
    INSERT INTO academy_auditevent (public_id, at, by_id, action, target_kind, target, request_id, detail)
    VALUES (
        %(public_id)s, now(), %(by_id)s, %(action)s, %(target_kind)s, %(target)s, %(request_id)s, %(detail)s::jsonb
    )
"""


def kind_of(row: Model) -> str:
    """The name of a kind of row, as the audit trail and upward references write it: `courses.session`."""
    return str(row._meta.label_lower)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the database refused into the refusal that a person can read."""
    try:
        yield
    except IntegrityError as error:
        name = constraint_of(error)
        if name not in CONSTRAINT_REFUSALS:
            raise
        raise CONSTRAINT_REFUSALS[name]() from error
    except OperationalError as error:
        if not isinstance(error.__cause__, postgres.LockNotAvailable | postgres.DeadlockDetected):
            raise
        raise LockTimeout() from error


def constraint_of(error: IntegrityError) -> str:
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, postgres.Error) else ""
