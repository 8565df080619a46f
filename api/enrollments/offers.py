"""`enrollments/{id}/accept-offer/` and `decline-offer/`: what is answered to a seat offered from the queue."""

import datetime as dt
from collections.abc import Iterable

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from academy.access import Viewer
from academy.text import Text
from api.enrollments import rows
from api.enrollments.views import Enrollments
from api.inputs import Empty, Reason
from api.tasks import Task
from enrollments import access
from enrollments.models import Status
from enrollments.operations import answers


class Offers(Enrollments):
    """By the person, or by HR for one of the people of the scope."""

    access = {"accept": access.may_withdraw, "decline": access.may_withdraw}
    inputs = {"accept": Empty, "decline": Reason}
    answers = dict.fromkeys(("accept", "decline"), rows.EnrollmentProgressRow)

    def accept(self, request: Request, id: str) -> Response:
        """Take the seat, before the offer expires."""
        enrollment = self.target()
        self.input()
        return self.write(lambda: answers.accept_offer(enrollment_id=enrollment.pk, by=self.viewer.user), self._seen)

    def decline(self, request: Request, id: str) -> Response:
        """Give the seat to the next in the queue. The offer is spent."""
        enrollment = self.target()
        given = self.input()
        return self.write(
            lambda: answers.decline_offer(enrollment_id=enrollment.pk, **given, by=self.viewer.user), self._seen
        )


def own_offers(viewer: Viewer, now: dt.datetime) -> Iterable[Task]:
    """The seats that are offered to the person signed in, until when each can be accepted."""
    text = Text("「{session}」の席の案内に答える", "Answer the offer of a seat in “{session}”")
    offered = access.own_enrollments(viewer).filter(status=Status.OFFERED).select_related("session", "offer")
    for each in offered:
        names = Text(each.session.title_ja, each.session.title_en or each.session.title_ja)
        yield Task(
            "seat_offer",
            each.public_id,
            text.format(session=names),
            each.offer.made_at,
            reverse("enrollment-detail", kwargs={"id": each.public_id}),
            due_at=each.offer.expires_at,
            overdue=each.offer.expires_at <= now,
        )


urlpatterns = [
    path("enrollments/<uuid:id>/accept-offer/", Offers.as_view({"post": "accept"}), name="enrollment-accept-offer"),
    path("enrollments/<uuid:id>/decline-offer/", Offers.as_view({"post": "decline"}), name="enrollment-decline-offer"),
]
