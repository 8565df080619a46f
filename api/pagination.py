"""Keyset lists: `{"next", "previous", "results"}`, equally fast at any depth; `count` only when asked for.

A list declares its orders, each one NOT NULL column and then the id, so that every order has an index and every
page a beginning. A cursor is the key of a row and the direction to go from it.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import F, Field, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from academy.errors import Fault, InvalidInput
from academy.text import Text
from api.rows import Row

DEFAULT_SIZE = 50
LARGEST_SIZE = 500
PARAMETERS = frozenset({"cursor", "page_size", "count", "order"})


def invalid_parameter(name: str, ja: str, en: str, code: str = "invalid") -> InvalidInput:
    return InvalidInput(faults=[Fault(name, code, Text(ja, en))])


class Cursor:
    """The key of a row, and whether to go on (`n`) or back (`p`) from it; opaque to the client, unsigned: it grants nothing."""

    def __init__(self, direction: str, order: str, value: Any, pk: int) -> None:
        self.direction, self.order, self.value, self.pk = direction, order, value, pk

    def __str__(self) -> str:
        packed = orjson.dumps([self.direction, self.order, self.value, self.pk])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: str, column: "Field[Any, Any]") -> "Cursor":
        try:
            padded = text + "=" * (-len(text) % 4)
            direction, of, value, pk = orjson.loads(base64.urlsafe_b64decode(padded))
            if direction not in {"n", "p"} or of != order or type(pk) is not int:
                raise ValueError("not a cursor of this list")
            key = column.to_python(value)
            if (isinstance(key, str) and "\x00" in key) or (isinstance(key, dt.datetime) and key.tzinfo is None):
                raise ValueError("no key of a row: text has no NUL, a time has its offset")
            return cls(direction, of, key, pk)
        except (ValueError, TypeError, binascii.Error, ValidationError) as error:
            raise invalid_parameter(
                "cursor", "この一覧のカーソルではありません。", "This is no cursor of this list.", "invalid_cursor"
            ) from error


class KeysetPagination(BasePagination):
    """Reads one page of rows, and links the pages around it."""

    def page(
        self, queryset: QuerySet[Any], request: Request, view: Any, row: type[Row], as_of: dt.date | None = None
    ) -> Response:
        order = self._order(request, view.orders)
        size = self._size(request)
        column = order.lstrip("-")
        cursor = self._cursor(request, order, queryset.model._meta.get_field(column))
        backwards = cursor is not None and cursor.direction == "p"
        descending = order.startswith("-") != backwards
        rows = queryset
        if cursor:
            beyond = TupleLessThan if descending else TupleGreaterThan
            rows = rows.filter(beyond(Tuple(F(column), F("pk")), (cursor.value, cursor.pk)))
        sign = "-" if descending else ""
        found, keys = row.keyed(rows.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1], column, as_of)
        more = len(found) > size
        found, keys = found[:size], keys[:size]
        if backwards:
            found, keys = found[::-1], keys[::-1]
        body: dict[str, Any] = {
            "next": self._link(request, "n", order, keys[-1]) if keys and (more or backwards) else None,
            "previous": self._link(request, "p", order, keys[0]) if keys and (more if backwards else cursor) else None,
            "results": found,
        }
        if self._wants_count(request):
            body["count"] = queryset.count()
        return Response(body)

    @staticmethod
    def _order(request: Request, orders: Sequence[str]) -> str:
        order = request.query_params.get("order", orders[0])
        if order not in orders:
            raise invalid_parameter(
                "order", f"並び順は {'、'.join(orders)} のいずれかです。", f"The orders are: {', '.join(orders)}."
            )
        return order

    @staticmethod
    def _size(request: Request) -> int:
        text = request.query_params.get("page_size", str(DEFAULT_SIZE))
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LARGEST_SIZE):
            raise invalid_parameter(
                "page_size", f"1から{LARGEST_SIZE}までの整数です。", f"A whole number from 1 to {LARGEST_SIZE}."
            )
        return int(text)

    @staticmethod
    def _wants_count(request: Request) -> bool:
        text = request.query_params.get("count", "false")
        if text not in {"true", "false"}:
            raise invalid_parameter("count", "true か false です。", "true or false.")
        return text == "true"

    @staticmethod
    def _cursor(request: Request, order: str, column: "Field[Any, Any]") -> Cursor | None:
        text = request.query_params.get("cursor")
        return Cursor.read(text, order, column) if text is not None else None

    @staticmethod
    def _link(request: Request, direction: str, order: str, key: tuple[Any, int]) -> str:
        return str(replace_query_param(request.build_absolute_uri(), "cursor", str(Cursor(direction, order, *key))))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema, "count": {"type": "integer"}},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orders = {"type": "string", "enum": list(view.orders), "default": view.orders[0]}
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        shapes = {"cursor": {"type": "string"}, "page_size": size, "count": {"type": "boolean"}, "order": orders}
        return [{"name": name, "in": "query", "required": False, "schema": shape} for name, shape in shapes.items()]
