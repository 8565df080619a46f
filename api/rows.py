"""What goes out: rows declared once, as serializer fields, and read flat.

A `Row` tells the schema its fields, and turns a queryset into dictionaries with one `values_list` (and one further
query for each `Many`): no model instance, nothing per row but the conversion. A field's `source` is its path from the
row, with dots. A *computed* field names several paths and a function of their values.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet, TextChoices
from rest_framework import serializers

from academy.statements import AmongGiven, Asking, Statement

Values = dict[str, Any]


def local(instant: dt.datetime | None) -> dt.datetime | None:
    """Times go out with the offset of Tokyo."""
    return instant.astimezone(settings.BUSINESS_TIME_ZONE) if instant else None


class Computed:
    """A field of several paths: `value` gets what was read at each."""

    paths: tuple[str, ...]

    def value(self, *read: Any) -> Any:
        raise NotImplementedError


class PublicId(serializers.UUIDField):
    """A row's `id`; with a path, that of a row it points at."""

    def __init__(self, path: str = "", **kwargs: Any) -> None:
        self.path = path
        super().__init__(source=f"{path}.public_id" if path else "public_id", read_only=True, **kwargs)


class Label(Computed, serializers.CharField):
    """The label of a choice, in the reader's language; null where there is no choice (`allow_null`)."""

    def __init__(self, path: str, choices: type[TextChoices], *, allow_null: bool = False) -> None:
        self.choices, self.paths = choices, (path,)
        super().__init__(read_only=True, allow_null=allow_null)

    def value(self, *read: Any) -> str | None:
        return str(self.choices(read[0]).label) if read[0] or not self.allow_null else None


class ChoiceOrNull(Computed, serializers.ChoiceField):
    """A choice that is kept as an empty string where there is none: it goes out as null."""

    def __init__(self, path: str, choices: type[TextChoices], *, help_text: str) -> None:
        self.paths = (path,)
        super().__init__(choices=choices.choices, read_only=True, allow_null=True, help_text=help_text)

    def value(self, *read: Any) -> str | None:
        return read[0] or None


class FirstDay(Computed, serializers.DateField):
    """The first day of a range of dates."""

    def __init__(self, path: str = "during") -> None:
        self.paths = (path,)
        super().__init__(read_only=True, allow_null=True)

    def value(self, *read: Any) -> dt.date | None:
        return cast("dt.date | None", read[0].lower)


class LastDay(Computed, serializers.DateField):
    """The last day of a range of dates, inclusive; null while it goes on."""

    def __init__(self, path: str = "during") -> None:
        self.paths = (path,)
        super().__init__(read_only=True, allow_null=True)

    def value(self, *read: Any) -> dt.date | None:
        return read[0].upper - dt.timedelta(days=1) if read[0].upper else None


class From(Computed, serializers.DateTimeField):
    """When a range of times begins."""

    def __init__(self, path: str = "during") -> None:
        self.paths = (path,)
        super().__init__(read_only=True, allow_null=True)

    def value(self, *read: Any) -> dt.datetime | None:
        return local(read[0].lower) if read[0] else None


class Until(From):
    """When a range of times ends."""

    def value(self, *read: Any) -> dt.datetime | None:
        return local(read[0].upper) if read[0] else None


class Text(Computed, serializers.CharField):
    """A string made of several columns."""

    def __init__(self, *paths: str, made: Callable[..., str]) -> None:
        self.paths, self.made = paths, made
        super().__init__(read_only=True)

    def value(self, *read: Any) -> str:
        return self.made(*read)


class Flag(Computed, serializers.BooleanField):
    """A yes or no made of several columns."""

    def __init__(self, *paths: str, made: Callable[..., bool]) -> None:
        self.paths, self.made = paths, made
        super().__init__(read_only=True)

    def value(self, *read: Any) -> bool:
        return self.made(*read)


class Number(Computed, serializers.IntegerField):
    """A whole number made of several columns."""

    def __init__(self, *paths: str, made: Callable[..., int | None], help_text: str | None = None) -> None:
        self.paths, self.made = paths, made
        super().__init__(read_only=True, allow_null=True, help_text=help_text)

    def value(self, *read: Any) -> int | None:
        return self.made(*read)


