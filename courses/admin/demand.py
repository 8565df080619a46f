"""Demand surveys by mouse: drafted, opened, closed, and what was answered."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from academy.access import Viewer, organizations_visible_to
from academy.admin import (
    Button,
    DayField,
    OperationAdmin,
    OperationForm,
    RowField,
    RowsField,
    Table,
    name_rows,
    viewer_of,
)
from academy.errors import Fault, Forbidden
from academy.models import Organization
from academy.text import Text, bilingual
from courses import access
from courses.admin.quotas import PROPOSE, proposals_table
from courses.models import Course, DemandAnswer, DemandRequest, DemandSurvey
from courses.operations import demand
from courses.operations.demand import Asked

UNKNOWN_CODES = Text("このコードの組織はありません: {codes}", "No organisation has these codes: {codes}")

name_rows(
    DemandSurvey,
    "需要調査",
    "Demand surveys",
    one="Demand survey",
    fiscal_year=("年度", "Fiscal year"),
    title_ja=("名称(日本語)", "Title in Japanese"),
    title_en=("名称(英語)", "Title in English"),
    answer_by=("回答期限", "Answers until"),
    opened_at=("開始", "Opened at"),
    closed_at=("締切", "Closed at"),
)


class NewSurveyForm(OperationForm):
    names = DemandSurvey
    fiscal_year = forms.IntegerField(min_value=2000, max_value=2100)
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    answer_by = DayField()
    courses = RowsField(label=bilingual("講座", "Courses"))
    organizations = forms.CharField(
        label=bilingual("対象の組織", "Organisations"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=bilingual("組織コードを空白か改行で区切ります。", "Codes of organisations, between spaces or lines."),
    )

    def prepare(self) -> None:
        planned = access.programs_planned_by(self.viewer).values("pk")
        found = access.courses_visible_to(self.viewer).filter(program__in=planned).order_by("code")
        field = self.fields["courses"]
        if isinstance(field, RowsField):
            field.offer(found)

    def clean_organizations(self) -> list[Organization]:
        codes = list(dict.fromkeys(re.split(r"[\s,、，]+", self.cleaned_data["organizations"].strip())))
        found = {each.code: each for each in organizations_visible_to(self.viewer).filter(code__in=codes)}
        if missing := [code for code in codes if code not in found]:
            raise forms.ValidationError(str(UNKNOWN_CODES.format(codes=", ".join(missing))), code="not_found")
        return [found[code] for code in codes]

    def place(self, fault: Fault) -> None:
        """A fault of one of several says which one."""
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index = rest.partition("/")[0]
        if first not in {"courses", "organizations"} or not index.isdigit():
            return super().place(fault)
        self.add_error(first, f"{self.cleaned_data[first][int(index)]}: {fault.text}")
        return None

    def save(self) -> DemandSurvey:
        given = {**self.cleaned_data}
        courses: list[Course] = given.pop("courses")
        if not all(access.may_schedule(self.viewer, course) for course in courses):
            raise Forbidden
        return demand.draft_survey(courses=[Asked(course) for course in courses], **given, by=self.by)


class OpeningForm(OperationForm):
    def save(self) -> DemandSurvey:
        return demand.open_survey(survey_id=self.row.pk, by=self.by)


class ClosingForm(OperationForm):
    def save(self) -> DemandSurvey:
        return demand.close_survey(survey_id=self.row.pk, by=self.by)


class LastDayForm(OperationForm):
    names = DemandSurvey
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    answer_by = DayField()

    def initial_of(self, row: DemandSurvey) -> dict[str, Any]:
        return {name: getattr(row, name) for name in LastDayForm.base_fields}

    def save(self) -> DemandSurvey:
        return demand.change_survey(survey_id=self.row.pk, **self.entered(), by=self.by)


class AnswerForm(OperationForm):
    """The answer of one organisation: a number for each course; one left empty is not answered, which is not 0."""

    organization = RowField(label=bilingual("組織", "Organisation"))
    comment = forms.CharField(label=bilingual("備考", "Note"), max_length=400, required=False)

    def prepare(self) -> None:
        asked = access.demand_requests_visible_to(self.viewer).filter(survey=self.row).select_related("organization")
        field = self.fields["organization"]
        if isinstance(field, RowField):
            field.offer(asked.order_by("organization__code"), name=lambda each: str(each.organization))
        self.surveyed = [each.course for each in self.row.courses.select_related("course").order_by("course__code")]
        for course in self.surveyed:
            number = forms.IntegerField(label=course.title_ja, min_value=0, max_value=2_147_483_647, required=False)
            self.fields[f"expected-{course.public_id}"] = number

    def save(self) -> DemandSurvey:
        asked: DemandRequest = self.cleaned_data["organization"]
        if not access.may_answer(self.viewer, asked):
            raise Forbidden
        numbers = {course: self.cleaned_data[f"expected-{course.public_id}"] for course in self.surveyed}
        demand.answer_demand(
            survey_id=self.row.pk,
            organization=asked.organization,
            answers={course: number for course, number in numbers.items() if number is not None},
            comment=self.cleaned_data["comment"],
            by=self.by,
        )
        return self.row  # type: ignore[no-any-return] # the survey whose answer it is


def may_read(viewer: Viewer, survey: DemandSurvey | None) -> bool:
    return access.may_survey(viewer, None) if survey is None else access.may_see_survey(viewer, survey)


def is_draft(survey: DemandSurvey) -> bool:
    return survey.opened_at is None


def is_open(survey: DemandSurvey) -> bool:
    return survey.opened_at is not None and survey.closed_at is None


def goes_on(survey: DemandSurvey) -> bool:
    return survey.closed_at is None


@admin.register(DemandSurvey)
class DemandSurveyAdmin(OperationAdmin[DemandSurvey]):
    list_display = ("title_ja", "fiscal_year", "answer_by", "opened_at", "closed_at")
    list_filter = ("fiscal_year",)
    ordering = ("-answer_by", "-pk")
    fields = ("fiscal_year", "title_ja", "title_en", "answer_by", "opened_at", "closed_at")
    visible = access.surveys_visible_to
    may_view = may_read
    adding = Button("add", Text("需要調査を作る", "Draft a survey"), NewSurveyForm, access.may_survey)
    buttons = (
        Button("open", Text("調査を始める", "Open"), OpeningForm, access.may_survey, is_draft),
        Button(
            "change", Text("名称・期限を変更する", "Change title or last day"), LastDayForm, access.may_survey, goes_on
        ),
        Button("answer", Text("回答する", "Answer"), AnswerForm, access.may_answer, is_open),
        PROPOSE,
        Button("close", Text("締め切る", "Close"), ClosingForm, access.may_survey, is_open),
    )

    def tables(self, request: HttpRequest, row: DemandSurvey) -> Sequence[Table]:
        """Who was asked and answered, and what."""
        seen = access.demand_requests_visible_to(viewer_of(request)).filter(survey=row)
        requests = seen.select_related("organization").order_by("organization__code")
        asked = [(each.organization, each.answered_at or "", each.note) for each in requests]
        answers = DemandAnswer.objects.filter(request__in=seen.values("pk"))
        found = answers.select_related("surveyed__course", "request__organization")
        expected = [
            (each.surveyed.course, each.request.organization, each.expected)
            for each in found.order_by("surveyed__course__code", "request__organization__code")
        ]
        return [
            Table(
                Text("対象の組織", "Organisations asked"),
                (Text("組織", "Organisation"), Text("回答日時", "Answered at"), Text("備考", "Note")),
                asked,
            ),
            Table(
                Text("回答", "Answers"),
                (Text("講座", "Course"), Text("組織", "Organisation"), Text("見込み人数", "Expected")),
                expected,
            ),
            *proposals_table(request, row),
        ]
