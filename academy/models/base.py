"""What every table has: an identity key that is never shown, a public id, and a declared purpose for personal data."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Self, TypeVar

import pgtrigger
import uuid_utils.compat
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q
from psycopg.types.multirange import Multirange

from academy.clock import BusinessNow


def uuid7() -> uuid.UUID:
    """A time-ordered public id; set-based inserts take it from the SQL function `academy_uuid7()`."""
    return uuid_utils.compat.uuid7()


class Retention(Enum):
    """How long a class of personal data is kept; the purge itself comes with the retention rules."""

    EMPLOYMENT = "while employed, then five years"
    TRAINING_RECORD = "thirty years, as the personnel record"
    SKILL_RECORD = "ten years after the cycle"
    ACCOUNT = "while the account lives"
    AUDIT = "ten years"
    OPERATION = "ninety days"


@dataclass(frozen=True)
class PersonalData:
    """Why a table holds data about people (個人情報保護法 第61条: only for a named purpose), and how long."""

    purpose: str
    retention: Retention


class Record(models.Model):
    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    personal_data: ClassVar[PersonalData | None] = None

    class Meta:
        abstract = True


class Fact(Record):
    """Something that was the case; it says when we learnt it and is superseded, never updated."""

    recorded_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        abstract = True


def append_only(name: str) -> pgtrigger.Trigger:
    """No path rewrites history: the database refuses UPDATE and DELETE."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class SingleValueRange(Func):
    """A key as a range of one value, so that an exclusion constraint needs no extension for `=`."""

    template = "int8range(%(expressions)s, '[]')"
    arity = 2
    output_field = models.CharField()

    def __init__(self, field: str, **extra: Any) -> None:
        super().__init__(F(field), F(field), **extra)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        field = self.get_source_expressions()[0]
        return (f"{type(self).__module__}.{type(self).__name__}", (field.name,), {})


def one_at_a_time(name: str, *, of: str, during: str = "during", condition: Q | None = None) -> ExclusionConstraint:
    """No two rows of the same `of` overlap in time."""
    return ExclusionConstraint(
        name=name,
        expressions=[(SingleValueRange(of), RangeOperators.OVERLAPS), (F(during), RangeOperators.OVERLAPS)],
        condition=condition,
    )


M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    """Rows that hold during a range of business dates."""

    def on(self, day: dt.date) -> Self:
        return self.filter(during__contains=day)


class Dated(models.Model):
    """Valid during a range of business dates; the first day included, the last day excluded, as PostgreSQL keeps it."""

    during = DateRangeField()

    class Meta:
        abstract = True


class DatedFactQuerySet(DatedQuerySet[M]):
    """Facts with dates. What was superseded is history: nobody reads it without asking for it."""

    def live(self) -> Self:
        """As known now."""
        return self.filter(superseded_at=None)

    def on(self, day: dt.date) -> Self:
        """True on a day, as known now."""
        return super().on(day).live()

    def known_at(self, instant: dt.datetime) -> Self:
        """As known at a moment of business time, whatever was learnt since."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=instant), recorded_at__lte=instant)

    def supersede(self, **also: Any) -> int:
        """Set live rows aside: from now on they are what was thought before; `also` says by what."""
        return self.live().update(superseded_at=BusinessNow(), **also)


class DatedFact(Dated, Fact):
    """True during a range of business dates, as far as known since `recorded_at` and until `superseded_at`.

    The row never changes: what turns out otherwise is superseded, and another row says so (see `superseded_only`).
    """

    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


LIVE = Q(superseded_at=None)


def superseded_only(name: str) -> list[pgtrigger.Trigger]:
    """No path rewrites a dated fact: a row may be superseded, once, and nothing else; it is never deleted.

    Asked once a statement: a trigger a row makes 40,000 superseded posts take minutes.
    """
    rows = pgtrigger.Referencing(old="old_rows", new="new_rows")
    marks = "'{superseded_at,superseded_in_id}'::text[]"
    return [
        pgtrigger.Protect(name=f"{name}_delete", operation=pgtrigger.Delete),
        pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            referencing=rows,
            func=f"""
                IF EXISTS (SELECT FROM old_rows WHERE superseded_at IS NOT NULL)
                    OR EXISTS (SELECT FROM new_rows WHERE superseded_at IS NULL)
                    OR EXISTS (
                        SELECT to_jsonb(became) - {marks} FROM new_rows AS became
                        EXCEPT SELECT to_jsonb(was) - {marks} FROM old_rows AS was
                    )
                THEN
                    RAISE EXCEPTION 'a dated fact of % is superseded, never changed', TG_TABLE_NAME;
                END IF;
                RETURN NULL;
            """,
        ),
    ]


def folded(max_length: int = 200) -> "models.CharField[str, str]":
    """A search key (see `academy.folding`): compared by bytes."""
    return models.CharField(max_length=max_length, db_collation="C", editable=False)


class TimesField(models.Field[Multirange[Any] | None, Multirange[Any] | None]):
    """Several spans of time as one value (`tstzmultirange`): one row, one index entry, however many meetings."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tstzmultirange"

    def get_internal_type(self) -> str:
        return "TimesField"
