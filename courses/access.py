"""Who sees and plans what is offered. The catalogue is public within the service; a draft is its planners' alone."""

from typing import Any

from django.db.models import Q, QuerySet

from academy.access import HR, Viewer, staff_visible_to
from academy.models import Organization, Role
from academy.models.organizations import subtree
from courses.models import (
    AudiencePerson,
    CompletionPolicy,
    Course,
    ExamScheme,
    Instructor,
    Lesson,
    Meeting,
    Module,
    Program,
    Session,
    SessionStatus,
    Venue,
)
from courses.models.sessions import taught_by

PLANNERS = (*HR, Role.PROGRAMME_MANAGER)


def programs_planned_by(viewer: Viewer) -> QuerySet[Program]:
    """The programmes whose courses and sessions a viewer plans.

    Academy HR: all. HR of an organisation: those of its subtree. A programme manager: those of the grants.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return Program.objects.all()
    scope = Q(public_id__in=viewer.programs(Role.PROGRAMME_MANAGER))
    roots = viewer.roots(*HR)
    if roots:
        scope |= Q(organization_id__in=subtree(roots, viewer.day))
    return Program.objects.filter(scope)


# Rules.


def may_schedule(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer plans sessions of the programme that the row (session, meeting, course, module, lesson, programme) belongs to."""
    if row is None:
        return viewer.has(*PLANNERS)
    return programs_planned_by(viewer).filter(pk=_program_id(row)).exists()


def may_offer(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer makes or changes the programme: that of an organisation, its HR; one for everybody, academy HR.

    A programme manager runs a given programme and does not redefine it.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    roots = viewer.roots(*HR)
    if row is None or not roots:
        return bool(roots)
    return Organization.objects.within(roots, viewer.day).filter(pk=row.organization_id).exists()


def may_keep_places(viewer: Viewer, row: Any) -> bool:
    """Venues and instructors serve all programmes: HR and programme managers keep the list together."""
    return viewer.has(*PLANNERS)


def _program_id(row: Any) -> int:
    if isinstance(row, Program):
        return row.pk
    if isinstance(row, Meeting):
        return row.session.course.program_id
    if isinstance(row, Session):
        return row.course.program_id
    if isinstance(row, Course):
        return row.program_id
    if isinstance(row, Module):
        return row.course.program_id
    if isinstance(row, Lesson):
        return row.module.course.program_id
    raise TypeError(f"{type(row).__name__} belongs to no programme")


# Which rows.


def programs_visible_to(viewer: Viewer) -> QuerySet[Program]:
    return Program.objects.all()


def courses_visible_to(viewer: Viewer) -> QuerySet[Course]:
    return Course.objects.all()


def modules_visible_to(viewer: Viewer) -> QuerySet[Module]:
    return Module.objects.all()


def lessons_visible_to(viewer: Viewer) -> QuerySet[Lesson]:
    return Lesson.objects.all()


def audience_people_visible_to(viewer: Viewer) -> QuerySet[AudiencePerson]:
    """Who is named in the audiences of the courses one plans; a hidden person only where one sees the person."""
    planned = Course.objects.filter(program__in=programs_planned_by(viewer).values("pk"))
    shown = Q(staff__directory_hidden=False) | Q(staff__in=staff_visible_to(viewer).values("pk"))
    return AudiencePerson.objects.filter(shown, audience__in=planned.values("audience_id"))


def policies_visible_to(viewer: Viewer) -> QuerySet[CompletionPolicy]:
    return CompletionPolicy.objects.all()


def exam_schemes_visible_to(viewer: Viewer) -> QuerySet[ExamScheme]:
    return ExamScheme.objects.all()


def venues_visible_to(viewer: Viewer) -> QuerySet[Venue]:
    return Venue.objects.all()


def instructors_visible_to(viewer: Viewer) -> QuerySet[Instructor]:
    return Instructor.objects.all()


def sessions_visible_to(viewer: Viewer) -> QuerySet[Session]:
    """Whatever was published, and the drafts that one plans or teaches."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Session.objects.all()
    scope = ~Q(status=SessionStatus.DRAFT)
    if viewer.has(*PLANNERS):
        scope |= Q(course__program__in=programs_planned_by(viewer).values("pk"))
    if viewer.staff_id is not None:
        scope |= Q(taught_by(viewer.staff_id))
    return Session.objects.filter(scope)


def meetings_visible_to(viewer: Viewer) -> QuerySet[Meeting]:
    """The meetings of the sessions that one sees."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Meeting.objects.all()
    return Meeting.objects.filter(session__in=sessions_visible_to(viewer).values("pk"))
