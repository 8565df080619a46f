"""Who sees which enrolments, and who may do what with them: identity and role only, never state.

An enrolment is seen by the person, by the HR of its bureau on the day and of the person's posts today, by the head of a
unit where the person serves today, by the managers and providers of its programme and the instructors of its session,
and inside an open audit case. A person who is hidden in the directory is seen by self and by academy HR of today alone.
Nobody marks or decides their own enrolment.

A grant that is narrowed by people reaches an enrolment by the person's posts today, or by what the enrolment says of the
day: organisation or bureau, and the job family where the grant names one.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from academy.access import (
    HR,
    NOBODY,
    Viewer,
    inside,
    is_audited,
    is_head_of,
    is_hr_of,
    people_audited,
    people_headed,
    people_of_hr,
    people_reached,
    person_is_reached,
    shown,
    unhidden,
)
from academy.models import Role, RoleGrant, Staff
from academy.models.organizations import subtree
from courses.access import may_schedule, provides, teaches
from courses.models import AudienceMember, Session, SessionInstructor
from enrollments.models import Enrollment

# Which rows.


def enrollments_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    if viewer.everywhere(Role.ACADEMY_HR):
        return Enrollment.objects.all()
    return Enrollment.objects.filter(_answered_for(viewer) | _provided(viewer) | _audited(viewer))


def enrollments_reported_to(viewer: Viewer) -> QuerySet[Enrollment]:
    """What reports count: the enrolments of whom one answers for; a provider's rows and an audit case's are not in."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Enrollment.objects.all()
    return Enrollment.objects.filter(_answered_for(viewer))


def seats_visible_to(viewer: Viewer, session: Session) -> QuerySet[Enrollment]:
    """The enrolments of one session: all but hidden people's for who marks everybody there, else those that one sees.

    Not inside an audit case, which shows enrolments and no attendance.
    """
    here = Enrollment.objects.filter(session=session)
    if viewer.everywhere(Role.ACADEMY_HR):
        return here
    seen = _answered_for(viewer) | _provided(viewer)
    return here.filter(seen | shown("staff") if marks_everybody(viewer, session) else seen)


def markable_by(viewer: Viewer, session: Session) -> QuerySet[Enrollment]:
    """Whose attendance a viewer may mark: everybody's in the session, or for a manager who was given the programme for an
    organisation, of its people. Hidden people are marked with the rest, unnamed; one's own is refused by the operation.
    """
    here = Enrollment.objects.filter(session=session)
    return here if marks_everybody(viewer, session) else here.filter(_managed_in_part(viewer))


def own_enrollments(viewer: Viewer) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(staff_id=viewer.staff_id) if viewer.staff_id else Enrollment.objects.none()


def people_of(viewer: Viewer) -> QuerySet[Staff]:
    """Those for whom a viewer may apply and withdraw: oneself, and as HR the people of the scope today."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Staff.objects.registered()
    own = Q(pk=viewer.staff_id) if viewer.staff_id else NOBODY
    return Staff.objects.registered().filter(own | people_of_hr(viewer))


def assignable_by(viewer: Viewer, session: Session) -> QuerySet[Staff]:
    """To whom who runs a session may give a seat: HR to the people of the scope; a manager of its programme also to
    those who have an enrolment in a programme of theirs, unless they are hidden.

    Not to anybody: what is refused tells something about a person, and a manager could set the audience and ask.
    """
    people, programs = people_of(viewer), viewer.programs(Role.PROGRAMME_MANAGER)
    if session.course.program.public_id not in programs:
        return people
    known = Enrollment.objects.filter(course__program__public_id__in=programs).values("staff_id")
    known_here = Q(pk__in=known, directory_hidden=False)
    return Staff.objects.registered().filter(Q(pk__in=people.values("pk")) | known_here)


def letters_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    """Of which enrolments one reads the 受講決定通知: one's own, and of whom one is HR or head. Who runs the session has the
    list of the decision, and who teaches it the roster.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return Enrollment.objects.all()
    return Enrollment.objects.filter(_own_or_as_hr_or_head(viewer))


