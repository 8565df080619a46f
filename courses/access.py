"""Who sees and plans what is offered. The catalogue is public within the service; a draft is its planners' alone.

Planning takes a whole programme: a grant that is narrowed by people (a job family; a programme manager's by organisation)
reaches some of those who take part, and plans nothing. A provider (委託事業者) works in the sessions it is given.
"""

from typing import Any

from django.db.models import Q, QuerySet

from academy.access import HR, Viewer, inside, knows, shown, staff_known_to
from academy.models import Organization, Role
from academy.models.organizations import subtree
from courses.models import (
    AudiencePerson,
    CompletionPolicy,
    ContentVersion,
    Course,
    ExamScheme,
    Instructor,
    Lesson,
    Meeting,
    Module,
    Program,
    Session,
    SessionInstructor,
    SessionStatus,
    SessionTemplate,
    Venue,
)
from courses.models.meetings import taught_by


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
    """Whether the viewer plans sessions of the programme that the row belongs to.

    It is a programme, a course, a session, a meeting, or a part of the content.
    """
    if row is None:
        return _plans(viewer)
    program_id = _program_id(row)
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    managed, roots = viewer.programs(Role.PROGRAMME_MANAGER), viewer.roots(*HR)
    if managed and Program.objects.get(pk=program_id).public_id in managed:
        return True
    return bool(roots) and Organization.objects.within(roots, viewer.day).filter(programs=program_id).exists()


def _plans(viewer: Viewer) -> bool:
    """Whether there may be a programme that the viewer plans."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    return bool(viewer.roots(*HR) or viewer.programs(Role.PROGRAMME_MANAGER))


def may_offer(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer makes or changes the programme: that of an organisation, its HR; one for everybody, academy HR.

    A programme manager runs a given programme and does not redefine it.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    roots = viewer.roots(*HR)
    if row is None or not roots:
        return bool(roots)
    return row.organization_id is not None and inside(roots, [row.organization_id], viewer.day)


def may_keep_places(viewer: Viewer, row: Any) -> bool:
    """Venues and instructors serve all programmes: whoever plans any keeps the list with the others."""
    return _plans(viewer)


def _program_id(row: Any) -> int:
    if isinstance(row, Program):
        return row.pk
    if isinstance(row, Meeting):
        return row.session.course.program_id
    if isinstance(row, Session):
        return row.course.program_id
    if isinstance(row, Module):
        return row.version.course.program_id
    if isinstance(row, ContentVersion):
        return row.course.program_id
    if isinstance(row, Course):
        return row.program_id
    if isinstance(row, SessionTemplate):
        return row.course.program_id
    if isinstance(row, Lesson):
        return row.module.version.course.program_id
    raise TypeError(f"{type(row).__name__} belongs to no programme")


# Which rows.


def programs_visible_to(viewer: Viewer) -> QuerySet[Program]:
    return Program.objects.all()


def courses_visible_to(viewer: Viewer) -> QuerySet[Course]:
    return Course.objects.all()


def content_versions_visible_to(viewer: Viewer) -> QuerySet[ContentVersion]:
    """What was published; a draft is its planners' alone."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return ContentVersion.objects.all()
    scope = Q(published_at__isnull=False)
    if _plans(viewer):
        scope |= Q(course__program__in=programs_planned_by(viewer).values("pk"))
    return ContentVersion.objects.filter(scope)


def may_see_version(viewer: Viewer, version: ContentVersion) -> bool:
    """The predicate beside `content_versions_visible_to`."""
    return version.published_at is not None or may_schedule(viewer, version)


def modules_visible_to(viewer: Viewer) -> QuerySet[Module]:
    """The modules of the versions that one sees."""
    return Module.objects.filter(version__in=content_versions_visible_to(viewer).values("pk"))


def may_see_module(viewer: Viewer, module: Module) -> bool:
    """The predicate beside `modules_visible_to`."""
    return may_see_version(viewer, module.version)


def lessons_visible_to(viewer: Viewer) -> QuerySet[Lesson]:
    """The lessons of the versions that one sees."""
    return Lesson.objects.filter(module__version__in=content_versions_visible_to(viewer).values("pk"))


def may_see_lesson(viewer: Viewer, lesson: Lesson) -> bool:
    """The predicate beside `lessons_visible_to`."""
    return may_see_version(viewer, lesson.module.version)


def audience_people_visible_to(viewer: Viewer) -> QuerySet[AudiencePerson]:
    """Who is named in the audiences of the courses one plans; a hidden person only where one may name the person."""
    planned = Course.objects.filter(program__in=programs_planned_by(viewer).values("pk"))
    named = shown("staff") | Q(staff__in=staff_known_to(viewer).values("pk"))
    return AudiencePerson.objects.filter(named, audience__in=planned.values("audience_id"))


def may_see_named(viewer: Viewer, named: AudiencePerson) -> bool:
    """The predicate beside `audience_people_visible_to`."""
    if named.staff.directory_hidden and not knows(viewer, named.staff):
        return False
    return any(may_schedule(viewer, course) for course in named.audience.courses.all())


def policies_visible_to(viewer: Viewer) -> QuerySet[CompletionPolicy]:
    return CompletionPolicy.objects.all()


def exam_schemes_visible_to(viewer: Viewer) -> QuerySet[ExamScheme]:
    return ExamScheme.objects.all()


def venues_visible_to(viewer: Viewer) -> QuerySet[Venue]:
    return Venue.objects.all()


def instructors_visible_to(viewer: Viewer) -> QuerySet[Instructor]:
    return Instructor.objects.all()


def sessions_visible_to(viewer: Viewer) -> QuerySet[Session]:
    """Whatever was published, and the drafts that one plans, teaches or is to provide."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Session.objects.all()
    scope = ~Q(status=SessionStatus.DRAFT)
    if _plans(viewer):
        scope |= Q(course__program__in=programs_planned_by(viewer).values("pk"))
    if programs := viewer.programs(Role.PROVIDER):
        scope |= Q(course__program__public_id__in=programs)
    if viewer.staff_id is not None:
        scope |= Q(taught_by(viewer.staff_id))
    return Session.objects.filter(scope)


def may_see_session(viewer: Viewer, session: Session) -> bool:
    """The predicate beside `sessions_visible_to`."""
    if session.status != SessionStatus.DRAFT or may_schedule(viewer, session) or provides(viewer, session):
        return True
    return teaches(viewer, session)


def provides(viewer: Viewer, session: Session) -> bool:
    """Whether the viewer's company was given the programme of the session."""
    return session.course.program.public_id in viewer.programs(Role.PROVIDER)


def teaches(viewer: Viewer, session: Session) -> bool:
    if viewer.staff_id is None:
        return False
    return SessionInstructor.objects.filter(session=session, instructor__staff_id=viewer.staff_id).exists()


def session_templates_visible_to(viewer: Viewer) -> QuerySet[SessionTemplate]:
    """The templates of the courses that one plans."""
    return SessionTemplate.objects.filter(course__program__in=programs_planned_by(viewer).values("pk"))


def meetings_visible_to(viewer: Viewer) -> QuerySet[Meeting]:
    """The meetings of the sessions that one sees."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Meeting.objects.all()
    return Meeting.objects.filter(session__in=sessions_visible_to(viewer).values("pk"))


def may_see_meeting(viewer: Viewer, meeting: Meeting) -> bool:
    """The predicate beside `meetings_visible_to`."""
    return may_see_session(viewer, meeting.session)
