"""What an end is called: the status says that an enrolment ended, this says as what. Reads and writes nothing."""

from collections.abc import Mapping

from enrollments.models import EndedAs, Status

_WITHDRAWN: Mapping[str, EndedAs] = {
    Status.APPLIED: EndedAs.BEFORE_DECISION,
    Status.WAITLISTED: EndedAs.BEFORE_DECISION,
    Status.OFFERED: EndedAs.OFFER_DECLINED,
}


def withdrawn_as(status: str) -> EndedAs:
    """取下げ before there is a seat, 辞退 of an offer, 辞退 of a seat."""
    return _WITHDRAWN.get(status, EndedAs.AFTER_DECISION)
