"""Programmes and courses: made and changed, and the people whom a course names."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from academy.access import Viewer, organizations_visible_to
from academy.admin import Button, OperationAdmin, OperationForm, RowField, StaffField, Table, viewer_of
from academy.errors import Forbidden
from academy.models import Organization
from academy.text import Text, bilingual
from courses import access
from courses.admin import requirements
from courses.admin.audiences import AUDIENCE
from courses.admin.content import START
from courses.admin.deadlines import DEADLINES
from courses.admin.places import CHANGE
from courses.models import AudiencePersonKind, Course, Mode, Organiser, Pillar, Program, Tier
from courses.operations import audiences, programs

NO_SUCH_ORGANIZATION = Text("このコードの組織はありません。", "There is no organisation of this code.")
TITLES = ("title_ja", "title_en")


class ProgramForm(OperationForm):
    names = Program
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    working_label = forms.CharField(max_length=100, required=False)
    tier = forms.ChoiceField(choices=Tier.choices)
    pillar = forms.ChoiceField(choices=Pillar.choices)
    organiser = forms.ChoiceField(choices=Organiser.choices)
    mode = forms.ChoiceField(choices=Mode.choices)
    organization = forms.CharField(
        max_length=60,
        required=False,
        help_text=bilingual("組織コード。全庁の研修は空欄です。", "Code of the organisation; empty: for everybody."),
    )

    def initial_of(self, row: Program) -> dict[str, Any]:
        stands = {name: getattr(row, name) for name in ProgramForm.base_fields}
        return {**stands, "organization": row.organization.code if row.organization else ""}

    def clean_organization(self) -> Organization | None:
        code = self.cleaned_data["organization"]
        found = organizations_visible_to(self.viewer).filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(str(NO_SUCH_ORGANIZATION), code="not_found")
        return found

    def save(self) -> Program:
        entered = self.entered()
        if "organization" in entered:
            self.refuse_place(entered["organization"])
        return programs.change_program(program_id=self.row.pk, **entered, by=self.by)

    def refuse_place(self, organization: Organization | None) -> None:
        """A programme is not given to whom one could not have made it for."""
        if not access.may_offer(self.viewer, Program(organization=organization)):
            raise Forbidden


class NewProgramForm(ProgramForm):
    code = forms.SlugField(max_length=60)
    field_order = ("code",)

    def save(self) -> Program:
        entered = self.entered()
        self.refuse_place(entered["organization"])
        return programs.create_program(**entered, by=self.by)


@admin.register(Program)
class ProgramAdmin(OperationAdmin[Program]):
    list_display = ("code", "title_ja", "tier", "pillar", "organiser", "mode", "organization")
    list_filter = ("tier", "pillar", "organiser", "mode")
    list_select_related = ("organization",)
    search_fields = ("code", "title_ja")
    fields = ("code", *TITLES, "working_label", "tier", "pillar", "organiser", "mode", "organization")
    visible = access.programs_planned_by
    may_view = access.may_schedule
    adding = Button("add", Text("研修を追加する", "Add a programme"), NewProgramForm, access.may_offer)
    buttons = (Button("change", CHANGE, ProgramForm, access.may_offer),)


class CourseForm(OperationForm):
    names = Course
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    summary = forms.CharField(max_length=10_000, required=False, widget=forms.Textarea)
    policy = RowField()
    repeatable = forms.BooleanField(required=False)
    rule = forms.JSONField(
        label=bilingual("対象の条件", "Audience rule"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=bilingual(
            'JSON。{} は全員です。例: {"job_family": ["ict"]}', 'JSON; {} is everybody. {"job_family": ["ict"]}'
        ),
    )
    note_ja = forms.CharField(label=bilingual("対象の説明文", "Audience in words"), max_length=300, required=False)

    def prepare(self) -> None:
        self.fields["policy"].offer(access.policies_visible_to(self.viewer).order_by("code"))  # type: ignore[attr-defined]

    def initial_of(self, row: Course) -> dict[str, Any]:
        stands = {name: getattr(row, name) for name in (*TITLES, "summary", "policy", "repeatable")}
        return {**stands, "rule": row.audience.rule, "note_ja": row.audience.note_ja}

    def clean_rule(self) -> Any:
        """An empty field is everybody."""
        rule = self.cleaned_data["rule"]
        return {} if rule is None else rule

    def save(self) -> Course:
        return programs.change_course(course_id=self.row.pk, **self.entered(), by=self.by)


class NewCourseForm(CourseForm):
    program = RowField()
    code = forms.SlugField(max_length=60)
    field_order = ("program", "code")

    def prepare(self) -> None:
        super().prepare()
        self.fields["program"].offer(access.programs_planned_by(self.viewer).order_by("code"))  # type: ignore[attr-defined]

    def save(self) -> Course:
        return programs.create_course(**self.entered(), by=self.by)


class UnnamingForm(OperationForm):
    staff = StaffField()

    def save(self) -> None:
        audiences.unname_person(audience_id=self.row.audience_id, **self.entered(), by=self.by)


class InclusionForm(UnnamingForm):
    reason = forms.CharField(label=bilingual("理由", "Reason"), max_length=300)

    def save(self) -> None:
        audiences.include_person(audience_id=self.row.audience_id, **self.entered(), by=self.by)


class ExclusionForm(InclusionForm):
    def save(self) -> None:
        audiences.exclude_person(audience_id=self.row.audience_id, **self.entered(), by=self.by)


def courses_planned_by(viewer: Viewer) -> QuerySet[Course]:
    return access.courses_visible_to(viewer).filter(program__in=access.programs_planned_by(viewer).values("pk"))


@admin.register(Course)
class CourseAdmin(OperationAdmin[Course]):
    list_display = ("code", "title_ja", "program", "policy", "repeatable")
    list_filter = ("program__tier", "repeatable")
    list_select_related = ("program", "policy")
    search_fields = ("code", "title_ja")
    fields = (
        "program",
        "code",
        *TITLES,
        "summary",
        "policy",
        "repeatable",
        "recurrence",
        "due_from",
        "due_days",
        "rule",
    )
    readonly_fields = ("rule",)
    visible = courses_planned_by
    may_view = access.may_schedule
    adding = Button("add", Text("講座を追加する", "Add a course"), NewCourseForm, access.may_schedule)
    buttons = (
        Button("change", CHANGE, CourseForm, access.may_schedule),
        DEADLINES,
        START,
        *requirements.BUTTONS,
        AUDIENCE,
        Button("include", Text("対象に加える", "Include a person"), InclusionForm, access.may_schedule),
        Button("exclude", Text("対象から除く", "Exclude a person"), ExclusionForm, access.may_schedule),
        Button("unname", Text("個別の指定を取り消す", "Take a naming back"), UnnamingForm, access.may_schedule),
    )

    @admin.display(description=bilingual("対象の条件", "Audience rule"))
    def rule(self, row: Course) -> str:
        return str(forms.JSONField().prepare_value(row.audience.rule))

    def tables(self, request: HttpRequest, row: Course) -> Sequence[Table]:
        named = access.audience_people_visible_to(viewer_of(request)).filter(audience=row.audience_id)
        return [
            *requirements.tables(request, row),
            Table(
                Text("個別の指定", "Named people"),
                (Text("職員番号", "Staff number"), Text("氏名", "Name"), Text("指定", "Kind"), Text("理由", "Reason")),
                [
                    (each.staff.staff_number or "", each.staff.name, AudiencePersonKind(each.kind).label, each.reason)
                    for each in named.select_related("staff").order_by("created_at", "pk")
                ],
            ),
        ]
