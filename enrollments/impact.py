"""What a change to a session does to the people in it: read before anything is decided, and shown before it is done.

A *clash* is what stands in the way of the change until the person is withdrawn or exempted: a seat elsewhere at a new
time, something they teach at it, or, where the session moves to another fiscal year, another seat of the course there;
or that they are exempted from every meeting that stays.
*At risk* is whose meetings attended and still possible no longer reach what the policy asks, and did before. *No longer
eligible* is who holds no post on the new reference date or is not in the audience by then; they keep what they have.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.multirange import Multirange
from psycopg.types.range import TimestamptzRange

from academy.calendar import fiscal_year_of
from academy.facts import Facts, facts_of
from academy.text import Text
from courses import audiences
from courses.models import Session
from courses.rescheduling import Fate, Plan, over
from courses.scheduling import slot_of
from enrollments.completion import within_reach
from enrollments.errors import CourseTaken, NotEligible, PersonClash
from enrollments.models import JUDGED, LIVE, SEATED, THERE, Attendance, Enrollment, Mark, MeetingExemption
from enrollments.models.enrollments import Times

AT_A_TIME = 20_000
TEACHES = "teaches_meanwhile"
NO_POST = "no_post"
NOTHING_LEFT = "no_meeting_left"


@dataclass(frozen=True)
class Seat:
    """An enrolment of the session that is live or judged."""

    pk: int
    public_id: UUID
    staff_id: int
    status: str
    reference_date: dt.date

    @property
    def judged(self) -> bool:
        return self.status in JUDGED

    @property
    def seated(self) -> bool:
        return self.status in SEATED


@dataclass(frozen=True)
class Clash:
    """One session that stands in a person's way; `numbers` are the meetings it overlaps, as the plan numbers them."""

    enrollment: int
    code: str
    other: int
    title: Text
    numbers: tuple[int, ...] = ()


# A deadline by its column, as it was and as it will be.
Moment = tuple[str, dt.datetime | None, dt.datetime | None]


@dataclass(frozen=True)
class Impact:
    """The whole impact, whoever looks at it; enrolments by key. `digest` changes whenever any of it does."""

    affected: Mapping[str, int]  # how many by status
    clashes: tuple[Clash, ...]
    unresolved: frozenset[int]
    at_risk: tuple[int, ...]
    no_longer_eligible: Mapping[int, str]
    withdrawn: tuple[int, ...]
    exempted: tuple[int, ...]
    promoted: tuple[int, ...]
    told: tuple[int, ...]  # keys of staff
    deadlines: tuple[Moment, ...]
    plan: Plan
    instructors: tuple[int, ...]  # who is added or taken off
    capacity: tuple[int | None, int | None]
    too_many: int

    @cached_property
    def digest(self) -> str:
        shown = {name: value for name, value in vars(self).items() if name not in {"plan", "unresolved"}}
        shown["clashes"] = [asdict(each) for each in self.clashes]
        shown["unresolved"] = sorted(self.unresolved)
        shown["no_longer_eligible"] = sorted(self.no_longer_eligible.items())
        shown["plan"] = [_signature(each) for each in self.plan.meetings]
        return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def clashing(self) -> list[int]:
        """Who has clashes, in order and once."""
        return list(dict.fromkeys(clash.enrollment for clash in self.clashes))

    @property
    def concerns_anybody(self) -> bool:
        return bool(self.told)


def _signature(planned: Any) -> list[object]:
    sides = [each and (each.starts_at, each.ends_at, each.month, each.venue and each.venue.pk, each.title_ja)
             for each in (planned.before, planned.after)]  # fmt: skip
    return [planned.fate.value, planned.meeting and planned.meeting.pk, *sides]


Numbers = Mapping[int, frozenset[int]]


def exempted_numbers(session: Session, plan: Plan) -> dict[int, frozenset[int]]:
    """Of which of a plan's live meetings people are exempted already: numbers by enrolment."""
    number_of = {each.meeting.pk: number for number, each in enumerate(plan.live) if each.meeting is not None}
    rows = MeetingExemption.objects.filter(meeting__session=session, meeting__in=number_of)
    found: dict[int, set[int]] = defaultdict(set)
    for enrollment, meeting in rows.values_list("enrollment_id", "meeting_id"):
        found[enrollment].add(number_of[meeting])
    return {key: frozenset(numbers) for key, numbers in found.items()}


