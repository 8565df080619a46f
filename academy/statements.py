"""Statements that are written once: for what every application and every answer asks, one person at a time.

Building a query costs Django more than asking it costs PostgreSQL, and planning it costs PostgreSQL more than answering.
A `Statement` is a QuerySet in which values are `Given` by name. Its SQL is built at the first use; asked about one, its plan
is kept with the connection. Asked about many, it is planned anew for just those: the best plan for one person is the worst
for 40,000. `run` does the same for a statement that is written by hand.

Whatever is not `Given` is written into the SQL as it is, so that an index with a condition is found.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from copy import copy
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Expression, F, Field, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg import ClientCursor, Cursor
from psycopg.types.numeric import Int8

R = TypeVar("R")
Asking = tuple[str, Mapping[str, Any]]
_answers: ContextVar[list[tuple[Asking, list[tuple[Any, ...]]]] | None] = ContextVar("answers", default=None)


class _Name(str):
    """The place of a given value among the parameters of a built query."""


class Given(Expression):
    """A value that is given by name when the statement is asked."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        self.name = name
        super().__init__(output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return "(%s)", (_Name(self.name),)


class AmongGiven(Func):
    """Whether a column has one of several values that are given by name."""

    arg_joiner = " = ANY "
    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, path: str, name: str, **extra: Any) -> None:
        super().__init__(F(path), Given(name), **extra)


class Statement(Generic[R]):
    """Rows of a QuerySet: what it yields, be it rows of a model or tuples of values."""

    def __init__(self, build: Callable[[], QuerySet[Any, R]]) -> None:
        self.build = build

    def first(self, **values: Any) -> R | None:
        return next(iter(self.rows(**values)), None)

    def asked(self, **values: Any) -> Asking:
        """For `ahead`."""
        return self._written[2], values

    def rows(self, **values: Any) -> list[R]:
        queryset, written, sql = self._written
        if queryset.query.select_for_update and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a lock needs a transaction that holds it")
        asked = copy(written)
        asked.connection, asked.sql, asked.values = connection, sql, values
        # What the iterables of a QuerySet read of it.
        stand_in = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=queryset.model,
            query=SimpleNamespace(get_compiler=lambda *_, **__: asked),
            _known_related_objects={},
        )
        return list(cast(Any, queryset)._iterable_class(stand_in))

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, R], "_Asked", str]:
        queryset = self.build()
        connection.ensure_connection()  # what is written into the SQL is quoted as the server asks
        compiler = _Asked(queryset.query, connection, DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        first, *others = sql.split("%s")
        pieces = [first]
        for param, text in zip(params, others, strict=True):
            pieces += [f"%({param})s" if isinstance(param, _Name) else _literal(param), text]
        return queryset, compiler, "".join(pieces)


class _Asked(SQLCompiler):
    """A compiler that has built its query, and asks it with other values."""

    sql: str
    values: Mapping[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.converting: list[dict[Any, Any]] = []  # shared by the copies: the columns are the same each time

    def get_converters(self, expressions: Any) -> dict[Any, Any]:
        if not self.converting:
            self.converting.append(super().get_converters(expressions))
        return self.converting[0]

    def execute_sql(self, *_: Any, **__: Any) -> Any:
        return [run(self.sql, self.values)]


def run(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement with named values, as it is; with the plan that was made before, unless it is about many."""
    waiting = _answers.get() or []
    for number, (asked, rows) in enumerate(waiting):
        if asked == (sql, values):
            del waiting[number]
            return rows
    plain = connection.queries_logged or _about_many(values)  # a log shows the statement with its values
    with closing(connection.cursor() if plain else _cursor()) as cursor:
        cursor.execute(sql, {name: _sized(value) for name, value in values.items()})
        return cursor.fetchall() if cursor.description else []


@contextmanager
def ahead(*asked: Asking) -> Iterator[None]:
    """Ask several statements in one round trip, in their order. Whoever asks one of them inside the block, with the same
    values, is given the answer that came; each answer once.

    Under a rush a round trip costs more than a statement: the thread gives up the interpreter, and waits to have it again.
    """
    if connection.queries_logged or any(_about_many(values) for _, values in asked):
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        cursors = [_cursor() for _ in asked]
        for cursor, (sql, values) in zip(cursors, asked, strict=True):
            cursor.execute(sql, {name: _sized(value) for name, value in values.items()})
    token = _answers.set([(asking, cursor.fetchall()) for cursor, asking in zip(cursors, asked, strict=True)])
    try:
        yield
    finally:
        _answers.reset(token)


def _about_many(values: Mapping[str, Any]) -> bool:
    return any(isinstance(value, list) and len(value) > 1 for value in values.values())


def _cursor() -> CursorWrapper:
    connection.ensure_connection()
    return connection.make_cursor(cast(Any, _Kept(connection.connection)))


class _Kept(Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


def _sized(value: Any) -> Any:
    """Numbers are sent in one size: a plan is kept for the types of its values."""
    if type(value) is int:
        return Int8(value)
    return [_sized(each) for each in value] if isinstance(value, list) else value


def _literal(value: Any) -> str:
    return ClientCursor(connection.connection).mogrify("%s", [value]).replace("%", "%%")
