"""`me/tasks/`: what waits for the person signed in, from every part of the service.

A part adds its source below: a function of the viewer and business time that gives tasks.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from academy import clock
from academy.access import Viewer, signed_in
from academy.text import Text
from api.enrollments.approvals import own_approvals
from api.enrollments.offers import own_offers
from api.rows import local
from api.skills.rows import AssessmentRow
from api.tasks import Source, Task
from api.views import Resource
from courses.access import demand_requests_awaiting
from enrollments.due import due_courses_of
from enrollments.office_duties import office_duties_of
from skills.access import assessments_visible_to
from skills.reports import waiting


class TaskRow(serializers.Serializer[Any]):
    """What waits. Of `course_due`, `id` is the course's and `since` the day from which its days count; of `demand_answer`,
    `id` is the survey's and `due_on` the last day to answer; of `approval`, `due_at` ends its stage. What waits for the
    office of a session is told in `enrollments.office_duties`.
    """

    kind = serializers.ChoiceField(
        choices=[
            *("assessment_review", "assessment_returned", "course_due", "demand_answer", "seat_offer", "approval"),
            *("draw_commit", "draw_put_off", "draw_hold", "decide", "publish_decision"),
        ]
    )
    id = serializers.UUIDField()
    title = serializers.CharField()
    since = serializers.DateTimeField()
    waits_until = serializers.DateTimeField(allow_null=True, help_text="名簿の反映を待つ期限 / waits for a roster")
    due_on = serializers.DateField(allow_null=True, help_text="この日まで / this day included")
    due_at = serializers.DateTimeField(allow_null=True, help_text="この時刻より前 / before this instant")
    overdue = serializers.BooleanField(allow_null=True)
    next_session = serializers.UUIDField(
        allow_null=True, help_text="申込み受付中の次の回 / the next that takes applications"
    )
    next_session_starts_on = serializers.DateField(allow_null=True)
    href = serializers.CharField()


class TasksRow(serializers.Serializer[Any]):
    results = TaskRow(many=True)


def _assessments(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    for each in waiting.rows(viewer=viewer):
        href = reverse("assessment-detail", kwargs={"id": each.id})
        yield Task(each.kind, each.id, each.title, each.since, href, waits_until=each.waits_until)


def _due_courses(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    text = Text("「{title}」を{day}までに修了", "Complete “{title}” by {day}")
    for course in due_courses_of(viewer.staff_id, now=now) if viewer.staff_id is not None else ():
        session = course.next_session
        yield Task(
            "course_due",
            course.id,
            text.format(title=course.title, day=course.due_on.isoformat()),
            clock.start_of(course.since),
            reverse("course-detail", kwargs={"id": course.id}),
            due_on=course.due_on,
            overdue=course.overdue,
            next_session=session.id if session else None,
            next_session_starts_on=session.starts_on if session else None,
        )


def _unanswered_surveys(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    text = Text("「{survey}」に{body}として回答", "Answer “{survey}” for {body}")
    for request in demand_requests_awaiting(viewer).select_related("survey", "organization"):
        survey, body = request.survey, request.organization
        names = {
            "survey": Text(survey.title_ja, survey.title_en or survey.title_ja),
            "body": Text(body.name_ja, body.name_en or body.name_ja),
        }
        yield Task(
            "demand_answer",
            survey.public_id,
            text.format(**names),
            survey.opened_at or now,
            reverse("demand-survey-detail", kwargs={"id": survey.public_id}),
            due_on=survey.answer_by,
            overdue=False,
        )


_OF_DRAW = dict.fromkeys(("draw_put_off", "draw_hold"), "draw-detail")
_ADDRESSES = {
    "draw_commit": "session-draws",
    "decide": "session-decide",
    "publish_decision": "decision-detail",
} | _OF_DRAW


def _office_duties(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    for each in office_duties_of(viewer, now):
        overdue = each.due_at is not None and each.due_at <= now
        href = reverse(_ADDRESSES[each.kind], kwargs={"id": each.id})
        yield Task(each.kind, each.id, each.title, each.since, href, due_at=each.due_at, overdue=overdue)


SOURCES: Sequence[Source] = (
    *(_assessments, _due_courses, _unanswered_surveys),
    *(own_offers, own_approvals, _office_duties),
)


class MyTasks(Resource):
    part = "me"
    visible = assessments_visible_to
    row = AssessmentRow
    access = {"show": signed_in}
    answers = {"show": TasksRow}

    def show(self, request: Request) -> Response:
        """What waits for the person signed in, the oldest first: of assessments, courses, surveys, applications."""
        self.refuse_unknown_parameters()
        now = clock.now()
        tasks = [_row(task) for source in SOURCES for task in source(self.viewer, now)]
        return Response({"results": sorted(tasks, key=lambda task: (task["since"], task["id"]))})


def _row(task: Task) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "id": task.id,
        "title": str(task.title),
        "since": local(task.since),
        "waits_until": local(task.waits_until),
        "due_on": task.due_on,
        "due_at": local(task.due_at),
        "overdue": task.overdue,
        "next_session": task.next_session,
        "next_session_starts_on": task.next_session_starts_on,
        "href": task.href,
    }
