"""指名: seats given by the office to many people in one call."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from academy.access import Viewer
from academy.errors import Forbidden, NotFound
from academy.facts import Facts
from academy.models import Job, Staff, User
from academy.operations.base import constraint_of, note, operation
from academy.operations.dry_runs import foreseen
from academy.operations.jobs import asked_by, dry_run_of, job_kind
from courses.models import Session
from enrollments import access, eligibility
from enrollments.errors import NotEligible, SessionOver
from enrollments.errors.windows import SessionHasNoDate
from enrollments.evidence import Evidence, evidence_for, over
from enrollments.models import Approval, Enrollment, SeatBatch, Status
from enrollments.models.enrollments import Times
from enrollments.operations import queue, wishes
from enrollments.promotion import Candidate
from enrollments.seating import Seats

JOB = "enrollments.assign"
OWN = "own_enrollment"
UNKNOWN = (NotFound.code,)


@dataclass(frozen=True)
class Outcome:
    """What became of one person; `codes` say why there is no seat."""

    staff: UUID
    codes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.codes


class Assigned(NamedTuple):
    """Each person with why not, if not; and the batch by which the seats can be taken back, if any was given."""

    codes: dict[int, tuple[str, ...]]
    batch: SeatBatch | None = None


class Answered(NamedTuple):
    outcomes: list[Outcome]
    batch: UUID | None


@dataclass(frozen=True)
class _Decided:
    """Why each gets no seat, if not; what those are who get one, and the applications on which some of them do."""

    codes: dict[int, tuple[str, ...]]
    given: Sequence[Facts]
    undecided: Mapping[int, int]
    busy: Times


Assign = Callable[..., Assigned]


@operation
def assign(*, session_id: int, staff_ids: Sequence[int], by: User | None) -> Assigned:
    """Give seats to several people, in the order given while seats are free; returns each with why not, if not.

    Whoever applied and waits for the decision alone, nobody's approval being pending, gets the seat on that application;
    it is no part of the batch, since what is undone is an assignment and not what a person asked for.

    The rules about the person are those of an application, and free seats belong to the queue first; the window and the
    way of selection are not asked. Nobody gives a seat to themselves, nor one of a session that is over or has no date.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    done = None
    while done is None:
        decided = _decided(session, staff_ids, by, seats=partial(queue.seats_for_newcomers, by=by))
        done = _seated(session, decided, by)
    note(session, **_figures(done.codes.values()))
    return done


def foresee_assignment(*, session_id: int, staff_ids: Sequence[int], by: User | None) -> Assigned:
    """What `assign` would answer as things stand: decided by the same code, without a lock and without writing."""
    session = Session.objects.at_business_time().with_audience().get(pk=session_id)
    return Assigned(_decided(session, staff_ids, by, seats=queue.seats_behind_queue).codes)


def _decided(
    session: Session, staff_ids: Sequence[int], by: User | None, *, seats: Callable[[Session], Seats]
) -> _Decided:
    """Who gets a seat. `seats` says which are left by those who wait."""
    eligibility.refuse([eligibility.published(session)])
    if session.undated:
        raise SessionHasNoDate
    asked = list(dict.fromkeys(staff_ids))
    evidence = evidence_for(session, asked, now=session.now)
    if over(session, evidence.timetable, session.now):
        raise SessionOver
    own = set(Staff.objects.filter(user=by).values_list("pk", flat=True)) if by else set()
    undecided = _undecided(session, asked)
    codes = {
        staff_id: (OWN,) if staff_id in own else _codes(evidence, staff_id, applied=staff_id in undecided)
        for staff_id in asked
    }
    left = seats(session)
    passed = [staff_id for staff_id in asked if not codes[staff_id]]
    refused = {staff_id: (why,) for staff_id in passed if (why := left.give(evidence.facts[staff_id]))}
    given = [evidence.facts[staff_id] for staff_id in passed if staff_id not in refused]
    return _Decided(codes | refused, given, undecided, evidence.timetable.busy)


