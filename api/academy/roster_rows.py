"""How rosters go out: the import itself, its faults, its changes, and what they do to training."""

from typing import Any

from rest_framework import serializers

from academy.models import RosterChangeKind, RosterImport, RosterMode, RosterStatus
from academy.rosters import effects
from academy.rosters.faults import TEXTS
from api.rows import Label, Many, PublicId, Row, Text


class RosterColumnShape(serializers.Serializer[Any]):
    field = serializers.CharField()
    heading = serializers.CharField()


class RosterStepRow(Row):
    old = serializers.CharField()
    new = serializers.CharField()
    by = serializers.CharField(source="by.username", allow_null=True)
    at = serializers.DateTimeField()


def _steps() -> Any:
    return RosterImport.step_model()._default_manager.order_by("pk")


class RosterImportRow(Row):
    id = PublicId()
    organization = PublicId("root")
    organization_name_ja = serializers.CharField(source="root.name_ja")
    issuer = PublicId("issuer")
    mode = serializers.ChoiceField(choices=RosterMode.choices)
    mode_label = Label("mode", RosterMode)
    effective_on = serializers.DateField()
    status = serializers.ChoiceField(choices=RosterStatus.choices)
    status_label = Label("status", RosterStatus)
    file_name = serializers.CharField()
    file_format = serializers.CharField()
    encoding = serializers.CharField()
    columns = serializers.ListField(child=RosterColumnShape())
    unmapped = serializers.ListField(child=serializers.CharField())
    lines = serializers.IntegerField()
    faults = serializers.IntegerField()
    serving_before = serializers.IntegerField()
    ending = serializers.IntegerField()
    summary = serializers.JSONField()
    uploaded_by = serializers.CharField(source="uploaded_by.username", allow_null=True)
    uploaded_at = serializers.DateTimeField()
    approved_by = serializers.CharField(source="approved_by.username", allow_null=True)
    applied_by = serializers.CharField(source="applied_by.username", allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    compensates = PublicId("compensates", allow_null=True)


class RosterImportDetailRow(RosterImportRow):
    steps = Many(RosterStepRow, _steps, by="subject_id")


class RosterFaultRow(Row):
    id = PublicId()
    file = serializers.CharField(source="roster.file_name")
    line = serializers.IntegerField(help_text="0 はファイル全体 / 0: the whole file")
    column = serializers.CharField()
    code = serializers.CharField()
    detail = Text("code", made=lambda code: str(TEXTS[code]))


def _labels(kinds: list[str]) -> str:
    return "・".join(str(RosterChangeKind(kind).label) for kind in kinds)


class RosterChangeRow(Row):
    id = PublicId()
    line = serializers.IntegerField(allow_null=True)
    staff = PublicId("staff", allow_null=True)
    staff_number = serializers.CharField()
    name = serializers.CharField()
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=RosterChangeKind.choices))
    kinds_label = Text("kinds", made=_labels)
    bureau_before = PublicId("bureau_before", allow_null=True)
    bureau_before_name_ja = serializers.CharField(source="bureau_before.name_ja", allow_null=True)
    bureau_after = PublicId("bureau_after", allow_null=True)
    bureau_after_name_ja = serializers.CharField(source="bureau_after.name_ja", allow_null=True)
    before = serializers.JSONField()
    after = serializers.JSONField()


class RosterEffectRow(Row):
    id = PublicId()
    code = serializers.CharField()
    code_label = Text("code", made=lambda code: str(effects.LABELS[code]))
    staff = PublicId("staff", allow_null=True)
    staff_name = Text(
        "staff.family_name", "staff.given_name", made=lambda family, given: f"{family or ''} {given or ''}".strip()
    )
    target_kind = serializers.CharField()
    target = serializers.UUIDField(allow_null=True)
    detail = serializers.JSONField()
