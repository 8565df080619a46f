"""Who has not completed what was due: the people of `enrollments.due`, asked of everybody at once.

Somebody is late with a course when the last day in time has passed: the day from which days count lies more than
`due_days` before today. It reads, with two statements at most for a course, and writes nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy.calendar import fiscal_year, fiscal_year_of
from academy.clock import start_of
from academy.facts import facts_of
from academy.models import Staff
from courses import audiences
from courses.models import Course, DueFrom, Recurrence
from enrollments.models import PARTICIPATING, Enrollment
from enrollments.prior_learning import COMPLETED


def overdue_courses(today: dt.date) -> Counter[int]:
    """How many courses each person is late with today; who is late with none is left out."""
    found: Counter[int] = Counter()
    for course in Course.objects.exclude(due_from="").select_related("audience").order_by("pk"):
        found.update(_late_with(course, today))
    return found


def _late_with(course: Course, today: dt.date) -> Iterable[int]:
    begun_before = today - dt.timedelta(days=course.due_days or 0)
    year = fiscal_year_of(today)
    first, _ = fiscal_year(year)
    if course.due_from == DueFrom.FISCAL_YEAR and first >= begun_before:
        return []
    people = _outstanding(course, year, today)
    if course.due_from == DueFrom.HIRING:
        people = people.filter(hired_on__lt=begun_before)
    elif course.due_from == DueFrom.SEAT:
        counted = Q() if course.recurrence == Recurrence.ONCE else Q(fiscal_year=year)
        seats = Enrollment.objects.filter(counted, course=course, staff=OuterRef("pk"), status__in=PARTICIPATING)
        people = people.filter(Exists(seats.filter(decided_at__lt=start_of(begun_before))))
    late = list(people.order_by("pk").values_list("pk", flat=True))
    if course.due_from == DueFrom.GRADE:
        facts = facts_of(late, on=today)
        # Nothing is counted from a post that always was.
        late = [
            pk
            for pk in late
            if pk in facts and dt.date.min.year < facts[pk].grade_since.year and facts[pk].grade_since < begun_before
        ]
    return late


def _outstanding(course: Course, year: int, today: dt.date) -> QuerySet[Staff]:
    """Whom the course is for today and who has not completed it, as far as this year is concerned."""
    completed = Enrollment.objects.filter(COMPLETED, course=course, staff=OuterRef("pk"))
    if course.recurrence == Recurrence.FISCAL_YEAR:
        completed = completed.filter(fiscal_year=year)
    meant = audiences.posts(course.audience, today).values("staff_id")
    return Staff.objects.filter(~Exists(completed), pk__in=meant)
