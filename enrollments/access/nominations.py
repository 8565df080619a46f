"""Who hands in the list of a bureau, and who reads it: HR of the bureau, and the office of the programme.

People who are hidden in the directory are on it for their academy HR alone.
"""

from django.db.models import Q, QuerySet

from academy.access import NOBODY, Viewer, administers_organization, people_in_scope, reaches, shown
from academy.access.viewer import HR
from academy.models import Organization, Role
from academy.models.organizations import subtree
from courses.access import may_schedule, programs_planned_by
from enrollments.models import Nomination, NominationList


def nominates_for(viewer: Viewer, organization: Organization) -> bool:
    """HR of the bureau or of what it stands under."""
    return administers_organization(viewer, organization)


def may_name(viewer: Viewer) -> Q:
    """Over enrolments: those whose people the viewer may read on a list."""
    return shown("staff") | people_in_scope(viewer, Role.ACADEMY_HR, of="staff")


def nomination_lists_visible_to(viewer: Viewer) -> QuerySet[NominationList]:
    if viewer.everywhere(Role.ACADEMY_HR):
        return NominationList.objects.all()
    roots = viewer.roots(*HR)
    own = Q(organization_id__in=subtree(roots, viewer.day)) if roots else NOBODY
    office = Q(session__course__program__in=programs_planned_by(viewer).order_by().values("pk"))
    return NominationList.objects.filter(own | office)


def may_see_nomination_list(viewer: Viewer, row: NominationList) -> bool:
    """Beside `nomination_lists_visible_to`."""
    return nominates_for(viewer, row.organization) or may_schedule(viewer, row.session)


def nominations_visible_to(viewer: Viewer) -> QuerySet[Nomination]:
    """The lines of the lists that one sees."""
    lists = nomination_lists_visible_to(viewer).order_by().values("pk")
    read = shown("enrollment__staff") | people_in_scope(viewer, Role.ACADEMY_HR, of="enrollment__staff")
    return Nomination.objects.filter(read, nomination_list__in=lists)


def may_see_nomination(viewer: Viewer, row: Nomination) -> bool:
    """Beside `nominations_visible_to`."""
    if not may_see_nomination_list(viewer, row.nomination_list):
        return False
    staff = row.enrollment.staff
    return not staff.directory_hidden or reaches(viewer, staff.pk, Role.ACADEMY_HR)


def may_recall(viewer: Viewer, row: NominationList) -> bool:
    """Whoever could hand it in: whoever runs the programme without being HR of the bureau only reads it."""
    return nominates_for(viewer, row.organization)