def _answered_for(viewer: Viewer) -> Q:
    """The enrolments of oneself, and of whom one answers for as HR, head, manager or instructor."""
    seen = _own_or_as_hr_or_head(viewer)
    if programs := viewer.programs(Role.PROGRAMME_MANAGER):
        seen |= Q(course__program__public_id__in=programs) & unhidden("staff")
    if _partial_grants(viewer):
        seen |= _managed_in_part(viewer) & unhidden("staff")
    if viewer.staff_id:
        seen |= Q(session__in=_taught_by(viewer.staff_id)) & unhidden("staff")
    return seen


def _own_or_as_hr_or_head(viewer: Viewer) -> Q:
    seen = Q(staff_id=viewer.staff_id) if viewer.staff_id else NOBODY
    if grants := viewer.held(*HR):  # first what the row says itself: PostgreSQL asks in this order
        seen |= _on_the_day(grants, viewer.day) & (shown if viewer.has(Role.BUREAU_HR) else unhidden)("staff")
    return seen | people_of_hr(viewer, "staff") | people_headed(viewer, "staff")


def _on_the_day(grants: Sequence[RoleGrant], day: dt.date) -> Q:
    """By what the enrolment says of the day. The tree is today's."""
    reached = NOBODY
    whole = [grant.organization_id for grant in grants if grant.organization_id and not grant.job_family_id]
    if whole:
        reached |= _of_bodies(whole, day)
    for grant in grants:
        if grant.job_family_id:
            family = Q(job_family_id=grant.job_family_id)
            reached |= family & _of_bodies([grant.organization_id], day) if grant.organization_id else family
    return reached


def _of_bodies(roots: list[int], day: dt.date) -> Q:
    tree = subtree(roots, day)
    return Q(organization_id__in=tree) | Q(bureau_id__in=tree)


def _managed_in_part(viewer: Viewer) -> Q:
    """In the programmes that one manages for an organisation: of its people, on the day or today."""
    reached = NOBODY
    for grant in _partial_grants(viewer):
        people = _on_the_day([grant], viewer.day) | people_reached([grant], viewer.day, "staff")
        reached |= Q(course__program__public_id=grant.program) & people
    return reached


def _partial_grants(viewer: Viewer) -> list[RoleGrant]:
    return [grant for grant in viewer.held(Role.PROGRAMME_MANAGER) if grant.organization_id is not None]


def _provided(viewer: Viewer) -> Q:
    programs = viewer.programs(Role.PROVIDER)
    return Q(course__program__public_id__in=programs) & unhidden("staff") if programs else NOBODY


def _audited(viewer: Viewer) -> Q:
    """Of the people that an open case is about, and of its organisation on the day."""
    roots = [case.organization_id for case in viewer.audit_cases if case.organization_id]
    seen = people_audited(viewer, "staff")
    return seen | (_of_bodies(roots, viewer.day) & shown("staff")) if roots else seen


def _taught_by(staff_id: int) -> QuerySet[SessionInstructor, Any]:
    return SessionInstructor.objects.filter(instructor__staff_id=staff_id).values("session_id")


# Rules about a session.


def runs(viewer: Viewer, session: Session) -> bool:
    """Whoever plans the sessions of a programme runs them: gives seats, changes the limit, cancels."""
    return may_schedule(viewer, session)


def marks_everybody(viewer: Viewer, session: Session) -> bool:
    return runs(viewer, session) or teaches(viewer, session) or provides(viewer, session)


def may_mark(viewer: Viewer, session: Session) -> bool:
    """Marks attendance in a session, of everybody or of some (see `markable_by`), and reads who takes part."""
    if marks_everybody(viewer, session):
        return True
    return any(grant.program == session.course.program.public_id for grant in _partial_grants(viewer))


# Rules about an enrolment, each the predicate beside a function above.


