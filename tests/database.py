"""The database of a test process: a copy of one that was migrated once and is kept as long as the migrations stay.

Migrating takes half a minute; a copy takes less than a second. The kept one is named by what it was made from.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

REPOSITORY = Path(__file__).resolve().parents[1]
PREFIX = "migrated_"
ONE_AT_A_TIME = 722_411  # the key of the advisory lock under which the kept database is made
OF_MIGRATE = {"auth_permission", "django_content_type"}  # what `migrate` writes itself after the migrations


def template() -> str:
    """The name of a database in which every migration was applied; it is made where there is none yet."""
    name = PREFIX + _digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # another process may be migrating
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for outdated in there:
                cursor.execute(f'DROP DATABASE "{outdated}"')
            cursor.execute(f'CREATE DATABASE "{PREFIX}unfinished"')
            with _connected_to(f"{PREFIX}unfinished"):
                call_command("migrate", verbosity=0, run_syncdb=True)
            cursor.execute(f'ALTER DATABASE "{PREFIX}unfinished" RENAME TO "{name}"')
    return name


def _digest() -> str:
    """Of every file that says what a migration does: ours, those of the libraries by the lock."""
    made_from = [REPOSITORY / "requirements.lock", *sorted(REPOSITORY.glob("*/migrations/**/*.py"))]
    digest = hashlib.sha256()
    for file in made_from:
        digest.update(str(file.relative_to(REPOSITORY)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@contextmanager
def rehearsal() -> Iterator[None]:
    """What is written inside is undone at the end; what a test inside it writes, at the end of the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def empty() -> None:
    """Delete every row, at the end of a test that committed some.

    Django would truncate all tables: a new file for each of them and for each index, some thousand, however few rows
    there are. Here only the tables with rows are touched. The triggers that keep history wait outside.
    """
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - OF_MIGRATE)
    with transaction.atomic(), connection.cursor() as cursor:
        with_rows = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
        cursor.execute(with_rows)
        found = [row[0] for row in cursor.fetchall()]
        for statement in ("ALTER TABLE {} DISABLE TRIGGER USER", "DELETE FROM {}"):
            for table in found:
                cursor.execute(statement.format(f'"{table}"'))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
        for table in found:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    connection.close()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
