"""What comes in about enrolments and seats."""

from rest_framework import serializers

from api.inputs import Input, Reference
from courses.access import sessions_visible_to
from enrollments import access

LARGEST_CAPACITY = 1_000_000
MOST_PEOPLE = 50_000


class ApplicationInput(Input):
    """`staff` is left out by who applies for themselves."""

    session = Reference(sessions_visible_to)
    staff = Reference(access.people_of, required=False)


class CapacityInput(Input):
    """`null` lifts the limit."""

    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST_CAPACITY, allow_null=True)


class AssignmentInput(Input):
    staff = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_PEOPLE)
