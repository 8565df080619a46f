"""取りまとめ提出: a bureau ranks those of its people who applied, refuses the rest, and may take its list back in time.

Lists are taken until the session's `nominate_until`; where it has none, or it belonged to an earlier round, until the
applications of the round are decided or the session begins. While there is a draft of the decision lists stay as they are.

A list is of one session, and so is what it says of an application that names several: rank and quota are of a session, each
list names everybody who waits for the bureau there, and whom a bureau cannot spare on one day it may send on another. That
such an application takes one seat is kept where seats are given (`wishes`, `enrollments.allocation`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Max

from academy.access import Viewer
from academy.errors import Fault, InvalidInput
from academy.models import Organization, Staff, User
from academy.operations.base import note, operation
from academy.operations.notices import tell
from academy.text import Text
from courses.models import ApplicationRound, Session
from enrollments import access, eligibility
from enrollments.access.nominations import may_name
from enrollments.errors import NotEligible, SessionBegun, SessionNotOpen
from enrollments.errors.decisions import DraftExists
from enrollments.errors.nominations import AlreadyNominated, NominationClosed, NominationRecalled, NominationUsed
from enrollments.evidence import Evidence, evidence_for, over, timetable_of
from enrollments.models import (
    ENDED,
    Approval,
    ApprovalLevel,
    ApprovalStatus,
    DecidedSession,
    DecisionStatus,
    EndedAs,
    Enrollment,
    Nomination,
    NominationList,
    Status,
)
from enrollments.operations import approvals, wishes

UNKNOWN = Text("この局の申込みではありません。", "It is no undecided application of this bureau.")
NOBODY = Text("この局の職員ではありません。", "There is no such person of this bureau on the reference date.")
ELSEWHERE = Text("ほかの承認を待っている申込みです。", "It waits for somebody else's approval.")
NOT_PENDING = Text("局の承認を待つ申込みではありません。", "It does not wait for the bureau's approval.")
TWICE = Text("二度挙げられています。", "It is named twice.")
OWN = Text("自分の申込みを自分で扱うことはできません。", "Nobody decides on an application of their own.")
REASON = Text("不承認には理由が必要です。", "Refusing takes a reason.")
NOT_NAMED = Text("順位も不承認もない申込みが{n}件あります。", "{n} applications are neither ranked nor refused.")
NO_POST = Text("基準日に発令がありません。", "There is no post on the reference date.")
RECALLED = "取りまとめの取戻し / the list was recalled"


@dataclass(frozen=True)
class Ranked:
    """An application, or a person of the bureau who did not apply."""

    enrollment: UUID | None = None
    staff: UUID | None = None


@dataclass(frozen=True)
class Refused:
    enrollment: UUID
    reason: str


@dataclass
class _Case:
    """What a list is about, read under the session's lock."""

    organization: Organization
    own: set[int]
    applied: Mapping[UUID, Enrollment]
    pending: Mapping[int, Approval]  # by enrolment
    people: Mapping[UUID, int]
    ranked_before: int  # by a list of an earlier round on which nothing is decided
    evidence: Evidence
    faults: list[Fault] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def person(self, named: Ranked) -> int | None:
        if named.enrollment is not None:
            return self.applied[named.enrollment].staff_id if named.enrollment in self.applied else None
        return self.people.get(named.staff) if named.staff else None

    def add(self, pointer: str, code: str, text: Text) -> None:
        self.faults.append(Fault(pointer, code, text))