def year_of(session: Session, plan: Plan) -> int:
    """The fiscal year of a session whose meetings are as planned."""
    return fiscal_year_of(plan.first_day) if plan.first_day else session.fiscal_year


def seats_of(session: Session, *, locked: bool) -> list[Seat]:
    """The live and judged enrolments of a session, in the order of their keys."""
    rows = Enrollment.objects.filter(session=session, status__in=[*LIVE, *JUDGED]).order_by("pk")
    held = rows.select_for_update(no_key=True) if locked else rows
    return [Seat(*row) for row in held.values_list("pk", "public_id", "staff_id", "status", "reference_date")]


def busy_of(plan: Plan) -> Times:
    """The dated meetings of a plan as one value; None of none."""
    ranges = [
        TimestamptzRange(each.after.starts_at, each.after.ends_at)
        for each in plan.live
        if each.after is not None and each.after.starts_at is not None
    ]
    return Multirange(ranges) if ranges else None


def clashes_of(session: Session, plan: Plan, year: int, exempted: Numbers) -> list[Clash]:
    """What the new times, and the new fiscal year, would stand in the way of: one statement for any number of people."""
    dated = [(number, each.after) for number, each in enumerate(plan.live) if each.after and each.after.starts_at]
    params: dict[str, Any] = {
        "session": session.pk,
        "course": session.course_id,
        "year": year,
        "moves_year": year != session.fiscal_year,
        "seated": [str(each) for each in SEATED],
        "busy": busy_of(plan),
        "numbers": [number for number, _ in dated],
        "lower": [slot.starts_at for _, slot in dated],
        "upper": [slot.ends_at for _, slot in dated],
        "attends": PersonClash.code,
        "teaches": TEACHES,
        "taken": CourseTaken.code,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLASHES, params)
        rows = cursor.fetchall()
    found: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    titles: dict[int, Text] = {}
    for enrollment, code, other, title_ja, title_en, number in rows:
        titles[other] = Text(title_ja, title_en or title_ja)
        if code == CourseTaken.code:
            found[enrollment, code, other] = []
        elif number not in exempted.get(enrollment, frozenset()):
            found[enrollment, code, other].append(number)
    return [
        Clash(enrollment, code, other, titles[other], tuple(sorted(numbers)))
        for (enrollment, code, other), numbers in sorted(found.items())
    ]


_CLASHES = """
    WITH slot AS (
        SELECT number, tstzrange(lower, upper) AS during
        FROM unnest(%(numbers)s::int[], %(lower)s::timestamptz[], %(upper)s::timestamptz[]) AS each (number, lower, upper)
    ), seat AS (
        SELECT id, staff_id, one_seat_key FROM enrollments_enrollment
        WHERE session_id = %(session)s AND status = ANY(%(seated)s)
    ), clash AS (
        SELECT seat.id, %(attends)s AS code, other.session_id AS other, other.busy
        FROM seat JOIN enrollments_enrollment AS other ON other.staff_id = seat.staff_id
        WHERE other.session_id <> %(session)s AND other.status = ANY(%(seated)s)
            AND other.busy && %(busy)s::tstzmultirange
        UNION ALL
        SELECT seat.id, %(teaches)s, taught.session_id, taught.busy
        FROM seat JOIN courses_instructor AS instructor ON instructor.staff_id = seat.staff_id
        JOIN courses_sessioninstructor AS taught ON taught.instructor_id = instructor.id
        WHERE taught.session_id <> %(session)s AND taught.busy && %(busy)s::tstzmultirange
    ), found AS (
        SELECT clash.id, code, other, number FROM clash JOIN slot ON clash.busy && slot.during
        UNION ALL
        SELECT seat.id, %(taken)s, other.session_id, NULL
        FROM seat JOIN enrollments_enrollment AS other ON other.staff_id = seat.staff_id
        WHERE %(moves_year)s AND seat.one_seat_key AND other.one_seat_key AND other.course_id = %(course)s
            AND other.fiscal_year = %(year)s AND other.session_id <> %(session)s AND other.status = ANY(%(seated)s)
    )
    SELECT found.id, code, other, title_ja, title_en, number
    FROM found JOIN courses_session AS session ON session.id = found.other
    ORDER BY found.id, code, other, number
"""


