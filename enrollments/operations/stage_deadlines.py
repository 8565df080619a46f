"""Earlier ends of the stages of approvals in a session, set by a bureau for its own people."""

import datetime as dt
from collections.abc import Mapping

from academy.errors import Faults
from academy.models import Organization, User
from academy.models.organizations import BUREAU_LEVEL
from academy.operations.base import note, operation
from courses.models import Session, SessionStatus
from enrollments.approval_deadlines import beginnings_of, session_end
from enrollments.errors import SessionOver
from enrollments.models import ApprovalLevel, StageDeadline

STAGES = (ApprovalLevel.UNIT_HEAD, ApprovalLevel.BUREAU)


@operation
def set_stage_deadlines(
    *, session_id: int, organization: Organization, untils: Mapping[ApprovalLevel, dt.datetime | None], by: User | None
) -> Session:
    """Replace the ends that a bureau sets in a session; each is earlier than the session's own, none lies in the past.

    One that stays as it was is not asked about again.
    """
    session = Session.objects.locked().get(pk=session_id)
    if session.status not in (SessionStatus.PUBLISHED, SessionStatus.DRAFT):
        raise SessionOver
    held = StageDeadline.objects.filter(session=session, organization=organization)
    before = dict(held.values_list("level", "until"))
    given = {level: until for level in STAGES if (until := untils.get(level)) is not None}
    _check(session, organization, {level: until for level, until in given.items() if before.get(level) != until})
    held.delete()
    StageDeadline.objects.bulk_create(
        StageDeadline(session=session, organization=organization, level=level, until=until)
        for level, until in given.items()
    )
    note(session, organization=organization.public_id, levels=[level.value for level in given])
    return session


def _check(session: Session, organization: Organization, given: Mapping[ApprovalLevel, dt.datetime]) -> None:
    begins_at = beginnings_of([session.pk]).get(session.pk)
    faults = Faults()
    if organization.kind not in BUREAU_LEVEL:
        faults.add(
            "/organization",
            "not_a_bureau",
            "局にあたる組織を指定してください。",
            "Name an organisation of the level of bureaus.",
        )
    for level, until in given.items():
        limit = session_end(session, level) or begins_at
        if limit is not None and until >= limit:
            faults.add(
                f"/{level.value}",
                "not_earlier",
                "この回の期限(なければ開始)より前でなければなりません。",
                "It has to be before the session's own deadline, or where it has none before it begins.",
            )
        elif until <= session.now:
            faults.add(f"/{level.value}", "in_the_past", "すでに過ぎています。", "It is past.")
    faults.refuse()
