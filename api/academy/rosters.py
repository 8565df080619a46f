"""`roster-imports/`: upload, look, apply, undo. What a file changes is seen before it is true."""

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework import status as http
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.models import (
    GradeLadder,
    Job,
    RosterChange,
    RosterChangeKind,
    RosterEffect,
    RosterFault,
    RosterImport,
    RosterMode,
    RosterStatus,
)
from academy.operations.rosters import applying, undoing, uploading
from academy.rosters.faults import TEXTS
from academy.tasks import run_waiting_jobs
from api.academy import roster_rows as rows
from api.academy.rows import JobRow
from api.filters import RowFilter
from api.inputs import NOT_FOUND, Day, Empty, Input, Reference
from api.pagination import KeysetPagination
from api.parsers import LARGEST_FILE, FileParser, StrictJSONParser
from api.schema import AcademySchema
from api.views import Resource
from enrollments import tasks  # knows what every part of the service tells of a roster

__all__ = ["RosterChanges", "RosterEffects", "RosterFaults", "RosterImports", "tasks"]


# What is told of a person to whoever is HR of the person today, and to nobody else.
TOLD_TO_HR_OF_TODAY = frozenset({"statuses", "email", "former_name", "hired_on", "hiring_category", "directory_hidden"})


class RosterFilters(django_filters.FilterSet):
    organization = RowFilter("root")
    status = django_filters.ChoiceFilter(choices=RosterStatus.choices)
    effective_on = django_filters.DateFilter()


class FaultFilters(django_filters.FilterSet):
    code = django_filters.CharFilter()


class ChangeFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=RosterChangeKind.choices, method="_kind")
    bureau_before = RowFilter("bureau_before")
    bureau_after = RowFilter("bureau_after")

    def _kind(self, queryset: QuerySet[RosterChange], name: str, value: str) -> QuerySet[RosterChange]:
        return queryset.filter(kinds__contains=[value])


class EffectFilters(django_filters.FilterSet):
    code = django_filters.CharFilter()


class LadderCode(serializers.CharField):
    """A ladder of grades, by its code."""

    def to_internal_value(self, data: Any) -> GradeLadder:  # type: ignore[override]
        code = super().to_internal_value(data)
        found = None if "\x00" in code else GradeLadder.objects.filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(str(NOT_FOUND), code="not_found")
        return found


class RosterInput(Input):
    file = serializers.FileField(max_length=200, allow_empty_file=True)
    organization = Reference(access.organizations_visible_to)
    mode = serializers.ChoiceField(choices=RosterMode.choices)
    effective_on = Day()
    ladder = LadderCode(max_length=40, required=False)

    def validate_file(self, file: "UploadedFile[Any]") -> "UploadedFile[Any]":
        if (file.size or 0) > LARGEST_FILE:
            raise serializers.ValidationError(str(TEXTS["too_large"]), code="too_large")
        return file


class UploadSchema(AcademySchema):
    def map_parsers(self) -> "list[str]":
        return ["multipart/form-data"] if self._action() == "create" else super().map_parsers()


