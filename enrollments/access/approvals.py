"""Who is in charge of a stage of an approval, today: identity and role only, whether it is decided or not.

The head's stage is `academy.posts.approver` of the person (head, delegate or deputy); the bureau's its HR; the office's
academy HR and whoever plans the programme. Of a person who is hidden in the directory academy HR of the person decides
every stage. Nobody is in charge of their own.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from academy.access import (
    NOBODY,
    Viewer,
    is_hr_of,
    people_in_scope,
    people_of_hr,
    people_reached,
    reaches,
    serving_within,
)
from academy.models import Assignment, Delegation, Role, RoleGrant, Staff
from academy.posts import approver_of, approvers_of
from courses.access import may_schedule, programs_planned_by
from enrollments.models import Approval, ApprovalLevel
from enrollments.models.approvals import ApprovalQuerySet

SHOWN = Q(applicant__directory_hidden=False)


def approvals_in_charge_of(viewer: Viewer) -> ApprovalQuerySet:
    """Those on which the viewer is the one to decide today."""
    hr = people_in_scope(viewer, Role.ACADEMY_HR, of="applicant")
    charge = (~SHOWN | Q(level=ApprovalLevel.OFFICE)) & hr
    charge |= SHOWN & Q(level=ApprovalLevel.UNIT_HEAD, applicant_id__in=_led_by(viewer))
    charge |= SHOWN & Q(level=ApprovalLevel.BUREAU) & people_in_scope(viewer, Role.BUREAU_HR, of="applicant")
    charge |= SHOWN & Q(level=ApprovalLevel.OFFICE) & _planned(viewer)
    found = Approval.objects.filter(charge)
    return found.exclude(applicant_id=viewer.staff_id) if viewer.staff_id else found


def approvals_visible_to(viewer: Viewer) -> ApprovalQuerySet:
    """Those one is in charge of today or decided; as HR those of one's people, as planner those of the programmes."""
    decided = Q(decider_id=viewer.staff_id) & SHOWN if viewer.staff_id else NOBODY
    in_charge = Q(pk__in=approvals_in_charge_of(viewer).order_by().values("pk"))
    return Approval.objects.filter(in_charge | decided | people_of_hr(viewer, "applicant") | (SHOWN & _planned(viewer)))


def is_in_charge(viewer: Viewer, approval: Approval) -> bool:
    """Beside `approvals_in_charge_of`."""
    if viewer.is_self(approval.applicant_id):
        return False
    if approval.applicant.directory_hidden:
        return reaches(viewer, approval.applicant_id, Role.ACADEMY_HR)
    if approval.level == ApprovalLevel.UNIT_HEAD:
        found = approver_of(approval.applicant_id, on=viewer.day)
        return found is not None and viewer.is_self(found.staff_id)
    if approval.level == ApprovalLevel.BUREAU:
        return reaches(viewer, approval.applicant_id, Role.BUREAU_HR)
    hr = reaches(viewer, approval.applicant_id, Role.ACADEMY_HR)
    return hr or may_schedule(viewer, approval.enrollment.session)


def may_see_approval(viewer: Viewer, approval: Approval) -> bool:
    """Beside `approvals_visible_to`."""
    if is_in_charge(viewer, approval) or is_hr_of(viewer, approval.applicant):
        return True
    if approval.applicant.directory_hidden:
        return False
    decided = approval.decider_id is not None and viewer.is_self(approval.decider_id)
    return decided or may_schedule(viewer, approval.enrollment.session)


def _planned(viewer: Viewer) -> Q:
    return Q(enrollment__course__program__in=programs_planned_by(viewer).order_by().values("pk"))


def _led_by(viewer: Viewer) -> list[int]:
    """The applicants whose approver is the viewer: asked of those who serve below the units in question."""
    if viewer.staff_id is None:
        return []
    posts = Assignment.objects.on(viewer.day)
    givers = Delegation.objects.in_force(viewer.day).filter(delegate_id=viewer.staff_id).values("delegator_id")
    own = Q(staff_id=viewer.staff_id) & (Q(head_of_unit=True) | Q(deputy_of_unit=True))
    held = posts.filter(own | Q(staff_id__in=givers, head_of_unit=True))
    units = set(held.values_list("organization_id", flat=True))
    if not units:
        return []
    below = Approval.objects.filter(
        level=ApprovalLevel.UNIT_HEAD, applicant_id__in=serving_within(units, viewer.day)
    ).order_by()
    people = below.values_list("applicant_id", flat=True).distinct()
    return [person for person, found in approvers_of(people, on=viewer.day).items() if viewer.is_self(found.staff_id)]


def with_somebody_in_charge(level: str, staff_ids: Iterable[int], *, on: dt.date) -> set[int]:
    """Those of several people for whom somebody could decide the stage on a day; the office is always there."""
    asked = set(staff_ids)
    if level == ApprovalLevel.OFFICE or not asked:
        return asked
    hidden = set(Staff.objects.filter(pk__in=asked, directory_hidden=True).values_list("pk", flat=True))
    if level == ApprovalLevel.UNIT_HEAD:
        return hidden | approvers_of(asked, on=on).keys()
    return hidden | _with_bureau_hr(asked, on)


def _with_bureau_hr(asked: set[int], on: dt.date) -> set[int]:
    """Somebody else than the person: only who holds such a grant is asked about once more, without it."""
    grants = list(RoleGrant.objects.in_force(on).filter(role=Role.BUREAU_HR, user__is_active=True))
    found = set(_reached(grants, asked, on))
    holders = dict(
        Staff.objects.filter(pk__in=found, user__in=[each.user_id for each in grants]).values_list("pk", "user")
    )
    for person, user in holders.items():
        if not _reached([each for each in grants if each.user_id != user], {person}, on):
            found.discard(person)
    return found


def _reached(grants: list[RoleGrant], asked: set[int], on: dt.date) -> QuerySet[Staff, int]:
    return Staff.objects.filter(people_reached(grants, on), pk__in=asked).values_list("pk", flat=True)
