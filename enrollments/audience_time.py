"""How many of an audience sit or teach elsewhere in given spans of time: read once, for any number of spans."""

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from psycopg.types.multirange import Multirange

from courses import audiences
from courses.models import Audience
from enrollments.models import SEATED

K = TypeVar("K", bound=Hashable)
Window = tuple[list[int], Multirange[Any]]  # the sessions that meet in a span, and the span


@dataclass(frozen=True)
class AudienceTime(Generic[K]):
    """How many there are, and of each span how many are elsewhere, each person once; spans with nobody are left out."""

    audience: int
    busy: Mapping[K, int]


# Sessions are found by their meetings before: seats are read by session, once (materialised: the planner would look
# through the times of everybody for each span), and only then compared with the spans.
_BUSY = """
    WITH audience AS MATERIALIZED ({people}), span AS (
        SELECT * FROM unnest(%s::int[], %s::bigint[], %s::tstzmultirange[]) AS span (number, session_id, busy)
    ), seat AS MATERIALIZED (
        SELECT session_id, staff_id, busy FROM enrollments_enrollment
        WHERE session_id IN (SELECT session_id FROM span) AND status = ANY(%s)
        UNION ALL
        SELECT teaching.session_id, instructor.staff_id, teaching.busy FROM courses_sessioninstructor AS teaching
        JOIN courses_instructor AS instructor ON instructor.id = teaching.instructor_id
        WHERE teaching.session_id IN (SELECT session_id FROM span) AND instructor.staff_id IS NOT NULL
    ), meant AS MATERIALIZED (
        SELECT seat.* FROM seat JOIN audience USING (staff_id)
    )
    SELECT NULL, count(*) FROM audience
    UNION ALL
    SELECT number, count(DISTINCT staff_id) FROM span JOIN meant USING (session_id) WHERE meant.busy && span.busy
    GROUP BY number
"""


def audience_busy(
    audience: Audience, on: dt.date, *, windows: Mapping[K, Window], among: Q | None = None
) -> AudienceTime[K]:
    """One statement, for any number of windows; `among` is a condition on primary posts."""
    keys = list(windows)
    pairs = [(number, pk, windows[key][1]) for number, key in enumerate(keys) for pk in windows[key][0]]
    posts = audiences.posts(audience, on).values_list("staff_id")
    try:
        people, params = (posts if among is None else posts.filter(among)).query.sql_with_params()
    except EmptyResultSet:
        return AudienceTime(0, {})
    columns = [list(column) for column in zip(*pairs, strict=True)] or [[], [], []]
    seated = [str(status) for status in SEATED]
    with connection.cursor() as cursor:
        # Only the ORM's own statement is put into the text; every value is a parameter.
        cursor.execute(_BUSY.format(people=people), (*params, *columns, seated))
        rows = cursor.fetchall()
    return AudienceTime(
        audience=next(count for number, count in rows if number is None),
        busy={keys[number]: count for number, count in rows if number is not None},
    )
