"""`enrollments/{id}/substitute/` and `transfer/`: a seat for a colleague of the bureau, or one in another session."""

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.enrollments import rows
from api.enrollments.views import Enrollments
from api.inputs import Input, Reason, Reference
from courses.access import sessions_visible_to
from enrollments import access
from enrollments.operations import leaving


class SubstituteInput(Input):
    staff = Reference(access.people_of)
    reason = serializers.CharField(max_length=400)


class TransferInput(Reason):
    session = Reference(sessions_visible_to)


class Leaving(Enrollments):
    """Both answer with the enrolment that comes in place of the one that is left."""

    access = {"substitute": access.may_substitute, "transfer": access.may_withdraw}
    inputs = {"substitute": SubstituteInput, "transfer": TransferInput}
    answers = dict.fromkeys(("substitute", "transfer"), rows.EnrollmentProgressRow)

    def substitute(self, request: Request, id: str) -> Response:
        """Pass the seat on to somebody of its bureau: HR does it, until the session's deadline."""
        enrollment = self.target()
        given = self.input()
        staff = given.pop("staff")
        return self.write(
            lambda: leaving.substitute(enrollment_id=enrollment.pk, staff_id=staff.pk, **given, by=self.viewer.user),
            self._seen,
        )

    def transfer(self, request: Request, id: str) -> Response:
        """Give the seat up for one of another session of the course."""
        enrollment = self.target()
        given = self.input()
        session = given.pop("session")
        return self.write(
            lambda: leaving.transfer(enrollment_id=enrollment.pk, session_id=session.pk, **given, by=self.viewer.user),
            self._seen,
        )


urlpatterns = [
    path("enrollments/<uuid:id>/substitute/", Leaving.as_view({"post": "substitute"}), name="enrollment-substitute"),
    path("enrollments/<uuid:id>/transfer/", Leaving.as_view({"post": "transfer"}), name="enrollment-transfer"),
]
