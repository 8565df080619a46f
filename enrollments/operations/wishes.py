"""The wishes of an application: several sessions of a course in their order, of which it takes one seat.

When one of them gets the seat, the others end in the same transaction. That changes enrolments of sessions whose locks are
not held, so it has a lock of its own: the *application's*, taken after the locks of sessions and before any of its
enrolments gets a seat. Two queues that promote two wishes of one application take turns on it; the second finds its wish
ended, and looks again. Ending an application or a place in the queue frees no seat: no counter of the other session moves,
its queue only gets shorter, and whoever reads that queue meanwhile waits for the row and finds it ended. So the lock of
the other session is not needed, and nobody waits for a session while holding an application.

`hold` before, `settle` after: `queue.move_with_facts` does both. Any other path that gives a seat to who applied calls them.
Whoever ends many undecided enrolments of a session at once calls `hold_undecided` before it reads them.
"""

from collections.abc import Collection

from academy.models import User
from enrollments.models import Application, Approval, ApprovalStatus, EndedAs, Enrollment, Status

UNDECIDED = (Status.APPLIED, Status.WAITLISTED)
FULFILLED = "別の希望回で決定 / another wish was fulfilled"


class SeatElsewhere(Exception):
    """A wish was given a seat while another of its application had one already: look again."""


def hold(enrollment_ids: Collection[int]) -> int:
    """Lock the applications of enrolments that are about to get a seat; says how many there are.

    The enrolments of an application that nobody else can settle meanwhile: who has a seat by another wish gets none.
    """
    named = Enrollment.objects.filter(pk__in=enrollment_ids, application__isnull=False)
    held = sorted(named.values_list("application_id", flat=True))
    if not held:
        return 0
    _lock(held)
    open_ = named.open_wishes().filter(status__in=[*UNDECIDED, Status.OFFERED])
    if len(held) != len(set(open_.values_list("application_id", flat=True))):
        raise SeatElsewhere
    return len(held)


def hold_undecided(*session_ids: int) -> None:
    """Lock the applications of which a wish is undecided in the locked sessions, before reading what is to become of them.

    For whoever ends many at once: what another session settles meanwhile is over before they are read, or waits. It holds
    all that a promotion in these sessions may hold after it, so that nobody takes applications against their order.
    """
    undecided = Enrollment.objects.filter(session__in=session_ids, status__in=UNDECIDED, application__isnull=False)
    _lock(undecided.order_by().values_list("application_id", flat=True))


def _lock(application_ids: Collection[int]) -> None:
    held = Application.objects.select_for_update(no_key=True).filter(pk__in=application_ids)
    list(held.order_by("pk").values_list("pk"))


def settle(enrollment_ids: Collection[int], *, by: User | None) -> int:
    """End the other wishes of the applications of enrolments that have their seat; says how many have ended.

    What is only offered settles nothing yet: the other wishes go on waiting until the offer is accepted.
    """
    seated = Enrollment.objects.filter(pk__in=enrollment_ids, application__isnull=False)
    others = Enrollment.objects.filter(application__in=seated.values("application"), status__in=UNDECIDED)
    # Locked by what they are now: one that was withdrawn meanwhile has ended already.
    rows = others.exclude(pk__in=enrollment_ids).select_for_update(no_key=True, of=("self",)).order_by("pk")
    ended = list(rows.values_list("pk", flat=True))
    if ended:
        Approval.objects.pending().filter(enrollment__in=ended).move_to(ApprovalStatus.VOID, by=by, reason=FULFILLED)
        gone = Enrollment.objects.filter(pk__in=ended)
        gone.move_to(Status.WITHDRAWN, by=by, reason=FULFILLED, ended_as=EndedAs.OTHER_WISH)
    return len(ended)
