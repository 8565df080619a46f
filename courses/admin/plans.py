"""The plan of a fiscal year by mouse: drafted with its lines, approved by another person, published, revised."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import HttpRequest

from academy.access import HR, Viewer, organizations_visible_to
from academy.admin import Button, OperationAdmin, OperationForm, RowField, Table, name_rows
from academy.errors import Fault, Forbidden
from academy.models import Organization
from academy.text import Text, bilingual
from courses import access
from courses.admin.places import CHANGE
from courses.admin.plan_files import PlanLinesFileForm, files_of
from courses.admin.programs import NO_SUCH_ORGANIZATION
from courses.models import PlanStatus, ProgramPlan
from courses.operations import plans
from courses.operations.plans import MOST, MOST_YEN, PlanLineInput

MOST_LINES, SPARE_ROWS, MORE_ROWS = 1000, 3, 10

name_rows(
    ProgramPlan,
    "年度計画",
    "Plans of the year",
    one="Plan of the year",
    fiscal_year=("年度", "Fiscal year"),
    organization=("組織", "Organisation"),
    version=("版", "Version"),
    status=("状態", "State"),
    title_ja=("名称(日本語)", "Title in Japanese"),
    title_en=("名称(英語)", "Title in English"),
    note=("改定の理由", "Why it was revised"),
    drafted_by=("作成者", "Drafted by"),
    approved_by=("承認者", "Approved by"),
    published_at=("公開日時", "Published at"),
)


class LineForm(forms.Form):
    """What is foreseen of a programme or one of its courses; a row without a programme is none."""

    program = RowField(label=bilingual("研修", "Programme"), required=False)
    course = RowField(label=bilingual("講座", "Course"), required=False)
    quarter = forms.TypedChoiceField(
        label=bilingual("四半期", "Quarter"),
        choices=[("", bilingual("通年", "Year")), *((str(number), f"Q{number}") for number in plans.QUARTERS)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    sessions = forms.IntegerField(label=bilingual("回数", "Sessions"), min_value=0, max_value=MOST, required=False)
    seats = forms.IntegerField(label=bilingual("延べ定員", "Seats"), min_value=0, max_value=MOST, required=False)
    yen = forms.IntegerField(label=bilingual("予算額(円)", "Yen"), min_value=0, max_value=MOST_YEN, required=False)
    provisional = forms.BooleanField(label=bilingual("調整中", "Not settled"), required=False)
    note = forms.CharField(label=bilingual("備考", "Note"), max_length=300, required=False)

    def __init__(self, *args: Any, offered: dict[str, Sequence[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in offered.items():
            field = self.fields[name]
            if isinstance(field, RowField):
                field.offer(rows)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("program") is None and any(value for name, value in given.items() if name != "DELETE"):
            self.add_error("program", forms.Field.default_error_messages["required"])
        return given

    @property
    def line(self) -> PlanLineInput | None:
        given = {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}
        if self.cleaned_data.get("DELETE") or given.get("program") is None:
            return None
        return PlanLineInput(**{**given, "sessions": given["sessions"] or 0})


class LineRows(BaseFormSet[LineForm]):
    title = bilingual("計画の内訳", "Lines")
    more = bilingual("行を増やす", "More rows")

    @cached_property
    def filled(self) -> list[tuple[LineForm, PlanLineInput]]:
        return [(each, line) for each in self.forms if (line := each.line) is not None]


LineFormSet: Any = formset_factory(
    LineForm, LineRows, extra=SPARE_ROWS, can_delete=True, max_num=MOST_LINES, absolute_max=MOST_LINES + MORE_ROWS
)


class LinesForm(OperationForm):
    """All the lines of a draft: what is sent takes the place of what stands."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        offered = {
            "program": list(access.programs_visible_to(self.viewer).order_by("code")),
            "course": list(access.courses_visible_to(self.viewer).order_by("code")),
        }
        self.lines = LineFormSet(
            with_more_lines(data), initial=self._standing(), prefix="lines", form_kwargs={"offered": offered}
        )

    @property
    def formsets(self) -> Sequence[Any]:
        return (self.lines,)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.lines.is_valid()])

    def given_lines(self) -> list[PlanLineInput]:
        return [line for _, line in self.lines.filled]

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, name = rest.partition("/")
        if first != "lines" or not index.isdigit():
            return super().place(fault)
        at, _ = self.lines.filled[int(index)]
        at.add_error(name if name in at.fields else None, str(fault.text))
        return None

    def save(self) -> ProgramPlan:
        return plans.set_plan_lines(plan_id=self.row.pk, lines=self.given_lines(), by=self.by)

    def _standing(self) -> list[dict[str, Any]]:
        if self.row is None:
            return []
        names = [name for name in LineForm.base_fields if name != "DELETE"]
        rows = self.row.lines.select_related("program", "course").order_by("pk")
        return [{name: getattr(each, name) for name in names} for each in rows]


def with_more_lines(data: Any) -> Any:
    if data is None or "_more" not in data:
        return data
    more = data.copy()
    try:
        more["lines-TOTAL_FORMS"] = str(int(more["lines-TOTAL_FORMS"]) + MORE_ROWS)
    except (KeyError, ValueError):
        return data  # the formset says what is wrong with it
    return more


class NewPlanForm(LinesForm):
    names = ProgramPlan
    fiscal_year = forms.IntegerField(min_value=2000, max_value=2100)
    organization = forms.CharField(
        max_length=60,
        required=False,
        help_text=bilingual("組織コード。全庁の計画は空欄です。", "Code of the organisation; empty: of the academy."),
    )
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)

    def clean_organization(self) -> Organization | None:
        code = self.cleaned_data["organization"]
        found = organizations_visible_to(self.viewer).filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(str(NO_SUCH_ORGANIZATION), code="not_found")
        return found

    def save(self) -> ProgramPlan:
        given = self.entered()
        if not access.may_plan_year(self.viewer, ProgramPlan(organization=given["organization"])):
            raise Forbidden
        return plans.draft_plan(**given, lines=self.given_lines(), by=self.by)


