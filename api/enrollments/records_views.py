"""Learning records: attendance, watched lessons, examinations, teams and what they propose."""

from collections.abc import Sequence
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in, staff_only
from academy.models import Staff
from api.enrollments import records_filters as filters
from api.enrollments import records_inputs as inputs
from api.enrollments import records_rows as rows
from api.pagination import KeysetPagination
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import Lesson, Meeting
from enrollments.access import markable_by
from enrollments.access import records as records_access
from enrollments.models import Enrollment, ExamAttempt, ExamSource, LessonProgress, Mark, MeetingExemption, Team
from enrollments.operations import attendance, exams, lessons, teams


class SessionAttendance(Resource):
    """Attendance of a session: everybody's for who marks it, else of those whom one sees; hidden people are not named."""

    part = "enrollments"
    visible = sessions_visible_to
    row = rows.AttendanceRow
    access = {"show": signed_in, "mark": records_access.may_mark_session}
    inputs = {"mark": inputs.AttendanceInput}
    answers = {"show": rows.AttendanceGrid, "mark": rows.MarkedMeeting}
    orders = ("applied_at", "-applied_at")

    def show(self, request: Request, id: str) -> Response:
        session = self.target()
        seen = self.filter_queryset(records_access.attendance_visible_to(self.viewer, session))
        page = KeysetPagination().page(seen, request, self, self.row)
        held = Meeting.objects.filter(session=session).order_by("position")
        return Response({"meetings": rows.HeldMeetingRow.of(held), **page.data})

    def mark(self, request: Request, id: str) -> Response:
        session, given = self.target(), self.input()
        marks = [attendance.Marking(**each) for each in given["marks"]]
        return self.write(
            lambda: attendance.mark_attendance(
                session_id=session.pk,
                meeting_id=given["meeting"].pk,
                marks=marks,
                rest=given["rest"],
                among=markable_by(self.viewer, session),
                named=records_access.attendance_visible_to(self.viewer, session),
                by=self.viewer.user,
            ),
            self._marked,
        )

    def _marked(self, meeting: Meeting) -> dict[str, Any]:
        exempt = MeetingExemption.objects.filter(meeting=meeting.archive_of_id or meeting.pk)
        seen = records_access.attendance_visible_to(self.viewer, meeting.session).exclude(
            pk__in=exempt.values("enrollment_id")
        )
        counts = meeting.attendances.counted(among=seen)
        shown = rows.HeldMeetingRow.one(Meeting.objects.all(), meeting.pk)
        marked = {str(mark): counts.get(mark, 0) for mark in Mark}
        return {"meeting": shown, **marked, "unmarked": seen.count() - sum(marked.values())}


class OwnProgress(Resource):
    """How far the person signed in has watched a lesson; nobody reports for anybody else."""

    part = "enrollments"
    visible = records_access.own_lessons
    row = rows.LessonProgressRow
    access = {"retrieve": staff_only, "report": staff_only}
    inputs = {"report": inputs.ProgressInput}

    def body(self, pk: int) -> Any:
        lesson = self.get_queryset().get(pk=pk)
        learner = records_access.learning_in(lesson, self._own.pk)[0]
        found = self.row.of(LessonProgress.objects.filter(lesson=lesson, enrollment=learner))
        return found[0] if found else _unopened(lesson, learner)

    def report(self, request: Request, id: str) -> Response:
        lesson, given = self.target(), self.input()
        stretches = [(begin, end) for begin, end in given["stretches"]]
        return self.write(
            lambda: lessons.report_progress(
                lesson_id=lesson.pk, staff_id=self._own.pk, stretches=stretches, by=self.viewer.user
            )
        )

    @property
    def _own(self) -> Staff:
        own = self.viewer.staff
        if own is None:
            raise TypeError("the rules of this view let in nobody without a staff row")
        return own


