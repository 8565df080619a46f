"""Who sees which learning records, and who may write them: identity and role only, never state.

Examination scores and watched lessons are narrower than the enrolment they belong to: the person, the HR of the person's
posts today and central HR, and the programme's managers see them (a manager for one organisation: of who serves there
today); the HR of the bureau of the day, heads of units, instructors, providers and auditors do not. A team and its
proposals are seen by its members, and by who runs or teaches the session.
"""

from django.db.models import Case, Q, QuerySet, When

from academy.access import Viewer, is_hr_of, people_of_hr, people_reached, person_is_reached, shown, unhidden
from academy.models import Role
from courses.access import programs_planned_by, teaches
from courses.models import Lesson, Session
from courses.models.meetings import taught_by
from enrollments.access import may_act_for, may_mark, may_see_seat, people_of, runs, seats_visible_to
from enrollments.models import LIVE, PARTICIPATING, Enrollment, ExamAttempt, LessonProgress, Proposal, Team, TeamMember

# Which rows.


def attendance_visible_to(viewer: Viewer, session: Session) -> QuerySet[Enrollment]:
    """Whose attendance a viewer sees: of those who take part, the seats that one sees."""
    return seats_visible_to(viewer, session).filter(status__in=PARTICIPATING)


def may_see_attendance(viewer: Viewer, enrollment: Enrollment) -> bool:
    """The predicate beside `attendance_visible_to`."""
    return enrollment.status in PARTICIPATING and may_see_seat(viewer, enrollment)


def scored_enrollments_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    """The enrolments whose scores and progress a viewer sees."""
    seen = Q(staff__in=people_of(viewer).values("pk"))
    if programs := viewer.programs(Role.PROGRAMME_MANAGER):
        seen |= Q(course__program__public_id__in=programs) & unhidden("staff")
    for grant in viewer.held(Role.PROGRAMME_MANAGER):
        if grant.organization_id is not None:
            people = people_reached([grant], viewer.day, "staff") & unhidden("staff")
            seen |= Q(course__program__public_id=grant.program) & people
    return Enrollment.objects.filter(seen)


def exam_attempts_visible_to(viewer: Viewer) -> QuerySet[ExamAttempt]:
    seen = scored_enrollments_visible_to(viewer).values("pk")
    return ExamAttempt.objects.with_current().filter(enrollment__in=seen)


def progress_visible_to(viewer: Viewer) -> QuerySet[LessonProgress]:
    return LessonProgress.objects.filter(enrollment__in=scored_enrollments_visible_to(viewer).values("pk"))


def own_lessons(viewer: Viewer) -> QuerySet[Lesson]:
    """The lessons of the sessions that one takes part in, of the version each is held with."""
    if viewer.staff_id is None:
        return Lesson.objects.none()
    own = Enrollment.objects.filter(staff_id=viewer.staff_id, status__in=PARTICIPATING)
    return Lesson.objects.filter(module__version__in=own.values("session__content"))


def learning_in(lesson: Lesson, staff_id: int) -> QuerySet[Enrollment]:
    """The enrolments of a person that a lesson counts for, the one it does first: under way, then latest."""
    version = lesson.module.version_id
    own = Enrollment.objects.filter(session__content=version, staff_id=staff_id, status__in=PARTICIPATING)
    return own.order_by(Case(When(status__in=LIVE, then=0), default=1), "-applied_at", "-pk")


def sessions_run_by(viewer: Viewer) -> QuerySet[Session]:
    return Session.objects.filter(course__program__in=programs_planned_by(viewer).values("pk"))


def own_teams(viewer: Viewer) -> QuerySet[Team]:
    if viewer.staff_id is None:
        return Team.objects.none()
    own = TeamMember.objects.filter(enrollment__staff_id=viewer.staff_id)
    return Team.objects.filter(pk__in=own.values("team_id"))


