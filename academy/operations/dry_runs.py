"""Dry runs for many: worked out from one state of the database, without a lock, and answered as the result of a job.

A dry run in a request is the change itself, rolled back: for as long as it runs it holds the locks of the change. For thousands
of people that would keep everybody else out of the session, for a question. A dry run by a job decides with the same code
as the change, and does not write: the database refuses it any write and any row lock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from academy.models.base import Record
from academy.operations.base import action_of, kind_of
from academy.text import Text

MAY_DIFFER = Text(
    "ロックをせずに、looked_at の時点の状態で判定しました。実行までの間の他の人の操作により、結果は変わることがあります。",
    "Decided without a lock, on how things stood at `looked_at`. What others do before the real call may change its outcome.",
)


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment; no lock on a row is taken, and nothing is written."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def foreseen(result: dict[str, Any], *, of: Callable[..., Any], to: Record, figures: dict[str, Any]) -> dict[str, Any]:
    """The answer of a dry run by a job, made in its snapshot: that of a dry run in a request, and how it came about.

    `result` is what the job of the real call would answer. `figures` are what the operation `of` would note in the trail.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT academy_now()")
        (looked_at,) = cursor.fetchone()
    change = {"action": action_of(of), "kind": kind_of(to), "id": to.public_id, "detail": figures}
    return {
        "dry_run": True,
        "without_locks": True,
        "looked_at": looked_at.astimezone(settings.BUSINESS_TIME_ZONE).isoformat(),
        "note_ja": MAY_DIFFER.ja,
        "note_en": MAY_DIFFER.en,
        "result": result,
        "changes": [change],
    }
