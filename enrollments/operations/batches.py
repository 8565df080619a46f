"""Many seats taken back in one call: a bulk assignment undone, or seats cancelled by the office."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from academy.access import Viewer
from academy.errors import Forbidden, NotFound
from academy.facts import Place
from academy.models import Job, User
from academy.operations.base import note, operation
from academy.operations.dry_runs import foreseen
from academy.operations.jobs import asked_by, dry_run_of, job_kind
from courses.models import Session
from courses.models.sessions import SessionQuerySet
from enrollments import access, eligibility
from enrollments.access.batches import batches_visible_to, may_undo_batch
from enrollments.errors import SessionBegun
from enrollments.errors.batches import BatchUndone, NoSeat, SeatChanged, SeatHasRecords
from enrollments.evidence import timetable_of
from enrollments.models import (
    Attendance,
    EndedAs,
    Enrollment,
    ExamAttempt,
    LessonProgress,
    SeatBatch,
    Status,
    TeamMember,
)
from enrollments.operations import queue
from enrollments.operations.assigning import OWN
from enrollments.seating import seats_of

UNDO_JOB = "enrollments.undo_batch"
CANCEL_JOB = "enrollments.cancel_seats"
# A seat that is used has one of these; the seat stays with what was learned in it.
_RECORDS = (Attendance, LessonProgress, ExamAttempt, TeamMember)
_CANCELLABLE = (Status.OFFERED, Status.ENROLLED, Status.IN_PROGRESS)


Read = Callable[[QuerySet[Enrollment]], list[Enrollment]]


@dataclass(frozen=True)
class Returned:
    """What became of one enrolment; `codes` say why its seat stays."""

    enrollment: UUID
    codes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.codes


@dataclass(frozen=True)
class _Decided:
    """The seats asked about, and why those stay that do."""

    session: Session
    target: Session | SeatBatch
    rows: Sequence[Enrollment]
    why: Mapping[int, str]

    @property
    def ending(self) -> list[Enrollment]:
        return [row for row in self.rows if row.pk not in self.why]

    @property
    def outcomes(self) -> list[Returned]:
        return [Returned(row.public_id, (self.why[row.pk],) if row.pk in self.why else ()) for row in self.rows]

    def figures(self, promoted: int) -> dict[str, Any]:
        """What the trail notes."""
        ended = len(self.ending)
        if isinstance(self.target, SeatBatch):
            return {"undone": ended, "stayed": len(self.why), "promoted": promoted}
        return {"asked": len(self.rows), "cancelled": ended, "promoted": promoted}


@operation
def undo_batch(*, batch_id: int, reason: str, by: User | None) -> list[Returned]:
    """Take back the seats of one bulk assignment, once and before the session begins; returns each with why not, if not.

    A seat that is no longer as it was given, or to which something was recorded, stays, and so does one's own.
    """
    session = _session_of(batch_id, Session.objects.locked())
    decided = _decided_undo(session, batch_id, by, rows=_locked)
    promoted = _cancel(decided, EndedAs.UNDONE, reason, by)
    SeatBatch.objects.filter(pk=batch_id).update(undone_at=session.now, undone_by=by)
    note(decided.target, **decided.figures(promoted))
    return decided.outcomes


def foresee_undo(*, batch_id: int, by: User | None) -> _Decided:
    """What `undo_batch` would do as things stand: decided by the same code, without a lock and without writing."""
    return _decided_undo(_session_of(batch_id, Session.objects.at_business_time()), batch_id, by, rows=list)


def _session_of(batch_id: int, sessions: SessionQuerySet) -> Session:
    return sessions.with_audience().get(pk__in=SeatBatch.objects.filter(pk=batch_id).values("session_id"))


def _decided_undo(session: Session, batch_id: int, by: User | None, *, rows: Read) -> _Decided:
    batch = SeatBatch.objects.get(pk=batch_id)
    if batch.undone_at is not None:
        raise BatchUndone(at=eligibility.time_text(batch.undone_at))
    if timetable_of(session, session.now).begun(session.now):
        raise SessionBegun
    found = rows(_seats(Enrollment.objects.filter(batch=batch)))
    used = {
        pk for model in _RECORDS for pk in model._default_manager.filter(
            enrollment__batch=batch
        ).values_list("enrollment_id", flat=True)
    }  # fmt: skip
    own = _own(found, by)
    why = {
        row.pk: OWN if row.pk in own else SeatChanged.code if row.status != Status.ENROLLED else SeatHasRecords.code
        for row in found
        if row.pk in own or row.status != Status.ENROLLED or row.pk in used
    }
    return _Decided(session, batch, found, why)


@operation
def cancel_seats(*, session_id: int, enrollment_ids: Sequence[int], reason: str, by: User | None) -> list[Returned]:
    """受講取消: end several seats of a session by the office; returns each with why not, if not.

    Only seats that are offered, given or in use end, whatever the hour; nobody cancels their own.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    decided = _decided_cancellation(session, enrollment_ids, by, rows=_locked)
    promoted = _cancel(decided, EndedAs.BY_OFFICE, reason, by)
    note(session, **decided.figures(promoted))
    return decided.outcomes


def foresee_cancellation(*, session_id: int, enrollment_ids: Sequence[int], by: User | None) -> _Decided:
    """What `cancel_seats` would do as things stand, likewise."""
    session = Session.objects.at_business_time().with_audience().get(pk=session_id)
    return _decided_cancellation(session, enrollment_ids, by, rows=list)