def teams_visible_to(viewer: Viewer) -> QuerySet[Team]:
    seen = Q(session__in=sessions_run_by(viewer).values("pk")) | Q(pk__in=own_teams(viewer).values("pk"))
    if viewer.staff_id is not None:
        seen |= Q(session__in=Session.objects.filter(taught_by(viewer.staff_id)).values("pk"))
    return Team.objects.filter(seen)


def team_members_visible_to(viewer: Viewer) -> QuerySet[TeamMember]:
    """The members of the teams that one sees; a hidden one for self and for HR of the person, not for the team."""
    named = shown("enrollment__staff") | people_of_hr(viewer, "enrollment__staff")
    if viewer.staff_id is not None:
        named |= Q(enrollment__staff_id=viewer.staff_id)
    return TeamMember.objects.filter(named, team__in=teams_visible_to(viewer).values("pk"))


def proposals_visible_to(viewer: Viewer) -> QuerySet[Proposal]:
    return Proposal.objects.filter(team__in=teams_visible_to(viewer).values("pk"))


# Rules.


def may_mark_session(viewer: Viewer, session: Session | None) -> bool:
    return session is not None and may_mark(viewer, session)


def may_see_scores(viewer: Viewer, enrollment: Enrollment) -> bool:
    """The predicate beside `scored_enrollments_visible_to`."""
    if may_act_for(viewer, enrollment.staff):
        return True
    if enrollment.staff.directory_hidden:
        return False
    managed = [
        grant for grant in viewer.held(Role.PROGRAMME_MANAGER) if grant.program == enrollment.course.program.public_id
    ]
    return any(
        grant.organization_id is None or person_is_reached([grant], enrollment.staff_id, viewer.day)
        for grant in managed
    )


def may_see_attempt(viewer: Viewer, attempt: ExamAttempt) -> bool:
    """The predicate beside `exam_attempts_visible_to`."""
    return may_see_scores(viewer, attempt.enrollment)


def may_see_progress(viewer: Viewer, progress: LessonProgress) -> bool:
    """The predicate beside `progress_visible_to`."""
    return may_see_scores(viewer, progress.enrollment)


def learns(viewer: Viewer, lesson: Lesson) -> bool:
    """The predicate beside `own_lessons`."""
    taken = Enrollment.objects.filter(session__in=lesson.module.version.sessions.all())
    return any(viewer.is_self(each.staff_id) and each.status in PARTICIPATING for each in taken)


def is_member(viewer: Viewer, team: Team) -> bool:
    """The predicate beside `own_teams`."""
    return any(viewer.is_self(member.enrollment.staff_id) for member in team.members.select_related("enrollment"))


def may_see_team(viewer: Viewer, team: Team) -> bool:
    """The predicate beside `teams_visible_to`."""
    return is_member(viewer, team) or runs(viewer, team.session) or teaches(viewer, team.session)


def may_see_member(viewer: Viewer, member: TeamMember) -> bool:
    """The predicate beside `team_members_visible_to`."""
    staff = member.enrollment.staff
    if staff.directory_hidden and not viewer.is_self(staff.pk) and not is_hr_of(viewer, staff):
        return False
    return may_see_team(viewer, member.team)


def may_see_proposal(viewer: Viewer, proposal: Proposal) -> bool:
    """The predicate beside `proposals_visible_to`."""
    return may_see_team(viewer, proposal.team)


def may_correct(viewer: Viewer, attempt: ExamAttempt) -> bool:
    """Who sees a score may correct it: the person as a self-report, the others by an official notice."""
    return may_see_scores(viewer, attempt.enrollment)


def may_form_teams(viewer: Viewer, session: Session | None) -> bool:
    """Asked without a session: whether one runs any."""
    return programs_planned_by(viewer).exists() if session is None else runs(viewer, session)


def may_present(viewer: Viewer, proposal: Proposal | None) -> bool:
    """Who runs the session records that a proposal was presented; never a member of the team."""
    if proposal is None:
        return False
    own = own_teams(viewer).filter(pk=proposal.team_id)
    return runs(viewer, proposal.team.session) and not own.exists()
