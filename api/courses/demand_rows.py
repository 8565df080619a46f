"""How demand surveys, proposals of seats and quotas go out."""

import datetime as dt
from fractions import Fraction
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from rest_framework import serializers

from academy.clock import BusinessNow
from api.rows import Computed, Flag, Many, Number, PublicId, Row, Text, Values
from courses.demand import SurveyStatus, status_of
from courses.models import DemandAnswer, DemandRequest, SeatQuota, SeatShare, SurveyedCourse

_STATUS_PATHS = ("opened_at", "closed_at", "answer_by", "now")


class SurveyStatusField(Computed, serializers.ChoiceField):
    """See `courses.demand`."""

    paths = _STATUS_PATHS

    def __init__(self) -> None:
        super().__init__(choices=SurveyStatus.choices, read_only=True)

    def value(self, *read: Any) -> str:
        return str(status_of(*read))


def _status_label(*read: Any) -> str:
    return str(status_of(*read).label)


class SurveyedCourseRow(Row):
    course = PublicId("course")
    course_title_ja = serializers.CharField(source="course.title_ja")
    seats = serializers.IntegerField(allow_null=True)


class SurveyRow(Row):
    """With how many organisations are asked and have answered; which, and what, is in its answers."""

    id = PublicId()
    fiscal_year = serializers.IntegerField()
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    answer_by = serializers.DateField()
    status = SurveyStatusField()
    status_label = Text(*_STATUS_PATHS, made=_status_label)
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    courses = Many(SurveyedCourseRow, lambda: SurveyedCourse.objects.order_by("pk"), by="survey_id")

    @classmethod
    def keyed(
        cls, rows: QuerySet[Any], column: str, as_of: dt.date | None = None
    ) -> tuple[list[Values], list[tuple[Any, int]]]:
        requests = DemandRequest.objects.filter(survey=OuterRef("pk")).order_by().values("survey")
        asked = requests.annotate(count=Count("pk")).values("count")
        answered = requests.annotate(count=Count("pk", filter=Q(answered_at__isnull=False))).values("count")
        counted = rows.annotate(
            now=BusinessNow(),
            asked=Coalesce(Subquery(asked), 0),
            answered=Coalesce(Subquery(answered), 0),
        )
        return super().keyed(counted, column, as_of)


class AnswerRow(Row):
    course = PublicId("surveyed.course")
    course_title_ja = serializers.CharField(source="surveyed.course.title_ja")
    expected = serializers.IntegerField()


class DemandRequestRow(Row):
    """What an organisation answered; `answered_at` is null, and `answers` is empty, until it did."""

    id = PublicId()
    organization = PublicId("organization")
    organization_code = serializers.CharField(source="organization.code")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    answered_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    answers = Many(AnswerRow, lambda: DemandAnswer.objects.order_by("surveyed_id"), by="request_id")


def _decimal(numerator: int, denominator: int) -> str:
    """A fraction to be read: 4 digits, halves up; the exact one stands beside it."""
    whole, part = divmod((Fraction(numerator, denominator) * 10_000 + Fraction(1, 2)) // 1, 10_000)
    return f"{whole}.{part:04d}"


def _whole(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _remainder(numerator: int, denominator: int) -> str:
    return _decimal(numerator % denominator, denominator)


def _rounded_up(numerator: int, denominator: int, seats: int) -> bool:
    return seats > numerator // denominator


class SeatShareRow(Row):
    """The exact share as a fraction and to be read, its whole part and remainder, and the seats it was rounded to."""

    organization = PublicId("organization")
    organization_code = serializers.CharField(source="organization.code")
    organization_name_ja = serializers.CharField(source="organization.name_ja")
    expected = serializers.IntegerField()
    exact_numerator = serializers.IntegerField()
    exact_denominator = serializers.IntegerField()
    exact = Text("exact_numerator", "exact_denominator", made=_decimal)
    whole = Number("exact_numerator", "exact_denominator", made=_whole)
    remainder = Text("exact_numerator", "exact_denominator", made=_remainder)
    rounded_up = Flag("exact_numerator", "exact_denominator", "seats", made=_rounded_up)
    seats = serializers.IntegerField()


def _difference(seats: int, allocated: int) -> int:
    return seats - allocated


class SeatProposalRow(Row):
    id = PublicId()
    survey = PublicId("surveyed.survey")
    course = PublicId("surveyed.course")
    course_title_ja = serializers.CharField(source="surveyed.course.title_ja")
    seats = serializers.IntegerField()
    minimum = serializers.IntegerField()
    expected = serializers.IntegerField()
    allocated = serializers.IntegerField()
    unallocated = Number("seats", "allocated", made=_difference)
    session = PublicId("session", allow_null=True)
    adopted_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @classmethod
    def keyed(
        cls, rows: QuerySet[Any], column: str, as_of: dt.date | None = None
    ) -> tuple[list[Values], list[tuple[Any, int]]]:
        shares = SeatShare.objects.filter(proposal=OuterRef("pk")).order_by().values("proposal")
        sums = {
            name: Coalesce(Subquery(shares.annotate(sum=Sum(column)).values("sum")), 0)
            for name, column in (("expected", "expected"), ("allocated", "seats"))
        }
        return super().keyed(rows.annotate(**sums), column, as_of)


class SeatProposalDetailRow(SeatProposalRow):
    shares = Many(
        SeatShareRow,
        lambda: SeatShare.objects.order_by("organization__position", "organization__code"),
        by="proposal_id",
    )


class QuotaRow(Row):
    """About an organisation, a grade, new recruits, or several of these at once; `seats_taken` are of all who count in it."""

    organization = PublicId("organization", allow_null=True)
    organization_code = serializers.CharField(source="organization.code", allow_null=True)
    organization_name_ja = serializers.CharField(source="organization.name_ja", allow_null=True)
    grade = PublicId("grade", allow_null=True)
    grade_name_ja = serializers.CharField(source="grade.name_ja", allow_null=True)
    new_recruits = serializers.BooleanField()
    seats = serializers.IntegerField()
    ceiling = serializers.IntegerField(allow_null=True)
    release_at = serializers.DateTimeField(allow_null=True)
    seats_taken = serializers.IntegerField()


class SessionQuotasRow(Row):
    """The quotas of a session beside its capacity, which is null where there is no limit."""

    id = PublicId()
    capacity = serializers.IntegerField(allow_null=True)
    quotas = Many(
        QuotaRow,
        lambda: SeatQuota.objects.order_by("organization__position", "organization__code", "grade__rank", "pk"),
        by="session_id",
    )