@operation
def nominate(
    *, session_id: int, organization: Organization, ranked: Sequence[Ranked], refused: Sequence[Refused], by: User
) -> NominationList:
    """Hand in the list of a bureau for a session and round, once: its people in the order of its wishes, the rest refused.

    Everybody who waits for the bureau's approval is named; who still waits for the head of unit cannot be yet. Whoever did
    not apply is applied by it, and the list stands for every approval. The rules are asked again of everybody ranked.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    eligibility.refuse([eligibility.published(session), eligibility.selection(session)])
    wishes.hold_undecided(session_id)
    number = _open_round(session)
    lists = NominationList.objects.filter(session=session, round=number, organization=organization)
    if lists.filter(recalled_at=None).exists():
        raise AlreadyNominated
    case = _read(session, organization, ranked, by)
    _check(case, ranked, refused)
    made = NominationList.objects.create(session=session, round=number, organization=organization, submitted_by=by)
    added = _apply(made, session, case, ranked, by)
    promoted = _rank(made, session, case, ranked, added, by)
    _refuse(case, refused, session, by)
    note(made, ranked=len(ranked), added=len(added), refused=len(refused), promoted=promoted)
    return made


@operation
def recall_nomination(*, nomination_list_id: int, by: User) -> NominationList:
    """Take a list back in time: its ranks go, its approvals are pending again, and the bureau may hand in another.

    What others had agreed to before stays; who was named without having applied is withdrawn. Who was refused stays
    refused: that application has ended, and the person may apply or be named again.
    """
    at = NominationList.objects.filter(pk=nomination_list_id).values("session")
    session = Session.objects.locked().with_audience().get(pk__in=at)
    row = NominationList.objects.select_for_update(no_key=True).get(pk=nomination_list_id)
    if row.recalled_at is not None:
        raise NominationRecalled
    named = Nomination.objects.filter(nomination_list=row)
    decided = named.exclude(enrollment__status__in=[Status.APPLIED, *ENDED])
    if _open_round(session) != row.round or decided.exists():
        raise NominationUsed
    lines = list(named.filter(enrollment__status=Status.APPLIED))
    _take_back(lines, by)
    Enrollment.objects.filter(nominations__in=named).update(rank=None)
    row.recalled_at, row.recalled_by = session.now, by
    row.save(update_fields=["recalled_at", "recalled_by"])
    note(row, recalled=len(lines), withdrawn=sum(each.added for each in lines))
    return row


def _open_round(session: Session) -> int:
    """The number of the round whose lists are taken now."""
    number, begun = _round(session)
    timetable = timetable_of(session, session.now)
    if timetable.begun(session.now) or over(session, timetable, session.now):
        raise SessionBegun
    until = session.nominate_until
    if until is not None and begun < until <= session.now:
        raise NominationClosed(until=eligibility.time_text(until))
    decided = DecidedSession.objects.filter(session=session)
    if decided.filter(open=True).exists():
        raise DraftExists
    if decided.filter(decision__status=DecisionStatus.PUBLISHED, decision__created_at__gte=begun).exists():
        raise NominationUsed
    return number


def _round(session: Session) -> tuple[int, dt.datetime]:
    """The round of the window that is, or was last, open, with its beginning; without rounds the session's own is the first."""
    begun = ApplicationRound.objects.filter(session=session, apply_from__lte=session.now).order_by("-number").first()
    number, since = (begun.number, begun.apply_from) if begun else (1, session.apply_from)
    if since is None or since > session.now:
        raise SessionNotOpen
    return number, since


def _read(session: Session, organization: Organization, ranked: Sequence[Ranked], by: User) -> _Case:
    """A fixed number of statements for a list of any length."""
    viewer = Viewer(by)
    of_bureau = Enrollment.objects.filter(session=session, status=Status.APPLIED, bureau=organization)
    found = of_bureau.filter(may_name(viewer), rank=None)
    applied = {each.public_id: each for each in found.order_by("pk")}
    pending = Approval.objects.pending().filter(enrollment__in=[each.pk for each in applied.values()])
    asked = [each.staff for each in ranked if each.staff]
    people = dict(access.people_of(viewer).filter(public_id__in=asked).values_list("public_id", "pk"))
    named = [applied[each.enrollment].staff_id for each in ranked if each.enrollment in applied]
    return _Case(
        organization=organization,
        own=set(Staff.objects.filter(user=by).values_list("pk", flat=True)),
        applied=applied,
        pending={each.enrollment_id: each for each in pending},
        people=people,
        ranked_before=of_bureau.aggregate(last=Max("rank"))["last"] or 0,
        evidence=evidence_for(session, list(dict.fromkeys([*named, *people.values()])), now=session.now),
    )


def _check(case: _Case, ranked: Sequence[Ranked], refused: Sequence[Refused]) -> None:
    """Every fault with the row that it is about."""
    for number, named in enumerate(ranked):
        pointer = f"/ranked/{number}/{'staff' if named.staff else 'enrollment'}"
        if _is_named(case, pointer, named):
            _check_ranked(case, pointer, named)
    for number, each in enumerate(refused):
        pointer = f"/refused/{number}/enrollment"
        if _is_named(case, pointer, Ranked(enrollment=each.enrollment)):
            approval = case.pending.get(case.applied[each.enrollment].pk)
            if approval is None or approval.level != ApprovalLevel.BUREAU:
                case.add(pointer, "not_pending", NOT_PENDING)
        if not each.reason.strip():
            case.add(f"/refused/{number}/reason", "required", REASON)
    people = {each.pk: each.staff_id for each in case.applied.values()}
    waiting = {people[pk] for pk, each in case.pending.items() if each.level == ApprovalLevel.BUREAU}
    if left := waiting - case.seen - case.own:
        case.add("/ranked", "not_named", NOT_NAMED.format(n=len(left)))
    if case.faults:
        raise InvalidInput(faults=case.faults)


def _is_named(case: _Case, pointer: str, named: Ranked) -> bool:
    """Whether it is somebody of the bureau, for the first time, and not whoever hands in the list."""
    staff_id = case.person(named)
    facts = case.evidence.facts.get(staff_id) if staff_id else None
    stranger = facts is not None and named.staff and facts.bureau_id != case.organization.pk
    if staff_id is None or stranger:
        case.add(pointer, "not_found", NOBODY if named.staff else UNKNOWN)
    elif staff_id in case.own:
        case.add(pointer, "own_application", OWN)
    elif staff_id in case.seen:
        case.add(pointer, "given_twice", TWICE)
    else:
        case.seen.add(staff_id)
        return True
    return False


