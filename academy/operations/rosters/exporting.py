"""A roster that was written for somebody leaves a line in the trail."""

import datetime as dt

from academy.models import Organization, User
from academy.operations.base import note, operation


@operation
def record_export(*, root: Organization, as_of: dt.date, kind: str, by: User) -> None:
    """Who took the roster of which organisation and day with them."""
    note(root, as_of=as_of, type=kind)
