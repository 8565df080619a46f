"""日程変更: moving, adding and cancelling meetings, changing the limit and the instructors of a published session."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from academy.errors import Faults
from academy.facts import Facts
from academy.models import User
from academy.operations.base import note, operation
from academy.text import in_both
from courses.deadlines import COLUMNS
from courses.entry import policy_of
from courses.models import SELF_PACED, Instructor, Meeting, Session, SessionStatus, SessionStep
from courses.operations.deadlines import set_deadlines
from courses.operations.rescheduling import move_days, write_instructors, write_plan
from courses.operations.sessions.numbers import locked_course
from courses.rescheduling import UNCHANGED, Capacity, Fate, Plan, Wanted, plan_of, unchanged
from enrollments import seating
from enrollments.errors import CapacityBelowSeatsTaken
from enrollments.errors.changes import NotReschedulable
from enrollments.impact import (
    Clash,
    Impact,
    Moment,
    Numbers,
    Seat,
    at_risk_of,
    clashes_of,
    counted,
    exempted_numbers,
    facts_on_day,
    held_meetings,
    left_without_meeting,
    no_longer_eligible,
    seats_of,
    waiting_in,
    year_of,
)
from enrollments.operations import queue, wishes
from enrollments.operations.changes import telling
from enrollments.operations.changes.confirming import refuse_unconfirmed
from enrollments.operations.changes.copies import copy_facts, copy_times, copy_year
from enrollments.operations.changes.resolutions import (
    Resolution,
    Resolved,
    exempt,
    refuse_unresolved,
    resolve,
    withdraw,
)


@dataclass(frozen=True)
class Rescheduling:
    """What is asked for; meetings and instructors that are not given stay."""

    session_id: int
    reason: str
    meetings: Sequence[Wanted] | None = None
    capacity: Capacity = UNCHANGED
    instructors: Sequence[Instructor] | None = None
    resolutions: Sequence[Resolution] = field(default=())


@operation
def reschedule_session(*, asked: Rescheduling, confirmed: str | None = None, by: User | None) -> Session:
    """Change the meetings, limit and instructors of a published session, and everybody's times with them, or nothing.

    Whoever would clash, and whoever is one too many, is withdrawn or exempted by `resolutions` first. `confirmed` is the
    digest of the impact that HR looked at; what has changed since is refused. None: the caller answers for it. A step of
    the session keeps the reason.
    """
    change = _Change.of(asked, by)
    change.refuse()
    impact = change.done()
    refuse_unconfirmed(impact, confirmed)
    change.letters.send()
    SessionStep.objects.create(
        subject=change.session, old=change.session.status, new=change.session.status, by=by, reason=asked.reason
    )
    note(change.session, **_figures(impact))
    return change.session


def preview_reschedule(*, asked: Rescheduling, by: User | None) -> Impact:
    """The impact that the same call of `reschedule_session` would have: by the same code, and undone.

    Who would clash without being resolved is shown as such, and so is a limit that is too low; rooms, instructors and
    faults of the input are refused as they would be. Everybody who sits and waits is read before anything is locked and
    nobody of them written, so that however many they are others are hardly held up.
    """
    with transaction.atomic():
        impact = rehearse_reschedule(asked=asked, by=by)
        transaction.set_rollback(True)
    return impact


@operation
def rehearse_reschedule(*, asked: Rescheduling, by: User | None) -> Impact:
    """For `preview_reschedule` alone, which undoes it: what would be refused for people's sake is only counted."""
    change = _Change.of(asked, by, rehearsed=True)
    impact = change.done()
    note(change.session, **_figures(impact))
    return impact


def _figures(impact: Impact) -> dict[str, object]:
    fates = {fate.value: len(impact.plan.of(fate)) for fate in (Fate.MOVED, Fate.ADDED, Fate.CANCELLED)}
    return {
        **fates,
        "withdrawn": len(impact.withdrawn),
        "exempted": len(impact.exempted),
        "promoted": len(impact.promoted),
        "told": len(impact.told),
        "capacity": list(impact.capacity),
    }


