"""Who hands in the list of a bureau, and who reads it: HR of the bureau, and the office of the programme."""

from django.db.models import Q, QuerySet

from academy.access import NOBODY, Viewer, inside
from academy.models import Organization, Role
from academy.models.organizations import subtree
from courses.access import may_schedule, programs_planned_by
from enrollments.models import NominationList


def nominates_for(viewer: Viewer, organization: Organization) -> bool:
    """HR of the bureau or of what it stands under; academy HR hands in nobody's list."""
    return inside(viewer.roots(Role.BUREAU_HR), [organization.pk], viewer.day)


def nomination_lists_visible_to(viewer: Viewer) -> QuerySet[NominationList]:
    roots = viewer.roots(Role.BUREAU_HR)
    own = Q(organization_id__in=subtree(roots, viewer.day)) if roots else NOBODY
    office = Q(session__course__program__in=programs_planned_by(viewer).order_by().values("pk"))
    return NominationList.objects.filter(own | office)


def may_see_nomination_list(viewer: Viewer, row: NominationList) -> bool:
    """Beside `nomination_lists_visible_to`."""
    return nominates_for(viewer, row.organization) or may_schedule(viewer, row.session)


def may_recall(viewer: Viewer, row: NominationList) -> bool:
    return nominates_for(viewer, row.organization)
