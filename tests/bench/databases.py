"""The databases of the bench: one for each size, kept between runs, beside the database that the settings name."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from tests.bench import seed, seed_enrollments
from tests.bench.sizes import Size

REPOSITORY = Path(__file__).resolve().parents[2]


def use(size: Size, base: str) -> bool:
    """Connect to the set of a size; made first if it is not there as the code makes it today. Whether it was made."""
    connect(base)
    made = not _exists(size.database)
    if not made:
        connect(size.database)
        if _mark() != _digest():
            connect(base)
            _execute(f"DROP DATABASE {size.database} WITH (FORCE)")
            made = True
    if made:
        _execute(f"CREATE DATABASE {size.database}")
        connect(size.database)
        call_command("migrate", verbosity=0)
        seed.fill(size)
        _execute(f"COMMENT ON TABLE enrollments_enrollment IS '{_digest()}'")
    return made


def connect(name: str) -> None:
    """Everything from here on, in every thread, is asked of that database."""
    held: Any = connection  # its pool is PostgreSQL's own
    held.close()
    held.close_pool()
    connections.settings["default"]["NAME"] = name


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _mark() -> str:
    """Written when a set is complete: a digest of what made it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(obj_description(to_regclass('enrollments_enrollment')), '')")
        return str(cursor.fetchone()[0])


def _digest() -> str:
    sources = [Path(seed.__file__), Path(seed_enrollments.__file__), *REPOSITORY.glob("*/migrations/0*.py")]
    whole = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    return f"seed {whole.hexdigest()[:16]}"
