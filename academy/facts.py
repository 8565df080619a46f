"""What a person was on a day: the one reading of dated posts that rules, copies on records and reports share."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from academy.calendar import fiscal_year_of


@dataclass(frozen=True)
class Facts:
    """One person on one day, by the primary post. Organisations are keys, from the person's own up to the root."""

    staff_id: int
    on: dt.date
    organizations: tuple[int, ...]
    bureau_id: int
    bureau_kind: str
    grade_id: int
    ladder: str
    grade: str
    rank: int
    equivalent_rank: int | None
    job_family_id: int
    job_family: str
    hiring_category: str
    hired_on: dt.date
    headquarters: bool
    statuses: frozenset[str]

    @property
    def organization_id(self) -> int:
        return self.organizations[0]

    @property
    def new_recruit(self) -> bool:
        """In the first fiscal year of service (新規採用職員)."""
        return fiscal_year_of(self.hired_on) == fiscal_year_of(self.on)


_FACTS = """
    WITH RECURSIVE post AS (
        SELECT * FROM academy_assignment
        WHERE kind = 'primary' AND during @> %(day)s::date AND staff_id = ANY(%(staff)s)
    ), above AS (
        SELECT DISTINCT organization_id AS start, organization_id AS id, 0 AS distance FROM post
        UNION
        SELECT above.start, edge.parent_id, above.distance + 1 FROM above
        JOIN academy_organizationedge AS edge ON edge.child_id = above.id AND edge.during @> %(day)s::date
        WHERE above.distance < 12
    ), path AS (
        SELECT start, array_agg(id ORDER BY distance) AS ids FROM above GROUP BY start
    ), status AS (
        SELECT staff_id, array_agg(DISTINCT kind) AS kinds FROM academy_staffstatus
        WHERE during @> %(day)s::date AND staff_id = ANY(%(staff)s) GROUP BY staff_id
    )
    SELECT post.staff_id, path.ids, coalesce(bureau.bureau_id, post.organization_id), body.kind,
           grade.id, ladder.code, grade.code, grade.rank, grade.equivalent_rank,
           family.id, family.code, category.code, person.hired_on, post.headquarters, status.kinds
    FROM post
    JOIN path ON path.start = post.organization_id
    LEFT JOIN academy_bureaus(%(day)s::date) AS bureau ON bureau.organization_id = post.organization_id
    JOIN academy_organization AS body ON body.id = coalesce(bureau.bureau_id, post.organization_id)
    JOIN academy_grade AS grade ON grade.id = post.grade_id
    JOIN academy_gradeladder AS ladder ON ladder.id = grade.ladder_id
    JOIN academy_jobfamily AS family ON family.id = post.job_family_id
    JOIN academy_staff AS person ON person.id = post.staff_id
    JOIN academy_hiringcategory AS category ON category.id = person.hiring_category_id
    LEFT JOIN status ON status.staff_id = post.staff_id
"""


def facts_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, Facts]:
    """The facts of several people on a day, in one statement; who holds no primary post that day is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"day": on, "staff": list(staff_ids)})
        rows = cursor.fetchall()
    return {row[0]: _facts(row, on) for row in rows}


def _facts(row: tuple[Any, ...], on: dt.date) -> Facts:
    staff_id, path, *columns, statuses = row
    columns.append(frozenset(statuses or ()))
    return Facts(staff_id, on, tuple(path), *columns)