def _seated(session: Session, decided: _Decided, by: User | None) -> Assigned | None:
    """Give the seats; None where one of the people took a seat elsewhere between our look and our write."""
    undecided = decided.undecided
    people = [facts for facts in decided.given if facts.staff_id not in undecided]
    applicants = [Candidate(undecided[facts.staff_id], facts) for facts in decided.given if facts.staff_id in undecided]
    try:
        with transaction.atomic():
            queue.move_with_facts(applicants, Status.ENROLLED, by=by, decided_at=session.now)
            batch = SeatBatch.objects.create(session=session, by=by) if people else None
            Enrollment.objects.enroll(
                people,
                session=session,
                status=Status.ENROLLED,
                busy=decided.busy,
                by=by,
                batch=batch.pk if batch else None,
            )
    except wishes.SeatElsewhere:
        return None
    except IntegrityError as error:
        if constraint_of(error) not in queue.LOST_MEANWHILE:
            raise
        return None
    return Assigned(decided.codes, batch)


def _undecided(session: Session, asked: Sequence[int]) -> dict[int, int]:
    """The applications of these people to a locked session that wait for its decision and for nobody's approval."""
    pending = Approval.objects.pending().filter(enrollment=OuterRef("pk"))
    applied = Enrollment.objects.filter(~Exists(pending), session=session, staff__in=asked, status=Status.APPLIED)
    return dict(applied.open_wishes().values_list("staff_id", "pk"))


def _codes(evidence: Evidence, staff_id: int, *, applied: bool) -> tuple[str, ...]:
    """Why not, in codes that whoever gives seats may read: the conditions of an audience only as far as for others.

    `applied`: the person's own application here waits for this decision, and does not stand in the way of it.
    """
    verdict = evidence.verdicts.get(staff_id)
    if verdict is None:
        conditions: tuple[str, ...] = (NotEligible.code, "no_post")
    elif verdict.eligible:
        conditions = ()
    else:
        conditions = (NotEligible.code, *(finding.code for finding in verdict.for_others().blocking))
    own = [
        *([] if applied else [eligibility.not_here_yet(evidence, staff_id)]),
        *eligibility.prior_learning(evidence, staff_id),
        eligibility.clash(evidence, staff_id),
    ]
    codes = (finding.code for finding in eligibility.blocking(own))
    return (*conditions, *dict.fromkeys(codes))


def assign_named(*, session: Session, staff: Sequence[UUID], viewer: Viewer, assign: Assign = assign) -> Answered:
    """Assign those of the named people whom the viewer may assign; the others are answered as not found."""
    named = access.assignable_by(viewer, session).filter(public_id__in=staff)
    keys = dict(named.values_list("public_id", "pk"))
    codes, batch = assign(
        session_id=session.pk, staff_ids=[keys[each] for each in staff if each in keys], by=viewer.user
    )
    outcomes = [Outcome(each, codes[keys[each]] if each in keys else UNKNOWN) for each in dict.fromkeys(staff)]
    return Answered(outcomes, batch.public_id if batch else None)


@job_kind(JOB)
def run_assignment(job: Job) -> dict[str, Any]:
    """The same for many: with the rights that whoever asked has when it runs. The result names only who got no seat."""
    _, outcomes, batch = _for_many(job, assign)
    return _result(outcomes, batch)


@job_kind(dry_run_of(JOB))
def foresee_for_many(job: Job) -> dict[str, Any]:
    """What the job would answer now."""
    session, outcomes, _ = _for_many(job, foresee_assignment)
    figures = _figures([each.codes for each in outcomes if each.codes != UNKNOWN])
    return foreseen(_result(outcomes, None), of=assign, to=session, figures=figures)


def _for_many(job: Job, assign: Assign) -> tuple[Session, list[Outcome], UUID | None]:
    session = Session.objects.select_related("course__program").get(pk=job.parameters["session_id"])
    viewer = asked_by(job)
    if not access.runs(viewer, session):
        raise Forbidden
    staff = [UUID(each) for each in job.parameters["staff"]]
    outcomes, batch = assign_named(session=session, staff=staff, viewer=viewer, assign=assign)
    job.all_rows = len(outcomes)
    return session, outcomes, batch


def _result(outcomes: Sequence[Outcome], batch: UUID | None) -> dict[str, Any]:
    failed = [{"staff": each.staff, "codes": each.codes} for each in outcomes if not each.succeeded]
    return {"asked": len(outcomes), "succeeded": len(outcomes) - len(failed), "batch": batch, "failed": failed}


def _figures(codes: Collection[tuple[str, ...]]) -> dict[str, Any]:
    """What the trail notes of an assignment."""
    return {"asked": len(codes), "seated": sum(not each for each in codes)}
