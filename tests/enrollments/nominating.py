"""What the plays about lists of bureaus begin with: sessions with nominations, and one-line lists."""

from typing import Any

from academy.models import Organization, Staff, User
from courses.models import Session
from enrollments.models import Enrollment, NominationList
from enrollments.operations import nominations
from enrollments.operations.nominations import Ranked, Refused
from tests import stage
from tests.cast import Cast
from tests.enrollments import approving
from tests.enrollments.scene import apply

UNTIL = stage.tokyo("2022-07-11 17:00")


def session(chain: str = "unit_head_and_bureau", **fields: Any) -> Session:
    return approving.session(chain, **{"selection": "nomination", "capacity": 2, "nominate_until": UNTIL, **fields})


def awaiting(cast: Cast, held: Session, *people: Staff) -> list[Enrollment]:
    """Applications to which the head has agreed, and that wait for the bureau."""
    made = [apply(held, each) for each in people]
    for each in made:
        approving.approve(approving.pending(each), cast.head)
    return made


def nominate(
    cast: Cast,
    held: Session,
    *ranked: Enrollment | Staff,
    refused: tuple[Enrollment, ...] = (),
    by: User | None = None,
    organization: Organization | None = None,
) -> NominationList:
    return nominations.nominate(
        session_id=held.pk,
        organization=organization or cast.digital,
        ranked=[
            Ranked(enrollment=each.public_id) if isinstance(each, Enrollment) else Ranked(staff=each.public_id)
            for each in ranked
        ],
        refused=[Refused(each.public_id, "業務多忙") for each in refused],
        by=by or cast.bureau_hr,
    )


def recall(cast: Cast, made: NominationList) -> NominationList:
    return nominations.recall_nomination(nomination_list_id=made.pk, by=cast.bureau_hr)


def ranks(*applied: Enrollment) -> list[int | None]:
    rows = Enrollment.objects.in_bulk([each.pk for each in applied])
    return [rows[each.pk].rank for each in applied]
