"""`materials/`: addresses and files that belong to the content of a course or to a session."""

from typing import Any

import django_filters
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from academy.access import signed_in
from academy.text import Text
from api.filters import RowFilter
from api.inputs import Input, Reference
from api.parsers import FileParser, StrictJSONParser
from api.renderers import JSONRenderer
from api.reports.files import attachment
from api.rows import Label, PublicId, Row
from api.schema import AcademySchema
from api.views import Resource
from courses import access as courses_access
from courses.file_kinds import KINDS, LARGEST, extension_of
from courses.models import Material, MaterialFor
from courses.operations import materials
from enrollments.access import materials as access

TOO_LARGE = Text("ファイルは10MiBまでです。", "A file has at most 10 MiB.")
ONE_OWNER = Text("version・lesson・session のどれか一つです。", "One of version, lesson and session.")


class MaterialRow(Row):
    """An address, or a file that `file/` gives out."""

    id = PublicId()
    version = PublicId("version", allow_null=True)
    lesson = PublicId("lesson", allow_null=True)
    session = PublicId("session", allow_null=True)
    title_ja = serializers.CharField()
    title_en = serializers.CharField()
    shown_to = serializers.ChoiceField(choices=MaterialFor.choices)
    shown_to_label = Label("shown_to", MaterialFor)
    url = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField(allow_blank=True)
    content_type = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True, help_text="バイト / bytes")
    created_at = serializers.DateTimeField()


class MaterialChange(Input):
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    shown_to = serializers.ChoiceField(choices=MaterialFor.choices, required=False)


class MaterialInput(MaterialChange):
    """Of one of the three owners; `url` in JSON, or `file` in a form."""

    version = Reference(courses_access.content_versions_visible_to, required=False)
    lesson = Reference(courses_access.lessons_visible_to, required=False)
    session = Reference(courses_access.sessions_visible_to, required=False)
    title_ja = serializers.CharField(max_length=200)
    url = serializers.CharField(max_length=500, required=False)
    file = serializers.FileField(required=False, allow_empty_file=True)

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        if (file.size or 0) > LARGEST:
            raise serializers.ValidationError(str(TOO_LARGE), code="too_large")
        return file

    def validate(self, attrs: Any) -> Any:
        given = super().validate(attrs)
        owners = [given.pop(name) for name in ("version", "lesson", "session") if name in given]
        if len(owners) != 1:
            raise serializers.ValidationError(str(ONE_OWNER), code="one_owner")
        return {**given, "owner": owners[0]}


class MaterialFilters(django_filters.FilterSet):
    """`course`: of any version, lesson or session of it."""

    version = RowFilter("version")
    lesson = RowFilter("lesson")
    session = RowFilter("session")
    course = django_filters.UUIDFilter(method="_course")

    def _course(self, queryset: QuerySet[Material], name: str, value: str) -> QuerySet[Material]:
        of_lesson = Q(lesson__module__version__course__public_id=value)
        return queryset.filter(of_lesson | Q(version__course__public_id=value) | Q(session__course__public_id=value))


class MaterialParser(FileParser):
    """A form with one file of a material."""

    largest = LARGEST
    too_large = TOO_LARGE


class AnyFile(JSONRenderer):
    """Lets a client ask for whatever the file is; only problems are rendered, the file is bytes already."""

    media_type = "*/*"


class MaterialSchema(AcademySchema):
    def map_parsers(self) -> "list[str]":
        return super().map_parsers() if self._action() == "create" else ["application/json"]

    def map_renderers(self, attribute: str) -> "list[str]":
        kinds = sorted({kind.content_type for kind in KINDS.values()})
        return kinds if self._action() == "file" else super().map_renderers(attribute)


class Materials(Resource):
    """資料. Who may not see it is not told that there is one."""

    schema = MaterialSchema()
    parser_classes = (StrictJSONParser, MaterialParser)
    visible = access.materials_visible_to
    row = MaterialRow
    access = {
        "list": signed_in,
        "retrieve": signed_in,
        "file": signed_in,
        "create": courses_access.may_schedule,
        "partial_update": access.may_keep_material,
        "destroy": access.may_keep_material,
    }
    inputs = {"create": MaterialInput, "partial_update": MaterialChange}
    answers = {"file": str}
    statuses = {"create": 201, "destroy": 204}
    orders = ("-created_at", "created_at")
    filterset_class = MaterialFilters

    def create(self, request: Request) -> Response:
        """Add an address (JSON), or a file (a form)."""
        given = self.input()
        self.check_object_permissions(request, given["owner"])
        sent: UploadedFile[Any] | None = given.pop("file", None)
        file = materials.File(sent.name or "", sent.read()) if sent is not None else None
        return self.write(lambda: materials.add_material(**given, file=file, by=self.viewer.user))

    def partial_update(self, request: Request, id: str) -> Response:
        material, given = self.target(), self.input()
        return self.write(lambda: materials.change_material(material_id=material.pk, **given, by=self.viewer.user))

    def destroy(self, request: Request, id: str) -> Response:
        material = self.target()
        return self.write(lambda: materials.remove_material(material_id=material.pk, by=self.viewer.user))

    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, AnyFile])
    def file(self, request: Request, id: str) -> HttpResponse:
        """The file, to be saved and not to be opened by the browser."""
        material = self.target()
        self.refuse_unknown_parameters()
        if not material.file_name:
            raise Http404
        response = HttpResponse(bytes(material.content), content_type=material.content_type)
        plain = f"material{extension_of(material.file_name)}"
        response["Content-Disposition"] = attachment(plain, material.file_name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response


def register(router: SimpleRouter) -> None:
    router.register("materials", Materials, "material")
