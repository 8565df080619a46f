"""Frameworks, cycles, and assessments from the first draft to the confirmation."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy.access import signed_in, staff_only
from api.inputs import Empty, Input, Moment, Reason, Reference
from api.skills import filters, rows
from api.views import Resource
from skills import access
from skills.operations import assessments, cycles, frameworks

LONGEST_TEXT = 2_000
MOST_RATINGS = 500


class Frameworks(Resource):
    visible = access.frameworks_visible_to
    row = rows.FrameworkRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "publish": access.skill_office,
        "retire": access.skill_office,
    }
    inputs = {"publish": Empty, "retire": Empty}
    orders = ("created_at", "-created_at")
    filterset_class = filters.FrameworkFilters
    answers = {"retrieve": rows.FrameworkDetailRow}

    def body(self, pk: int) -> Any:
        return rows.FrameworkDetailRow.one(self.get_queryset(), pk)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        framework = self.target()
        self.input()
        return self.write(lambda: frameworks.publish_framework(framework_id=framework.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def retire(self, request: Request, id: str) -> Response:
        framework = self.target()
        self.input()
        return self.write(lambda: frameworks.retire_framework(framework_id=framework.pk, by=self.viewer.user))


class Skills(Resource):
    visible = access.items_visible_to
    row = rows.ItemRow
    access = {"list": signed_in, "retrieve": signed_in}
    orders = ("number", "-number")
    filterset_class = filters.ItemFilters


class JobTypes(Resource):
    visible = access.job_types_visible_to
    row = rows.JobTypeRow
    access = {"list": signed_in, "retrieve": signed_in}
    orders = ("number", "-number")
    filterset_class = filters.JobTypeFilters


class CycleInput(Input):
    framework = Reference(access.frameworks_visible_to)
    fiscal_year = serializers.IntegerField(min_value=2000, max_value=2100)
    name_ja = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100, required=False, allow_blank=True)
    opens_at = Moment()
    closes_at = Moment()


class WindowInput(Input):
    opens_at = Moment(required=False)
    closes_at = Moment(required=False)


class Cycles(Resource):
    visible = access.cycles_visible_to
    row = rows.CycleRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "create": access.skill_office,
        "move": access.skill_office,
    }
    inputs = {"create": CycleInput, "move": WindowInput}
    orders = ("-opens_at", "opens_at")
    filterset_class = filters.CycleFilters

    def create(self, request: Request) -> Response:
        given = self.input()
        framework = given.pop("framework")
        return self.write(lambda: cycles.open_cycle(framework_id=framework.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:
        """Move the window, also of a cycle that has closed."""
        cycle = self.target()
        given = self.input()
        return self.write(lambda: cycles.move_cycle(cycle_id=cycle.pk, **given, by=self.viewer.user))


class StartInput(Input):
    cycle = Reference(access.cycles_visible_to)


class SelfRatingInput(Input):
    item = serializers.UUIDField()
    self_level = serializers.IntegerField(min_value=0, max_value=32_767, required=False, allow_null=True)
    evidence = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)


class RatingsInput(Input):
    ratings = serializers.ListField(child=SelfRatingInput(), allow_empty=False, max_length=MOST_RATINGS)


class ConfirmationInput(Input):
    item = serializers.UUIDField()
    confirmed_level = serializers.IntegerField(min_value=0, max_value=32_767, required=False)
    review_comment = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)


class ConfirmInput(Input):
    ratings = serializers.ListField(child=ConfirmationInput(), required=False, max_length=MOST_RATINGS)


class Assessments(Resource):
    """Self-assessments. What is not handed in is read by its subject alone."""

    visible = access.assessments_visible_to
    row = rows.AssessmentRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "history": signed_in,
        "create": staff_only,
        "ratings": access.own_assessment,
        "submit": access.own_assessment,
        "confirm": access.may_review,
        "return_": access.may_review,
    }
    inputs = {
        "create": StartInput,
        "ratings": RatingsInput,
        "submit": Empty,
        "confirm": ConfirmInput,
        "return_": Reason,
    }
    orders = ("-created_at", "created_at")
    filterset_class = filters.AssessmentFilters
    answers = {
        **dict.fromkeys(["retrieve", "create", "ratings", "submit", "confirm", "return_"], rows.AssessmentBody),
        "history": rows.RatingRevisionRow(many=True),
    }

    def body(self, pk: int) -> Any:
        seen = access.ratings_visible_to(self.viewer).filter(assessment_id=pk)
        current = access.ratings_visible_to(self.viewer).filter(pk__in=seen.current().values("pk"))
        ratings = rows.RatingRow.of(current.order_by("item__number"))
        return {**rows.AssessmentDetailRow.one(self.get_queryset(), pk), "ratings": ratings}

    def _render(self, result: Any) -> Any:
        return self.body(result.pk)

    @action(detail=True)
    def history(self, request: Request, id: str) -> Response:
        """Every revision that the viewer may read, item by item."""
        self.refuse_unknown_parameters()
        seen = access.ratings_visible_to(self.viewer).filter(assessment=self.target())
        return Response(rows.RatingRevisionRow.of(seen.order_by("item__number", "revision")))

    def create(self, request: Request) -> Response:
        cycle, viewer = self.input()["cycle"], self.viewer
        start = assessments.start_assessment
        return self.write(lambda: start(cycle_id=cycle.pk, staff_id=viewer.staff_id or 0, by=viewer.user))

    @action(detail=True, methods=["post"])
    def ratings(self, request: Request, id: str) -> Response:
        """Save a part of one's own ratings; what is left out stays."""
        assessment = self.target()
        given = self.input()
        return self.write(lambda: assessments.save_ratings(assessment_id=assessment.pk, **given, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        assessment = self.target()
        self.input()
        return self.write(lambda: assessments.submit(assessment_id=assessment.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:
        """Confirm; items that are not named are confirmed at the self level."""
        assessment = self.target()
        ratings = self.input().get("ratings", [])
        return self.write(
            lambda: assessments.confirm(assessment_id=assessment.pk, ratings=ratings, by=self.viewer.user)
        )

    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request: Request, id: str) -> Response:
        assessment = self.target()
        given = self.input()
        return self.write(lambda: assessments.return_(assessment_id=assessment.pk, **given, by=self.viewer.user))
