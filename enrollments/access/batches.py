"""Who sees and takes back the seats that one call gave: central HR, and whoever made the call."""

from django.db.models import QuerySet

from academy.access import Viewer
from academy.models import Role
from enrollments.access.seats import runs
from enrollments.models import SeatBatch


def batches_visible_to(viewer: Viewer) -> QuerySet[SeatBatch]:
    if viewer.everywhere(Role.ACADEMY_HR):
        return SeatBatch.objects.all()
    return SeatBatch.objects.filter(by=viewer.user)


def may_see_batch(viewer: Viewer, batch: SeatBatch) -> bool:
    """Beside `batches_visible_to`."""
    return viewer.everywhere(Role.ACADEMY_HR) or batch.by_id == viewer.user.pk


def may_undo_batch(viewer: Viewer, batch: SeatBatch) -> bool:
    """As long as one runs the session: a right that was taken back since undoes nothing."""
    return may_see_batch(viewer, batch) and runs(viewer, batch.session)
