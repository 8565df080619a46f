"""Telling people, and their reading of it. Notices are rows; how they reach a mailbox is another matter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from academy.clock import BusinessNow
from academy.models import Notice, User
from academy.models.base import Record
from academy.notices import WORDS
from academy.operations.base import kind_of, note, operation


def tell(*, kind: str, occasion: str, recipients: Iterable[int], subject: Record, facts: dict[str, Any]) -> int:
    """Tell each of the people (keys of staff) of an occasion that nobody has told them of yet; returns how many.

    One statement, part of the operation that causes it. What was told first about an occasion stands.
    """
    if kind not in WORDS:
        raise ValueError(f"a notice without words: {kind}")
    params: dict[str, Any] = {
        "recipients": sorted(set(recipients)),
        "kind": kind,
        "occasion": occasion,
        "subject_kind": kind_of(subject),
        "subject": subject.public_id,
        "facts": Jsonb(facts),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, params)
        return int(cursor.rowcount)


_TELL = """
    INSERT INTO academy_notice (public_id, recipient_id, kind, occasion, subject_kind, subject, facts, created_at)
    SELECT academy_uuid7(), staff, %(kind)s, %(occasion)s, %(subject_kind)s, %(subject)s, %(facts)s, academy_now()
    FROM unnest(%(recipients)s::bigint[]) AS staff
    ON CONFLICT ON CONSTRAINT notice_once_per_occasion DO NOTHING
"""


@dataclass(frozen=True)
class Letter:
    """What one person is told of one occasion."""

    kind: str
    occasion: str
    recipient: int
    subject_kind: str
    subject: UUID
    facts: dict[str, Any]


def tell_each(letters: Sequence[Letter]) -> int:
    """Tell everybody something of their own, as `tell` does and in one statement as well; returns how many were told."""
    if unknown := {each.kind for each in letters} - WORDS.keys():
        raise ValueError(f"notices without words: {sorted(unknown)}")
    columns: dict[str, list[Any]] = {
        "kinds": [each.kind for each in letters],
        "occasions": [each.occasion for each in letters],
        "recipients": [each.recipient for each in letters],
        "subject_kinds": [each.subject_kind for each in letters],
        "subjects": [each.subject for each in letters],
        "facts": [Jsonb(each.facts) for each in letters],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL_EACH, columns)
        return int(cursor.rowcount)


_TELL_EACH = """
    INSERT INTO academy_notice (public_id, recipient_id, kind, occasion, subject_kind, subject, facts, created_at)
    SELECT academy_uuid7(), told.recipient, told.kind, told.occasion, told.subject_kind, told.subject, told.facts, academy_now()
    FROM unnest(
        %(recipients)s::bigint[], %(kinds)s::text[], %(occasions)s::text[], %(subject_kinds)s::text[],
        %(subjects)s::uuid[], %(facts)s::jsonb[]
    ) AS told (recipient, kind, occasion, subject_kind, subject, facts)
    ON CONFLICT ON CONSTRAINT notice_once_per_occasion DO NOTHING
"""


@operation
def read_notice(*, notice_id: int, by: User | None) -> Notice:
    """A notice counts as read from the first time it was opened."""
    Notice.objects.unread().filter(pk=notice_id).update(read_at=BusinessNow())
    return Notice.objects.get(pk=notice_id)


@operation
def read_all(*, staff_id: int, by: User | None) -> int:
    """Everything that a person was told so far counts as read; returns how many were unread."""
    number = Notice.objects.unread().filter(recipient=staff_id).update(read_at=BusinessNow())
    note(read=number)
    return number
