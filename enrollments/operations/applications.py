"""Applying for a seat: in one session, or in several of a course in the order of wishes. Leaving is in `leaving`."""

from collections.abc import Iterable, Mapping, Sequence

from academy import statements
from academy.errors import Fault, Faults
from academy.models import User
from academy.operations.base import kind_of, note, operation
from academy.operations.notices import tell
from academy.statements import Given, Statement
from courses.entry import policy_of
from courses.models import SELF_SERVICE, ApprovalChain, Session
from enrollments import eligibility
from enrollments.answering import Answers
from enrollments.errors import NotEligible
from enrollments.errors.applications import MixedWishes
from enrollments.evidence import Evidence, asking_timetable, evidence_for
from enrollments.models import Application, Enrollment, Status
from enrollments.operations import approvals, form_answers, queue, wishes

MOST_WISHES = 10
NO_ANSWERS: Answers = {}


@operation
def apply(*, session_id: int, staff_id: int, answers: Answers = NO_ANSWERS, by: User | None) -> Enrollment:
    """Apply for a seat. Where nobody has to agree or decide, it is taken at once; who finds none free, or finds somebody
    waiting for it, waits in the queue.

    A session without a date has no seats yet: everybody waits, in the order of the applications. A person for whom
    somebody else applied is told.
    """
    with statements.ahead(LOCKED.asked(session=session_id), asking_timetable(session_id)):
        [session] = LOCKED.rows(session=session_id)
        evidence = evidence_for(session, [staff_id], now=session.now)
    eligibility.refuse(eligibility.findings(evidence, staff_id))
    application = form_answers.enter(session=session, staff_id=staff_id, answers=answers)
    status = first_status(evidence, staff_id, by=by)
    enrollment = _entered(evidence, staff_id, status, by, application=application.pk if application else None)
    _tell([session], enrollment)
    note(enrollment, status=status)
    return enrollment


LOCKED = Statement(
    lambda: Session.objects.locked().with_audience().select_related("course__policy").filter(pk=Given("session"))
)


@operation
def apply_by_wish(
    *, session_ids: Sequence[int], staff_id: int, answers: Answers = NO_ANSWERS, by: User | None
) -> Application:
    """Apply for one seat in any of several sessions of a course, in the order of wishes.

    The rules of an application are asked of each. Where nobody has to agree or decide, the first with a free seat is taken
    and the other wishes end; if none is free, the person waits in all of them.
    """
    locked = {each.pk: each for each in _locked(session_ids)}
    sessions = [locked[pk] for pk in session_ids]
    _refuse_mixed(sessions)
    evidence = [evidence_for(each, [staff_id], now=each.now) for each in sessions]
    _refuse_wishes(evidence, staff_id)
    application = form_answers.enter_wishes(course_id=sessions[0].course_id, staff_id=staff_id, answers=answers)
    statuses = _first_statuses(evidence, staff_id, by)
    made = [
        _entered(each, staff_id, status, by, application=application.pk, preference=number)
        for number, (each, status) in enumerate(zip(evidence, statuses, strict=True), start=1)
    ]
    wishes.settle([each.pk for each, status in zip(made, statuses, strict=True) if status == Status.ENROLLED], by=by)
    _tell(sessions, made[0])
    note(application, wishes=len(made), seated=Status.ENROLLED in statuses)
    return application


def first_status(evidence: Evidence, staff_id: int, *, by: User | None) -> Status:
    """Where an application to a locked session stands at first: undecided, waiting, or with a seat."""
    session = evidence.session
    if policy_of(session).approval != ApprovalChain.NONE or session.selection not in SELF_SERVICE:
        return Status.APPLIED
    person = evidence.facts[staff_id]
    if evidence.seats.why_not(person):  # most often in a rush: the queue is not asked for whom there is no seat anyway
        return Status.WAITLISTED
    seats = queue.seats_for_newcomers(session, by=by) if evidence.waiting else evidence.seats
    return Status.WAITLISTED if seats.why_not(person) else Status.ENROLLED


def _first_statuses(evidence: Iterable[Evidence], staff_id: int, by: User | None) -> list[Status]:
    """The same for each wish: the first seat is taken, and what comes after it takes none."""
    found: list[Status] = []
    for each in evidence:
        seated = Status.ENROLLED in found
        found.append(Status.WAITLISTED if seated else first_status(each, staff_id, by=by))
    return found


def _entered(evidence: Evidence, staff_id: int, status: Status, by: User | None, **wish: int | None) -> Enrollment:
    """The enrolment that an application makes, with the approval that it begins with."""
    session = evidence.session
    enrollment = Enrollment.objects.enroll_one(
        evidence.facts[staff_id],
        session=session,
        status=status,
        busy=evidence.timetable.busy,
        by=by,
        applied_by=by,
        **wish,
    )
    enrollment.session, enrollment.course = session, session.course
    if status == Status.APPLIED:
        approvals.begin([enrollment.pk], session, by=by)
    return enrollment


def _locked(session_ids: Sequence[int]) -> Iterable[Session]:
    """The sessions in the order of their keys. They are several, none twice."""
    faults = Faults()
    for number, pk in enumerate(session_ids):
        if pk in session_ids[:number]:
            faults.add(f"/sessions/{number}", "given_twice", "同じ回が二度あります。", "The session is given twice.")
    if len(session_ids) > MOST_WISHES:
        faults.add("/sessions", "too_many", f"{MOST_WISHES}回までです。", f"At most {MOST_WISHES} sessions.")
    faults.refuse()
    return Session.objects.locked().with_audience().filter(pk__in=session_ids).order_by("pk")


def _refuse_mixed(sessions: Sequence[Session]) -> None:
    def kind(session: Session) -> tuple[object, ...]:
        return session.course_id, session.fiscal_year, session.selection

    others = [number for number, each in enumerate(sessions) if kind(each) != kind(sessions[0])]
    if others:
        raise MixedWishes(
            faults=[Fault(f"/sessions/{number}", MixedWishes.code, MixedWishes.text) for number in others]
        )


def _refuse_wishes(evidence: Sequence[Evidence], staff_id: int) -> None:
    """The refusal of the first rule that fails; its faults list all of them, each with the wish that it is about."""
    failed = [
        (number, finding)
        for number, each in enumerate(evidence)
        for finding in eligibility.blocking(eligibility.findings(each, staff_id))
    ]
    if failed:
        refusal = eligibility.REFUSALS.get(failed[0][1].code, NotEligible)
        raise refusal(faults=[Fault(f"/sessions/{number}", each.code, each.text) for number, each in failed])


def _tell(sessions: Sequence[Session], enrollment: Enrollment) -> None:
    """Whoever did not apply themselves is told of it, once for all wishes."""
    if enrollment.applied_by_id is None:
        return
    first = sessions[0]
    facts: Mapping[str, object] = {"session_ja": first.title_ja, "session_en": first.title_en, "wishes": len(sessions)}
    occasion = f"{kind_of(enrollment)}:{enrollment.public_id}:applied"
    tell(
        kind="applied_for_you",
        occasion=occasion,
        recipients=[enrollment.staff_id],
        subject=first,
        facts=dict(facts),
    )