def left_without_meeting(session: Session, plan: Plan, seats: Sequence[Seat], exempted: Numbers) -> list[Clash]:
    """Whose meetings that stay are all meetings from which they are exempted."""
    if not plan.live:
        return []
    title = Text(session.title_ja, session.title_en or session.title_ja)
    return [
        Clash(seat.pk, NOTHING_LEFT, session.pk, title)
        for seat in seats
        if seat.seated and not seat.judged and len(exempted.get(seat.pk, ())) == len(plan.live)
    ]


def at_risk_of(session: Session, plan: Plan, seats: Sequence[Seat], before: Numbers, after: Numbers) -> list[int]:
    """Whose completion comes out of reach by the change: only absences count, what is not marked may still be attended.

    `before` and `after` are the meetings that each is exempted from, of those that stay. Without any meeting left nobody
    who is not judged yet completes.
    """
    concerned = [seat for seat in seats if seat.seated and not seat.judged]
    if not plan.live:
        return [seat.pk for seat in concerned] if plan.of(Fate.CANCELLED) else []
    policy, missed, was = session.course.policy, _missed(session, plan), len(plan.meetings) - len(plan.of(Fate.ADDED))
    found = []
    for seat in concerned:
        absences = missed.get(seat.pk, frozenset())
        old, new = before.get(seat.pk, frozenset()), after.get(seat.pk, frozenset())
        if not absences and not new:
            continue
        could = within_reach(policy, was - len(old), len(absences - old))
        if could and not within_reach(policy, len(plan.live) - len(new), len(absences - new)):
            found.append(seat.pk)
    return found


def _missed(session: Session, plan: Plan) -> Numbers:
    """The live meetings that people were marked absent from and cannot catch up on by an archive: numbers by enrolment."""
    number_of = {each.meeting.pk: number for number, each in enumerate(plan.live) if each.meeting is not None}
    archives = {each.pk: each for each in session.meetings.archives() if each.archive_of_id in number_of}
    shown = {each.archive_of_id for each in archives.values() if not over(slot_of(each), session.now)}
    absent: dict[int, set[int]] = defaultdict(set)
    caught_up: dict[int, set[int]] = defaultdict(set)
    held = Attendance.objects.filter(meeting__session=session, meeting__in=[*number_of, *archives]).current()
    marks = Attendance.objects.filter(pk__in=held.values("pk"))
    for enrollment, meeting in marks.filter(meeting__in=number_of, mark=Mark.ABSENT).values_list(*_AT):
        absent[enrollment].add(meeting)
    for enrollment, archive in marks.filter(meeting__in=archives, mark__in=THERE).values_list(*_AT):
        caught_up[enrollment].add(archives[archive].archive_of_id or archive)
    lost = {key: meetings - shown - caught_up.get(key, set()) for key, meetings in absent.items()}
    return {key: frozenset(number_of[each] for each in meetings) for key, meetings in lost.items() if meetings}


_AT = ("enrollment_id", "meeting_id")


def facts_on_day(seats: Sequence[Seat], day: dt.date) -> dict[int, Facts]:
    """What the people are on a day, read some thousands at a time."""
    people = [seat.staff_id for seat in seats]
    found: dict[int, Facts] = {}
    for start in range(0, len(people), AT_A_TIME):
        found |= facts_of(people[start : start + AT_A_TIME], on=day)
    return found


def no_longer_eligible(
    session: Session, seats: Sequence[Seat], day: dt.date, facts: Mapping[int, Facts]
) -> dict[int, str]:
    """Of these enrolments, those whose person has no post on the day or is not in the audience; with the code of why."""
    here = Enrollment.objects.filter(session=session, status__in=LIVE).values("staff_id")
    admitted = set(audiences.people(session.applicable_audience, day).filter(pk__in=here).values_list("pk", flat=True))
    return {
        seat.pk: NO_POST if seat.staff_id not in facts else NotEligible.code
        for seat in seats
        if seat.staff_id not in admitted
    }


def held_meetings(session: Session) -> set[int]:
    """The meetings that have marks."""
    marked = Attendance.objects.filter(meeting__session=session).order_by().values_list("meeting_id", flat=True)
    return set(marked.distinct())


def counted(seats: Collection[Seat]) -> dict[str, int]:
    """How many by status."""
    found: dict[str, int] = defaultdict(int)
    for seat in seats:
        found[seat.status] += 1
    return dict(sorted(found.items()))


def waiting_in(session: Session) -> set[int]:
    return set(Enrollment.objects.filter(session=session).waiting().order_by().values_list("pk", flat=True))
