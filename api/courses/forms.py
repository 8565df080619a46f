"""`courses/{id}/application-form/`: the questions that an application to a course answers."""

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.inputs import Input
from api.views import Resource
from courses.access import courses_visible_to, may_schedule
from courses.models import ApplicationForm, QuestionKind
from courses.operations import forms

LARGEST = 2_000_000_000


def _bound(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=-LARGEST, max_value=LARGEST, required=False, allow_null=True, help_text=help_text
    )


class OptionInput(Input):
    code = serializers.SlugField(max_length=40)
    label_ja = serializers.CharField(max_length=300)
    label_en = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class QuestionInput(Input):
    code = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    label_ja = serializers.CharField(max_length=300)
    label_en = serializers.CharField(max_length=300, required=False, allow_blank=True)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment] # the name of the field
    options = OptionInput(many=True, required=False)
    minimum = _bound("数の下限 / of a number")
    maximum = _bound("数の上限、文の字数 / of a number, or characters")


class ApplicationFormInput(Input):
    """All questions in their order; none: nothing is asked any more."""

    questions = QuestionInput(many=True)


class OptionRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    label_ja = serializers.CharField()
    label_en = serializers.CharField()


class QuestionRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    kind_label = serializers.CharField()
    label_ja = serializers.CharField()
    label_en = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment] # the name of the field
    options = OptionRow(many=True)
    minimum = serializers.IntegerField(allow_null=True)
    maximum = serializers.IntegerField(allow_null=True)


class ApplicationFormRow(serializers.Serializer[Any]):
    course = serializers.UUIDField()
    number = serializers.IntegerField(help_text="0: まだない / none yet")
    questions = QuestionRow(many=True)


class ApplicationForms(Resource):
    """The form of a course: everybody who sees the course reads the questions."""

    http_method_names = ["get", "head", "put"]
    visible = courses_visible_to
    access = {"retrieve": signed_in, "replace": may_schedule}
    inputs = {"replace": ApplicationFormInput}
    answers = dict.fromkeys(("retrieve", "replace"), ApplicationFormRow)

    def replace(self, request: Request, id: str) -> Response:
        """Write it as a whole: a new form with the next number. Answers given keep the form that they were given to."""
        course, given = self.target(), self.input()
        return self.write(
            lambda: forms.set_application_form(course_id=course.pk, **given, by=self.viewer.user),
            lambda form: self.body(course.pk),
        )

    def body(self, pk: int) -> Any:
        form = ApplicationForm.objects.filter(course=pk, current=True).prefetch_related("questions").first()
        questions = sorted(form.questions.all(), key=lambda each: each.position) if form else []
        return {
            "course": courses_visible_to(self.viewer).get(pk=pk).public_id,
            "number": form.number if form else 0,
            "questions": [
                {
                    "code": each.code,
                    "kind": each.kind,
                    "kind_label": str(QuestionKind(each.kind).label),
                    "label_ja": each.label_ja,
                    "label_en": each.label_en,
                    "required": each.required,
                    "options": each.options,
                    "minimum": each.minimum,
                    "maximum": each.maximum,
                }
                for each in questions
            ],
        }


urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "courses/<uuid:id>/application-form/",
        ApplicationForms.as_view({"get": "retrieve", "put": "replace"}),
        name="course-application-form",
    ),
]