@dataclass
class _Change:
    """A session with what is asked, and what that means for everybody; under its locks, unless it is only rehearsed."""

    asked: Rescheduling
    by: User | None
    session: Session
    plan: Plan
    seats: list[Seat]
    exempted: Numbers  # before the change
    clashes: list[Clash]
    resolved: Resolved
    letters: telling.Letters
    rehearsed: bool
    deadlines: list[Moment] = field(default_factory=list)  # those that moved

    @classmethod
    def of(cls, asked: Rescheduling, by: User | None, *, rehearsed: bool = False) -> "_Change":
        """Lock course, session, applications and enrolments, in this order; refuse faults of the input; read who would clash."""
        session = _session(asked.session_id, locked=not rehearsed)
        if not rehearsed:
            wishes.hold_undecided(session.pk)
        plan = _planned(session, asked)
        seats = seats_of(session, locked=not rehearsed)
        exempted = exempted_numbers(session, plan)
        year = year_of(session, plan)
        moves = plan.told or year != session.fiscal_year
        clashes = clashes_of(session, plan, year, exempted) if moves else []
        clashes += left_without_meeting(session, plan, seats, exempted)
        resolved = resolve(
            asked.resolutions, session=session, plan=plan, seats=seats, clashes=clashes, exempted=exempted, by=by
        )
        letters = telling.Letters.about(session, plan, asked.reason)
        return cls(asked, by, session, plan, seats, exempted, clashes, resolved, letters, rehearsed)

    @property
    def unresolved(self) -> frozenset[int]:
        return self.resolved.unresolved(self.clashes)

    @property
    def capacity(self) -> int | None:
        return self.session.capacity if self.asked.capacity is UNCHANGED else self.asked.capacity

    @property
    def seated_after(self) -> int:
        return sum(seat.seated and seat.pk not in self.resolved.withdrawn for seat in self.seats)

    @property
    def too_many(self) -> int:
        """How many of the seats taken a lower limit leaves no room for."""
        return 0 if self.capacity is None else max(0, self.seated_after - self.capacity)

    def refuse(self) -> None:
        refuse_unresolved(self.unresolved, clashes=self.clashes, seats=self.seats, session=self.session, by=self.by)
        if self.too_many:
            raise CapacityBelowSeatsTaken(taken=self.seated_after, excess=self.too_many)

    def done(self) -> Impact:
        """Write all of it, and say what it did. In a rehearsal enrolments that stay are not written, and too low a limit is
        not set.
        """
        session, plan, before = self.session, self.plan, self.session.capacity
        day, at_risk = plan.first_day, tuple(self._at_risk())
        moved = self._moved(day) if day else []
        facts = facts_on_day(moved, day) if day else {}
        ineligible = no_longer_eligible(session, moved, day, facts) if day and moved else {}
        withdraw(self.resolved, by=self.by)
        changed = write_instructors(session, self.asked.instructors) if self.asked.instructors is not None else ([], [])
        meetings = self._write_session()
        exempt(self.resolved, meetings, by=self.by)
        if not self.rehearsed:
            self._write_enrollments(moved, day, facts)
        promoted = () if self.too_many else self._promote(before)
        self._address(*changed, promoted)
        return Impact(
            affected=counted(self.seats) if plan.told else {},
            clashes=tuple(self.clashes),
            unresolved=self.unresolved,
            at_risk=at_risk,
            no_longer_eligible=ineligible,
            withdrawn=tuple(sorted(self.resolved.withdrawn)),
            exempted=tuple(sorted(self.resolved.exempted)),
            promoted=promoted,
            told=tuple(sorted(self.letters.recipients)),
            deadlines=tuple(self.deadlines),
            plan=plan,
            instructors=tuple(sorted(each.pk for side in changed for each in side)),
            capacity=(before, self.capacity),
            too_many=self.too_many,
        )

    def _move_deadlines(self) -> list[str]:
        """Those that follow rules follow the first day; gives the names of the columns to save."""
        before = {name: getattr(self.session, name) for name in COLUMNS.values()}
        changed = set_deadlines(self.session, self.plan.first_day, {})
        _refuse_closed_window(self.session)
        self.deadlines = [(name, before[name], getattr(self.session, name)) for name in changed if name in before]
        return changed

    def _write_session(self) -> dict[int, Meeting]:
        session = self.session
        columns = move_days(session, self.plan) if self.plan.told else []
        if self.plan.told:
            columns += self._move_deadlines()
        if not self.too_many and session.capacity != self.capacity:
            session.capacity = self.capacity
            columns.append("capacity")
        if columns:
            session.save(update_fields=columns)
            session.refresh_from_db(fields=["seats_taken"])
        return write_plan(session, self.plan)

    @property
    def _binds_anew(self) -> bool:
        """Whether anybody has to be at other times than before."""
        return self.plan.told or bool(self.resolved.exempted)

    def _moved(self, day: dt.date) -> list[Seat]:
        """Those who stay and whose reference date becomes another."""
        stay = [each for each in self.seats if not each.judged and each.pk not in self.resolved.withdrawn]
        return [seat for seat in stay if self._binds_anew and seat.reference_date != day]

    def _write_enrollments(self, moved: Sequence[Seat], day: dt.date | None, facts: Mapping[int, Facts]) -> None:
        """Times, year and copies of everybody."""
        if self._binds_anew:
            copy_times(self.session, self.plan)
            copy_year(self.session)
        if moved and day:
            copy_facts(moved, day, facts, by=self.by)

    def _promote(self, before: int | None) -> tuple[int, ...]:
        """Give the seats that are free now to the queue, or say who would get them."""
        session = self.session
        if seating.lowered(before, session.capacity):
            seating.refuse_broken_promises(session)
        if self.rehearsed:
            free = seating.seats_of(session, now=session.now)
            return tuple(sorted(each.pk for each in queue.would_move_up(free, session)))
        waiting = waiting_in(session)
        queue.reconcile(session, by=self.by)
        return tuple(sorted(waiting - waiting_in(session)))

    def _at_risk(self) -> list[int]:
        stay = [seat for seat in self.seats if seat.pk not in self.resolved.withdrawn]
        both = {key: self.exempted.get(key, frozenset()) | new for key, new in self.resolved.exempted.items()}
        return at_risk_of(self.session, self.plan, stay, self.exempted, {**self.exempted, **both})

    def _address(self, added: list[Instructor], gone: list[Instructor], promoted: Sequence[int]) -> None:
        """Who is told of what; what matters most to a person comes first."""
        letters, plan = self.letters, self.plan
        staff = {seat.pk: seat.staff_id for seat in self.seats}
        for reason, keys in telling.in_groups(self.resolved.withdrawn):
            letters.add("seat_withdrawn_by_office", [staff[key] for key in keys], reason=reason)
        if policy_of(self.session).offer_hours is None:  # an offered seat is told of with its end, by its step
            letters.add(
                "seat_given", [staff[key] for key in promoted if key in staff], meetings=telling.all_places(plan)
            )
        freed = {key: (numbers, self.resolved.reasons[key]) for key, numbers in self.resolved.exempted.items()}
        for (numbers, reason), keys in telling.in_groups(freed):
            exempted = telling.places(plan, numbers)
            letters.add("meeting_exempted", [staff[key] for key in keys], exempted=exempted, exempted_for=reason)
        letters.add("instructor_named", telling.staff_among(added), meetings=telling.all_places(plan))
        letters.add("instructor_released", telling.staff_among(gone))
        if plan.told:
            letters.add("session_rescheduled", [*staff.values(), *telling.teachers_of(self.session)])


