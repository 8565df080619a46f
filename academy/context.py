"""What one request carries along its thread: its id, and the audit events that its operations wrote."""

from contextvars import ContextVar
from uuid import UUID

request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)