def _decided_cancellation(session: Session, enrollment_ids: Sequence[int], by: User | None, *, rows: Read) -> _Decided:
    found = rows(_seats(Enrollment.objects.filter(session=session, pk__in=enrollment_ids)))
    why = {row.pk: NoSeat.code for row in found if row.status not in _CANCELLABLE}
    return _Decided(session, session, found, why | dict.fromkeys(_own(found, by), OWN))


def _seats(found: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    return found.only("public_id", "status", "staff_id", "seat_bureau_id", "seat_grade_id", "new_recruit").order_by(
        "pk"
    )


def _locked(found: QuerySet[Enrollment]) -> list[Enrollment]:
    """Held against who records something to a seat: that is done without the session's lock."""
    return list(found.select_for_update(no_key=True))


def _own(rows: Sequence[Enrollment], by: User | None) -> set[int]:
    if by is None:
        return set()
    return set(Enrollment.objects.filter(pk__in=[row.pk for row in rows], staff__user=by).values_list("pk", flat=True))


def _cancel(decided: _Decided, ended_as: EndedAs, reason: str, by: User | None) -> int:
    """End the seats that nothing keeps, and give them to who waits; returns how many moved up."""
    ends = Enrollment.objects.filter(pk__in=[row.pk for row in decided.ending])
    ends.move_to(Status.CANCELLED, by=by, reason=reason, ended_as=ended_as)
    return queue.reconcile(decided.session, by=by)


def _foreseen_promotions(decided: _Decided) -> int:
    """How many would move up to the seats that end."""
    seats = seats_of(decided.session, now=decided.session.now)
    for row in decided.ending:
        seats.give_back(Place(row.seat_bureau_id or 0, row.seat_grade_id or 0, row.new_recruit))
    return len(queue.would_move_up(seats, decided.session))


def cancel_named(*, session: Session, enrollments: Sequence[UUID], reason: str, viewer: Viewer) -> list[Returned]:
    """Cancel those of the named seats that the viewer sees; the others are answered as not found."""
    keys = _named(session, enrollments, viewer)
    done = cancel_seats(session_id=session.pk, enrollment_ids=keys, reason=reason, by=viewer.user)
    return _with_unknown(done, enrollments)


def _named(session: Session, enrollments: Sequence[UUID], viewer: Viewer) -> list[int]:
    named = access.seats_visible_to(viewer, session).filter(public_id__in=enrollments)
    return list(named.values_list("pk", flat=True))


def _with_unknown(done: Sequence[Returned], enrollments: Sequence[UUID]) -> list[Returned]:
    found = {each.enrollment: each for each in done}
    return [found.get(each, Returned(each, (NotFound.code,))) for each in dict.fromkeys(enrollments)]


@job_kind(UNDO_JOB)
def run_undo(job: Job) -> dict[str, Any]:
    """The same for many: with the rights that whoever asked has when it runs. The result names only what stayed."""
    viewer, batch = _batch_asked_for(job)
    return _result(job, undo_batch(batch_id=batch.pk, reason=job.parameters["reason"], by=viewer.user))


@job_kind(dry_run_of(UNDO_JOB))
def foresee_undo_for_many(job: Job) -> dict[str, Any]:
    """What the job would answer now."""
    viewer, batch = _batch_asked_for(job)
    decided = foresee_undo(batch_id=batch.pk, by=viewer.user)
    return _foreseen(job, decided, decided.outcomes, of=undo_batch)


@job_kind(CANCEL_JOB)
def run_cancellation(job: Job) -> dict[str, Any]:
    """The same for many, likewise."""
    viewer, session, named = _seats_asked_for(job)
    reason = job.parameters["reason"]
    return _result(job, cancel_named(session=session, enrollments=named, reason=reason, viewer=viewer))


@job_kind(dry_run_of(CANCEL_JOB))
def foresee_cancellation_for_many(job: Job) -> dict[str, Any]:
    """What the job would answer now."""
    viewer, session, named = _seats_asked_for(job)
    keys = _named(session, named, viewer)
    decided = foresee_cancellation(session_id=session.pk, enrollment_ids=keys, by=viewer.user)
    return _foreseen(job, decided, _with_unknown(decided.outcomes, named), of=cancel_seats)


def _batch_asked_for(job: Job) -> tuple[Viewer, SeatBatch]:
    viewer = asked_by(job)
    batch = batches_visible_to(viewer).select_related("session__course__program").get(pk=job.parameters["batch_id"])
    if not may_undo_batch(viewer, batch):
        raise Forbidden
    return viewer, batch


def _seats_asked_for(job: Job) -> tuple[Viewer, Session, list[UUID]]:
    viewer = asked_by(job)
    session = Session.objects.select_related("course__program").get(pk=job.parameters["session_id"])
    if not access.runs(viewer, session):
        raise Forbidden
    return viewer, session, [UUID(each) for each in job.parameters["enrollments"]]


def _result(job: Job, outcomes: Sequence[Returned]) -> dict[str, Any]:
    job.all_rows = len(outcomes)
    return told(outcomes) | {
        "failed": [{"enrollment": each.enrollment, "codes": each.codes} for each in outcomes if each.codes]
    }


def _foreseen(job: Job, decided: _Decided, outcomes: Sequence[Returned], *, of: Callable[..., Any]) -> dict[str, Any]:
    figures = decided.figures(_foreseen_promotions(decided))
    return foreseen(_result(job, outcomes), of=of, to=decided.target, figures=figures)


def told(outcomes: Sequence[Returned]) -> dict[str, Any]:
    """How many, and how often each code."""
    codes = Counter(code for each in outcomes for code in each.codes)
    return {
        "asked": len(outcomes),
        "succeeded": sum(each.succeeded for each in outcomes),
        "codes": dict(sorted(codes.items())),
    }
