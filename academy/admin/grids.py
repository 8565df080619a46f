"""Forms with rows: an operation that is given all of something at once. A row that is left empty is none."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from academy.admin.forms import OperationForm, RowField
from academy.errors import Fault
from academy.text import bilingual

SPARE_ROWS, MORE_ROWS = 3, 10


class GridRow(forms.Form):
    """One row. Where `key` is empty the row is none, unless something else was entered: then the key is missing."""

    key: ClassVar[str]

    def __init__(self, *args: Any, offered: Mapping[str, Sequence[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in offered.items():
            cast("RowField", self.fields[name]).offer(rows, name=self.name_of)

    def name_of(self, row: Any) -> str:
        return str(row)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get(self.key) is None and self.key not in self.errors and any(self.values.values()):
            self.add_error(self.key, forms.Field.default_error_messages["required"])
        return given

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}

    @property
    def says_something(self) -> bool:
        return not self.cleaned_data.get("DELETE") and self.cleaned_data.get(self.key) is not None


class _Rows(BaseFormSet[GridRow]):
    title: Any = ""
    more = bilingual("行を増やす", "More rows")

    @cached_property
    def filled(self) -> list[GridRow]:
        """As they were sent: what is added to their errors later leaves it."""
        return [each for each in self.forms if each.says_something]


class GridForm(OperationForm):
    """`grid` is what the operation calls its rows: a fault `/grid/2/name` goes to that field of the third of them."""

    grid: ClassVar[str]
    grid_title: ClassVar[Any]
    grid_row: ClassVar[type[GridRow]]
    most: ClassVar[int]

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        shape: Any = formset_factory(
            self.grid_row,
            type("Rows", (_Rows,), {"title": self.grid_title}),
            extra=SPARE_ROWS,
            can_delete=True,
            max_num=self.most,
            absolute_max=self.most + MORE_ROWS,
            validate_max=True,
        )
        standing = [{name: getattr(each, name) for name in self.grid_row.base_fields} for each in self.standing()]
        form_kwargs = {"offered": {name: list(rows) for name, rows in self.offered().items()}}
        self.rows = shape(self._with_more(data), initial=standing, prefix=self.grid, form_kwargs=form_kwargs)

    def standing(self) -> Iterable[Any]:
        """The rows there are now."""
        raise NotImplementedError

    def offered(self) -> Mapping[str, Iterable[Any]]:
        """What may be chosen, by field: read once for all rows."""
        raise NotImplementedError

    @property
    def given(self) -> list[dict[str, Any]]:
        return [each.values for each in self.rows.filled]

    @property
    def formsets(self) -> Sequence[Any]:
        return (self.rows,)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows.is_valid()])

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        index, _, name = rest.partition("/")
        if first != self.grid or not index.isdigit():
            return super().place(fault)
        at = self.rows.filled[int(index)]
        at.add_error(name if name in at.fields else None, str(fault.text))
        return None

    def _with_more(self, data: Any) -> Any:
        if data is None or "_more" not in data:
            return data
        more, total = data.copy(), f"{self.grid}-TOTAL_FORMS"
        try:
            more[total] = str(int(more[total]) + MORE_ROWS)
        except (KeyError, ValueError):
            return data  # the formset says what is wrong with it
        return more
