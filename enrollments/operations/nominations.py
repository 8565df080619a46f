"""取りまとめ提出: a bureau ranks those of its people who applied, refuses the rest, and may take its list back in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from academy import clock
from academy.access import Viewer
from academy.errors import Fault, InvalidInput
from academy.models import Organization, Staff, User
from academy.operations.base import note, operation
from academy.text import Text
from courses.models import ApplicationRound, Session
from enrollments import eligibility
from enrollments.errors import SessionBegun, SessionNotOpen
from enrollments.errors.nominations import (
    AlreadyNominated,
    NominationClosed,
    NominationRecalled,
    NominationUsed,
)
from enrollments.evidence import evidence_for, timetable_of
from enrollments.models import (
    Approval,
    ApprovalLevel,
    ApprovalStatus,
    EndedAs,
    Enrollment,
    Nomination,
    NominationList,
    Status,
)
from enrollments.operations import approvals

UNKNOWN = Text("この局の取りまとめを待つ申込みではありません。", "It is no application that waits for this bureau.")
TWICE = Text("二度挙げられています。", "It is named twice.")
OWN = Text("自分の申込みを自分で扱うことはできません。", "Nobody decides on an application of their own.")
REASON = Text("不承認には理由が必要です。", "Refusing takes a reason.")
NOT_NAMED = Text("順位も不承認もない申込みが{n}件あります。", "{n} applications are neither ranked nor refused.")


@dataclass(frozen=True)
class Refused:
    enrollment: UUID
    reason: str


@operation
def nominate(
    *, session_id: int, organization: Organization, ranked: Sequence[UUID], refused: Sequence[Refused], by: User
) -> NominationList:
    """Hand in the list of a bureau for a session and round, once: its people in the order of its wishes, the rest refused.

    All who applied and wait for the bureau are named; whoever still waits for the head of unit is not yet among them. It is
    taken until the session's deadline for lists, and where there is none until the session begins. A list may be longer
    than the bureau's quota: who comes last is in reserve. The rules are asked again of everybody who is ranked.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    eligibility.refuse([eligibility.published(session)])
    _refuse_closed(session)
    number = _round(session)
    if NominationList.objects.filter(
        session=session, round=number, organization=organization, recalled_at=None
    ).exists():
        raise AlreadyNominated
    waiting = {each.public_id: each for each in _waiting(session, organization).select_related("staff")}
    _check(session, waiting, ranked, refused, by)
    made = NominationList.objects.create(session=session, round=number, organization=organization, submitted_by=by)
    chosen = [waiting[each] for each in ranked]
    _rank(made, chosen)
    for each in refused:
        _refuse(waiting[each.enrollment], each.reason.strip(), session, by)
    _approve([each.pk for each in chosen], session, by)
    note(made, ranked=len(chosen), refused=len(refused))
    return made


@operation
def recall_nomination(*, nomination_list_id: int, by: User) -> NominationList:
    """Take a list back in time: its ranks go, its approvals are pending again, and the bureau may hand in another.

    Not once somebody on it was decided on or has left. Who was refused stays refused: that application has ended.
    """
    at = NominationList.objects.filter(pk=nomination_list_id).values("session")
    session = Session.objects.locked().with_audience().get(pk__in=at)
    _refuse_closed(session)
    row = NominationList.objects.select_for_update(no_key=True).get(pk=nomination_list_id)
    if row.recalled_at is not None:
        raise NominationRecalled
    named = Enrollment.objects.filter(nominations__nomination_list=row)
    if named.exclude(status=Status.APPLIED).exists():
        raise NominationUsed
    keys = list(named.values_list("pk", flat=True))
    agreed = Approval.objects.filter(
        enrollment__in=keys, level=ApprovalLevel.BUREAU, status=ApprovalStatus.APPROVED, decided_at=row.submitted_at
    )
    agreed.move_to(ApprovalStatus.PENDING, by=by, decided_at=None, decider_id=None)
    Enrollment.objects.filter(pk__in=keys).update(rank=None)
    row.recalled_at, row.recalled_by = session.now, by
    row.save(update_fields=["recalled_at", "recalled_by"])
    note(row, recalled=len(keys))
    return row


