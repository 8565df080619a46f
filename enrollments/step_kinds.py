"""Of which steps of an enrolment its person is told, as what kind of notice. Reads and writes nothing.

A session that does not take place is told of by the letter of its cancellation, to everybody in it at once; what is
learned and judged is no news. What a person did themselves is confirmed.
"""

from collections.abc import Mapping

from enrollments.models import EndedAs, Status

_GIVEN: Mapping[str, str] = {
    Status.APPLIED: "seat_decided",
    Status.WAITLISTED: "seat_given",
    Status.OFFERED: "offer_accepted",
}
_WITHDRAWN: Mapping[str, str] = {
    EndedAs.SUBSTITUTED: "seat_substituted",
    EndedAs.TRANSFERRED: "seat_transferred",
    EndedAs.OTHER_WISH: "other_wish_decided",
}
_ENDED: Mapping[str, str] = {
    EndedAs.NOT_APPROVED: "application_not_approved",
    EndedAs.NOT_SELECTED: "application_not_selected",
    EndedAs.INELIGIBLE: "application_ineligible",
    EndedAs.OTHER_WISH: "other_wish_decided",
    EndedAs.BY_OFFICE: "seat_cancelled",
    EndedAs.UNDONE: "assignment_undone",
    EndedAs.OFFER_EXPIRED: "offer_expired",
    EndedAs.APPROVAL_OVERDUE: "approval_overdue",
    EndedAs.SESSION_BEGUN: "application_lapsed",
}
_NOT_TOLD = frozenset({EndedAs.SESSION_CANCELLED})
TOLD = (
    Status.APPLIED,
    Status.WAITLISTED,
    Status.OFFERED,
    Status.ENROLLED,
    Status.REJECTED,
    Status.WITHDRAWN,
    Status.CANCELLED,
    Status.LAPSED,
)
SEATS = frozenset({"seat_taken", "seat_given", "seat_decided", "seat_assigned", "offer_accepted", "seat_offered"})
# Whoever ended it wrote the reason for the person to read; another reason is one of the office's own books.
WITH_REASON = frozenset(
    {
        "application_not_approved",
        "application_ineligible",
        "seat_withdrawn_by_office",
        "seat_cancelled",
        "assignment_undone",
    }
)


def kind_of_step(*, old: str, new: str, ended_as: str, own: bool) -> str | None:
    """The kind of notice of one step, None where nobody is told. `own`: the person did it themselves."""
    if old == new or ended_as in _NOT_TOLD:
        return None
    if new == Status.APPLIED:
        return "application_received"
    if new == Status.WAITLISTED:
        return "waitlisted"
    if new == Status.OFFERED:
        return "seat_offered"
    if new == Status.ENROLLED:
        return _GIVEN.get(old, "seat_taken" if own else "seat_assigned")
    if new == Status.WITHDRAWN:
        return _withdrawn(old, ended_as, own=own)
    return _ENDED.get(ended_as, "application_ended") if new in TOLD else None


def _withdrawn(old: str, ended_as: str, *, own: bool) -> str:
    if ended_as in _WITHDRAWN:
        return _WITHDRAWN[ended_as]
    if not own:
        return "seat_withdrawn_by_office"
    return "offer_declined" if old == Status.OFFERED else "withdrawal_confirmed"
