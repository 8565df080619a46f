"""Who sees and plans what is offered. The catalogue is public within the service; a draft is its planners' alone.

Planning takes a whole programme: a grant that is narrowed by people (a job family; a programme manager's by organisation)
reaches some of those who take part, and plans nothing. A provider (委託事業者) works in the sessions it is given.
"""

from typing import Any

from django.db.models import Q, QuerySet

from academy.access import HR, NOBODY, Viewer, administers_organization, any_hr, inside, knows, shown, staff_known_to
from academy.models import Organization, Role
from academy.models.organizations import subtree
from courses.models import (
    IN_THE_OPEN,
    AudiencePerson,
    CompletionPolicy,
    ContentVersion,
    Course,
    DemandRequest,
    DemandSurvey,
    ExamScheme,
    Instructor,
    Lesson,
    Meeting,
    Module,
    Program,
    ProgramPlan,
    SeatProposal,
    SeatQuota,
    Session,
    SessionInstructor,
    SessionStatus,
    SessionTemplate,
    SurveyedCourse,
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


# Plans of a fiscal year.


def may_plan_year(viewer: Viewer, plan: ProgramPlan | None) -> bool:
    """Who drafts, approves and publishes: of the academy's plan central HR, of an organisation's the HR of its subtree.

    A programme manager runs a given programme, and reads the plan with everybody else once it is published.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    roots = viewer.roots(*HR)
    if plan is None:
        return bool(roots)
    return plan.organization_id is not None and inside(roots, [plan.organization_id], viewer.day)


def plans_visible_to(viewer: Viewer) -> QuerySet[ProgramPlan]:
    """The versions that are or were in force, for everybody; drafts and what became of them, for who plans."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return ProgramPlan.objects.all()
    scope = Q(status__in=IN_THE_OPEN)
    if roots := viewer.roots(*HR):
        scope |= Q(organization_id__in=subtree(roots, viewer.day))
    return ProgramPlan.objects.filter(scope)


def may_see_plan(viewer: Viewer, plan: ProgramPlan) -> bool:
    """The predicate beside `plans_visible_to`."""
    return plan.status in IN_THE_OPEN or may_plan_year(viewer, plan)


# Demand for a fiscal year, and seats shared out by it.


def may_survey(viewer: Viewer, survey: DemandSurvey | None) -> bool:
    """Who asks, closes and shares out: whoever plans every course that the survey asks about."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return True
    if survey is None:
        return _plans(viewer)
    asked = list(survey.courses.select_related("course"))
    return bool(asked) and all(may_schedule(viewer, each.course) for each in asked)


def _surveys_of(viewer: Viewer) -> Q:
    """The surveys that one plans, seen from the survey."""
    others = SurveyedCourse.objects.exclude(course__program__in=programs_planned_by(viewer).values("pk"))
    asked = SurveyedCourse.objects.all()
    return Q(pk__in=asked.values("survey_id")) & ~Q(pk__in=others.values("survey_id"))


def surveys_visible_to(viewer: Viewer) -> QuerySet[DemandSurvey]:
    """The surveys that one plans, and once they are opened, those that ask an organisation of one's HR scope."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return DemandSurvey.objects.all()
    scope = _surveys_of(viewer) if _plans(viewer) else NOBODY
    if roots := viewer.roots(*HR):
        asked = DemandRequest.objects.filter(organization_id__in=subtree(roots, viewer.day))
        scope |= Q(opened_at__isnull=False, pk__in=asked.values("survey_id"))
    return DemandSurvey.objects.filter(scope)


def may_see_survey(viewer: Viewer, survey: DemandSurvey) -> bool:
    """The predicate beside `surveys_visible_to`."""
    if may_survey(viewer, survey):
        return True
    if survey.opened_at is None:
        return False
    asked = list(survey.requests.values_list("organization_id", flat=True))
    return inside(viewer.roots(*HR), asked, viewer.day)


def demand_requests_visible_to(viewer: Viewer) -> QuerySet[DemandRequest]:
    """Who is asked and what they answered: all of it for who plans the survey, else that of one's HR scope."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return DemandRequest.objects.all()
    planned = DemandSurvey.objects.filter(_surveys_of(viewer)) if _plans(viewer) else DemandSurvey.objects.none()
    scope = Q(survey__in=planned.values("pk"))
    if roots := viewer.roots(*HR):
        scope |= Q(survey__opened_at__isnull=False, organization_id__in=subtree(roots, viewer.day))
    return DemandRequest.objects.filter(scope)


def demand_requests_awaiting(viewer: Viewer) -> QuerySet[DemandRequest]:
    """What organisations of one's HR scope have still to answer today. Academy HR answers for others only by exception."""
    roots = viewer.roots(*HR)
    if not roots:
        return DemandRequest.objects.none()
    asked = DemandRequest.objects.filter(survey__opened_at__isnull=False, survey__closed_at=None, answered_at=None)
    return asked.filter(survey__answer_by__gte=viewer.day, organization_id__in=subtree(roots, viewer.day))


def awaits_answer_of(viewer: Viewer, request: DemandRequest) -> bool:
    """The predicate beside `demand_requests_awaiting`."""
    survey = request.survey
    taken = survey.opened_at is not None and survey.closed_at is None and viewer.day <= survey.answer_by
    return taken and request.answered_at is None and inside(viewer.roots(*HR), [request.organization_id], viewer.day)


def may_see_demand(viewer: Viewer, request: DemandRequest) -> bool:
    """The predicate beside `demand_requests_visible_to`."""
    if may_survey(viewer, request.survey):
        return True
    own = inside(viewer.roots(*HR), [request.organization_id], viewer.day)
    return own and request.survey.opened_at is not None


def may_answer(viewer: Viewer, row: Any) -> bool:
    """Who answers for an organisation that is asked (a request): its HR. Asked of a survey: whether one is HR at all."""
    if isinstance(row, DemandRequest):
        return administers_organization(viewer, row.organization)
    return any_hr(viewer, row)


def proposals_visible_to(viewer: Viewer) -> QuerySet[SeatProposal]:
    """How the seats of the courses that one plans might be shared out."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return SeatProposal.objects.all()
    if not _plans(viewer):
        return SeatProposal.objects.none()
    return SeatProposal.objects.filter(surveyed__course__program__in=programs_planned_by(viewer).values("pk"))


def may_propose(viewer: Viewer, proposal: SeatProposal | None) -> bool:
    """The predicate beside `proposals_visible_to`; asked without one: whether there may be any."""
    return may_schedule(viewer, proposal.surveyed.course if proposal else None)


def quotas_visible_to(viewer: Viewer) -> QuerySet[SeatQuota]:
    """Of the sessions that one plans; and of those that one sees as HR of an organisation, its own quotas and those that are
    about no organisation.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return SeatQuota.objects.all()
    scope = Q(session__course__program__in=programs_planned_by(viewer).values("pk")) if _plans(viewer) else NOBODY
    if roots := viewer.roots(*HR):
        seen = sessions_visible_to(viewer)
        own = Q(organization_id__in=subtree(roots, viewer.day)) | Q(organization_id=None)
        scope |= own & Q(session__in=seen.values("pk"))
    return SeatQuota.objects.filter(scope)


def may_see_quota(viewer: Viewer, quota: SeatQuota) -> bool:
    """The predicate beside `quotas_visible_to`."""
    if may_schedule(viewer, quota.session):
        return True
    roots, about = viewer.roots(*HR), quota.organization_id
    concerned = bool(roots) if about is None else inside(roots, [about], viewer.day)
    return concerned and may_see_session(viewer, quota.session)
