"""Writing the priority classes of a course. They are a course's; that a draw holds them fast is known a layer above it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Course, PriorityClass, SessionStatus
from courses.operations.audiences import check_rule
from enrollments.errors.draws import PriorityClassesCommitted
from enrollments.models import Draw

MOST_CLASSES = 20
MOST_YEARS = 20
OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)


@dataclass(frozen=True)
class WantedClass:
    """A class as it is asked for, see `courses.models.PriorityClass`."""

    label_ja: str
    label_en: str = ""
    rule: Any = field(default_factory=dict)
    not_selected_before: bool = False
    within_years: int | None = None


@operation
def set_priority_classes(*, course_id: int, classes: Sequence[WantedClass], by: User | None) -> Course:
    """Replace the classes of a course, the first comes first; not while a session with a committed draw is not over."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    _check(classes)
    if Draw.objects.filter(session__course=course).exclude(session__status__in=OVER).exists():
        raise PriorityClassesCommitted
    before, _ = PriorityClass.objects.filter(course=course).delete()
    PriorityClass.objects.bulk_create(
        PriorityClass(course=course, position=number, **vars(each)) for number, each in enumerate(classes, start=1)
    )
    note(course, before=before, after=len(classes))
    return course


def _check(classes: Sequence[WantedClass]) -> None:
    faults = Faults()
    if len(classes) > MOST_CLASSES:
        faults.add("/classes", "too_many", f"{MOST_CLASSES}区分までです。", f"At most {MOST_CLASSES} classes.")
    for number, each in enumerate(classes[:MOST_CLASSES]):
        place = f"/classes/{number}"
        check_rule(each.rule, faults, at=f"{place}/rule")
        if each.within_years is None:
            continue
        if not each.not_selected_before:
            faults.add(
                f"{place}/within_years",
                "without_not_selected_before",
                "落選者を優先する区分だけで指定します。",
                "Only of a class for those who were not selected before.",
            )
        elif not 1 <= each.within_years <= MOST_YEARS:
            faults.add(
                f"{place}/within_years", "out_of_range", f"1から{MOST_YEARS}までです。", f"From 1 to {MOST_YEARS}."
            )
    faults.refuse()
