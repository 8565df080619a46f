"""A schedule comes in: drafts are created and changed as the file says, all of them or none."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db.models import QuerySet

from academy.calendar import fiscal_year_of
from academy.clock import business_date
from academy.errors import DomainError, Faults
from academy.errors import Fault as InputFault
from academy.models import User
from academy.operations.base import note, operation
from academy.tables.faults import Fault
from courses.errors import OrdinalTaken
from courses.errors.schedule_files import FileFaulty
from courses.errors.sessions import AllTimeOrdinalTaken
from courses.models import Audience, AudiencePerson, Course, Deadline, Program, Session, SessionStatus
from courses.operations.audiences import check_rule
from courses.operations.schedule_files.placing import in_input
from courses.operations.schedule_files.stored import stored
from courses.operations.schedule_files.wanted import Reader, Wanted, known
from courses.operations.sessions import change_session, create_session
from courses.schedules import reading
from courses.schedules.asked import Asked
from courses.schedules.faults import TEXTS
from courses.schedules.values import Follows
from courses.schedules.written import DEADLINES, Stored
from courses.scheduling import Slot

PLAIN = ("title_ja", "title_en", "all_time_ordinal", "selection", "capacity", "minimum", "apply_from")
DAYS = frozenset({"undated", "starts_on", "ends_on", "meetings"})
# Where a pointer of an operation's fault stands in the file.
OF_SLOTS: Mapping[str, str] = {
    "starts_at": "begins",
    "ends_at": "finishes",
    "month": "month",
    "archive_of": "archive_of",
    "title_ja": "meeting_title_ja",
    "venue": "venue",
}
OF_REFUSALS: Mapping[str, str] = {AllTimeOrdinalTaken.code: "all_time_ordinal", OrdinalTaken.code: "ordinal"}


@dataclass(frozen=True)
class Outcome:
    """What came of one session of a file: `created`, `changed` in the columns named, or `unchanged`."""

    line: int
    session: Session
    outcome: str
    changed: Sequence[str] = ()


@dataclass
class Imported:
    outcomes: list[Outcome] = field(default_factory=list)
    ignored: Sequence[str] = ()

    def count(self, outcome: str) -> int:
        return sum(each.outcome == outcome for each in self.outcomes)


@operation
def import_schedule(*, file: BinaryIO, fiscal_year: int, programs: QuerySet[Program], by: User | None) -> Imported:
    """Draft and change the sessions of a fiscal year as a file says, of courses of the programmes alone; all or none.

    A session is that of its course and number; without a number it is new. What is no draft may stand in the file as it
    is. Sessions that the file does not name stay.
    """
    schedule = reading.read(file)
    found = known(schedule, programs)
    lock(found.courses.values())
    work = _Import(fiscal_year, Reader(found), found.courses, by)
    faults = [(fault.line, in_input(fault, TEXTS[fault.code])) for fault in schedule.faults]
    faults += work.carry_out(schedule.sessions)
    if faults:
        raise FileFaulty(fault for _, fault in sorted(dict.fromkeys(faults), key=lambda each: each[0]))
    result = Imported(work.outcomes, schedule.ignored)
    note(fiscal_year=fiscal_year, **{each: result.count(each) for each in ("created", "changed", "unchanged")})
    return result


def lock(courses: Iterable[Course]) -> None:
    """Take the locks that number the sessions of the courses, always in the same order."""
    keys = [course.pk for course in courses]
    list(Course.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


Placed = tuple[int, InputFault]


class _Import:
    """One session after another, each in a transaction of its own inside that of the file, so that every fault is named."""

    def __init__(self, year: int, reader: Reader, courses: Mapping[str, Course], by: User | None) -> None:
        self.year, self.reader, self.courses, self.by = year, reader, courses, by
        self.outcomes: list[Outcome] = []
        self.faults: list[Placed] = []

    def carry_out(self, sessions: Sequence[Asked]) -> list[Placed]:
        held = Session.objects.filter(fiscal_year=self.year, course__in=[each.pk for each in self.courses.values()])
        there = {(each.course_id, each.ordinal): (each, as_is) for each, as_is in stored(held.order_by("pk"))}
        plan = [each for each in (self._compared(asked, there) for asked in sessions) if each]
        self._free_numbers(plan)
        for each in sorted(plan, key=_Step.turn):
            self._write(each)
        self.outcomes.sort(key=lambda each: each.line)
        return self.faults

    def _compared(self, asked: Asked, there: Mapping[Any, tuple[Session, Stored]]) -> "_Step | None":
        """What is to be done for a session of the file; None where it cannot be."""
        before = len(self.faults)
        course = self.courses.get(asked.course)
        year = asked.rows[0].values.get("fiscal_year")
        if course is None:
            self._add([asked.fault("course", "unknown_course")])
        if year not in (None, self.year):
            self._add([asked.fault("fiscal_year", "other_year")])
        if course is None or len(self.faults) > before:
            return None
        session, as_is = there.get((course.pk, asked.ordinal), (None, None))
        wanted = self.reader.wanted(asked, course, as_is)
        self._add([*wanted.faults, *self._of_another_year(asked, wanted)])
        step = _Step(asked, course, session, wanted, wanted.changes(as_is) if as_is else [])
        if session is not None and session.status != SessionStatus.DRAFT and step.changes:
            self._add(asked.fault(name, "published_differs") for name in step.changes)
        return step if len(self.faults) == before else None

    def _of_another_year(self, asked: Asked, wanted: Wanted) -> list[Fault]:
        """A session is of the year in which it begins, and that is the year of the import."""
        firsts = [_first_day(slot) for slot in wanted.slots or ()]
        begins = min((day for day in firsts if day), default=wanted.values.get("starts_on"))
        if begins is None or fiscal_year_of(begins) == self.year:
            return []
        at = firsts.index(begins) if begins in firsts else None
        if at is None or at >= len(asked.meetings):
            return [asked.fault("starts_on", "other_year")]
        row = asked.meetings[at]
        return [asked.fault("month" if "date" in row.blank else "date", "other_year", row.line)]

    def _free_numbers(self, plan: "Iterable[_Step]") -> None:
        """Numbers of all may change places: those that change are free before any is given."""
        moving = [each.session.pk for each in plan if each.session and "all_time_ordinal" in each.changes]
        Session.objects.filter(pk__in=moving).update(all_time_ordinal=None)

    def _write(self, step: "_Step") -> None:
        try:
            if step.session is None:
                self._created(step)
            elif step.changes:
                self._changed(step, step.session)
            else:
                self.outcomes.append(Outcome(step.asked.line, step.session, "unchanged"))
        except DomainError as refusal:
            self.faults += _placed(step.asked, refusal)

    def _created(self, step: "_Step") -> None:
        values, wanted = step.wanted.values, step.wanted
        made = create_session(
            course_id=step.course.pk,
            ordinal=step.asked.ordinal,
            rule=values.get("rule"),
            instructors=wanted.instructors,
            by=self.by,
            **step.plain(values),
            **step.days(values, self.year),
        )
        self.outcomes.append(Outcome(step.asked.line, made, "created"))

    def _changed(self, step: "_Step", session: Session) -> None:
        changed = {name: step.wanted.values[name] for name in step.changes if name != "meetings"}
        follow = [
            Deadline(DEADLINES[name]) for name, value in changed.items() if value is Follows.RULE and name in DEADLINES
        ]
        days = step.days(step.wanted.values, self.year) if DAYS.intersection(step.changes) else {}
        if changed.get("apply_until") is Follows.RULE:  # where the course has no rule for it there is none then
            Session.objects.filter(pk=session.pk).update(apply_until=None)
        if "rule" in changed:
            self._set_rule(step.asked, session, changed["rule"])
        made = change_session(
            session_id=session.pk,
            instructors=step.wanted.instructors if "instructors" in changed else None,
            follow_rules=follow,
            by=self.by,
            **step.plain(changed),
            **days,
        )
        self.outcomes.append(Outcome(step.asked.line, made, "changed", step.headings()))

    def _set_rule(self, asked: Asked, session: Session, rule: Any) -> None:
        """Give a draft an audience of its own, change its rule, or let the course's hold."""
        if rule is not None:
            faults = Faults()
            check_rule(rule, faults, at="/rule")
            faults.refuse()
        own = session.audience
        if own is None:
            session.audience = Audience.objects.create(rule=rule)
        elif rule is not None:
            own.rule = rule
            own.save(update_fields=["rule"])
        elif AudiencePerson.objects.filter(audience=own).exists():
            self._add([asked.fault("rule", "audience_names_people")])
        else:
            session.audience = None
        session.save(update_fields=["audience"])

    def _add(self, faults: Iterable[Fault]) -> None:
        self.faults += [(fault.line, in_input(fault, TEXTS[fault.code])) for fault in faults]


