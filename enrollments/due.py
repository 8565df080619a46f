"""Which courses a person should complete, and by when: of those with a due rule, the ones whose audience holds the person.

See `courses.due` for the rule. It reads and writes nothing else.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Min, Q

from academy import clock
from academy.calendar import fiscal_year_of
from academy.facts import Facts, facts_of
from academy.text import Text
from courses.audiences import explain_each
from courses.due import Beginnings, due_on, is_completed
from courses.models import Course, DueFrom, Recurrence, Session
from courses.phases import open_at
from enrollments.models import ENDED, PARTICIPATING, Enrollment
from enrollments.prior_learning import completions_of


@dataclass(frozen=True)
class NextSession:
    """A session of the course that takes applications now."""

    id: UUID
    starts_on: dt.date


@dataclass(frozen=True)
class DueCourse:
    """`since`: the day from which the days count."""

    id: UUID
    title: Text
    since: dt.date
    due_on: dt.date
    overdue: bool
    next_session: NextSession | None


def due_courses_of(staff_id: int, *, now: dt.datetime) -> list[DueCourse]:
    """What the person has not completed, the earliest due first; as many statements for many courses as for one."""
    today = clock.business_date(now)
    facts = facts_of([staff_id], on=today).get(staff_id)
    courses = list(Course.objects.exclude(due_from="").select_related("audience"))
    if facts is None or not courses:
        return []
    verdicts = explain_each([(course.audience, facts) for course in courses])
    meant = [course for course, verdict in zip(courses, verdicts, strict=True) if verdict.eligible]
    open_now = _open_sessions({course.pk for course in meant}, now)
    found = [
        DueCourse(
            id=course.public_id,
            title=Text(course.title_ja, course.title_en or course.title_ja),
            since=since,
            due_on=due,
            overdue=today > due,
            next_session=open_now.get(course.pk),
        )
        for course, since, due in _outstanding(meant, facts)
    ]
    return sorted(found, key=lambda each: (each.due_on, each.id))


def seat_due_on(enrollment: Enrollment) -> dt.date | None:
    """By when the course of an enrolment should be completed; None of one that has ended without a result."""
    course = enrollment.course
    if not course.due_from or enrollment.status in ENDED:
        return None
    facts = None
    if course.due_from == DueFrom.GRADE:
        held = facts_of([enrollment.staff_id], on=enrollment.reference_date)
        facts = held.get(enrollment.staff_id)
    seated_on = clock.business_date(enrollment.decided_at) if enrollment.decided_at else None
    beginnings = Beginnings(
        enrollment.fiscal_year, enrollment.staff.hired_on, _grade_since(facts) if facts else None, seated_on
    )
    return due_on(course.due_from, course.due_days, beginnings)


def _outstanding(courses: Collection[Course], facts: Facts) -> list[tuple[Course, dt.date, dt.date]]:
    """Those of the courses that are not completed, with the day from which the days count and the day they are due."""
    year = fiscal_year_of(facts.on)
    completed = completions_of([facts.staff_id], {course.pk for course in courses})
    seats = _seats(facts.staff_id, courses, year)
    found = []
    for course in courses:
        if is_completed(course.recurrence, completed.get((facts.staff_id, course.pk), ()), year):
            continue
        beginnings = Beginnings(year, facts.hired_on, _grade_since(facts), seats.get(course.pk))
        since, due = beginnings.of(course.due_from), due_on(course.due_from, course.due_days, beginnings)
        if since is not None and due is not None:
            found.append((course, since, due))
    return found


def _grade_since(facts: Facts) -> dt.date | None:
    """The first day in the grade; nothing is counted from a post that always was."""
    return None if facts.grade_since.year == dt.MINYEAR else facts.grade_since


def _seats(staff_id: int, courses: Collection[Course], year: int) -> dict[int, dt.date]:
    """When the person got the first seat of each course: of this fiscal year, or ever for a course that is taken once."""
    counted = Q(fiscal_year=year) | Q(course__recurrence=Recurrence.ONCE)
    own = Enrollment.objects.filter(counted, staff_id=staff_id, course__in=courses, status__in=PARTICIPATING)
    first = own.order_by().values_list("course_id").annotate(Min("decided_at"))
    return {course: clock.business_date(decided_at) for course, decided_at in first if decided_at is not None}


def _open_sessions(courses: Collection[int], now: dt.datetime) -> dict[int, NextSession]:
    found: dict[int, NextSession] = {}
    rows = Session.objects.filter(open_at(now), course__in=courses).order_by("starts_on", "pk")
    for course, public_id, starts_on in rows.values_list("course_id", "public_id", "starts_on"):
        found.setdefault(course, NextSession(public_id, starts_on))
    return found