def may_view(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `enrollments_visible_to`."""
    if may_report_on(viewer, enrollment) or _is_provider_of(viewer, enrollment):
        return True
    return is_audited(viewer, enrollment.staff) or _was_audited(viewer, enrollment)


def may_report_on(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `enrollments_reported_to`."""
    if may_read_letter(viewer, enrollment):
        return True
    if enrollment.staff.directory_hidden:
        return False
    if enrollment.course.program.public_id in viewer.programs(Role.PROGRAMME_MANAGER):
        return True
    return _manages_in_part(viewer, enrollment) or teaches(viewer, enrollment.session)


def may_read_letter(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `letters_visible_to`."""
    return may_withdraw(viewer, enrollment) or is_head_of(viewer, enrollment.staff)


def may_see_seat(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `seats_visible_to`."""
    if may_report_on(viewer, enrollment) or _is_provider_of(viewer, enrollment):
        return True
    return not enrollment.staff.directory_hidden and marks_everybody(viewer, enrollment.session)


def may_mark_seat(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `markable_by`."""
    return marks_everybody(viewer, enrollment.session) or _manages_in_part(viewer, enrollment)


def is_own(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Beside `own_enrollments`."""
    return viewer.is_self(enrollment.staff_id)


def may_act_for(viewer: Viewer, staff: Staff) -> bool:
    """Beside `people_of`."""
    return staff.voided_at is None and (viewer.is_self(staff.pk) or is_hr_of(viewer, staff))


def may_assign(viewer: Viewer, session: Session, staff: Staff) -> bool:
    """Beside `assignable_by`."""
    if may_act_for(viewer, staff):
        return True
    programs = viewer.programs(Role.PROGRAMME_MANAGER)
    nobody = staff.directory_hidden or staff.voided_at is not None
    if nobody or session.course.program.public_id not in programs:
        return False
    return any(row.course.program.public_id in programs for row in staff.enrollments.all())


def may_withdraw(viewer: Viewer, enrollment: Enrollment) -> bool:
    return viewer.is_self(enrollment.staff_id) or _is_hr_of(viewer, enrollment)


def may_substitute(viewer: Viewer, enrollment: Enrollment) -> bool:
    """HR of the seat passes it on, never one's own."""
    return not viewer.is_self(enrollment.staff_id) and _is_hr_of(viewer, enrollment)


def may_exempt(viewer: Viewer, enrollment: Enrollment) -> bool:
    """HR of the person today, and the office that runs the session; never one's own."""
    if viewer.is_self(enrollment.staff_id):
        return False
    return is_hr_of(viewer, enrollment.staff) or runs(viewer, enrollment.session)


def may_explain(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Why an enrolment stands where it does: the person, HR, and the office that runs the session."""
    return may_withdraw(viewer, enrollment) or runs(viewer, enrollment.session)


def may_decide(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Mark attendance, judge, give a result: whoever may mark the enrolment, but never one's own."""
    return not viewer.is_self(enrollment.staff_id) and may_mark_seat(viewer, enrollment)


def _is_hr_of(viewer: Viewer, enrollment: Enrollment) -> bool:
    """HR of the person today, or of the enrolment's bureau on the day."""
    if is_hr_of(viewer, enrollment.staff):
        return True
    if enrollment.staff.directory_hidden:
        return False
    return any(_was_reached(grant, enrollment, viewer.day) for grant in viewer.held(*HR))


def _was_reached(grant: RoleGrant, enrollment: Enrollment | AudienceMember, day: dt.date) -> bool:
    if grant.job_family_id and grant.job_family_id != enrollment.job_family_id:
        return False
    if grant.organization_id is None:
        return grant.job_family_id is not None
    return inside([grant.organization_id], [enrollment.organization_id, enrollment.bureau_id], day)


def _manages_in_part(viewer: Viewer, enrollment: Enrollment) -> bool:
    return any(
        grant.program == enrollment.course.program.public_id
        and (_was_reached(grant, enrollment, viewer.day) or person_is_reached([grant], enrollment.staff_id, viewer.day))
        for grant in _partial_grants(viewer)
    )


def _is_provider_of(viewer: Viewer, enrollment: Enrollment) -> bool:
    return not enrollment.staff.directory_hidden and provides(viewer, enrollment.session)


def _was_audited(viewer: Viewer, enrollment: Enrollment) -> bool:
    roots = [case.organization_id for case in viewer.audit_cases if case.organization_id]
    places = [enrollment.organization_id, enrollment.bureau_id]
    return not enrollment.staff.directory_hidden and inside(roots, places, viewer.day)
