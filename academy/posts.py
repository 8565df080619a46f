"""Who is in charge of a person on a day: a decision that writes nothing."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection

# Walks up from each person's primary organisation; at each one the head, unless that is the person.
_HEADS = """
    WITH RECURSIVE above AS (
        SELECT staff_id, organization_id AS id, 0 AS distance FROM academy_assignment
        WHERE staff_id = ANY(%(staff)s) AND kind = 'primary' AND during @> %(day)s::date AND superseded_at IS NULL
        UNION
        SELECT above.staff_id, edge.parent_id, above.distance + 1 FROM above
        JOIN academy_organizationedge AS edge ON edge.child_id = above.id AND edge.during @> %(day)s::date
        WHERE above.distance < 12
    )
    SELECT DISTINCT ON (above.staff_id) above.staff_id, head.staff_id FROM above
    JOIN academy_assignment AS head
      ON head.organization_id = above.id AND head.head_of_unit AND head.during @> %(day)s::date
      AND head.superseded_at IS NULL
    WHERE head.staff_id <> above.staff_id
    ORDER BY above.staff_id, above.distance, head.kind = 'primary' DESC, head.id
"""


def unit_head_of(staff_id: int, *, on: dt.date) -> int | None:
    """所属長: the head of the nearest organisation at or above the person's own who is not the person; None if none."""
    return unit_heads_of([staff_id], on=on).get(staff_id)


def unit_heads_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, int]:
    """The unit heads of several people, in one statement; who has none is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, {"staff": list(staff_ids), "day": on})
        return dict(cursor.fetchall())
