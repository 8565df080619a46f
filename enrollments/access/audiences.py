"""Whose places in frozen audiences a viewer counts: of the people one answers for, on the day of the list or today.

An instructor answers for who sits in the session, and not for who was meant to; an audit case shows enrolments.
"""

from django.db.models import Q, QuerySet

from academy.access import (
    HR,
    NOBODY,
    Viewer,
    is_head_of,
    is_hr_of,
    people_headed,
    people_of_hr,
    people_reached,
    shown,
    unhidden,
)
from academy.access.scope import person_is_reached
from academy.models import Role
from courses.models import AudienceMember
from enrollments.access import seats


def audience_members_reported_to(viewer: Viewer) -> QuerySet[AudienceMember]:
    """What the coverage of an audience is counted of: the people of one's HR scope and headed units, and for a manager
    those of the programme, or of the organisation for which it was given."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return AudienceMember.objects.all()
    seen = NOBODY
    if grants := viewer.held(*HR):
        hidden = shown if viewer.has(Role.BUREAU_HR) else unhidden
        seen |= seats._on_the_day(grants, viewer.day) & hidden("staff")
    seen |= people_of_hr(viewer, "staff") | people_headed(viewer, "staff")
    if programs := viewer.programs(Role.PROGRAMME_MANAGER):
        seen |= Q(freeze__session__course__program__public_id__in=programs) & unhidden("staff")
    for grant in seats._partial_grants(viewer):
        people = seats._on_the_day([grant], viewer.day) | people_reached([grant], viewer.day, "staff")
        seen |= Q(freeze__session__course__program__public_id=grant.program) & people & unhidden("staff")
    return AudienceMember.objects.filter(seen)


def may_report_on_member(viewer: Viewer, member: AudienceMember) -> bool:
    """The predicate beside `audience_members_reported_to`."""
    if is_hr_of(viewer, member.staff) or is_head_of(viewer, member.staff):
        return True
    if member.staff.directory_hidden:
        return False
    program = member.freeze.session.course.program.public_id
    if program in viewer.programs(Role.PROGRAMME_MANAGER):
        return True
    if any(seats._was_reached(grant, member, viewer.day) for grant in viewer.held(*HR)):
        return True
    return any(
        grant.program == program
        and (seats._was_reached(grant, member, viewer.day) or person_is_reached([grant], member.staff_id, viewer.day))
        for grant in seats._partial_grants(viewer)
    )
