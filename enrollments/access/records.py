"""Who sees which learning records, and who may write them: identity and role only, never state.

Examination scores and watched lessons are narrower than the enrolment they belong to: the person, the HR of the person's
posts today and central HR, and the programme's managers see them; the HR of the bureau of the day, heads of units and
instructors do not. A team and its proposals are seen by its members, and by who runs or teaches the session.
"""

from django.db.models import Case, Q, QuerySet, When

from academy.access import Viewer
from academy.models import Role
from courses.access import programs_planned_by
from courses.models import Lesson, Session
from courses.models.sessions import taught_by
from enrollments.access import enrollments_visible_to, may_mark, people_of, runs
from enrollments.models import LIVE, PARTICIPATING, Enrollment, ExamAttempt, LessonProgress, Proposal, Team, TeamMember

# Which rows.


def attendance_visible_to(viewer: Viewer, session: Session) -> QuerySet[Enrollment]:
    """Whose attendance a viewer sees: all who take part for who marks it, else the enrolments that one sees."""
    seen = Enrollment.objects.all() if may_mark(viewer, session) else enrollments_visible_to(viewer)
    return seen.filter(session=session, status__in=PARTICIPATING)


def scored_enrollments_visible_to(viewer: Viewer) -> QuerySet[Enrollment]:
    """The enrolments whose scores and progress a viewer sees."""
    managed = Q(course__program__public_id__in=viewer.programs(Role.PROGRAMME_MANAGER))
    return Enrollment.objects.filter(Q(staff__in=people_of(viewer).values("pk")) | managed)


def exam_attempts_visible_to(viewer: Viewer) -> QuerySet[ExamAttempt]:
    seen = scored_enrollments_visible_to(viewer).values("pk")
    return ExamAttempt.objects.with_current().filter(enrollment__in=seen)


def progress_visible_to(viewer: Viewer) -> QuerySet[LessonProgress]:
    return LessonProgress.objects.filter(enrollment__in=scored_enrollments_visible_to(viewer).values("pk"))


def own_lessons(viewer: Viewer) -> QuerySet[Lesson]:
    """The lessons of the courses that one takes part in."""
    if viewer.staff_id is None:
        return Lesson.objects.none()
    own = Enrollment.objects.filter(staff_id=viewer.staff_id, status__in=PARTICIPATING)
    return Lesson.objects.filter(module__course__in=own.values("course_id"))


def learning_in(course_id: int, staff_id: int) -> QuerySet[Enrollment]:
    """The enrolments of a person that lessons of a course count for, the one they do first: under way, then latest."""
    own = Enrollment.objects.filter(course_id=course_id, staff_id=staff_id, status__in=PARTICIPATING)
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


def proposals_visible_to(viewer: Viewer) -> QuerySet[Proposal]:
    return Proposal.objects.filter(team__in=teams_visible_to(viewer).values("pk"))


# Rules.


def may_mark_session(viewer: Viewer, session: Session | None) -> bool:
    return session is not None and may_mark(viewer, session)


def may_see_scores(viewer: Viewer, enrollment: Enrollment) -> bool:
    """The twin of `scored_enrollments_visible_to` for one row."""
    program = enrollment.course.program.public_id
    return people_of(viewer).filter(pk=enrollment.staff_id).exists() or program in viewer.programs(
        Role.PROGRAMME_MANAGER
    )


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
