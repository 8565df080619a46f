"""`enrollments/{id}/absence-notices/`: what a person tells before a meeting; `exemptions/`, `exempt/`: what is not asked."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import Viewer
from api.enrollments import rows
from api.enrollments.views import shown
from api.inputs import Day, Empty, Input, Reference
from api.pagination import KeysetPagination
from api.rows import Label, PublicId, Row
from api.views import Resource
from courses.access import sessions_visible_to
from courses.models import Meeting
from enrollments import access
from enrollments.models import AbsenceNotice, Exemption, ExemptionKind
from enrollments.models.enrollments import EnrollmentQuerySet
from enrollments.operations import absences, exemptions


def _visible(viewer: Viewer) -> EnrollmentQuerySet:
    return shown(access.enrollments_visible_to(viewer), viewer)


def _meetings(viewer: Viewer) -> QuerySet[Meeting]:
    return Meeting.objects.filter(session__in=sessions_visible_to(viewer).order_by().values("pk"))


class AbsenceNoticeRow(Row):
    id = PublicId()
    meeting = PublicId("meeting")
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class CourseExemptionRow(Row):
    """An exemption from completing; `superseded_at`: until then it held."""

    id = PublicId()
    kind = serializers.ChoiceField(choices=ExemptionKind.choices)
    kind_label = Label("kind", ExemptionKind)
    reason = serializers.CharField()
    from_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True)


class AbsenceInput(Input):
    meeting = Reference(_meetings)
    reason = serializers.CharField(max_length=400)


class AbsenceTakenBackInput(Input):
    meeting = Reference(_meetings)


class ExemptInput(Input):
    kind = serializers.ChoiceField(choices=ExemptionKind.choices)
    reason = serializers.CharField(max_length=400)
    from_on = Day(required=False, help_text="省略すると今日 / today where it is left out")


class AbsenceNotices(Resource):
    """欠講届, with the reason: to the person, HR and the office. Who marks attendance sees only that there is one."""

    visible = _visible
    row = AbsenceNoticeRow
    access = {"list": access.may_explain, "create": access.is_own, "take_back": access.is_own}
    inputs = {"create": AbsenceInput, "take_back": AbsenceTakenBackInput}
    orders = ("at", "-at")

    def list(self, request: Request, id: str) -> Response:
        found = AbsenceNotice.objects.filter(enrollment=self.target())
        return KeysetPagination().page(self.filter_queryset(found), request, self, self.row)

    def create(self, request: Request, id: str) -> Response:
        """Say before a meeting begins that one will not be there."""
        enrollment, given = self.target(), self.input()
        return self.write(
            lambda: absences.give_absence_notice(
                enrollment_id=enrollment.pk,
                meeting_id=given["meeting"].pk,
                reason=given["reason"],
                by=self.viewer.user,
            )
        )

    def take_back(self, request: Request, id: str) -> Response:
        """One will be there after all."""
        enrollment, given = self.target(), self.input()
        return self.write(
            lambda: absences.take_absence_notice_back(
                enrollment_id=enrollment.pk, meeting_id=given["meeting"].pk, by=self.viewer.user
            )
        )


class Exemptions(Resource):
    """免除 of an enrolment, those that were taken back too."""

    visible = _visible
    row = CourseExemptionRow
    access = {"list": access.may_explain, "exempt": access.may_exempt, "end": access.may_exempt}
    inputs = {"exempt": ExemptInput, "end": Empty}
    answers = {"end": rows.EnrollmentDetailRow}
    statuses = {"exempt": 201}
    orders = ("recorded_at", "-recorded_at")

    def list(self, request: Request, id: str) -> Response:
        found = Exemption.objects.filter(enrollment=self.target())
        return KeysetPagination().page(self.filter_queryset(found), request, self, self.row)

    def exempt(self, request: Request, id: str) -> Response:
        """From a day on the enrolment is not asked to complete, and leaves the denominator of adjusted figures."""
        enrollment, given = self.target(), self.input()
        return self.write(lambda: exemptions.exempt(enrollment_id=enrollment.pk, **given, by=self.viewer.user))

    def end(self, request: Request, id: str) -> Response:
        """Take the exemption back."""
        enrollment = self.target()
        self.input()
        return self.write(
            lambda: exemptions.end_exemption(enrollment_id=enrollment.pk, by=self.viewer.user),
            lambda left: rows.EnrollmentDetailRow.one(self.get_queryset(), left.pk),
        )


urlpatterns = [
    path(
        "enrollments/<uuid:id>/absence-notices/",
        AbsenceNotices.as_view({"get": "list", "post": "create"}),
        name="enrollment-absence-notices",
    ),
    path(
        "enrollments/<uuid:id>/absence-notices/withdraw/",
        AbsenceNotices.as_view({"post": "take_back"}),
        name="enrollment-absence-notices-withdraw",
    ),
    path("enrollments/<uuid:id>/exemptions/", Exemptions.as_view({"get": "list"}), name="enrollment-exemptions"),
    path("enrollments/<uuid:id>/exempt/", Exemptions.as_view({"post": "exempt"}), name="enrollment-exempt"),
    path("enrollments/<uuid:id>/end-exemption/", Exemptions.as_view({"post": "end"}), name="enrollment-end-exemption"),
]
