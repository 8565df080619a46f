"""A change that concerns people is done as it was looked at, or not at all."""

from enrollments.errors.changes import ImpactHasChanged, NeedsConfirmation
from enrollments.impact import Impact


def refuse_unconfirmed(impact: Impact, confirmed: str | None) -> None:
    """Refuse unless the digest confirmed is that of the impact; what concerns nobody needs none.

    `None` is said by callers that answer for the change themselves, never by the API.
    """
    if confirmed is None:
        return
    if confirmed and confirmed != impact.digest:
        raise ImpactHasChanged
    if not confirmed and impact.concerns_anybody:
        raise NeedsConfirmation
