"""The content of a course: versions that are started, published and thrown away, with their modules and lessons."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from academy.access import Viewer
from academy.admin import Button, OperationAdmin, OperationForm, RowField, Table, name_rows
from academy.text import Text, bilingual
from courses import access
from courses.models import ContentVersion, Lesson, Module
from courses.operations import content, versions

name_rows(
    ContentVersion,
    "教材の版",
    "Versions of content",
    one="Version of content",
    course=("講座", "Course"),
    number=("版", "Number"),
    note=("変更点", "What has changed"),
    published_at=("公開日時", "Published at"),
    created_at=("作成日時", "Made at"),
)
name_rows(
    Module, "章", "Modules", title_ja=("名称(日本語)", "Title in Japanese"), title_en=("名称(英語)", "Title in English")
)
name_rows(
    Lesson,
    "教材",
    "Lessons",
    title_ja=("名称(日本語)", "Title in Japanese"),
    title_en=("名称(英語)", "Title in English"),
    seconds=("長さ(秒)", "Length in seconds"),
)


class StartForm(OperationForm):
    note_text = forms.CharField(label=bilingual("変更点", "What will change"), max_length=300, required=False)

    def save(self) -> ContentVersion:
        return versions.start_version(course_id=self.row.pk, **self.cleaned_data, by=self.by)


class PublicationForm(OperationForm):
    def save(self) -> ContentVersion:
        return versions.publish_version(version_id=self.row.pk, by=self.by)


class DiscardForm(OperationForm):
    gone = True

    def save(self) -> None:
        versions.discard_version(version_id=self.row.pk, by=self.by)


class ModuleForm(OperationForm):
    names = Module
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)

    def save(self) -> None:
        content.add_module(course_id=self.row.course_id, **self.cleaned_data, by=self.by)


class LessonForm(OperationForm):
    names = Lesson
    module = RowField(label=bilingual("章", "Module"))
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    seconds = forms.IntegerField(min_value=1, max_value=2_147_483_647)
    field_order = ("module",)

    def prepare(self) -> None:
        modules = self.row.modules.order_by("position")
        field = self.fields["module"]
        if isinstance(field, RowField):
            field.offer(modules, name=lambda module: module.title_ja)

    def save(self) -> None:
        given = {**self.cleaned_data}
        content.add_lesson(module_id=given.pop("module").pk, **given, by=self.by)


def versions_planned_by(viewer: Viewer) -> QuerySet[ContentVersion]:
    planned = access.programs_planned_by(viewer).values("pk")
    return access.content_versions_visible_to(viewer).filter(course__program__in=planned)


def is_draft(version: ContentVersion) -> bool:
    return version.published_at is None


STAYS = Text(
    "公開した版の構成と長さは変更できません。これから公開する回がこの版になります。",
    "A published version stays as it is. Sessions published from now on take it.",
)


@admin.register(ContentVersion)
class ContentVersionAdmin(OperationAdmin[ContentVersion]):
    list_display = ("course", "number", "note", "published_at", "created_at")
    list_select_related = ("course",)
    search_fields = ("course__title_ja", "course__code")
    fields = ("course", "number", "note", "published_at", "created_at")
    visible = versions_planned_by
    may_view = access.may_schedule
    buttons: ClassVar[tuple[Button, ...]] = (  # and more by `enrollments.admin`
        Button("module", Text("章を追加する", "Add a module"), ModuleForm, access.may_schedule, is_draft),
        Button("lesson", Text("教材を追加する", "Add a lesson"), LessonForm, access.may_schedule, is_draft),
        Button("publish", Text("公開する", "Publish"), PublicationForm, access.may_schedule, is_draft, STAYS),
        Button("discard", Text("破棄する", "Throw away"), DiscardForm, access.may_schedule, is_draft),
    )

    def tables(self, request: HttpRequest, row: ContentVersion) -> Sequence[Table]:
        lessons = Lesson.objects.filter(module__version=row).select_related("module")
        found = [
            (each.module.position, each.module.title_ja, each.position, each.title_ja, each.seconds)
            for each in lessons.order_by("module__position", "position")
        ]
        columns = (
            *(Text("章", "Module"), Text("章の名称", "Title of the module")),
            *(Text("教材", "Lesson"), Text("名称", "Title"), Text("秒", "Seconds")),
        )
        return [Table(Text("教材", "Lessons"), columns, found)]


START = Button(
    "start", Text("教材の新しい版を始める", "Start a version of the content"), StartForm, access.may_schedule
)
