"""Who reads an application with its answers: the person, HR of the person's bureau today, the office of its programme, and
who is in charge of a pending approval of it or decided one. Nobody else: no instructor, no other HR.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy.access import NOBODY, Viewer, is_hr_of, people_of_hr, unhidden
from courses.access import may_schedule, programs_planned_by
from enrollments.access.approvals import approvals_in_charge_of, is_in_charge
from enrollments.models import Application, Approval, ApprovalStatus


def applications_visible_to(viewer: Viewer) -> QuerySet[Application]:
    own = Q(staff_id=viewer.staff_id) if viewer.staff_id else NOBODY
    office = Q(course__program__in=programs_planned_by(viewer).order_by().values("pk")) & unhidden("staff")
    of_this = Q(enrollment__application=OuterRef("pk"))
    asked = Exists(approvals_in_charge_of(viewer).pending().filter(of_this))
    decided = Q(Exists(Approval.objects.filter(of_this, decider_id=viewer.staff_id))) if viewer.staff_id else NOBODY
    return Application.objects.filter(
        own | people_of_hr(viewer, "staff") | office | Q(asked) | (decided & unhidden("staff"))
    )


def may_see_application(viewer: Viewer, application: Application) -> bool:
    """Beside `applications_visible_to`."""
    if viewer.is_self(application.staff_id) or is_hr_of(viewer, application.staff):
        return True
    stages = [stage for each in application.enrollments.all() for stage in each.approvals.all()]
    if any(each.status == ApprovalStatus.PENDING and is_in_charge(viewer, each) for each in stages):
        return True
    if application.staff.directory_hidden:
        return False
    decided = any(each.decider_id is not None and viewer.is_self(each.decider_id) for each in stages)
    return decided or may_schedule(viewer, application.course)


def may_change_answers(viewer: Viewer, application: Application) -> bool:
    """The person, and HR who may act for the person."""
    return viewer.is_self(application.staff_id) or is_hr_of(viewer, application.staff)