class WordsForm(OperationForm):
    names = ProgramPlan
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    note = forms.CharField(max_length=400, required=False)

    def initial_of(self, row: ProgramPlan) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("title_ja", "title_en", "note")}

    def save(self) -> ProgramPlan:
        return plans.change_plan(plan_id=self.row.pk, **self.entered(), by=self.by)


class RevisionForm(OperationForm):
    names = ProgramPlan
    note = forms.CharField(max_length=400)

    def save(self) -> ProgramPlan:
        return plans.revise_plan(plan_id=self.row.pk, note=self.cleaned_data["note"], by=self.by)


class ApprovalForm(OperationForm):
    def save(self) -> ProgramPlan:
        return plans.approve_plan(plan_id=self.row.pk, by=self.by)


class PublicationForm(OperationForm):
    def save(self) -> ProgramPlan:
        return plans.publish_plan(plan_id=self.row.pk, by=self.by)


class ReturnForm(OperationForm):
    reason = forms.CharField(label=bilingual("理由", "Reason"), max_length=400)

    def save(self) -> ProgramPlan:
        return plans.return_plan(plan_id=self.row.pk, reason=self.cleaned_data["reason"], by=self.by)


class DiscardForm(OperationForm):
    reason = forms.CharField(label=bilingual("理由", "Reason"), max_length=400, required=False)

    def save(self) -> ProgramPlan:
        return plans.discard_plan(plan_id=self.row.pk, reason=self.cleaned_data["reason"], by=self.by)


def plans_worked_on_by(viewer: Viewer) -> QuerySet[ProgramPlan]:
    """Every version for who plans a year; a programme manager reads what is in the open."""
    return access.plans_visible_to(viewer).select_related("organization")


def may_read(viewer: Viewer, plan: ProgramPlan | None) -> bool:
    return bool(viewer.held(*HR)) if plan is None else access.may_see_plan(viewer, plan)


def in_state(*states: PlanStatus) -> Any:
    return lambda plan: plan.status in states


SECOND = Text("作成した人とは別の人が承認します。", "It is approved by somebody else than who drafted it.")
IN_FORCE = Text("いま有効な版は改定済みになります。", "The version in force until now is superseded.")
LINE_COLUMNS = (
    *(Text("研修", "Programme"), Text("講座", "Course"), Text("四半期", "Quarter"), Text("回数", "Sessions")),
    *(Text("延べ定員", "Seats"), Text("円", "Yen"), Text("調整中", "Not settled"), Text("備考", "Note")),
)


@admin.register(ProgramPlan)
class ProgramPlanAdmin(OperationAdmin[ProgramPlan]):
    list_display = ("title_ja", "fiscal_year", "organization", "version", "status", "published_at")
    list_filter = ("fiscal_year", "status")
    list_select_related = ("organization",)
    ordering = ("-fiscal_year", "-pk")
    fields = (
        *("fiscal_year", "organization", "version", "status", "title_ja", "title_en", "note"),
        *("drafted_by", "approved_by", "published_at"),
    )
    visible = plans_worked_on_by
    may_view = may_read
    links_of = files_of
    adding = Button("add", Text("年度計画を作る", "Draft a plan"), NewPlanForm, access.may_plan_year)
    buttons = (
        Button("lines", Text("内訳を変更する", "Change the lines"), LinesForm, access.may_plan_year,
               in_state(PlanStatus.DRAFT)),
        Button("import", Text("計画ファイルを取り込む", "Take a file in"), PlanLinesFileForm, access.may_plan_year,
               in_state(PlanStatus.DRAFT)),
        Button("change", CHANGE, WordsForm, access.may_plan_year, in_state(PlanStatus.DRAFT)),
        Button("approve", Text("承認する", "Approve"), ApprovalForm, access.may_plan_year,
               in_state(PlanStatus.DRAFT), SECOND),
        Button("return", Text("差し戻す", "Return"), ReturnForm, access.may_plan_year, in_state(PlanStatus.APPROVED)),
        Button("publish", Text("公開する", "Publish"), PublicationForm, access.may_plan_year,
               in_state(PlanStatus.APPROVED), IN_FORCE),
        Button("revise", Text("改定する", "Revise"), RevisionForm, access.may_plan_year,
               in_state(PlanStatus.PUBLISHED)),
        Button("discard", Text("取り下げる", "Discard"), DiscardForm, access.may_plan_year,
               in_state(PlanStatus.DRAFT, PlanStatus.APPROVED)),
    )  # fmt: skip

    def tables(self, request: HttpRequest, row: ProgramPlan) -> Sequence[Table]:
        lines = row.lines.select_related("program", "course").order_by("program__code", "course__code", "quarter", "pk")
        found = [
            (
                each.program,
                each.course or "",
                f"Q{each.quarter}" if each.quarter else "",
                each.sessions,
                "" if each.seats is None else f"{each.seats:,}",
                "" if each.yen is None else f"{each.yen:,}",
                "✓" if each.provisional else "",
                each.note,
            )
            for each in lines
        ]
        steps = row.steps.select_related("by").order_by("pk")
        columns = (Text("日時", "At"), Text("状態", "State"), Text("実行者", "By"), Text("理由", "Reason"))
        history = [(each.at, PlanStatus(each.new).label, each.by or "", each.reason) for each in steps]
        return [
            Table(Text("計画の内訳", "Lines"), LINE_COLUMNS, found),
            Table(Text("経過", "History"), columns, history),
        ]