@dataclass(frozen=True)
class _Step:
    """What is done for one session of a file."""

    asked: Asked
    course: Course
    session: Session | None
    wanted: Wanted
    changes: Sequence[str]

    def turn(self) -> tuple[bool, bool, bool]:
        """What has its numbers comes before what is given the next free ones."""
        open_number = self.wanted.values.get("all_time_ordinal") is Follows.NEXT
        return self.session is None, self.asked.ordinal is None, open_number

    @staticmethod
    def plain(values: Mapping[str, Any]) -> Any:
        """What an operation is given as it is; what follows from something else is not given."""
        given = {name: values[name] for name in (*PLAIN, *DEADLINES) if name in values}
        return {name: value for name, value in given.items() if not isinstance(value, Follows)}

    def days(self, values: Mapping[str, Any], year: int) -> Any:
        """When it takes place, as an operation asks for it."""
        days = {name: values[name] for name in ("starts_on", "ends_on") if values.get(name) is not None}
        if values.get("undated"):
            days |= {"undated": True, "fiscal_year": year}
        if self.wanted.slots is not None:
            days["meetings"] = self.wanted.slots
        return days

    def headings(self) -> list[str]:
        return [self.asked.headings.get(name, "コマ") for name in self.changes]


def _first_day(slot: Slot) -> dt.date | None:
    """The day on which a live meeting begins."""
    if not slot.live:
        return None
    return business_date(slot.starts_at) if slot.starts_at else slot.month


def _placed(asked: Asked, refusal: DomainError) -> list[Placed]:
    """Where in the file an operation's faults lie; a refusal without places is that of the session's first row."""
    if not refusal.faults:
        heading = asked.headings.get(OF_REFUSALS.get(refusal.code, ""), "")
        return [(asked.line, in_input(Fault(asked.line, heading, refusal.code), refusal.detail))]
    return [_in_file(asked, fault) for fault in refusal.faults]


def _in_file(asked: Asked, fault: InputFault) -> Placed:
    name, *more = fault.pointer.strip("/").split("/")
    line = asked.line
    if name == "meetings" and more and more[0].isdigit():
        row = asked.meetings[int(more[0])] if int(more[0]) < len(asked.meetings) else asked.rows[0]
        line, name = row.line, OF_SLOTS.get(more[1], "position") if len(more) > 1 else "position"
    return line, in_input(Fault(line, asked.headings.get(name, ""), fault.code), fault.text)
