"""The deadlines of a course's sessions."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.courses import deadline_inputs as inputs
from api.courses import rows
from api.views import Resource
from courses import access
from courses.operations import deadlines


class DeadlineRules(Resource):
    """The rules that a course's deadlines follow; the course shows them."""

    visible = access.courses_visible_to
    row = rows.CourseDetailRow
    access = {"replace": access.may_schedule}
    inputs = {"replace": inputs.DeadlineRulesInput}
    orders = ("title_folded", "-title_folded")

    def replace(self, request: Request, id: str) -> Response:
        """Replace all rules: drafts follow at once, what is published when it is rescheduled."""
        course, given = self.target(), self.input()
        return self.write(
            lambda: deadlines.set_deadline_rules(course_id=course.pk, **given, by=self.viewer.user),
        )
