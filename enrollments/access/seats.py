"""Who sees which enrolments, and who may do what with them: identity and role only, never state.

An enrolment is seen by the person, by the HR of its bureau on the day and of the person's posts today, by the head of a
unit where the person serves today, by the managers of its programme and the instructors of its session. A person who is
hidden in the directory is hidden from bureau HR and heads too. Nobody marks or decides their own enrolment.
"""

from typing import Any

from django.db.models import Q, QuerySet

from academy.access import Viewer, serving_within
from academy.models import Organization, Role, Staff
from academy.models.organizations import subtree
from courses.access import may_schedule
from courses.models import Session, SessionInstructor
from enrollments.models import Enrollment

# Which rows.


def enrollments_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    if viewer.everywhere(Role.ACADEMY_HR):
        return Enrollment.objects.all()
    seen = Q(staff_id=viewer.staff_id) if viewer.staff_id else Q(pk__in=[])
    if roots := viewer.roots(Role.ACADEMY_HR):
        seen |= _of_bodies(viewer, roots)
    if roots := viewer.roots(Role.BUREAU_HR):
        seen |= _of_bodies(viewer, roots) & Q(staff__directory_hidden=False)
    if units := viewer.headed_units:
        seen |= Q(staff__in=serving_within(units, viewer.day), staff__directory_hidden=False)
    if programs := viewer.programs(Role.PROGRAMME_MANAGER):
        seen |= Q(course__program__public_id__in=programs)
    if viewer.staff_id:
        seen |= Q(session__in=_taught_by(viewer.staff_id))
    return Enrollment.objects.filter(seen)


def own_enrollments(viewer: Viewer) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(staff_id=viewer.staff_id) if viewer.staff_id else Enrollment.objects.none()


def people_of(viewer: Viewer) -> QuerySet[Staff]:
    """Those for whom a viewer may apply and withdraw: oneself, and as HR the people of the scope today."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Staff.objects.all()
    people = Q(pk=viewer.staff_id) if viewer.staff_id else Q(pk__in=[])
    if roots := viewer.roots(Role.ACADEMY_HR):
        people |= Q(pk__in=serving_within(roots, viewer.day))
    if roots := viewer.roots(Role.BUREAU_HR):
        people |= Q(pk__in=serving_within(roots, viewer.day), directory_hidden=False)
    return Staff.objects.filter(people)


def assignable_by(viewer: Viewer, session: Session) -> QuerySet[Staff]:
    """To whom who runs a session may give a seat: HR to the people of the scope; a manager of its programme also to
    those who have an enrolment in a programme of theirs, unless they are hidden.

    Not to anybody: what is refused tells something about a person, and a manager could set the audience and ask.
    """
    people, programs = people_of(viewer), viewer.programs(Role.PROGRAMME_MANAGER)
    if session.course.program.public_id not in programs:
        return people
    known = Enrollment.objects.filter(course__program__public_id__in=programs).values("staff_id")
    return Staff.objects.filter(Q(pk__in=people.values("pk")) | Q(pk__in=known, directory_hidden=False))


def _of_bodies(viewer: Viewer, roots: list[int]) -> Q:
    tree = subtree(roots, viewer.day)
    on_the_day = Q(organization_id__in=tree) | Q(bureau_id__in=tree)
    return on_the_day | Q(staff__in=serving_within(roots, viewer.day))


def _taught_by(staff_id: int) -> QuerySet[SessionInstructor, Any]:
    return SessionInstructor.objects.filter(instructor__staff_id=staff_id).values("session_id")


# Rules about a session.


def runs(viewer: Viewer, session: Session) -> bool:
    """Whoever plans the sessions of a programme runs them: gives seats, changes the limit, cancels."""
    return may_schedule(viewer, session)


def teaches(viewer: Viewer, session: Session) -> bool:
    if viewer.staff_id is None:
        return False
    return SessionInstructor.objects.filter(session=session, instructor__staff_id=viewer.staff_id).exists()


def may_mark(viewer: Viewer, session: Session) -> bool:
    return runs(viewer, session) or teaches(viewer, session)


# Rules about an enrolment.


def may_view(viewer: Viewer, enrollment: Enrollment) -> bool:
    """The twin of `enrollments_visible_to` for one row."""
    return (
        viewer.is_self(enrollment.staff_id)
        or _is_hr_of(viewer, enrollment)
        or _is_head_of(viewer, enrollment)
        or enrollment.course.program.public_id in viewer.programs(Role.PROGRAMME_MANAGER)
        or teaches(viewer, enrollment.session)
    )


def may_withdraw(viewer: Viewer, enrollment: Enrollment) -> bool:
    return viewer.is_self(enrollment.staff_id) or _is_hr_of(viewer, enrollment)


def may_decide(viewer: Viewer, enrollment: Enrollment) -> bool:
    """Mark attendance, judge, give a result: whoever may mark the session, but never one's own."""
    return not viewer.is_self(enrollment.staff_id) and may_mark(viewer, enrollment.session)


def _is_hr_of(viewer: Viewer, enrollment: Enrollment) -> bool:
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    roots = viewer.roots(Role.ACADEMY_HR)
    if not enrollment.staff.directory_hidden:
        roots += viewer.roots(Role.BUREAU_HR)
    if not roots:
        return False
    on_the_day = [enrollment.organization_id, enrollment.bureau_id]
    return _within(viewer, roots, on_the_day) or _serves_within(viewer, roots, enrollment.staff_id)


def _is_head_of(viewer: Viewer, enrollment: Enrollment) -> bool:
    units = viewer.headed_units
    return bool(units) and not enrollment.staff.directory_hidden and _serves_within(viewer, units, enrollment.staff_id)


def _within(viewer: Viewer, roots: list[int], organizations: list[int]) -> bool:
    return Organization.objects.within(roots, viewer.day).filter(pk__in=organizations).exists()


def _serves_within(viewer: Viewer, roots: list[int], staff_id: int) -> bool:
    return serving_within(roots, viewer.day).filter(staff_id=staff_id).exists()
