"""One state of the database for all statements of a report."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[dt.datetime]:
    """Run the block on one snapshot that cannot write; gives its watermark, the business time of its transaction.

    Inside a transaction that is already open the block joins it, with the isolation that it has.
    """
    joined = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not joined:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT academy_now()")
        (watermark,) = cursor.fetchone()
        yield watermark
