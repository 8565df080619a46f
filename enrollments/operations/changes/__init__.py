"""Changing a session that people sit in: what it does to them is read first, told, confirmed, then done at once."""

from enrollments.operations.changes.cancelling import cancel_session, preview_cancel
from enrollments.operations.changes.rescheduling import Rescheduling, preview_reschedule, reschedule_session
from enrollments.operations.changes.resolutions import Action, Resolution

__all__ = [
    "Action",
    "Rescheduling",
    "Resolution",
    "cancel_session",
    "preview_cancel",
    "preview_reschedule",
    "reschedule_session",
]
