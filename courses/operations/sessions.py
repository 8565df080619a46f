"""The life of a session up to its end: drafted, changed, published, opened, closed, finished.

Capacity and cancelling belong to enrollments: they move the people in it. Locks: the course, then the session.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from academy.calendar import fiscal_year_of
from academy.clock import business_date
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from academy.text import in_both
from courses.errors import (
    SelectionTakesNoApplications,
    SessionHasNoMeeting,
    SessionNotDraft,
    SessionNotPublished,
    SessionStillRuns,
)
from courses.models import (
    SELF_PACED,
    SELF_SERVICE,
    Audience,
    Course,
    DatePrecision,
    Instructor,
    Meeting,
    Selection,
    Session,
    SessionInstructor,
    SessionStatus,
)
from courses.operations.audiences import check_rule
from courses.operations.content import content_for_publication
from courses.operations.places import take_places
from courses.operations.programs import check_title
from courses.scheduling import Slot, Span, check_slots, check_window, span_of


class SessionFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    all_time_ordinal: int | None
    selection: Selection
    apply_from: dt.datetime | None
    apply_until: dt.datetime | None
    online_address: str


@operation
def create_session(
    *,
    course_id: int,
    meetings: Sequence[Slot] = (),
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    ordinal: int | None = None,
    capacity: int | None = None,
    rule: Any = None,
    instructors: Sequence[Instructor] = (),
    synthetic: bool = False,
    by: User | None,
    **fields: Unpack[SessionFields],
) -> Session:
    """Draft a session; its days and fiscal year follow from its meetings, its number is the next free of the year.

    A session of its own audience is given its `rule`; without one the course's audience holds.
    """
    course = _locked_course(course_id)
    session = Session(course=course, capacity=capacity, synthetic=synthetic, **{"title_ja": course.title_ja, **fields})
    faults = Faults()
    span = _checked_span(meetings, starts_on, ends_on, faults)
    _check(session, instructors, faults)
    if rule is not None:
        check_rule(rule, faults, at="/rule")
    faults.refuse()
    _set_days(session, span, ordinal)
    session.audience = None if rule is None else Audience.objects.create(rule=rule)
    session.save(force_insert=True)
    _write_meetings(session, meetings)
    _write_instructors(session, instructors)
    Session.objects.filter(pk=session.pk).write_first_steps(by=by)
    note(session, course=course.public_id, ordinal=session.ordinal, meetings=len(meetings))
    return session


@operation
def change_session(
    *,
    session_id: int,
    meetings: Sequence[Slot] | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    ordinal: int | None = None,
    instructors: Sequence[Instructor] | None = None,
    by: User | None,
    **fields: Unpack[SessionFields],
) -> Session:
    """Change what is given of a draft; given meetings replace all. A draft that moves to another year is renumbered."""
    course_id = Session.objects.values_list("course_id", flat=True).get(pk=session_id)
    course = _locked_course(course_id)
    session = Session.objects.locked().get(pk=session_id)
    if session.status != SessionStatus.DRAFT:
        raise SessionNotDraft(status=in_both(SessionStatus(session.status).label))
    session.course = course
    for name, value in fields.items():
        setattr(session, name, value)
    faults = Faults()
    moves = meetings is not None or starts_on is not None or ends_on is not None
    slots = meetings if meetings is not None else ()
    if moves and meetings is None and session.meetings.exists():
        faults.add("/starts_on", "derived", "日付はコマから決まります。", "The meetings decide the days.")
    span = _checked_span(slots, starts_on, ends_on, faults) if moves else Span(session.starts_on, session.ends_on)
    _check(session, instructors or (), faults)
    faults.refuse()
    _set_days(session, span, ordinal)
    session.save(update_fields=[*fields, "starts_on", "ends_on", "fiscal_year", "ordinal"])
    if meetings is not None:
        session.meetings.all().delete()
        _write_meetings(session, meetings)
    if instructors is not None:
        session.session_instructors.all().delete()
        _write_instructors(session, instructors)
    note(session, changed=sorted(fields), meetings=None if meetings is None else len(meetings))
    return session


@operation
def publish_session(*, session_id: int, by: User | None) -> Session:
    """Publish a draft that has a meeting, or a course taken at one's own pace; rooms and instructors are taken for it."""
    session = _locked(session_id)
    has_meeting = session.meetings.live().exists()
    self_paced = session.course.program.mode in SELF_PACED
    if session.status == SessionStatus.DRAFT and not has_meeting and not self_paced:
        raise SessionHasNoMeeting
    Session.objects.filter(pk=session.pk).move_to(
        SessionStatus.PUBLISHED, by=by, content_id=content_for_publication(session.course)
    )
    take_places(session.pk)
    return session


