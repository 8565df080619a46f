"""What comes in about enrolments and seats."""

from typing import Any

from rest_framework import serializers

from api.inputs import Input, Reference
from courses.access import sessions_visible_to
from enrollments import access

LARGEST_CAPACITY = 1_000_000
MOST_PEOPLE = 50_000


class AnswersField(serializers.DictField):
    """Answers by the codes of the questions: what fits is for the form to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.JSONField(allow_null=True), **kwargs)


class ApplicationInput(Input):
    """`staff` is left out by who applies for themselves."""

    session = Reference(sessions_visible_to)
    staff = Reference(access.people_of, required=False)
    answers = AnswersField(required=False, default=dict)


class CapacityInput(Input):
    """`null` lifts the limit."""

    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST_CAPACITY, allow_null=True)


class AssignmentInput(Input):
    staff = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_PEOPLE)