class Many(serializers.ListField):
    """Rows that point at this one, read with one query for the whole page. `by` is their column with this row's key.

    Where a day is asked about and the rows have dates, `on_day` are those of the day. `always`: which rows there are does
    not depend on when `rows` is called, so that its statement is written once.
    """

    def __init__(
        self,
        row: "type[Row]",
        rows: Callable[[], QuerySet[Any]],
        by: str,
        on_day: Callable[[dt.date], QuerySet[Any]] | None = None,
        *,
        always: bool = False,
    ) -> None:
        self.row, self.rows, self.by, self.on_day, self.always = row, rows, by, on_day, always
        super().__init__(child=row(), read_only=True)

    def of(self, keys: Sequence[int], as_of: dt.date | None) -> dict[int, list[Values]]:
        found, parents = self._read(keys, as_of)
        groups: dict[int, list[Values]] = defaultdict(list)
        for values, (parent, _) in zip(found, parents, strict=True):
            groups[parent].append(values)
        return groups

    def asking(self, keys: Sequence[int]) -> Asking:
        return self._rows.asked(keys=list(keys))

    def _read(self, keys: Sequence[int], as_of: dt.date | None) -> tuple[list[Values], list[tuple[Any, int]]]:
        if self.always:
            return self.row.told(self._rows.rows(keys=list(keys)), as_of)
        rows = self.on_day(as_of) if self.on_day and as_of else self.rows()
        return self.row.keyed(rows.filter(**{f"{self.by}__in": keys}), self.by, as_of)

    @cached_property
    def _rows(self) -> Statement[tuple[Any, ...]]:
        return self.row.statement(lambda: self.rows().filter(AmongGiven(self.by, "keys")), self.by)


class Row(serializers.Serializer[Any]):
    """One kind of row as it goes out."""

    _plan: ClassVar[dict[type, Any]] = {}

    @classmethod
    def of(cls, rows: QuerySet[Any], as_of: dt.date | None = None) -> list[Values]:
        return cls.keyed(rows, "pk", as_of)[0]

    @classmethod
    def one(cls, rows: QuerySet[Any], pk: int, as_of: dt.date | None = None) -> Values:
        """The one row of a key; the caller knows that it is there."""
        return cls.of(rows.filter(pk=pk), as_of)[0]

    @classmethod
    def keyed(
        cls, rows: QuerySet[Any], column: str, as_of: dt.date | None = None
    ) -> tuple[list[Values], list[tuple[Any, int]]]:
        """The rows, and beside each its value of `column` and its key; of `as_of` where a day is asked about."""
        return cls.told(list(rows.values_list(column, "pk", *cls._read_plan().paths)), as_of)

    @classmethod
    def statement(cls, rows: Callable[[], QuerySet[Any]], column: str = "pk") -> Statement[tuple[Any, ...]]:
        """What `keyed` reads of rows with given values, as a statement that is written once; `told` makes rows of it."""
        return Statement(lambda: rows().values_list(column, "pk", *cls._read_plan().paths))

    @classmethod
    def asking(cls, pk: int) -> list[Asking]:
        """What `told` asks further of the one row of a key: for `academy.statements.ahead`."""
        return [many.asking([pk]) for _, many in cls._read_plan().many if many.always]

    @classmethod
    def told(
        cls, read: Sequence[tuple[Any, ...]], as_of: dt.date | None = None
    ) -> tuple[list[Values], list[tuple[Any, int]]]:
        """The rows that were read, as `keyed` answers them."""
        plan = cls._read_plan()
        found = [plan.convert(values[2:]) for values in read]
        for name, many in plan.many:
            groups = many.of([values[1] for values in read], as_of) if read else {}
            for values, made in zip(read, found, strict=True):
                made[name] = groups.get(values[1], [])
        return found, [(values[0], values[1]) for values in read]

    @classmethod
    def _read_plan(cls) -> "_Plan":
        if cls not in Row._plan:
            Row._plan[cls] = _Plan(cls().fields)
        return cast("_Plan", Row._plan[cls])


class _Plan:
    """Which paths a row reads, and how each field is made of them; worked out once for each class."""

    def __init__(self, fields: Any) -> None:
        self.paths: list[str] = []
        self.many: list[tuple[str, Many]] = []
        self.makers: list[tuple[str, Callable[..., Any] | None, tuple[int, ...]]] = []
        for name, field in fields.items():
            if isinstance(field, Row):
                continue  # added by the resource, for a whole page at once
            if isinstance(field, Many):
                self.many.append((name, field))
                self.makers.append((name, lambda: None, ()))
                continue
            made, paths = self._maker(name, field)
            self.makers.append((name, made, tuple(self._place(path) for path in paths)))

    @staticmethod
    def _maker(name: str, field: Any) -> tuple[Callable[..., Any] | None, Iterable[str]]:
        if isinstance(field, Computed):
            return field.value, [path.replace(".", "__") for path in field.paths]
        source = str(field.source or name).replace(".", "__")
        return (local if isinstance(field, serializers.DateTimeField) else None), [source]

    def _place(self, path: str) -> int:
        if path not in self.paths:
            self.paths.append(path)
        return self.paths.index(path)

    def convert(self, values: tuple[Any, ...]) -> Values:
        return {
            name: values[places[0]] if make is None else make(*[values[place] for place in places])
            for name, make, places in self.makers
        }
