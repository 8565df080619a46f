"""Drafting a session, and changing the draft: its meetings, days, numbers, deadlines, people and places."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.calendar import fiscal_year_of
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from academy.text import in_both
from courses.deadlines import COLUMNS, check_order
from courses.errors import SessionNotDraft
from courses.models import (
    Audience,
    DatePrecision,
    Deadline,
    Instructor,
    Meeting,
    Selection,
    Session,
    SessionInstructor,
    SessionStatus,
)
from courses.operations.audiences import check_rule
from courses.operations.deadlines import set_deadlines
from courses.operations.programs import check_title
from courses.operations.rounds import keep_round
from courses.operations.sessions.numbers import locked_course, next_of_all, next_ordinal
from courses.scheduling import Days, Slot, Span, begin_of, check_slots, check_window, slots_in_places, span_of
from courses.titles import filled, unfilled


class SessionFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    all_time_ordinal: int | None
    selection: Selection
    capacity: int | None
    minimum: int | None
    apply_from: dt.datetime | None
    apply_until: dt.datetime | None
    change_until: dt.datetime | None
    substitute_until: dt.datetime | None
    approve_until: dt.datetime | None
    nominate_until: dt.datetime | None
    withdraw_until: dt.datetime | None
    promote_until: dt.datetime | None
    online_address: str


@operation
def create_session(
    *,
    course_id: int,
    meetings: Sequence[Slot] = (),
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    undated: bool = False,
    fiscal_year: int | None = None,
    ordinal: int | None = None,
    rule: Any = None,
    instructors: Sequence[Instructor] = (),
    synthetic: bool = False,
    by: User | None,
    **fields: Unpack[SessionFields],
) -> Session:
    """Draft a session; its days and fiscal year follow from its meetings, its number is the next free of the year.

    Its number of all follows too once a session of the course has one, and its deadlines follow the course's rules unless
    they are given. A session of its own audience is given its `rule`; without one the course's audience holds. One without
    a date yet is given its fiscal year.
    """
    course = locked_course(course_id)
    days = Days(starts_on, ends_on, fiscal_year, undated)
    session = Session(course=course, synthetic=synthetic, **{"title_ja": course.title_ja, **fields})
    return drafted(session, meetings, days, fields, ordinal=ordinal, rule=rule, instructors=instructors, by=by)


def drafted(
    session: Session,
    meetings: Sequence[Slot],
    days: Days,
    given: SessionFields,
    *,
    ordinal: int | None = None,
    rule: Any = None,
    instructors: Sequence[Instructor] = (),
    by: User | None,
) -> Session:
    """Write a new session of a locked course. Its titles may name its numbers: see `courses.titles`."""
    faults = Faults()
    span = _checked_span(meetings, days, faults)
    deadlines = _deadlines_in(given)
    if span is not None:
        _follow_days(session, span, meetings, deadlines, faults)
    _check(session, deadlines, instructors, faults)
    if rule is not None:
        check_rule(rule, faults, at="/rule")
    faults.refuse()
    _number(session, ordinal)
    if "all_time_ordinal" not in given:
        session.all_time_ordinal = next_of_all(session.course)
    _fill_titles(session)
    session.audience = None if rule is None else Audience.objects.create(rule=rule)
    session.save(force_insert=True)
    _write_meetings(session, meetings)
    _write_instructors(session, instructors)
    keep_round(session)
    Session.objects.filter(pk=session.pk).write_first_steps(by=by)
    note(session, course=session.course.public_id, ordinal=session.ordinal, meetings=len(meetings))
    return session


@operation
def change_session(
    *,
    session_id: int,
    meetings: Sequence[Slot] | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    undated: bool | None = None,
    fiscal_year: int | None = None,
    ordinal: int | None = None,
    instructors: Sequence[Instructor] | None = None,
    follow_rules: Sequence[Deadline] = (),
    by: User | None,
    **fields: Unpack[SessionFields],
) -> Session:
    """Change what is given of a draft; given meetings replace all. A draft that moves to another year is renumbered.

    `follow_rules` are deadlines that were set by hand and follow the course's rules again. A draft without a date gets one
    with its meetings or days.
    """
    course_id = Session.objects.values_list("course_id", flat=True).get(pk=session_id)
    course = locked_course(course_id)
    session = Session.objects.locked().get(pk=session_id)
    if session.status != SessionStatus.DRAFT:
        raise SessionNotDraft(status=in_both(SessionStatus(session.status).label))
    session.course = course
    for name, value in fields.items():
        setattr(session, name, value)
    session.fixed_deadlines = [kind for kind in session.fixed_deadlines if kind not in follow_rules]
    faults = Faults()
    slots = slots_of(session) if meetings is None else meetings
    span = _days_after(
        session, slots, meetings is not None, Days(starts_on, ends_on, fiscal_year, bool(undated)), faults
    )
    given = _deadlines_in(fields)
    if span is not None:
        _follow_days(session, span, slots, given, faults)
    _check(session, given, instructors or (), faults)
    faults.refuse()
    _number(session, ordinal)
    session.save(update_fields=[*fields, *_DERIVED])
    if meetings is not None:
        _remove_meetings(session)
        _write_meetings(session, meetings)
    if instructors is not None:
        session.session_instructors.all().delete()
        _write_instructors(session, instructors)
    keep_round(session)
    note(session, changed=sorted(fields), meetings=None if meetings is None else len(meetings))
    return session


_DERIVED = ("starts_on", "ends_on", "undated", "fiscal_year", "ordinal", *COLUMNS.values(), "fixed_deadlines")


def _deadlines_in(fields: SessionFields) -> dict[Deadline, dt.datetime | None]:
    """The deadlines that are given by hand."""
    given = {kind: fields.get(column) for kind, column in COLUMNS.items() if column in fields}
    return {kind: until for kind, until in given.items() if until is None or isinstance(until, dt.datetime)}


def _days_after(session: Session, slots: Sequence[Slot], replaced: bool, asked: Days, faults: Faults) -> Span | None:
    """The days of a draft after a change: as they are where nothing about them is asked."""
    if not replaced and asked == Days():
        return Span(session.starts_on, session.ends_on, session.undated)
    dated = asked.starts_on or asked.ends_on or any(slot.live for slot in slots)
    if session.undated and not dated:
        asked = replace(asked, undated=True, fiscal_year=asked.fiscal_year or session.fiscal_year)
    return _checked_span(slots, asked, faults)


def _checked_span(slots: Sequence[Slot], days: Days, faults: Faults) -> Span | None:
    before = len(faults.found)
    check_slots(slots, faults)
    return span_of(slots, days, faults) if len(faults.found) == before else None


def _follow_days(
    session: Session,
    span: Span,
    slots: Sequence[Slot],
    given: Mapping[Deadline, dt.datetime | None],
    faults: Faults,
) -> None:
    """Take on the days, and the deadlines that follow from the first."""
    session.starts_on, session.ends_on, session.undated = span.starts_on, span.ends_on, span.undated
    begins_at = begin_of(slots)
    set_deadlines(session, None if begins_at is None else span.starts_on, given)
    check_order(given, begins_at, faults)


def _check(session: Session, given: Collection[Deadline], instructors: Sequence[Instructor], faults: Faults) -> None:
    check_title(session.title_ja, faults)
    by_hand = Deadline.APPLY in given or Deadline.APPLY in session.fixed_deadlines
    check_window(session.apply_from, session.apply_until, faults, by_hand=by_hand)
    if len({instructor.pk for instructor in instructors}) < len(instructors):
        faults.add("/instructors", "repeated", "同じ講師が二度あります。", "An instructor is named twice.")
    if session.minimum is not None and session.capacity is not None and session.minimum > session.capacity:
        faults.add("/minimum", "above_capacity", "定員を超えています。", "It is more than the capacity.")


def _number(session: Session, ordinal: int | None) -> None:
    """Fiscal year and the number within it; the caller holds the course's lock."""
    year = fiscal_year_of(session.starts_on)
    if ordinal is not None:
        session.ordinal = ordinal
    elif session.fiscal_year != year:  # a new one has none yet
        session.ordinal = next_ordinal(session.course, year)
    session.fiscal_year = year