def _check_ranked(case: _Case, pointer: str, named: Ranked) -> None:
    staff_id = case.person(named)
    if staff_id is None or staff_id not in case.evidence.facts:
        case.add(pointer, NotEligible.code, NO_POST)
        return
    found = eligibility.personal_findings(case.evidence, staff_id, waiting_here=named.enrollment is not None)
    for each in eligibility.blocking(found):
        case.add(pointer, each.code, each.text)
    if named.enrollment is not None:
        approval = case.pending.get(case.applied[named.enrollment].pk)
        if approval is not None and approval.level != ApprovalLevel.BUREAU:
            case.add(pointer, "approval_pending", ELSEWHERE)


def _apply(
    made: NominationList, session: Session, case: _Case, ranked: Sequence[Ranked], by: User
) -> Mapping[int, Enrollment]:
    """Applications of those who had made none, each with the approval that the list is about to give; they are told."""
    people = [case.people[each.staff] for each in ranked if each.staff]
    if not people:
        return {}
    first = Enrollment.objects.enroll(
        [case.evidence.facts[each] for each in people],
        session=session,
        status=Status.APPLIED,
        busy=case.evidence.timetable.busy,
        by=by,
        applied_by=by,
    )
    rows = Enrollment.objects.filter(session=session, queue_no__gte=first, staff__in=people)
    added = {each.staff_id: each for each in rows}
    stages = Approval.objects.bulk_create(
        Approval(enrollment=added[each], applicant_id=each, level=ApprovalLevel.BUREAU) for each in people
    )
    Approval.objects.filter(pk__in=[each.pk for each in stages]).write_first_steps(by=by)
    tell(
        kind="applied_for_you",
        occasion=f"enrollments.nominationlist:{made.public_id}:applied",
        recipients=people,
        subject=session,
        facts={"session_ja": session.title_ja, "session_en": session.title_en, "wishes": 1},
    )
    return added


def _rank(
    made: NominationList,
    session: Session,
    case: _Case,
    ranked: Sequence[Ranked],
    added: Mapping[int, Enrollment],
    by: User,
) -> int:
    """Write the ranks, agree to what waits for the bureau, and go on from there; returns how many got a seat by it."""
    chosen = [case.applied[each.enrollment] if each.enrollment else added[case.people[each.staff]] for each in ranked]  # type: ignore[index] # one of the two is given
    pending = Approval.objects.pending().filter(enrollment__in=[each.pk for each in chosen])
    agreed = dict(pending.values_list("enrollment_id", "pk"))
    fresh = {each.pk for each in added.values()}
    start = case.ranked_before + 1
    for rank, each in enumerate(chosen, start=start):
        each.rank = rank
    Enrollment.objects.bulk_update(chosen, ["rank"])
    Nomination.objects.bulk_create(
        Nomination(
            nomination_list=made, enrollment=each, rank=rank, approval_id=agreed.get(each.pk), added=each.pk in fresh
        )
        for rank, each in enumerate(chosen, start=start)
    )
    Approval.objects.filter(pk__in=agreed.values()).move_to(
        ApprovalStatus.APPROVED, by=by, decided_at=session.now, decider_id=Viewer(by).staff_id
    )
    return approvals.go_on({session.pk: session}, agreed, by=by) if agreed else 0


def _refuse(case: _Case, refused: Sequence[Refused], session: Session, by: User) -> None:
    alike: dict[str, list[int]] = defaultdict(list)
    for each in refused:
        alike[each.reason.strip()].append(case.applied[each.enrollment].pk)
    for reason, keys in alike.items():
        decided = Approval.objects.filter(pk__in=[case.pending[pk].pk for pk in keys])
        decided.update(reason=reason)
        decided.move_to(
            ApprovalStatus.REFUSED, by=by, reason=reason, decided_at=session.now, decider_id=Viewer(by).staff_id
        )
        ended = Enrollment.objects.filter(pk__in=keys)
        ended.move_to(Status.REJECTED, by=by, reason=reason, ended_as=EndedAs.NOT_APPROVED)


def _take_back(lines: Sequence[Nomination], by: User) -> None:
    agreed = Approval.objects.filter(pk__in=[each.approval_id for each in lines if each.approval_id and not each.added])
    agreed.move_to(ApprovalStatus.PENDING, by=by, reason=RECALLED, decided_at=None, decider_id=None)
    added = Enrollment.objects.filter(pk__in=[each.enrollment_id for each in lines if each.added])
    added.move_to(Status.WITHDRAWN, by=by, reason=RECALLED, ended_as=EndedAs.BEFORE_DECISION)
