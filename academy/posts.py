"""Who is in charge of a person on a day: a decision that writes nothing."""

import datetime as dt

from django.db import connection

# Walks up from the person's primary organisation; at each one the head, unless that is the person.
_HEADS = """
    WITH RECURSIVE above AS (
        SELECT organization_id AS id, 0 AS distance FROM academy_assignment
        WHERE staff_id = %(staff)s AND kind = 'primary' AND during @> %(day)s::date
        UNION
        SELECT edge.parent_id, above.distance + 1 FROM above
        JOIN academy_organizationedge AS edge ON edge.child_id = above.id AND edge.during @> %(day)s::date
        WHERE above.distance < 12
    )
    SELECT head.staff_id FROM above
    JOIN academy_assignment AS head
      ON head.organization_id = above.id AND head.head_of_unit AND head.during @> %(day)s::date
    WHERE head.staff_id <> %(staff)s
    ORDER BY above.distance, head.kind = 'primary' DESC, head.id LIMIT 1
"""


def unit_head_of(staff_id: int, *, on: dt.date) -> int | None:
    """所属長: the head of the nearest organisation at or above the person's own who is not the person; None if none."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, {"staff": staff_id, "day": on})
        row = cursor.fetchone()
    return row[0] if row else None
