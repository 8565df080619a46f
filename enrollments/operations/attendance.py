"""Marking who was at a meeting."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from academy import clock
from academy.errors import Fault, Faults, InvalidInput
from academy.models import User
from academy.operations.base import note, operation
from academy.text import Text
from courses.models import Meeting, MeetingForm, Session, SessionStatus
from enrollments.errors import MeetingCancelled, MeetingNotStarted, OwnRecord
from enrollments.errors.records import ArchiveOfNoMeeting
from enrollments.models import Attendance, Enrollment, Mark, MeetingExemption
from enrollments.operations.results import derive_results, lock_participants


class Marking(NamedTuple):
    """A mark for one enrolment, by its public id; a correction says why."""

    enrollment: UUID
    mark: Mark
    reason: str = ""


@operation
def mark_attendance(
    *,
    session_id: int,
    meeting_id: int,
    marks: Sequence[Marking],
    rest: Mark | None = None,
    among: QuerySet[Enrollment] | None = None,
    named: QuerySet[Enrollment] | None = None,
    by: User | None,
) -> Meeting:
    """Mark a meeting that has begun; a mark that differs from the one that holds is a further revision with a reason.

    A mark at an archive says that somebody has caught up on the meeting that was recorded. Whoever is exempted from a
    meeting is not marked at it, nor at an archive of it.

    `rest` marks who takes part, is not named and has no mark yet; the marker is never among them. `among` are those whom
    who acts may mark, `named` those of whom they may know the name; without them it is everybody.
    """
    session = Session.objects.locked().get(pk=session_id)
    meeting = _meeting_of(session, meeting_id)
    _refuse_unheld(session, meeting, session.now)
    roster = _roster(session, marks, among, everybody=rest is not None)
    _refuse_unknown(_named(roster, marks, named), marks)
    _refuse_own(roster, marks, by)
    exempt = _exempt(meeting, roster)
    _refuse_exempt(roster, marks, exempt)
    current = _current(meeting, roster)
    new = _new_marks(roster, current, marks) + _unmarked(roster, current, marks, rest, exempt, by)
    written = [_attendance(meeting, roster[marking.enrollment], marking, current, by) for marking in new]
    Attendance.objects.bulk_create(written)
    derive_results([each.enrollment_id for each in written], by=by)
    note(meeting, marked=len(written), corrected=sum(each.revision > 1 for each in written))
    return meeting


Roster = Mapping[UUID, Enrollment]
Current = Mapping[int, Attendance]


def _meeting_of(session: Session, meeting_id: int) -> Meeting:
    meeting = session.meetings.filter(pk=meeting_id).first()
    if meeting is None:
        text = Text("この回のコマではありません。", "No meeting of this session.")
        raise InvalidInput(faults=[Fault("/meeting", "not_found", text)])
    return meeting


def _refuse_unheld(session: Session, meeting: Meeting, now: dt.datetime) -> None:
    if meeting.cancelled_at is not None or session.status == SessionStatus.CANCELLED:
        raise MeetingCancelled
    if meeting.form == MeetingForm.ARCHIVE and meeting.archive_of_id is None:
        raise ArchiveOfNoMeeting
    if meeting.during is not None:
        begun = meeting.during.lower <= now
    else:
        begun = meeting.month is not None and meeting.month <= clock.business_date(now)
    if not begun:
        raise MeetingNotStarted


def _roster(
    session: Session, marks: Sequence[Marking], among: QuerySet[Enrollment] | None, *, everybody: bool
) -> Roster:
    """Who takes part and may be marked, locked, or those of them who are named."""
    chosen = session.enrollments.all()
    if among is not None:
        chosen = chosen.filter(pk__in=among.values("pk"))
    if not everybody:
        chosen = chosen.filter(public_id__in=[marking.enrollment for marking in marks])
    return {row.public_id: row for row in lock_participants(chosen)}


def _named(roster: Roster, marks: Sequence[Marking], named: QuerySet[Enrollment] | None) -> Set[UUID]:
    """Who of the roster may be named."""
    if named is None or not marks:
        return roster.keys()
    known = named.filter(public_id__in=[marking.enrollment for marking in marks])
    return roster.keys() & set(known.values_list("public_id", flat=True))


def _refuse_unknown(found: Set[UUID], marks: Sequence[Marking]) -> None:
    """Refuses names that are not there, or are given twice."""
    faults, seen = Faults(), set()
    for index, marking in enumerate(marks):
        at = f"/marks/{index}/enrollment"
        if marking.enrollment not in found:
            faults.add(at, "not_found", "この回の受講者ではありません。", "Nobody who takes part in this session.")
        elif marking.enrollment in seen:
            faults.add(at, "repeated", "同じ受講者が二度あります。", "The same person is named twice.")
        seen.add(marking.enrollment)
    faults.refuse()


def _refuse_own(roster: Roster, marks: Sequence[Marking], by: User | None) -> None:
    if any(_is_own(roster[marking.enrollment], by) for marking in marks):
        raise OwnRecord


def _is_own(enrollment: Enrollment, by: User | None) -> bool:
    return by is not None and enrollment.staff.user_id == by.pk


def _exempt(meeting: Meeting, roster: Roster) -> Set[int]:
    """The enrolments that need not attend the meeting, or the one that was recorded."""
    at = meeting.archive_of_id or meeting.pk
    rows = MeetingExemption.objects.filter(meeting=at, enrollment__in=[row.pk for row in roster.values()])
    return set(rows.values_list("enrollment_id", flat=True))


def _refuse_exempt(roster: Roster, marks: Sequence[Marking], exempt: Set[int]) -> None:
    faults = Faults()
    for index, marking in enumerate(marks):
        if roster[marking.enrollment].pk in exempt:
            at = f"/marks/{index}/enrollment"
            faults.add(at, "exempted", "このコマの受講を免除されています。", "Exempted from this meeting.")
    faults.refuse()


def _current(meeting: Meeting, roster: Roster) -> Current:
    marks = meeting.attendances.filter(enrollment__in=[row.pk for row in roster.values()]).current()
    return {each.enrollment_id: each for each in marks}


def _new_marks(roster: Roster, current: Current, marks: Sequence[Marking]) -> list[Marking]:
    """Those of the marks that say something new; the same mark again changes nothing."""
    faults, found = Faults(), []
    for index, marking in enumerate(marks):
        held = current.get(roster[marking.enrollment].pk)
        if held is not None and held.mark == marking.mark:
            continue
        if held is not None and not marking.reason.strip():
            at = f"/marks/{index}/reason"
            faults.add(at, "required", "記録済みの出欠の変更には理由が必要です。", "Changing a mark takes a reason.")
        found.append(marking)
    faults.refuse()
    return found


def _unmarked(
    roster: Roster,
    current: Current,
    marks: Sequence[Marking],
    rest: Mark | None,
    exempt: Set[int],
    by: User | None,
) -> list[Marking]:
    if rest is None:
        return []
    named = {marking.enrollment for marking in marks}
    return [
        Marking(public_id, rest)
        for public_id, row in roster.items()
        if public_id not in named and row.pk not in current and row.pk not in exempt and not _is_own(row, by)
    ]


def _attendance(
    meeting: Meeting, enrollment: Enrollment, marking: Marking, current: Current, by: User | None
) -> Attendance:
    held = current.get(enrollment.pk)
    return Attendance(
        enrollment=enrollment,
        meeting=meeting,
        revision=held.revision + 1 if held else 1,
        mark=marking.mark,
        reason=marking.reason.strip(),
        by=by,
    )
