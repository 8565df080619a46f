"""Many seats taken back in one call: a bulk assignment undone, or seats cancelled by the office."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from academy.access import Viewer
from academy.errors import Forbidden, NotFound
from academy.models import Job, User
from academy.operations.base import note, operation
from academy.operations.jobs import job_kind
from courses.models import Session
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

UNDO_JOB = "enrollments.undo_batch"
CANCEL_JOB = "enrollments.cancel_seats"
# A seat that is used has one of these; the seat stays with what was learned in it.
_RECORDS = (Attendance, LessonProgress, ExamAttempt, TeamMember)
_CANCELLABLE = (Status.OFFERED, Status.ENROLLED, Status.IN_PROGRESS)


@dataclass(frozen=True)
class Returned:
    """What became of one enrolment; `codes` say why its seat stays."""

    enrollment: UUID
    codes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.codes


@operation
def undo_batch(*, batch_id: int, reason: str, by: User | None) -> list[Returned]:
    """Take back the seats of one bulk assignment, once and before the session begins; returns each with why not, if not.

    A seat that is no longer as it was given, or to which something was recorded, stays, and so does one's own.
    """
    of_batch = SeatBatch.objects.filter(pk=batch_id)
    session = Session.objects.locked().with_audience().get(pk__in=of_batch.values("session_id"))
    batch = of_batch.get()
    if batch.undone_at is not None:
        raise BatchUndone(at=eligibility.time_text(batch.undone_at))
    if timetable_of(session, session.now).begun(session.now):
        raise SessionBegun
    rows = _locked(Enrollment.objects.filter(batch=batch))
    used = {
        pk for model in _RECORDS for pk in model._default_manager.filter(
            enrollment__batch=batch
        ).values_list("enrollment_id", flat=True)
    }  # fmt: skip
    own = _own(rows, by)
    why = {
        row.pk: OWN if row.pk in own else SeatChanged.code if row.status != Status.ENROLLED else SeatHasRecords.code
        for row in rows
        if row.pk in own or row.status != Status.ENROLLED or row.pk in used
    }
    promoted = _cancel(session, rows, why, EndedAs.UNDONE, reason, by)
    of_batch.update(undone_at=session.now, undone_by=by)
    note(batch, undone=len(rows) - len(why), stayed=len(why), promoted=promoted)
    return _returned(rows, why)


@operation
def cancel_seats(*, session_id: int, enrollment_ids: Sequence[int], reason: str, by: User | None) -> list[Returned]:
    """受講取消: end several seats of a session by the office; returns each with why not, if not.

    Only seats that are offered, given or in use end, whatever the hour; nobody cancels their own.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    rows = _locked(Enrollment.objects.filter(session=session, pk__in=enrollment_ids))
    own = _own(rows, by)
    why = {row.pk: NoSeat.code for row in rows if row.status not in _CANCELLABLE} | dict.fromkeys(own, OWN)
    promoted = _cancel(session, rows, why, EndedAs.BY_OFFICE, reason, by)
    note(session, asked=len(rows), cancelled=len(rows) - len(why), promoted=promoted)
    return _returned(rows, why)


def _locked(found: QuerySet[Enrollment]) -> list[Enrollment]:
    """Held against who records something to a seat: that is done without the session's lock."""
    return list(found.select_for_update(no_key=True).only("public_id", "status", "staff_id").order_by("pk"))


def _own(rows: Sequence[Enrollment], by: User | None) -> set[int]:
    if by is None:
        return set()
    return set(Enrollment.objects.filter(pk__in=[row.pk for row in rows], staff__user=by).values_list("pk", flat=True))


def _cancel(
    session: Session,
    rows: Sequence[Enrollment],
    why: Mapping[int, str],
    ended_as: EndedAs,
    reason: str,
    by: User | None,
) -> int:
    """End the seats that nothing keeps, and give them to who waits; returns how many moved up."""
    ends = Enrollment.objects.filter(pk__in=[row.pk for row in rows if row.pk not in why])
    ends.move_to(Status.CANCELLED, by=by, reason=reason, ended_as=ended_as)
    return queue.reconcile(session, by=by)


def _returned(rows: Sequence[Enrollment], why: Mapping[int, str]) -> list[Returned]:
    return [Returned(row.public_id, (why[row.pk],) if row.pk in why else ()) for row in rows]


def cancel_named(*, session: Session, enrollments: Sequence[UUID], reason: str, viewer: Viewer) -> list[Returned]:
    """Cancel those of the named seats that the viewer sees; the others are answered as not found."""
    named = access.seats_visible_to(viewer, session).filter(public_id__in=enrollments)
    keys = list(named.values_list("pk", flat=True))
    done = cancel_seats(session_id=session.pk, enrollment_ids=keys, reason=reason, by=viewer.user)
    found = {each.enrollment: each for each in done}
    return [found.get(each, Returned(each, (NotFound.code,))) for each in dict.fromkeys(enrollments)]


@job_kind(UNDO_JOB)
def run_undo(job: Job) -> dict[str, Any]:
    """The same for many: with the rights that whoever asked has when it runs. The result names only what stayed."""
    viewer = _asked_by(job)
    batch = batches_visible_to(viewer).select_related("session__course__program").get(pk=job.parameters["batch_id"])
    if not may_undo_batch(viewer, batch):
        raise Forbidden
    return _result(job, undo_batch(batch_id=batch.pk, reason=job.parameters["reason"], by=viewer.user))


@job_kind(CANCEL_JOB)
def run_cancellation(job: Job) -> dict[str, Any]:
    """The same for many, likewise."""
    viewer = _asked_by(job)
    session = Session.objects.select_related("course__program").get(pk=job.parameters["session_id"])
    if not access.runs(viewer, session):
        raise Forbidden
    named = [UUID(each) for each in job.parameters["enrollments"]]
    return _result(
        job, cancel_named(session=session, enrollments=named, reason=job.parameters["reason"], viewer=viewer)
    )


def _asked_by(job: Job) -> Viewer:
    if job.requested_by is None:
        raise Forbidden
    return Viewer(job.requested_by)


def _result(job: Job, outcomes: Sequence[Returned]) -> dict[str, Any]:
    job.all_rows = len(outcomes)
    return told(outcomes) | {
        "failed": [{"enrollment": each.enrollment, "codes": each.codes} for each in outcomes if each.codes]
    }


def told(outcomes: Sequence[Returned]) -> dict[str, Any]:
    """How many, and how often each code."""
    codes = Counter(code for each in outcomes for code in each.codes)
    return {
        "asked": len(outcomes),
        "succeeded": sum(each.succeeded for each in outcomes),
        "codes": dict(sorted(codes.items())),
    }
