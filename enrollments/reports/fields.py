"""What a report takes and gives, declared once: the fields of its `Params` and `Row` with their texts.

Schema, checking of parameters, column headings and JSON all read the same declaration.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

from django.db.models import TextChoices

from academy.errors import Faults
from academy.text import Text

P = TypeVar("P")


@dataclass(frozen=True)
class Declared:
    """The text of a field; `name` where the name that goes out is no Python name; bounds, both inclusive."""

    label: Text
    name: str = ""
    minimum: int | None = None
    maximum: int | None = None


def says(ja: str, en: str, *, name: str = "", minimum: int | None = None, maximum: int | None = None) -> dict[str, Any]:
    """The metadata of a dataclass field."""
    return {"declared": Declared(Text(ja, en), name, minimum, maximum)}


@dataclass(frozen=True)
class Field:
    name: str
    attribute: str
    kind: type
    optional: bool
    label: Text
    minimum: int | None
    maximum: int | None
    default: Any

    @property
    def choices(self) -> type[TextChoices] | None:
        return self.kind if issubclass(self.kind, TextChoices) else None

    def outgoing(self, row: object) -> Any:
        """The value as JSON has it: keys and codes as strings, dates as YYYY-MM-DD."""
        value = getattr(row, self.attribute)
        if isinstance(value, TextChoices):
            return value.value
        if isinstance(value, UUID):
            return str(value)
        return value.isoformat() if isinstance(value, dt.date) else value


def fields_of(kind: type) -> Sequence[Field]:
    hints = get_type_hints(kind)
    return tuple(_field(each, hints[each.name]) for each in dataclasses.fields(kind))


def _field(each: "dataclasses.Field[Any]", hint: Any) -> Field:
    declared: Declared = each.metadata["declared"]
    alternatives = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    (kind,) = [alternative for alternative in alternatives if alternative is not NoneType]
    return Field(
        name=declared.name or each.name,
        attribute=each.name,
        kind=kind,
        optional=NoneType in alternatives,
        label=declared.label,
        minimum=declared.minimum,
        maximum=declared.maximum,
        default=None if each.default is dataclasses.MISSING else each.default,
    )


def read(kind: type[P], given: Mapping[str, str]) -> P:
    """The parameters of a report from their texts; what is wrong is refused all at once, by the names given."""
    faults = Faults()
    known = {field.name: field for field in fields_of(kind)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in known:
            faults.add(name, "unknown_parameter", "このパラメータはありません。", "There is no such parameter.")
            continue
        value = _value(known[name], text)
        if value is None:
            faults.add(name, "invalid", *_expected(known[name]))
        else:
            values[known[name].attribute] = value
    faults.refuse()
    return kind(**values)


def check_bounds(params: object, faults: Faults) -> None:
    """Every number within the bounds declared for it."""
    for field in fields_of(type(params)):
        value = getattr(params, field.attribute)
        if field.kind is int and value is not None:
            low, high = field.minimum, field.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                faults.add(field.name, "out_of_range", *_expected(field))


_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def _value(field: Field, text: str) -> Any:
    """The value that a text stands for; None where it stands for none."""
    if field.choices:
        return field.choices(text) if text in field.choices.values else None
    if field.kind is int:
        return int(text) if _DIGITS.fullmatch(text) else None
    if field.kind is UUID:
        return UUID(text) if _UUID.fullmatch(text) else None
    return _date(text) if _DATE.fullmatch(text) else None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _expected(field: Field) -> tuple[str, str]:
    if field.choices:
        names = ", ".join(field.choices.values)
        return f"次のいずれかです: {names}", f"One of: {names}."
    if field.kind is int:
        low, high = field.minimum or 0, field.maximum
        return f"{low}から{high}までの整数です。", f"A whole number from {low} to {high}."
    if field.kind is UUID:
        return "UUID です。", "A UUID."
    return "YYYY-MM-DD の日付です。", "A date as YYYY-MM-DD."
