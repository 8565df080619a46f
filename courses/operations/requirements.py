"""What a course asks of people beforehand, and what skills it raises: each set as a whole."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation, take_turn
from academy.text import Text
from courses.errors.programmes import CircularPrerequisites
from courses.models import Course, CourseSkill, Prerequisite
from skills.models import FrameworkStatus, SkillItem, SkillLevel

LONGEST = 32_767  # years; what the column holds


class Required(NamedTuple):
    """A course that must be completed before, within so many fiscal years: 1 is the year of the session."""

    course: Course
    within_years: int | None = None


class Raised(NamedTuple):
    """A skill that a course raises, and to which level."""

    item: SkillItem
    level: int


@operation
def set_prerequisites(*, course_id: int, prerequisites: Sequence[Required], by: User | None) -> Course:
    """Replace what must be completed before a course; no course requires itself, directly or through others.

    One set is written after another, whatever the courses: two that are each right may close a circle together.
    Who has a seat keeps it.
    """
    take_turn("prerequisites")
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    _check_prerequisites(course, prerequisites)
    _refuse_circle(course, [each.course for each in prerequisites])
    removed, _ = course.prerequisites.all().delete()
    Prerequisite.objects.bulk_create(
        Prerequisite(course=course, required=each.course, within_years=each.within_years) for each in prerequisites
    )
    note(course, before=removed, after=[str(each.course.public_id) for each in prerequisites])
    return course


def _check_prerequisites(course: Course, prerequisites: Sequence[Required]) -> None:
    faults, seen = Faults(), set()
    for index, (required, within_years) in enumerate(prerequisites):
        at = f"/prerequisites/{index}"
        if required.pk == course.pk:
            faults.add(f"{at}/course", "self", "自分自身を前提にできません。", "A course does not require itself.")
        elif required.pk in seen:
            faults.add(f"{at}/course", "repeated", "同じ講座が二度あります。", "The course is named twice.")
        if within_years is not None and not 1 <= within_years <= LONGEST:
            text = ("年度数は1以上です。", "From 1 fiscal year.")
            faults.add(f"{at}/within_years", "out_of_range", *text)
        seen.add(required.pk)
    faults.refuse()


# From each of the required courses whatever it requires; what the course itself requires is replaced, and not followed.
_CIRCLE = """
    WITH RECURSIVE reached AS (
        SELECT given AS start, given AS id FROM unnest(%(required)s::bigint[]) AS given
        UNION
        SELECT reached.start, further.required_id FROM reached
        JOIN courses_prerequisite AS further ON further.course_id = reached.id AND further.course_id <> %(course)s
    )
    SELECT start FROM reached WHERE id = %(course)s ORDER BY start LIMIT 1
"""


def _refuse_circle(course: Course, required: Sequence[Course]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CIRCLE, {"course": course.pk, "required": [each.pk for each in required]})
        found = cursor.fetchone()
    for each in required:
        if found and each.pk == found[0]:
            raise CircularPrerequisites(title=Text(each.title_ja, each.title_en or each.title_ja))


@operation
def set_skills(*, course_id: int, skills: Sequence[Raised], by: User | None) -> Course:
    """Replace which skills a course raises, each to a level of the published framework that it belongs to."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    _check_skills(skills)
    removed, _ = course.skills.all().delete()
    CourseSkill.objects.bulk_create(CourseSkill(course=course, item=each.item, level=each.level) for each in skills)
    note(course, before=removed, after=len(skills))
    return course


def _check_skills(skills: Sequence[Raised]) -> None:
    faults, seen = Faults(), set()
    frameworks = {each.item.framework_id for each in skills}
    levels = set(SkillLevel.objects.filter(framework__in=frameworks).values_list("framework_id", "value"))
    published = SkillItem.objects.filter(framework__status=FrameworkStatus.PUBLISHED)
    current = set(published.filter(pk__in=[each.item.pk for each in skills]).values_list("pk", flat=True))
    for index, (item, level) in enumerate(skills):
        at = f"/skills/{index}"
        if item.pk in seen:
            faults.add(f"{at}/item", "repeated", "同じ項目が二度あります。", "The item is named twice.")
        elif item.pk not in current:
            text = ("公開中のスキルマップの項目ではありません。", "No item of a published framework.")
            faults.add(f"{at}/item", "framework_not_published", *text)
        elif (item.framework_id, level) not in levels:
            faults.add(f"{at}/level", "no_such_level", "このスキルマップにない段階です。", "No level of the framework.")
        seen.add(item.pk)
    faults.refuse()
