"""How a report and its description go out."""

import datetime as dt
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api.rows import local
from enrollments.reports.fields import Field, fields_of
from enrollments.reports.results import Report, Result

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHAPES: dict[type, dict[str, str]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    UUID: {"type": "string", "format": "uuid"},
    dt.date: {"type": "string", "format": "date"},
}
_TYPES = {bool: "boolean", int: "integer", float: "number", UUID: "uuid", dt.date: "date"}


def column(field: Field) -> dict[str, Any]:
    """A column's name, its label in the reader's language, its type, and the labels of its codes."""
    found: dict[str, Any] = {"name": field.name, "label": str(field.label), "type": _TYPES.get(field.kind, "string")}
    if field.choices:
        found["values"] = {value: str(label) for value, label in field.choices.choices}
    return found


def definition(report: Report) -> dict[str, Any]:
    return {
        "name": report.NAME,
        "title": str(report.TITLE),
        "definition": str(report.DEFINITION),
        "parameters": [
            {**column(field), "default": _plain(field.default), **_bounds(field)} for field in fields_of(report.Params)
        ],
    }


def description(report: Report) -> dict[str, Any]:
    """Columns and parameters, and both as JSON schema."""
    return {
        "name": report.NAME,
        "title": str(report.TITLE),
        "columns": [column(field) for field in fields_of(report.Row)],
        "parameters_schema": _object_schema(report.Params, optional=True),
        "row_schema": _object_schema(report.Row, optional=False),
    }


def body(result: Result) -> dict[str, Any]:
    return {
        "name": result.report.NAME,
        "title": str(result.report.TITLE),
        "definition": str(result.report.DEFINITION),
        "parameters": result.parameters,
        "watermark": local(result.watermark),
        "columns": [column(field) for field in result.columns],
        "rows": result.records,
        "row_count": len(result.records),
        "digest": result.digest,
    }


def _object_schema(kind: type, *, optional: bool) -> dict[str, Any]:
    """Every column is in every row; every parameter may be left out."""
    fields = fields_of(kind)
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {field.name: _schema(field, optional) for field in fields},
        "required": [] if optional else [field.name for field in fields],
        "additionalProperties": False,
    }


def _schema(field: Field, parameter: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {"title": str(field.label), **shape_of(field)}
    if parameter:
        return shape if field.default is None else {**shape, "default": _plain(field.default)}
    return {**shape, "type": [shape["type"], "null"]} if field.optional else shape


def shape_of(field: Field) -> dict[str, Any]:
    """The JSON schema of a value."""
    if field.choices:
        return {"type": "string", "enum": list(field.choices.values)}
    return {**_SHAPES[field.kind], **_bounds(field)}


def _bounds(field: Field) -> dict[str, int]:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _plain(default: Any) -> Any:
    return getattr(default, "value", default)


class ColumnShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes it off the class
    type = serializers.ChoiceField(choices=["boolean", "integer", "number", "string", "uuid", "date"])
    values = serializers.DictField(child=serializers.CharField(), required=False)


class ParameterShape(ColumnShape):
    default = serializers.JSONField(allow_null=True)
    minimum = serializers.IntegerField(required=False)
    maximum = serializers.IntegerField(required=False)


class DefinitionShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    definition = serializers.CharField(help_text="数の定義 / what is counted, on which date, what is left out")
    parameters = ParameterShape(many=True)


class DescriptionShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    columns = ColumnShape(many=True)
    parameters_schema = serializers.DictField(help_text="JSON Schema 2020-12")
    row_schema = serializers.DictField(help_text="JSON Schema 2020-12")


class ReportShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    definition = serializers.CharField()
    parameters = serializers.DictField()
    watermark = serializers.DateTimeField()
    columns = ColumnShape(many=True)
    rows = serializers.ListField(child=serializers.DictField())
    row_count = serializers.IntegerField()
    digest = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="SHA-256 of the rows as canonical JSON")