@operation
def open_session(*, session_id: int, apply_until: dt.datetime | None = None, by: User | None) -> Session:
    """Take applications from now until the given time, or without an end; an open session keeps its beginning.

    Only a published session that people enter by themselves takes applications.
    """
    session = _locked(session_id)
    _refuse_unpublished(session)
    if session.selection not in SELF_SERVICE:
        raise SelectionTakesNoApplications(selection=in_both(Selection(session.selection).label))
    faults = Faults()
    if apply_until is not None and apply_until <= session.now:
        faults.add("/apply_until", "past", "終了は現在より後です。", "The end lies in the future.")
    faults.refuse()
    if not _window_open(session):
        session.apply_from = session.now
    session.apply_until = apply_until
    session.save(update_fields=["apply_from", "apply_until"])
    return session


@operation
def close_session(*, session_id: int, by: User | None) -> Session:
    """Take no more applications; a window that has ended stays as it was, one that has not begun is taken away."""
    session = _locked(session_id)
    _refuse_unpublished(session)
    if session.apply_until is not None and session.apply_until <= session.now:
        return session
    if session.apply_from is not None and session.apply_from > session.now:
        session.apply_from = None
    session.apply_until = session.now
    session.save(update_fields=["apply_from", "apply_until"])
    return session


@operation
def finish_session(*, session_id: int, by: User | None) -> Session:
    """Close the books of a published session, from its last day on."""
    session = _locked(session_id)
    if session.status == SessionStatus.PUBLISHED and business_date(session.now) < session.ends_on:
        raise SessionStillRuns(ends_on=session.ends_on.isoformat())
    Session.objects.filter(pk=session.pk).move_to(SessionStatus.FINISHED, by=by)
    return session


def _locked(session_id: int) -> Session:
    return Session.objects.locked().select_related("course__program").get(pk=session_id)


def _locked_course(course_id: int) -> Course:
    """The course under the lock that numbers its sessions; inserts that only point at it are not held up."""
    return Course.objects.select_for_update(no_key=True).get(pk=course_id)


def _refuse_unpublished(session: Session) -> None:
    if session.status != SessionStatus.PUBLISHED:
        raise SessionNotPublished(status=in_both(SessionStatus(session.status).label))


def _window_open(session: Session) -> bool:
    begun = session.apply_from is not None and session.apply_from <= session.now
    return begun and (session.apply_until is None or session.now < session.apply_until)


def _checked_span(
    slots: Sequence[Slot], starts_on: dt.date | None, ends_on: dt.date | None, faults: Faults
) -> Span | None:
    before = len(faults.found)
    check_slots(slots, faults)
    return span_of(slots, starts_on, ends_on, faults) if len(faults.found) == before else None


def _check(session: Session, instructors: Sequence[Instructor], faults: Faults) -> None:
    check_title(session.title_ja, faults)
    check_window(session.apply_from, session.apply_until, faults)
    if len({instructor.pk for instructor in instructors}) < len(instructors):
        faults.add("/instructors", "repeated", "同じ講師が二度あります。", "An instructor is named twice.")


def _set_days(session: Session, span: Span | None, ordinal: int | None) -> None:
    """Days, fiscal year and number; the caller holds the course's lock."""
    if span is None:
        raise ValueError("faults are refused before")
    session.starts_on, session.ends_on = span.starts_on, span.ends_on
    year = fiscal_year_of(span.starts_on)
    if ordinal is not None:
        session.ordinal = ordinal
    elif session.fiscal_year != year:  # a new one has none yet
        session.ordinal = _next_ordinal(session.course, year)
    session.fiscal_year = year


def _next_ordinal(course: Course, year: int) -> int:
    """One more than the highest: a number that was once given is not given to another session."""
    last = Session.objects.filter(course=course, fiscal_year=year).aggregate(last=Max("ordinal"))["last"]
    return (last or 0) + 1


def _write_meetings(session: Session, slots: Sequence[Slot]) -> None:
    Meeting.objects.bulk_create(
        Meeting(
            session=session,
            position=position,
            title_ja=slot.title_ja,
            title_en=slot.title_en,
            precision=DatePrecision.DAY if slot.month is None else DatePrecision.MONTH,
            during=DateTimeTZRange(slot.starts_at, slot.ends_at) if slot.month is None else None,
            month=slot.month,
            venue=slot.venue,
        )
        for position, slot in enumerate(slots, start=1)
    )


def _write_instructors(session: Session, instructors: Sequence[Instructor]) -> None:
    SessionInstructor.objects.bulk_create(
        SessionInstructor(session=session, instructor=instructor) for instructor in instructors
    )
