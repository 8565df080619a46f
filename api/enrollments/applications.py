"""`applications/`: one application for several sessions of a course, and the answers that came with an application."""

from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework import status as http
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from academy.errors import Faults
from academy.models import Staff
from api.enrollments.inputs import AnswersField
from api.enrollments.rows import full_name
from api.inputs import Input, Reference
from api.rows import ChoiceOrNull, Label, Many, PublicId, Row, Text
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import QuestionKind
from enrollments import access
from enrollments.access.applications import applications_visible_to, may_change_answers
from enrollments.models import ApplicationAnswer, EndedAs, Enrollment, Status
from enrollments.operations import applications, form_answers
from enrollments.operations.applications import MOST_WISHES


class WishesInput(Input):
    """`sessions` in the order of wishes; `staff` is left out by who applies for themselves."""

    sessions = serializers.ListField(child=Reference(sessions_visible_to), min_length=1, max_length=MOST_WISHES)
    staff = Reference(access.people_of, required=False)
    answers = AnswersField(required=False, default=dict)


class AnswersInput(Input):
    """All answers: what is left out is not answered any more."""

    answers = AnswersField()


class WishRow(Row):
    enrollment = PublicId()
    preference = serializers.IntegerField(allow_null=True)
    session = PublicId("session")
    session_title_ja = serializers.CharField(source="session.title_ja")
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status", Status)
    ended_as = ChoiceOrNull("ended_as", EndedAs, help_text="継続中は null / null: not ended")
    ended_as_label = Label("ended_as", EndedAs, allow_null=True)


class GivenAnswerRow(Row):
    code = serializers.CharField(source="question.code")
    kind = serializers.ChoiceField(source="question.kind", choices=QuestionKind.choices)
    label_ja = serializers.CharField(source="question.label_ja")
    label_en = serializers.CharField(source="question.label_en")
    value = serializers.JSONField()
    changed_at = serializers.DateTimeField()


class ApplicationRow(Row):
    id = PublicId()
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    staff = PublicId("staff")
    staff_name = Text("staff.family_name", "staff.given_name", made=full_name)
    form_number = serializers.IntegerField(source="form.number", allow_null=True)
    created_at = serializers.DateTimeField()
    wishes = Many(WishRow, lambda: Enrollment.objects.order_by("preference", "pk"), by="application_id")
    answers = Many(
        GivenAnswerRow, lambda: ApplicationAnswer.objects.order_by("question__position"), by="application_id"
    )


class Applications(Resource):
    """An application with its wishes and answers: for the person, HR of today, the office, and who decides on it."""

    http_method_names = ["get", "head", "post", "put"]
    part = "enrollments"
    visible = applications_visible_to
    row = ApplicationRow
    access = {"create": signed_in, "retrieve": signed_in, "answer": may_change_answers}
    inputs = {"create": WishesInput, "answer": AnswersInput}
    answers = dict.fromkeys(("retrieve", "create", "answer"), ApplicationRow)

    def create(self, request: Request) -> Response:
        """Apply for one seat in any of several sessions of a course, for oneself or as HR for somebody of the scope."""
        given = self.input()
        sessions, staff = given["sessions"], given.get("staff") or self._oneself()
        return self.write(
            lambda: applications.apply_by_wish(
                session_ids=[each.pk for each in sessions],
                staff_id=staff.pk,
                answers=given["answers"],
                by=self.viewer.user,
            ),
            lambda application: self.body(application.pk),
            status=http.HTTP_201_CREATED,
        )

    def answer(self, request: Request, id: str) -> Response:
        """Answer the questions again, all of them, until the deadline for changes."""
        application, given = self.target(), self.input()
        return self.write(
            lambda: form_answers.change_answers(application_id=application.pk, **given, by=self.viewer.user),
            lambda changed: self.body(changed.pk),
        )

    def _oneself(self) -> Staff:
        faults = Faults()
        if self.viewer.staff is None:
            faults.add("/staff", "required", "誰の申込みかを指定してください。", "Say who applies.")
        faults.refuse()
        return self.viewer.staff  # type: ignore[return-value] # refused above where there is none


urlpatterns: list[URLPattern | URLResolver] = [
    path("applications/", Applications.as_view({"post": "create"}), name="application-list"),
    path("applications/<uuid:id>/", Applications.as_view({"get": "retrieve"}), name="application-detail"),
    path("applications/<uuid:id>/answers/", Applications.as_view({"put": "answer"}), name="application-answers"),
]