def _fill_titles(session: Session) -> None:
    session.title_ja, session.title_en = filled(session.title_ja, session), filled(session.title_en, session)
    faults = Faults()
    if unfilled(session.title_ja) or unfilled(session.title_en):
        faults.add(
            "/all_time_ordinal", "required", "名称に通算回数があります。", "The title names the number of all: give it."
        )
    faults.refuse()


def slots_of(session: Session) -> list[Slot]:
    """The meetings of a session as they would be asked for, without those that were cancelled."""
    rows = list(session.meetings.filter(cancelled_at=None).select_related("venue").order_by("position"))
    return slots_in_places(rows)


def _remove_meetings(session: Session) -> None:
    """The archives first: what was recorded is not removed from under its recording."""
    session.meetings.exclude(archive_of=None).delete()
    session.meetings.all().delete()


def _write_meetings(session: Session, slots: Sequence[Slot]) -> None:
    """Those that are recorded before their recordings."""
    made = {position: _meeting(session, position, slot) for position, slot in enumerate(slots, start=1)}
    Meeting.objects.bulk_create(row for position, row in made.items() if slots[position - 1].archive_of is None)
    recordings = [row for position, row in made.items() if slots[position - 1].archive_of is not None]
    for row in recordings:
        row.archive_of = made[slots[row.position - 1].archive_of or 0]
    Meeting.objects.bulk_create(recordings)


def _meeting(session: Session, position: int, slot: Slot) -> Meeting:
    return Meeting(
        session=session,
        position=position,
        title_ja=slot.title_ja,
        title_en=slot.title_en,
        form=slot.form,
        precision=DatePrecision.DAY if slot.month is None else DatePrecision.MONTH,
        during=DateTimeTZRange(slot.starts_at, slot.ends_at) if slot.month is None else None,
        month=slot.month,
        venue=slot.venue,
    )


def _write_instructors(session: Session, instructors: Sequence[Instructor]) -> None:
    SessionInstructor.objects.bulk_create(
        SessionInstructor(session=session, instructor=instructor) for instructor in instructors
    )