def _unopened(lesson: Lesson, learner: Enrollment) -> dict[str, Any]:
    return {
        "id": None,
        "enrollment": learner.public_id,
        "staff": learner.staff.public_id,
        "lesson": lesson.public_id,
        "title_ja": lesson.title_ja,
        "title_en": lesson.title_en,
        "seconds": lesson.seconds,
        "seconds_watched": 0,
        "stretches": [],
        "opened_at": None,
        "viewed_at": None,
    }


class LessonProgresses(Resource):
    """Watched lessons of those whose scores one sees."""

    visible = records_access.progress_visible_to
    row = rows.LessonProgressRow
    access = {"list": signed_in, "retrieve": signed_in}
    orders = ("-opened_at", "opened_at")
    filterset_class = filters.LessonProgressFilters


class ExamAttempts(Resource):
    """受験の記録: the person's own word, or the official notice where somebody else records it."""

    visible = records_access.exam_attempts_visible_to
    row = rows.ExamAttemptRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "create": signed_in,
        "correct": records_access.may_correct,
    }
    inputs = {"create": inputs.ExamAttemptInput, "correct": inputs.CorrectionInput}
    orders = ("-recorded_at", "recorded_at")
    filterset_class = filters.ExamAttemptFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        enrollment = given.pop("enrollment")
        return self.write(
            lambda: exams.record_exam_attempt(
                enrollment_id=enrollment.pk, source=self._source(enrollment), by=self.viewer.user, **given
            ),
            self._shown,
        )

    @action(detail=True, methods=["post"])
    def correct(self, request: Request, id: str) -> Response:
        attempt, given = self.target(), self.input()
        return self.write(
            lambda: exams.correct_exam_attempt(
                attempt_id=attempt.pk, source=self._source(attempt.enrollment), by=self.viewer.user, **given
            ),
            self._shown,
        )

    def _source(self, enrollment: Enrollment) -> ExamSource:
        own = self.viewer.is_self(enrollment.staff_id)
        return ExamSource.SELF_REPORTED if own else ExamSource.OFFICIAL

    def _shown(self, attempt: ExamAttempt) -> dict[str, Any]:
        return self.row.one(ExamAttempt.objects.with_current(), attempt.pk)


class Teams(Resource):
    """班. A member who is hidden is left out for the others of the team too."""

    visible = records_access.teams_visible_to
    row = rows.TeamRow
    access = {"list": signed_in, "retrieve": signed_in, "create": records_access.may_form_teams}
    inputs = {"create": inputs.TeamInput}
    orders = ("-created_at", "created_at")
    filterset_class = filters.TeamFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        self._leave_out_hidden(response.data["results"])
        return response

    def body(self, pk: int) -> Any:
        team = super().body(pk)
        self._leave_out_hidden([team])
        return team

    def create(self, request: Request) -> Response:
        given = self.input()
        session = given.pop("session")
        return self.write(lambda: teams.form_team(session_id=session.pk, by=self.viewer.user, **given), self._formed)

    def _formed(self, team: Team) -> Any:
        return self.body(team.pk)

    def _leave_out_hidden(self, found: Sequence[dict[str, Any]]) -> None:
        seen = records_access.team_members_visible_to(self.viewer)
        named = set(
            seen.filter(team__public_id__in=[team["id"] for team in found]).values_list(
                "enrollment__public_id", flat=True
            )
        )
        for team in found:
            team["members"] = [member for member in team["members"] if member["enrollment"] in named]


class Proposals(Resource):
    """事業提案, every version of it."""

    visible = records_access.proposals_visible_to
    row = rows.ProposalRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "create": staff_only,
        "present": records_access.may_present,
    }
    inputs = {"create": inputs.ProposalInput, "present": inputs.PresentationInput}
    orders = ("-recorded_at", "recorded_at")
    filterset_class = filters.ProposalFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        team = given.pop("team")
        return self.write(lambda: teams.hand_in_proposal(team_id=team.pk, by=self.viewer.user, **given))

    @action(detail=True, methods=["post"])
    def present(self, request: Request, id: str) -> Response:
        """Record that the team presented this version."""
        proposal, given = self.target(), self.input()
        return self.write(lambda: teams.record_presentation(proposal_id=proposal.pk, by=self.viewer.user, **given))
