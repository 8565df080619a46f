"""The two numbers of a session: within its fiscal year (第n回), and of all (通算), which no year resets.

Both are given under the course's lock, one more than the highest: a number that was once given is not given again.
"""

from django.db.models import Max

from courses.models import Course, Session


def locked_course(course_id: int) -> Course:
    """The course under the lock that numbers its sessions; inserts that only point at it are not held up."""
    return Course.objects.select_for_update(no_key=True).get(pk=course_id)


def next_ordinal(course: Course, year: int) -> int:
    """The next number of a fiscal year."""
    last = Session.objects.filter(course=course, fiscal_year=year).aggregate(last=Max("ordinal"))["last"]
    return (last or 0) + 1


def next_of_all(course: Course) -> int | None:
    """The next number of all, where the course counts them: the first is set by hand. None where it does not."""
    last: int | None = Session.objects.filter(course=course).aggregate(last=Max("all_time_ordinal"))["last"]
    return None if last is None else last + 1
