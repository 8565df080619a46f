"""What is handed out with a version of content, one of its lessons, or a session: an address or a file."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from academy.access import Viewer
from academy.admin import Button, OperationAdmin, OperationForm, RowField, Table, name_rows
from academy.text import Text, bilingual
from courses import access as courses_access
from courses.admin.content import versions_planned_by
from courses.admin.places import CHANGE
from courses.admin.sessions import sessions_planned_by
from courses.file_kinds import LARGEST, LONGEST_NAME
from courses.models import ContentVersion, Lesson, Material, MaterialFor, Session
from courses.operations import materials
from enrollments.access.materials import materials_visible_to, may_keep_material

TOO_LARGE = Text("ファイルは10MiBまでです。", "A file has at most 10 MiB.")
WHOLE_VERSION = bilingual("空欄はこの版の全体です。", "Empty: of the whole version.")

name_rows(
    Material,
    "資料",
    "Materials",
    one="Material",
    version=("教材の版", "Version"),
    lesson=("教材", "Lesson"),
    session=("回", "Session"),
    title_ja=("名称(日本語)", "Title in Japanese"),
    title_en=("名称(英語)", "Title in English"),
    shown_to=("見せる相手", "Shown to"),
    url=("アドレス", "Address"),
    file_name=("ファイル名", "File"),
    size=("バイト", "Bytes"),
    created_at=("作成日時", "Made at"),
)


class MaterialForm(OperationForm):
    names = Material
    title_ja = forms.CharField(max_length=200)
    title_en = forms.CharField(max_length=200, required=False)
    shown_to = forms.ChoiceField(choices=MaterialFor.choices, initial=MaterialFor.SEATED)

    def initial_of(self, row: Material) -> dict[str, Any]:
        return {name: getattr(row, name) for name in ("title_ja", "title_en", "shown_to")}

    def save(self) -> Material:
        return materials.change_material(material_id=self.row.pk, **self.entered(), by=self.by)


class NewMaterialForm(MaterialForm):
    url = forms.CharField(
        max_length=500, required=False, help_text=bilingual("アドレスかファイルのどちらか。", "Either this or a file.")
    )
    file = forms.FileField(
        label=bilingual("ファイル", "File"), max_length=LONGEST_NAME, required=False, allow_empty_file=True
    )

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > LARGEST:
            raise forms.ValidationError(str(TOO_LARGE), code="too_large")
        return file

    def owner(self, given: dict[str, Any]) -> Any:
        return self.row

    def save(self) -> Material:
        given = {**self.cleaned_data}
        sent = given.pop("file")
        file = materials.File(sent.name or "", sent.read()) if sent else None
        return materials.add_material(owner=self.owner(given), file=file, **given, by=self.by)


class VersionMaterialForm(NewMaterialForm):
    lesson = RowField(required=False, help_text=WHOLE_VERSION)
    field_order = ("lesson",)

    def prepare(self) -> None:
        lessons = Lesson.objects.filter(module__version=self.row).order_by("module__position", "position")
        self.fields["lesson"].offer(lessons, name=lambda each: each.title_ja)  # type: ignore[attr-defined]

    def owner(self, given: dict[str, Any]) -> ContentVersion | Lesson:
        lesson: Lesson | None = given.pop("lesson")
        version: ContentVersion = self.row
        return lesson or version


class RemovalForm(OperationForm):
    gone = True

    def save(self) -> None:
        materials.remove_material(material_id=self.row.pk, by=self.by)


def materials_kept_by(viewer: Viewer) -> QuerySet[Material]:
    """Of the courses that one plans, without the files themselves."""
    versions, sessions = versions_planned_by(viewer).values("pk"), sessions_planned_by(viewer).values("pk")
    owned = Q(version__in=versions) | Q(lesson__module__version__in=versions) | Q(session__in=sessions)
    whole = ("version__course", "lesson__module__version__course", "session__course")
    return materials_visible_to(viewer).filter(owned).select_related(*whole)


def files_of(material: Material) -> list[tuple[Text, str]]:
    """The address that is handed out, or where the file is."""
    if not material.file_name:
        return [(Text("開く", "Open"), material.url)]
    return [(Text("ファイルを保存する", "Save the file"), f"/api/v1/materials/{material.public_id}/file/")]


GONE = Text("受講者にも見えなくなります。", "Nobody is shown it any longer.")


@admin.register(Material)
class MaterialAdmin(OperationAdmin[Material]):
    list_display = ("title_ja", "owner", "shown_to", "url", "file_name", "size", "created_at")
    list_filter = ("shown_to",)
    search_fields = ("title_ja",)
    ordering = ("-created_at", "-pk")
    fields = ("owner", "title_ja", "title_en", "shown_to", "url", "file_name", "size", "created_at")
    readonly_fields = ("owner",)
    visible = materials_kept_by
    may_view = may_keep_material
    links_of = files_of
    buttons = (
        Button("change", CHANGE, MaterialForm, may_keep_material),
        Button("remove", Text("資料を外す", "Remove"), RemovalForm, may_keep_material, warning=GONE),
    )

    @admin.display(description=bilingual("配る先", "Belongs to"))
    def owner(self, row: Material) -> str:
        if row.session is not None:
            return str(row.session)
        version = row.lesson.module.version if row.lesson else row.version
        if version is None:
            raise ValueError("a material belongs to a version, a lesson or a session")
        of = f"{version.course} ({version.number})"
        return f"{of} - {row.lesson.title_ja}" if row.lesson else of


COLUMNS = (Text("資料", "Material"), Text("見せる相手", "Shown to"), Text("アドレス・ファイル", "Address or file"))


def of_session(request: HttpRequest, session: Session) -> Table:
    return _table(session.materials.defer("content"))


def of_version(request: HttpRequest, version: ContentVersion) -> Table:
    found = Material.objects.defer("content").filter(Q(version=version) | Q(lesson__module__version=version))
    return _table(found)


def _table(found: QuerySet[Material]) -> Table:
    rows = [
        (_link(each), MaterialFor(each.shown_to).label, each.url or each.file_name)
        for each in found.order_by("created_at", "pk")
    ]
    return Table(Text("資料", "Materials"), COLUMNS, rows)


def _link(material: Material) -> str:
    page = reverse("admin:courses_material_change", args=[material.pk])
    return format_html('<a href="{}">{}</a>', page, Text(material.title_ja, material.title_en or material.title_ja))


ADD = Text("資料を配る", "Hand out a material")
OF_SESSION = Button("material", ADD, NewMaterialForm, courses_access.may_schedule)
OF_VERSION = Button("material", ADD, VersionMaterialForm, courses_access.may_schedule)
