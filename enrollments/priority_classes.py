"""Who comes first when there are more applications than seats: the number of the first class that fits each person.

1 is the first class; whom no class fits comes after the last. A rule is one of an audience, asked of the facts of the
reference date. `not_selected_before` asks the earlier applications for the course that ended as not selected (落選), in
the last `within_years` fiscal years up to the session's own (1: that year alone; empty: ever).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from academy.facts import Facts
from courses.audiences import Group, admits, parse, references_for
from courses.models import PriorityClass, Session
from enrollments.models import EndedAs, Enrollment


def classes_of(session: Session, facts: Mapping[int, Facts]) -> dict[int, int]:
    """The class of each person by the classes that the course has now, in three statements or so for any number of people."""
    return classed(session, session.course.priority_classes.order_by("position"), facts)


def classed(session: Session, classes: Iterable[PriorityClass], facts: Mapping[int, Facts]) -> dict[int, int]:
    """The class of each person by given classes, in their order."""
    asked = [(number, each, parse(each.rule)) for number, each in enumerate(classes, start=1)]
    references = references_for(Group(True, "", tuple(rule for _, _, rule in asked)))
    lost = _not_selected(session, facts) if any(each.not_selected_before for _, each, _ in asked) else {}
    return {
        staff_id: next(
            (
                number
                for number, each, rule in asked
                if _lost_lately(each, session, lost.get(staff_id, ())) and admits(rule, person, references)
            ),
            len(asked) + 1,
        )
        for staff_id, person in facts.items()
    }


def _lost_lately(asked: PriorityClass, session: Session, years: Sequence[int]) -> bool:
    """Whether a class that asks for an earlier 落選 finds one; one that does not ask fits by its rule alone."""
    if not asked.not_selected_before:
        return True
    first = 0 if asked.within_years is None else session.fiscal_year - asked.within_years + 1
    return any(year >= first for year in years)


def _not_selected(session: Session, staff_ids: Iterable[int]) -> dict[int, list[int]]:
    """The fiscal years, up to the session's own, in which each person was not selected for the course."""
    rows = Enrollment.objects.filter(
        course=session.course_id,
        staff_id__in=list(staff_ids),
        ended_as=EndedAs.NOT_SELECTED,
        fiscal_year__lte=session.fiscal_year,
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for staff_id, year in rows.values_list("staff_id", "fiscal_year"):
        found[staff_id].append(year)
    return found