class RosterImports(Resource):
    """名簿の取込み: 受付 → 検査 → 差分 → 適用 → 取消し."""

    schema = UploadSchema()
    parser_classes = (FileParser, StrictJSONParser)
    visible = access.roster_imports_visible_to
    row = rows.RosterImportDetailRow
    rows_by_action = {"list": rows.RosterImportRow}
    access = {
        "list": access.any_hr,
        "retrieve": access.may_handle_roster,
        "create": access.any_hr,
        "check": access.may_handle_roster,
        "approve": access.may_handle_roster,
        "apply": access.may_handle_roster,
        "undo": access.may_handle_roster,
        "discard": access.may_handle_roster,
    }
    inputs = {"create": RosterInput, **dict.fromkeys(("check", "approve", "apply", "undo", "discard"), Empty)}
    answers = dict.fromkeys(("apply", "undo"), JobRow)
    statuses = {"create": http.HTTP_201_CREATED, "apply": http.HTTP_202_ACCEPTED, "undo": http.HTTP_202_ACCEPTED}
    orders = ("-uploaded_at", "uploaded_at")
    filterset_class = RosterFilters

    def create(self, request: Request) -> Response:
        """Take a file in; the check begins at once, its outcome is in the row when `status` is no longer `uploaded`."""
        given = self.input()
        root, file = given.pop("organization"), given.pop("file")
        if not access.may_import(self.viewer, root):
            self.permission_denied(request)
        return self._write(
            lambda: uploading.upload_roster(
                file=file, file_name=file.name or "", root=root, **given, by=self.viewer.user
            )
        )

    @action(detail=True, methods=["post"])
    def check(self, request: Request, id: str) -> Response:
        """Check it again, because something else has changed since."""
        roster = self._named()
        return self._write(lambda: uploading.check_again(roster_id=roster.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Let pass, as a second person, a roster that ends many people."""
        roster = self._named()
        return self._write(lambda: applying.approve_roster(roster_id=roster.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def apply(self, request: Request, id: str) -> Response:
        """Make it true, exactly as it was shown."""
        roster = self._named()
        return self._write(lambda: applying.request_apply(roster_id=roster.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Take back the latest applied roster of the organisation."""
        roster = self._named()
        return self._write(lambda: undoing.request_undo(roster_id=roster.pk, by=self.viewer.user))

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """Give it up."""
        roster = self._named()
        return self._write(lambda: uploading.discard_roster(roster_id=roster.pk, by=self.viewer.user))

    def _named(self) -> RosterImport:
        roster: RosterImport = self.target()
        self.input()
        return roster

    def _write(self, call: Callable[[], Model]) -> Response:
        """What writes a job down wakes a worker once it is committed; without a broker the clock does."""

        def written() -> Model:
            result = call()
            transaction.on_commit(run_waiting_jobs.delay, robust=True)
            return result

        return self.write(written, self._shown)

    def _shown(self, result: Model) -> Any:
        row = JobRow if isinstance(result, Job) else self.row
        return row.one(type(result)._default_manager.all(), result.pk)


class OfOneRoster(Resource):
    """A list that belongs to one roster; whoever handles the roster reads it."""

    part = "roster-imports"
    table: ClassVar[type[Model]]
    visible = access.roster_imports_visible_to
    access = {"list": access.may_handle_roster}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.filter_queryset(self.rows_of(self.target()))
        return KeysetPagination().page(found, request, self, self.row)

    def rows_of(self, roster: RosterImport) -> QuerySet[Any]:
        return self.table._default_manager.filter(roster=roster)


class RosterFaults(OfOneRoster):
    """What is wrong, by line, column and code."""

    table = RosterFault
    row = rows.RosterFaultRow
    orders = ("line", "-line")
    filterset_class = FaultFilters


class OfPeople(OfOneRoster):
    """Rows that name people: hidden ones only to who sees them."""

    def rows_of(self, roster: RosterImport) -> QuerySet[Any]:
        rows: Any = super().rows_of(roster)
        found: QuerySet[Any] = rows if access.sees_hidden(self.viewer.user, roster.root) else rows.unhidden()
        return found


class RosterChanges(OfPeople):
    """The difference, a row a person. Of somebody who is not the reader's to administer any more, posts and names alone."""

    table = RosterChange
    row = rows.RosterChangeRow
    orders = ("id", "-id")
    filterset_class = ChangeFilters

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        told = response.data["results"]
        people = access.staff_administered_by(self.viewer).filter(public_id__in=[row["staff"] for row in told])
        own = set(people.values_list("public_id", flat=True))
        for row in told:
            if row["staff"] is not None and row["staff"] not in own:
                for side in ("before", "after"):
                    row[side] = {name: value for name, value in row[side].items() if name not in TOLD_TO_HR_OF_TODAY}
        return response


class RosterEffects(OfPeople):
    """What it does to training."""

    table = RosterEffect
    row = rows.RosterEffectRow
    orders = ("id", "-id")
    filterset_class = EffectFilters