def _refuse_closed(session: Session) -> None:
    until = session.nominate_until
    if until is not None and until <= session.now:
        raise NominationClosed(until=eligibility.time_text(until))
    if timetable_of(session, session.now).begun(session.now) or clock.business_date(session.now) > session.ends_on:
        raise SessionBegun


def _round(session: Session) -> int:
    """The round of the window that is, or was last, open."""
    begun = ApplicationRound.objects.filter(session=session, apply_from__lte=session.now)
    number = begun.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise SessionNotOpen
    return number


def _waiting(session: Session, organization: Organization) -> QuerySet[Enrollment]:
    """The applications of the bureau's people that wait for its list: no other stage is pending, and none ranked before."""
    elsewhere = Approval.objects.pending().filter(enrollment=OuterRef("pk")).exclude(level=ApprovalLevel.BUREAU)
    applied = Enrollment.objects.filter(session=session, status=Status.APPLIED, bureau=organization, rank=None)
    return applied.filter(~Exists(elsewhere))


def _check(
    session: Session, waiting: Mapping[UUID, Enrollment], ranked: Sequence[UUID], refused: Sequence[Refused], by: User
) -> None:
    """Every fault with the row that it is about."""
    faults: list[Fault] = []
    own = set(Staff.objects.filter(user=by).values_list("pk", flat=True))
    people = [waiting[each].staff_id for each in ranked if each in waiting]
    evidence = evidence_for(session, people, now=session.now)
    rows = [(f"/ranked/{n}", each) for n, each in enumerate(ranked)]
    rows += [(f"/refused/{n}/enrollment", each.enrollment) for n, each in enumerate(refused)]
    seen: set[UUID] = set()
    for pointer, key in rows:
        if key not in waiting:
            faults.append(Fault(pointer, "not_found", UNKNOWN))
        elif key in seen:
            faults.append(Fault(pointer, "given_twice", TWICE))
        elif waiting[key].staff_id in own:
            faults.append(Fault(pointer, "own_application", OWN))
        elif pointer.startswith("/ranked"):
            found = eligibility.personal_findings(evidence, waiting[key].staff_id, waiting_here=True)
            faults += [Fault(pointer, each.code, each.text) for each in eligibility.blocking(found)]
        seen.add(key)
    faults += [
        Fault(f"/refused/{n}/reason", "required", REASON) for n, each in enumerate(refused) if not each.reason.strip()
    ]
    if left := waiting.keys() - seen:
        faults.append(Fault("/ranked", "not_named", NOT_NAMED.format(n=len(left))))
    if faults:
        raise InvalidInput(faults=faults)


def _rank(row: NominationList, chosen: Sequence[Enrollment]) -> None:
    for rank, each in enumerate(chosen, start=1):
        each.rank = rank
    Enrollment.objects.bulk_update(chosen, ["rank"])
    Nomination.objects.bulk_create(
        Nomination(nomination_list=row, enrollment=each, rank=rank) for rank, each in enumerate(chosen, start=1)
    )
    row.refresh_from_db()


def _approve(enrollment_ids: Sequence[int], session: Session, by: User) -> None:
    """The bureau's stage of those who are ranked, where it is pending, and what follows on it."""
    pending = Approval.objects.pending().filter(enrollment__in=enrollment_ids, level=ApprovalLevel.BUREAU)
    agreed = list(pending.values_list("enrollment_id", flat=True))
    pending.move_to(ApprovalStatus.APPROVED, by=by, decided_at=session.now, decider_id=Viewer(by).staff_id, reason="")
    if agreed:
        approvals.go_on({session.pk: session}, agreed, by=by)


def _refuse(enrollment: Enrollment, reason: str, session: Session, by: User) -> None:
    pending = Approval.objects.pending().filter(enrollment=enrollment)
    pending.update(reason=reason)
    pending.move_to(
        ApprovalStatus.REFUSED, by=by, reason=reason, decided_at=session.now, decider_id=Viewer(by).staff_id
    )
    row = Enrollment.objects.filter(pk=enrollment.pk)
    row.move_to(Status.REJECTED, by=by, reason=reason, ended_as=EndedAs.NOT_APPROVED)