def _session(session_id: int, *, locked: bool) -> Session:
    """The session, under the full lock after its course, whose lock numbers the sessions of a year."""
    rows = Session.objects.at_business_time()
    if locked:
        locked_course(Session.objects.values_list("course_id", flat=True).get(pk=session_id))
        rows = Session.objects.locked_whole()
    session = rows.with_audience().select_related("course__program", "course__policy").get(pk=session_id)
    if session.status != SessionStatus.PUBLISHED:
        raise NotReschedulable(status=in_both(SessionStatus(session.status).label))
    return session


def _refuse_closed_window(session: Session) -> None:
    """A session is not moved so far ahead that its applications would end before they begin."""
    faults = Faults()
    if session.apply_from and session.apply_until and session.apply_until <= session.apply_from:
        text = (
            "申込期限が申込開始より前になります。先に申込期間を変更してください。",
            ("Applications would end before they begin. Change their window first."),
        )
        faults.add("/meetings", "window_before_start", *text)
    faults.refuse()


def _planned(session: Session, asked: Rescheduling) -> Plan:
    faults = Faults()
    held = list(session.meetings.live().select_related("venue").order_by("position"))
    plan = unchanged(held)
    if asked.meetings is not None:
        self_paced = session.course.program.mode in SELF_PACED
        plan = plan_of(
            held,
            asked.meetings,
            held=held_meetings(session),
            needs_meeting=not self_paced,
            now=session.now,
            faults=faults,
        )
    if not asked.reason.strip():
        faults.add("/reason", "required", "理由が必要です。", "A reason is needed.")
    capacity = asked.capacity
    if isinstance(capacity, int) and session.minimum is not None and capacity < session.minimum:
        text = "最少催行人数を下回ります。", "It lies below the fewest participants the session is held for."
        faults.add("/capacity", "below_minimum", *text)
    instructors = asked.instructors or ()
    if len({each.pk for each in instructors}) < len(instructors):
        faults.add("/instructors", "repeated", "同じ講師が二度あります。", "An instructor is named twice.")
    faults.refuse()
    return plan
