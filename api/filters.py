"""Filters are declared for each list; a parameter that is not declared is refused, so that a typing error filters nothing away."""

from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from academy.errors import Fault, InvalidInput
from academy.folding import fold, fold_number
from academy.romaji import is_latin, romaji_prefixes
from academy.text import Text
from api.as_of import AS_OF
from api.pagination import PARAMETERS, invalid_parameter

SHORTEST_SEARCH = 1  # 森 is a name


class RowFilter(django_filters.UUIDFilter):
    """Rows that point at the one with this public id."""

    def __init__(self, path: str, **kwargs: Any) -> None:
        super().__init__(field_name=f"{path}__public_id", **kwargs)


Keys = Callable[[str], Sequence[str]]


class PrefixSearch(django_filters.CharFilter):
    """Prefix search on folded columns: 髙 finds 高, ヤマ finds 山田 by its reading.

    `keyed` are columns with a key of their own: a function of what is typed gives the beginnings that are searched for.
    """

    def __init__(self, *columns: str, **keyed: Keys) -> None:
        self.keys: dict[str, Keys] = {**dict.fromkeys(columns, lambda text: [fold(text)]), **keyed}
        super().__init__(method=self._search)

    def _search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if len(fold(value)) < SHORTEST_SEARCH:
            return queryset
        found = Q(pk__in=[])
        for column, keys in self.keys.items():
            for key in keys(value):
                found |= Q(**{f"{column}__startswith": key})
        return queryset.filter(found)


def by_number(text: str) -> Sequence[str]:
    """A staff number: full-width digits are digits, small letters capital ones."""
    return [fold_number(text)]


def by_romaji(text: str) -> Sequence[str]:
    """A reading in Latin letters, where that is what is typed."""
    return romaji_prefixes(text) if is_latin(text) else ()


class NoFilters(django_filters.FilterSet):
    """A list that is not filtered."""


class DeclaredFilters(BaseFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        kind: Any = getattr(view, "filterset_class", NoFilters)
        dated = {AS_OF} if view.action in getattr(view, "dated", ()) else set()
        self._refuse_unknown(request, {*kind.base_filters, *dated})
        filterset = kind(request.query_params, queryset=queryset, request=request)
        if not filterset.is_valid():
            faults = [
                Fault(name, "invalid", Text(str(message), str(message)))
                for name, messages in filterset.errors.items()
                for message in messages
            ]
            raise InvalidInput(faults=faults)
        found: QuerySet[Any] = filterset.qs
        return found

    @staticmethod
    def _refuse_unknown(request: Request, declared: set[str]) -> None:
        for name, values in request.query_params.lists():
            if name not in declared and name not in PARAMETERS:
                raise invalid_parameter(
                    name, "このパラメータはありません。", "There is no such parameter.", "unknown_parameter"
                )
            if len(values) > 1:
                raise invalid_parameter(name, "一度だけ指定してください。", "Give it once.", "repeated_parameter")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        kind: Any = getattr(view, "filterset_class", NoFilters)
        return [
            {"name": name, "in": "query", "required": False, "schema": shape_of(each)}
            for name, each in kind.base_filters.items()
        ]


def shape_of(each: django_filters.Filter) -> dict[str, Any]:
    """The JSON schema of a filter's value."""
    if isinstance(each, django_filters.ChoiceFilter):
        return {"type": "string", "enum": [str(value) for value, _ in each.extra["choices"]]}
    for kind, shape in _SHAPES:
        if isinstance(each, kind):
            return shape
    return {"type": "string"}


_SHAPES: list[tuple[type[django_filters.Filter], dict[str, Any]]] = [
    (django_filters.UUIDFilter, {"type": "string", "format": "uuid"}),
    (django_filters.BooleanFilter, {"type": "boolean"}),
    (django_filters.DateFilter, {"type": "string", "format": "date"}),
    (django_filters.NumberFilter, {"type": "integer"}),
]
