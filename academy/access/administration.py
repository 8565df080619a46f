"""What HR administers: posts and statuses by hand, delegations, awaited rosters, rosters.

A right over somebody is a right over others: nobody administers themselves. A right over an organisation is one over all
of its people, so a grant that is narrowed by a job family gives none.
"""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from academy.access.people import may_see_status
from academy.access.rules import any_hr, staff_only
from academy.access.scope import NOBODY, inside, is_audited, is_hr_of, people_of_hr
from academy.access.viewer import HR, Viewer
from academy.models import (
    Assignment,
    Delegation,
    Organization,
    Role,
    RosterImport,
    RosterWindow,
    Staff,
    StaffStatus,
    User,
)
from academy.models.organizations import subtree


def administers(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `staff_administered_by`."""
    return staff.voided_at is None and not viewer.is_self(staff.pk) and is_hr_of(viewer, staff)


def staff_administered_by(viewer: Viewer) -> QuerySet[Staff]:
    """Whose posts and statuses the viewer keeps: the people of whom the viewer is HR today."""
    people = Staff.objects.registered().filter(people_of_hr(viewer))
    return people.exclude(pk=viewer.staff_id) if viewer.staff_id else people


def administers_organization(viewer: Viewer, organization: Organization, *days: dt.date) -> bool:
    """Whether an organisation lies in the HR scope, as the tree stands today or on each of the given days."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    roots = viewer.roots(*HR)
    return all(inside(roots, [organization.pk], day) for day in days or (viewer.day,))


def knows_statuses(viewer: Viewer, staff: Staff) -> bool:
    """What somebody is besides the post (leave, candidacy, re-appointment) is told to the person and HR alone."""
    return viewer.is_self(staff.pk) or is_hr_of(viewer, staff) or is_audited(viewer, staff)


def administers_holder(viewer: Viewer, row: Assignment | StaffStatus) -> bool:
    if isinstance(row, StaffStatus) and not may_see_status(viewer, row):
        return False
    return administers(viewer, row.staff)


# Delegations.


def may_delegate_for(viewer: Viewer, delegator: Staff) -> bool:
    """A head hands on their own approvals; HR does it for the heads of its scope."""
    return viewer.is_self(delegator.pk) or administers(viewer, delegator)


def may_end_delegation(viewer: Viewer, delegation: Delegation) -> bool:
    return may_delegate_for(viewer, delegation.delegator)


def staff_or_hr(viewer: Viewer, row: Any) -> bool:
    return staff_only(viewer, row) or any_hr(viewer, row)


def may_see_delegation(viewer: Viewer, delegation: Delegation) -> bool:
    """The predicate beside `delegations_visible_to`."""
    if viewer.staff_id in (delegation.delegator_id, delegation.delegate_id):
        return True
    shown = not delegation.delegate.directory_hidden or administers(viewer, delegation.delegate)
    return shown and administers(viewer, delegation.delegator)


def delegations_visible_to(viewer: Viewer) -> QuerySet[Delegation]:
    """What one gave and holds, and what the people of one's HR scope gave; to somebody hidden, if one sees them too."""
    own = Q(delegator_id=viewer.staff_id) | Q(delegate_id=viewer.staff_id) if viewer.staff_id else NOBODY
    people = staff_administered_by(viewer).values("pk")
    shown = Q(delegate__directory_hidden=False) | Q(delegate__in=people)
    return Delegation.objects.filter(own | (Q(delegator__in=people) & shown))


# Rosters.


def roster_windows_visible_to(viewer: Viewer) -> QuerySet[RosterWindow]:
    """That approvals wait is for everybody to know."""
    return RosterWindow.objects.all()


def may_close_window(viewer: Viewer, window: RosterWindow) -> bool:
    return administers_organization(viewer, window.root)


def may_import(viewer: Viewer, root: Organization | None) -> bool:
    """Whoever administers an organisation brings in its roster; asked without one: whether there is any."""
    return any_hr(viewer, None) if root is None else administers_organization(viewer, root)


def may_handle_roster(viewer: Viewer, roster: RosterImport | None) -> bool:
    """The predicate beside `roster_imports_visible_to`."""
    return may_import(viewer, roster.root if roster else None)


def roster_imports_visible_to(viewer: Viewer) -> QuerySet[RosterImport]:
    """The rosters of the organisations that one administers."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return RosterImport.objects.all()
    roots = viewer.roots(*HR)
    return RosterImport.objects.filter(root__in=subtree(roots, viewer.day)) if roots else RosterImport.objects.none()


def sees_hidden(user: User | None, root: Organization) -> bool:
    """Whether an importer sees the hidden people of an organisation; what comes from the system itself does."""
    if user is None:
        return True
    viewer = Viewer(user)
    return viewer.everywhere(Role.ACADEMY_HR) or inside(viewer.roots(Role.ACADEMY_HR), [root.pk], viewer.day)
