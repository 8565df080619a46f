"""What people have completed before, and what a course asks for: read for any number of people with two statements.

Completed is 修了, or 参加 where the course ends without a certificate, in a session of a fiscal year.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, Subquery

from academy import clock
from academy.text import Text
from courses.models import Course, Prerequisite, Recurrence, Session
from courses.phases import open_at
from enrollments.models import Enrollment, Status

COMPLETED = Q(status=Status.COMPLETED) | Q(status=Status.ATTENDED, course__policy__certifies=False)
"""Which enrolments completed their course."""

Years = dict[tuple[int, int], frozenset[int]]


@dataclass(frozen=True)
class Requirement:
    """A prerequisite; `next_day` is the first day of its next session that may be taken, if one is published."""

    course_id: int
    title: Text
    within_years: int | None
    next_day: dt.date | None


@dataclass(frozen=True)
class PriorLearning:
    """`completed`: the fiscal years in which a person completed a course, by person and course."""

    requirements: Sequence[Requirement] = ()
    completed: Mapping[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def years(self, staff_id: int, course_id: int) -> frozenset[int]:
        return self.completed.get((staff_id, course_id), frozenset())


def completions_of(staff_ids: Collection[int], courses: Collection[int]) -> Years:
    """In which fiscal years each of the people completed each of the courses; one statement."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    rows = Enrollment.objects.filter(COMPLETED, staff_id__in=staff_ids, course_id__in=courses)
    for staff_id, course_id, year in rows.values_list("staff_id", "course_id", "fiscal_year"):
        found[staff_id, course_id].add(year)
    return {key: frozenset(years) for key, years in found.items()}


def prior_learning_for(session: Session, staff_ids: Collection[int], *, now: dt.datetime) -> PriorLearning:
    """Only what the course of the session asks about is read; a session `with_audience()` knows whether it asks at all."""
    asks = getattr(session, "asks_before", True)
    requirements = requirements_of(session.course_id, now=now) if asks else []
    asked = {each.course_id for each in requirements}
    if taken_once(session.course):
        asked.add(session.course_id)
    return PriorLearning(requirements, completions_of(staff_ids, asked) if asked else {})


def taken_once(course: Course) -> bool:
    """Whether a course is not taken again once it was completed in an earlier year."""
    return course.recurrence == Recurrence.ONCE and not course.repeatable


def requirements_of(course_id: int, *, now: dt.datetime) -> list[Requirement]:
    to_come = Session.objects.published().filter(
        Q(starts_on__gte=clock.business_date(now)) | open_at(now), course=OuterRef("required"), undated=False
    )
    next_day = Subquery(to_come.order_by("starts_on").values("starts_on")[:1])
    columns = ("required_id", "required__title_ja", "required__title_en", "within_years", next_day)
    rows = Prerequisite.objects.filter(course=course_id).order_by("pk").values_list(*columns)
    return [Requirement(pk, Text(ja, en or ja), within, day) for pk, ja, en, within, day in rows]
