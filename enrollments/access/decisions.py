"""Who sees decisions over all applicants: whoever plans the programme all of them, HR of the people what was published.

Applicants see none: they are told when it is published, and have the letter about their own enrolment.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy.access import Viewer, is_hr_of, people_of_hr
from academy.models import Role
from courses.access import may_schedule, programs_planned_by
from enrollments.models import Decision, DecisionLine, DecisionStatus

_SHOWN = Q(enrollment__staff__directory_hidden=False)


def decisions_visible_to(viewer: Viewer) -> QuerySet[Decision]:
    planned = Q(course__program__in=programs_planned_by(viewer).order_by().values("pk"))
    own = DecisionLine.objects.filter(people_of_hr(viewer, "enrollment__staff"), decision=OuterRef("pk"))
    return Decision.objects.filter(planned | (Q(status=DecisionStatus.PUBLISHED) & Exists(own)))


def decision_lines_visible_to(viewer: Viewer) -> QuerySet[DecisionLine]:
    """Of people who are hidden in the directory their academy HR alone reads the lines."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return DecisionLine.objects.all()
    planned = Q(decision__course__program__in=programs_planned_by(viewer).order_by().values("pk")) & _SHOWN
    published = Q(decision__status=DecisionStatus.PUBLISHED) & people_of_hr(viewer, "enrollment__staff")
    return DecisionLine.objects.filter(planned | published)


def may_see_decision(viewer: Viewer, decision: Decision) -> bool:
    """Beside `decisions_visible_to`."""
    if may_decide_on(viewer, decision):
        return True
    if decision.status != DecisionStatus.PUBLISHED:
        return False
    lines = DecisionLine.objects.filter(decision=decision).select_related("enrollment__staff")
    return any(is_hr_of(viewer, each.enrollment.staff) for each in lines)


def may_see_decision_line(viewer: Viewer, line: DecisionLine) -> bool:
    """Beside `decision_lines_visible_to`."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    if may_decide_on(viewer, line.decision) and not line.enrollment.staff.directory_hidden:
        return True
    return line.decision.status == DecisionStatus.PUBLISHED and is_hr_of(viewer, line.enrollment.staff)


def may_decide_on(viewer: Viewer, decision: Decision) -> bool:
    """Changes, publishes and discards: whoever plans the programme."""
    return may_schedule(viewer, decision.course)
