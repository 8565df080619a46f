"""Many seats taken back at once: `sessions/{id}/batches/`, `seat-batches/{id}/undo/`, `sessions/{id}/cancel-seats/`."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in
from api.academy.rows import JobRow
from api.enrollments.inputs import MOST_PEOPLE
from api.inputs import Input
from api.many import ForMany
from api.pagination import KeysetPagination
from api.rows import PublicId, Row
from courses.access import sessions_visible_to
from courses.models import Session
from enrollments import access
from enrollments.access.batches import batches_visible_to, may_undo_batch
from enrollments.models import SEATED, SeatBatch
from enrollments.operations import batches
from enrollments.operations.batches import Returned, told


class UndoInput(Input):
    reason = serializers.CharField(max_length=400)


class CancelSeatsInput(UndoInput):
    enrollments = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_PEOPLE)


class SeatBatchRow(Row):
    id = PublicId()
    session = PublicId("session")
    created_at = serializers.DateTimeField()
    given = serializers.IntegerField(help_text="決定した席 / seats that were given")
    seated = serializers.IntegerField(help_text="いまもある席 / seats of them that there are now")
    undone_at = serializers.DateTimeField(allow_null=True)


class ReturnedSeatRow(serializers.Serializer[Any]):
    enrollment = serializers.UUIDField()
    succeeded = serializers.BooleanField()
    codes = serializers.ListField(child=serializers.CharField())


class ReturnedSeatsRow(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    codes = serializers.DictField(child=serializers.IntegerField(), help_text="理由ごとの数 / how often each code")
    results = ReturnedSeatRow(many=True)


def _answer(outcomes: Sequence[Returned]) -> dict[str, Any]:
    rows = [
        {"enrollment": each.enrollment, "succeeded": each.succeeded, "codes": list(each.codes)} for each in outcomes
    ]
    return told(outcomes) | {"results": rows}


class SessionBatches(ForMany):
    part = "enrollments"
    visible = sessions_visible_to
    row = SeatBatchRow
    access = {"list": access.runs, "cancel": access.runs}
    inputs = {"cancel": CancelSeatsInput}
    answers = {"cancel": ReturnedSeatsRow}
    further_answers = {"cancel": {"202": JobRow}}
    orders = ("-created_at", "created_at")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The calls that gave seats of this session to many people."""
        here = batches_visible_to(self.viewer).filter(session=self.target())
        return KeysetPagination().page(self.filter_queryset(_counted(here)), request, self, self.row)

    def cancel(self, request: Request, id: str) -> Response:
        """受講取消: end several seats, each answered; what they leave goes to the queue."""
        session: Session = self.target()
        given = self.input()
        named: Sequence[UUID] = given["enrollments"]
        parameters = {
            "session_id": session.pk, "enrollments": [str(each) for each in named], "reason": given["reason"],
        }  # fmt: skip
        call = partial(batches.cancel_named, session=session, viewer=self.viewer, **given)
        return self.write_for(len(named), call, _answer, kind=batches.CANCEL_JOB, parameters=parameters)


class SeatBatches(ForMany):
    """One bulk assignment, with how many of its seats still stand."""

    part = "enrollments"
    visible = batches_visible_to
    row = SeatBatchRow
    access = {"retrieve": signed_in, "undo": may_undo_batch}
    inputs = {"undo": UndoInput}
    answers = {"undo": ReturnedSeatsRow}
    further_answers = {"undo": {"202": JobRow}}

    def body(self, pk: int) -> Any:
        return self.row.one(_counted(self.get_queryset()), pk)

    def undo(self, request: Request, id: str) -> Response:
        """Take back a bulk assignment, once and before the session begins; seats that changed since stay."""
        batch: SeatBatch = self.target()
        given = self.input()
        call = partial(batches.undo_batch, batch_id=batch.pk, by=self.viewer.user, **given)
        parameters = {"batch_id": batch.pk, **given}
        many = batch.enrollments.count()
        return self.write_for(many, call, _answer, kind=batches.UNDO_JOB, parameters=parameters)


def _counted(rows: QuerySet[SeatBatch]) -> QuerySet[SeatBatch]:
    standing = Count("enrollments", filter=Q(enrollments__status__in=SEATED))
    return rows.annotate(given=Count("enrollments"), seated=standing)


urlpatterns = [
    path("sessions/<uuid:id>/batches/", SessionBatches.as_view({"get": "list"}), name="session-batches"),
    path("sessions/<uuid:id>/cancel-seats/", SessionBatches.as_view({"post": "cancel"}), name="session-cancel-seats"),
    path("seat-batches/<uuid:id>/", SeatBatches.as_view({"get": "retrieve"}), name="seat-batch"),
    path("seat-batches/<uuid:id>/undo/", SeatBatches.as_view({"post": "undo"}), name="seat-batch-undo"),
]
