"""The entries of the files: where they lie, how their days are read, and the ids that they are given."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models.base import uuid7

# Gives a row its public id from its table and its code; a new one for an ordinary installation.
Identify = Callable[[str, str], UUID]
Entry = Mapping[str, Any]
DAY = dt.timedelta(days=1)


def new_id(table: str, code: str) -> UUID:
    return uuid7()


def data_file(app: str, name: str) -> dict[str, Any]:
    """A data file that is shipped with an app."""
    path = Path(apps.get_app_config(app).path) / "data" / name
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def life_of(entry: Entry) -> DateRange:
    """The dates of an entry: `from` and `to` are both inclusive in the sources, a range excludes its end."""
    last = entry.get("to")
    return DateRange(entry.get("from"), last + DAY if last else None)


def common_life(first: DateRange, *others: DateRange) -> DateRange:
    """When all of them lived. Its end may lie before its beginning: then they never did (`lives_some_time`)."""
    lowers = [each.lower for each in (first, *others) if each.lower is not None]
    uppers = [each.upper for each in (first, *others) if each.upper is not None]
    return DateRange(max(lowers, default=None), min(uppers, default=None))


def lives_some_time(during: DateRange) -> bool:
    return bool(during.lower is None or during.upper is None or during.lower < during.upper)


def same_days(one: DateRange, other: DateRange) -> bool:
    """The database tells an open bound otherwise than a file does."""
    return bool(one.lower == other.lower and one.upper == other.upper)
