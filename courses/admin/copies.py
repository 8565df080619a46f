"""Sessions drafted from what there is: another session, or a template of the course."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from academy.access import Viewer
from academy.admin import Button, DayField, OperationAdmin, OperationForm, Table, name_rows
from academy.text import Text, bilingual
from courses import access
from courses.models import Session, SessionTemplate
from courses.operations import sessions, templates

name_rows(
    SessionTemplate,
    "回のひな型",
    "Session templates",
    one="Session template",
    course=("講座", "Course"),
    name_ja=("ひな型の名称", "Name in Japanese"),
    name_en=("ひな型の名称(英語)", "Name in English"),
    title_ja=("回の名称", "Title in Japanese"),
    title_en=("回の名称(英語)", "Title in English"),
    selection=("選考方法", "Selection"),
    capacity=("定員", "Capacity"),
    minimum=("最少催行人数", "Minimum participants"),
    created_at=("作成日時", "Made at"),
)


class CloneForm(OperationForm):
    starts_on = DayField(label=bilingual("写しの初日", "First day of the copy"))
    keep_instructors = forms.BooleanField(label=bilingual("講師も写す", "Keep the instructors"), required=False)

    def save(self) -> Session:
        return sessions.clone_session(session_id=self.row.pk, **self.cleaned_data, by=self.by)


class TemplateForm(OperationForm):
    """Keeps what a session is like."""

    names = SessionTemplate
    name_ja = forms.CharField(max_length=100)
    name_en = forms.CharField(max_length=100, required=False)

    def save(self) -> SessionTemplate:
        return templates.create_template(session_id=self.row.pk, **self.cleaned_data, by=self.by)


class RenamingForm(TemplateForm):
    def initial_of(self, row: SessionTemplate) -> dict[str, Any]:
        return {"name_ja": row.name_ja, "name_en": row.name_en}

    def save(self) -> SessionTemplate:
        return templates.rename_template(template_id=self.row.pk, **self.cleaned_data, by=self.by)


class DraftingForm(OperationForm):
    starts_on = DayField(label=bilingual("初日", "First day"))
    ends_on = DayField(
        label=bilingual("最終日", "Last day"),
        required=False,
        help_text=bilingual("コマのないひな型だけ入力します。", "Only for a template without meetings."),
    )

    def save(self) -> Session:
        return sessions.draft_from_template(template_id=self.row.pk, **self.cleaned_data, by=self.by)


class RemovalForm(OperationForm):
    gone = True

    def save(self) -> None:
        templates.delete_template(template_id=self.row.pk, by=self.by)


def plans_its_course(viewer: Viewer, template: SessionTemplate | None) -> bool:
    return access.may_schedule(viewer, None if template is None else template.course)


@admin.register(SessionTemplate)
class SessionTemplateAdmin(OperationAdmin[SessionTemplate]):
    list_display = ("name_ja", "course", "title_ja", "selection", "capacity", "created_at")
    list_select_related = ("course",)
    search_fields = ("name_ja", "course__title_ja")
    fields = ("course", "name_ja", "name_en", "title_ja", "title_en", "selection", "capacity", "minimum", "created_at")
    visible = access.session_templates_visible_to
    may_view = plans_its_course
    buttons = (
        Button("draft", Text("この型で回を作る", "Draft a session"), DraftingForm, plans_its_course),
        Button("change", Text("名称を変更する", "Rename"), RenamingForm, plans_its_course),
        Button("remove", Text("ひな型を削除する", "Remove"), RemovalForm, plans_its_course),
    )

    def tables(self, request: HttpRequest, row: SessionTemplate) -> Sequence[Table]:
        found = [(number, ", ".join(f"{key}: {value}" for key, value in part.items()))
                 for number, part in enumerate(row.pattern, start=1)]  # fmt: skip
        return [Table(Text("コマの並び", "Meetings"), (Text("順番", "Number"), Text("内容", "As kept")), found)]


CLONE = Button("clone", Text("複製する", "Copy"), CloneForm, access.may_schedule)
KEEP = Button("keep", Text("ひな型にする", "Keep as a template"), TemplateForm, access.may_schedule)
