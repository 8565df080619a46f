"""What a button asks for. A form checks how its fields are written; whether the change is allowed says the operation."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model

from academy.access import Viewer, staff_known_to
from academy.errors import DomainError, Fault
from academy.models import Staff, User
from academy.models.base import Record
from academy.text import Text, bilingual

NOTHING_CHOSEN = ("", "---------")
NO_SUCH_PERSON = Text("この職員番号の職員は担当範囲にいません。", "Nobody of your scope has this staff number.")
SEVERAL_PEOPLE = Text(
    "この番号は複数の団体にあります。「団体コード:番号」で入力してください。",
    "Several bodies have given this number. Write it as code:number.",
)


class OperationForm(forms.Form):
    """The fields of one operation: `save` calls it with what was entered, and its refusals come back to their fields.

    A field that is called as a column of `names` is labelled as that column. `initial_of` says what stands now, so that
    `entered` can give what was changed and leave the rest as it is.
    """

    names: ClassVar[type[Model] | None] = None
    places: ClassVar[
        Mapping[str, str]
    ] = {}  # where the operation calls a field otherwise: pointer's first word to field
    required_css_class = "required"
    looks: ClassVar[bool] = False  # it shows something and changes nothing
    send: ClassVar[Any] = None  # what its button says, where that is not the title
    gone: bool = False  # after it the row is there no more
    result: object = None

    def __init__(self, data: Any = None, files: Any = None, *, viewer: Viewer, row: Any = None) -> None:
        super().__init__(data, files, initial=self.initial_of(row) if row is not None else None)
        self.viewer, self.row = viewer, row
        for name, field in self.fields.items():
            field.label = field.label or self._column(name)
            if isinstance(field, StaffField):
                field.viewer = viewer
        self.prepare()

    @property
    def by(self) -> User:
        return self.viewer.user

    def initial_of(self, row: Any) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        """Offer the choices that depend on who asks and about what."""

    def save(self) -> object:
        """Call the operation; gives the row to go on with, or nothing."""
        raise NotImplementedError

    @property
    def formsets(self) -> Sequence[Any]:
        """Forms of rows below, with their titles."""
        return ()

    def done(self) -> bool:
        """Whether the operation did it; if not, its reasons stand at their fields."""
        try:
            self.result = self.save()
        except DomainError as refusal:
            self.refuse(refusal)
        return not self.errors and all(formset.is_valid() for formset in self.formsets)

    def refuse(self, refusal: DomainError) -> None:
        if not refusal.faults:
            self.add_error(None, str(refusal.detail))
        for fault in refusal.faults:
            self.place(fault)

    def place(self, fault: Fault) -> None:
        first, _, rest = fault.pointer.removeprefix("/").partition("/")
        name = self.places.get(first, first)
        inside = f"/{rest}: " if rest else ""
        if name in self.fields:
            self.add_error(name, f"{inside}{fault.text}")
        else:
            self.add_error(None, f"{fault.pointer}: {fault.text}")

    def entered(self, *besides: str) -> dict[str, Any]:
        """What was entered; on a row that is there, what differs from what stands."""
        names = self.fields.keys() if self.row is None else self.changed_data
        return {name: self.cleaned_data[name] for name in names if name not in besides}

    def _column(self, name: str) -> Any:
        if self.names is None:
            return None
        try:
            return getattr(self.names._meta.get_field(name), "verbose_name", None)
        except FieldDoesNotExist:
            return None


class MomentField(forms.DateTimeField):
    """A moment, as Tokyo tells the time."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The page shows minutes: seconds that were not shown are no change."""
        if isinstance(initial, dt.datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class RowField(forms.ChoiceField):
    """One of the rows that are offered, by its public id; what is not offered does not exist."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: dict[str, Any] = {}

    def offer(self, rows: Iterable[Record], name: Callable[[Any], str] = str) -> None:
        self.rows = {str(row.public_id): row for row in rows}
        self.choices = [NOTHING_CHOSEN, *((key, name(row)) for key, row in self.rows.items())]

    def prepare_value(self, value: Any) -> Any:
        return str(value.public_id) if isinstance(value, Record) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class RowsField(forms.MultipleChoiceField):
    """Some of the rows that are offered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: dict[str, Any] = {}

    def offer(self, rows: Iterable[Record]) -> None:
        self.rows = {str(row.public_id): row for row in rows}
        self.choices = [(key, str(row)) for key, row in self.rows.items()]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [str(row.public_id) if isinstance(row, Record) else row for row in value]
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        return [self.rows[key] for key in super().clean(value)]


class StaffField(forms.CharField):
    """A person of the viewer's scope by staff number; where several bodies have given it, by the body's code as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **{"label": bilingual("職員番号", "Staff number"), **kwargs})
        self.viewer: Viewer | None = None

    def clean(self, value: Any) -> Staff | None:
        text = super().clean(value)
        if not text:
            return None
        if self.viewer is None:
            raise ValueError("the form says who asks")
        body, _, number = str(text).rpartition(":")
        found = staff_known_to(self.viewer).filter(staff_number=number)
        people = list((found.filter(issuer__code=body) if body else found)[:2])
        if len(people) != 1:
            raise ValidationError(str(SEVERAL_PEOPLE if people else NO_SUCH_PERSON), code="not_found")
        return people[0]
