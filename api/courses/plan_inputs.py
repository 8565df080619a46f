"""What comes in for the plans of a fiscal year, for demand and for quotas."""

from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from rest_framework import serializers

from academy.access import grades_visible_to, organizations_visible_to
from academy.text import Text
from api.courses.inputs import LARGEST
from api.inputs import FIRST_YEAR, LAST_YEAR, NOT_FOUND, Day, Input, Reference
from courses import access
from courses.operations.demand import Asked
from courses.operations.plans import MOST_YEN, PlanLineInput
from courses.operations.quotas import Quota

MOST_LINES = 1000
MOST_ORGANIZATIONS = 500
MOST_COURSES = 200
REPEATED = Text("同じ講座が二度あります。", "A course is named twice.")


def _found(rows: list[dict[str, Any]], name: str, among: QuerySet[Any]) -> list[list[Any]]:
    """Puts the row that each names in the place of its id, with one statement for all; what is wrong of each."""
    asked = {row[name] for row in rows if row.get(name) is not None}
    known: dict[UUID, Model] = {each.public_id: each for each in among.filter(public_id__in=asked)}
    wrong: list[list[Any]] = []
    for row in rows:
        given = row.get(name)
        wrong.append([] if given is None or given in known else [serializers.ErrorDetail(str(NOT_FOUND), "not_found")])
        if given is not None:
            row[name] = known.get(given)
    return wrong


def put_rows(rows: list[dict[str, Any]], **among: QuerySet[Any]) -> None:
    """Replace public ids by the rows they name; the hidden and the missing are refused alike, each at its place."""
    faults: list[dict[str, Any]] = [{} for _ in rows]
    for name, found in among.items():
        for fault, wrong in zip(faults, _found(rows, name, found), strict=True):
            fault.update({name: wrong} if wrong else {})
    if any(faults):
        raise serializers.ValidationError(faults)


class PlanChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)


class PlanLineBody(Input):
    """A programme or one of its courses, in a quarter or in the year. What is null is not known yet; lines add up."""

    program = serializers.UUIDField()
    course = serializers.UUIDField(required=False, allow_null=True)
    quarter = serializers.IntegerField(min_value=1, max_value=4, required=False, allow_null=True)
    sessions = serializers.IntegerField(min_value=0, max_value=LARGEST)
    seats = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, allow_null=True)
    yen = serializers.IntegerField(min_value=0, max_value=MOST_YEN, required=False, allow_null=True)
    provisional = serializers.BooleanField(required=False, default=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PlanLines(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=PlanLineBody(), max_length=MOST_LINES, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        rows = super().to_internal_value(data)
        viewer = self.context["viewer"]
        put_rows(rows, program=access.programs_visible_to(viewer), course=access.courses_visible_to(viewer))
        return [PlanLineInput(**row) for row in rows]


class PlanLinesInput(Input):
    lines = PlanLines()


class PlanInput(PlanChange):
    fiscal_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    organization = Reference(
        organizations_visible_to, required=False, allow_null=True, help_text="空欄は全庁 / empty: the academy"
    )
    title_ja = serializers.CharField(max_length=200)
    lines = PlanLines(required=False)


class SurveyedCourseBody(Input):
    course = serializers.UUIDField()
    seats = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, allow_null=True)


class SurveyedCourses(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=SurveyedCourseBody(), max_length=MOST_COURSES, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        rows = super().to_internal_value(data)
        put_rows(rows, course=access.courses_visible_to(self.context["viewer"]))
        return [Asked(**row) for row in rows]


class AskedOrganizations(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.UUIDField(), max_length=MOST_ORGANIZATIONS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        rows = [{"": each} for each in super().to_internal_value(data)]
        wrong = _found(rows, "", organizations_visible_to(self.context["viewer"]))
        if any(wrong):
            raise serializers.ValidationError({str(place): each for place, each in enumerate(wrong) if each})
        return [row[""] for row in rows]


class SurveyChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    fiscal_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    answer_by = Day(required=False, help_text="回答期限(この日を含む) / the last day to answer")
    courses = SurveyedCourses(required=False)
    organizations = AskedOrganizations(required=False, help_text="局等・区市町村・団体 / at bureau level")


class SurveyInput(SurveyChange):
    title_ja = serializers.CharField(max_length=200)
    fiscal_year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    answer_by = Day(help_text="回答期限(この日を含む) / the last day to answer")
    courses = SurveyedCourses()
    organizations = AskedOrganizations(help_text="局等・区市町村・団体 / at bureau level")


class ExpectedBody(Input):
    course = serializers.UUIDField()
    expected = serializers.IntegerField(min_value=0, max_value=LARGEST)


class Answers(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=ExpectedBody(), max_length=MOST_COURSES, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        rows = super().to_internal_value(data)
        put_rows(rows, course=access.courses_visible_to(self.context["viewer"]))
        found = {row["course"]: row["expected"] for row in rows}
        if len(found) < len(rows):
            raise serializers.ValidationError(str(REPEATED), code="repeated")
        return found


class AnswerInput(Input):
    """The whole answer of an organisation: a course that is left out is not answered, which is not 0."""

    organization = Reference(organizations_visible_to)
    answers = Answers()
    note = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")


class SeatProposalInput(Input):
    survey = Reference(access.surveys_visible_to)
    course = Reference(access.courses_visible_to)
    seats = serializers.IntegerField(min_value=0, max_value=LARGEST)
    minimum = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, default=0)


class AdoptionInput(Input):
    session = Reference(access.sessions_visible_to)


class QuotaBody(Input):
    """About an organisation, a grade, new recruits, or several of these at once."""

    organization = serializers.UUIDField(required=False, allow_null=True, default=None)
    grade = serializers.UUIDField(required=False, allow_null=True, default=None)
    new_recruits = serializers.BooleanField(required=False, default=False)
    seats = serializers.IntegerField(min_value=0, max_value=LARGEST, help_text="確保する席 / seats kept for them")
    ceiling = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST,
        required=False,
        allow_null=True,
        default=None,
        help_text="上限。null はなし / the most they get, null: no ceiling",
    )
    release_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="使われない席を開放する時 / when unused seats are released",
    )


class Quotas(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=QuotaBody(), max_length=MOST_ORGANIZATIONS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        rows = super().to_internal_value(data)
        viewer = self.context["viewer"]
        put_rows(rows, organization=organizations_visible_to(viewer), grade=grades_visible_to(viewer))
        return [Quota(**row) for row in rows]


class QuotasInput(Input):
    quotas = Quotas()
