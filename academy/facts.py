"""What a person was on a day: the one reading of dated posts that rules, copies on records and reports share."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from academy import statements
from academy.anniversaries import whole_years
from academy.calendar import fiscal_year_of
from academy.models import BUREAU_LEVEL


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
    grade_since: dt.date
    statuses: frozenset[str]

    @property
    def organization_id(self) -> int:
        return self.organizations[0]

    @property
    def new_recruit(self) -> bool:
        """In the first fiscal year of service (新規採用職員)."""
        return fiscal_year_of(self.hired_on) == fiscal_year_of(self.on)

    @property
    def years_in_grade(self) -> int:
        """Whole years since the first day in the grade.

        A time without any post does not break the years, a post of another grade does. A post that always was, to whose
        first day no record goes back, counts from the first day there is.
        """
        return whole_years(self.grade_since, self.on)


@dataclass(frozen=True)
class Place:
    """What a quota asks of a person on a day; the same as the facts say, read without the rest."""

    bureau_id: int
    grade_id: int
    new_recruit: bool


# From each organisation of a post up to the root; its first body at which training is administered is the bureau.
_BUREAU_LEVEL = ", ".join(f"'{kind}'" for kind in BUREAU_LEVEL)
_PATHS = f"""
    above AS (
        SELECT DISTINCT day, organization_id AS start, organization_id AS id, 0 AS distance FROM post
        UNION
        SELECT above.day, above.start, edge.parent_id, above.distance + 1 FROM above
        JOIN academy_organizationedge AS edge ON edge.child_id = above.id AND edge.during @> above.day
        WHERE above.distance < 12
    ), path AS (
        SELECT day, start, array_agg(above.id ORDER BY distance) AS ids,
            (array_agg(above.id ORDER BY distance) FILTER (WHERE body.kind IN ({_BUREAU_LEVEL})))[1] AS bureau_id
        FROM above JOIN academy_organization AS body ON body.id = above.id GROUP BY day, start
    )
"""

# `held` are the primary posts up to the day, in their order, each with whether its grade is another than before; the last
# that was is when the grade began.
_FACTS = f"""
    WITH RECURSIVE wanted AS (
        SELECT DISTINCT staff_id, day FROM unnest(%(staff)s::bigint[], %(days)s::date[]) AS each (staff_id, day)
    ), held AS (
        SELECT day, each.staff_id, organization_id, grade_id, job_family_id, headquarters, during,
            coalesce(lower(during), date '0001-01-01') AS began, lag(grade_id) OVER earlier IS DISTINCT FROM grade_id AS changed
        FROM wanted JOIN academy_assignment AS each ON each.staff_id = wanted.staff_id AND kind = 'primary'
            AND superseded_at IS NULL AND NOT during >> daterange(day, day, '[]')
        WINDOW earlier AS (PARTITION BY each.staff_id, day ORDER BY lower(during) NULLS FIRST)
    ), dated AS (
        SELECT *, max(began) FILTER (WHERE changed) OVER (PARTITION BY staff_id, day) AS grade_since FROM held
    ), post AS (
        SELECT * FROM dated WHERE during @> day
    ), {_PATHS}, status AS (
        SELECT wanted.staff_id, wanted.day, array_agg(DISTINCT held.kind) AS kinds
        FROM wanted JOIN academy_staffstatus AS held ON held.staff_id = wanted.staff_id AND held.during @> wanted.day
            AND held.superseded_at IS NULL
        GROUP BY wanted.staff_id, wanted.day
    )
    SELECT post.staff_id, post.day, path.ids, body.id, body.kind,
           grade.id, ladder.code, grade.code, grade.rank, equivalence.rank,
           family.id, family.code, category.code, person.hired_on, post.headquarters, post.grade_since, status.kinds
    FROM post
    JOIN path ON path.start = post.organization_id AND path.day = post.day
    JOIN academy_organization AS body ON body.id = coalesce(path.bureau_id, post.organization_id)
    JOIN academy_grade AS grade ON grade.id = post.grade_id
    JOIN academy_gradeladder AS ladder ON ladder.id = grade.ladder_id
    LEFT JOIN academy_gradeequivalence AS equivalence
        ON equivalence.grade_id = grade.id AND equivalence.during @> post.day
    JOIN academy_jobfamily AS family ON family.id = post.job_family_id
    JOIN academy_staff AS person ON person.id = post.staff_id
    JOIN academy_hiringcategory AS category ON category.id = person.hiring_category_id
    LEFT JOIN status ON status.staff_id = post.staff_id AND status.day = post.day
"""

_PLACES = f"""
    WITH RECURSIVE post AS (
        SELECT each.staff_id, %(day)s::date AS day, organization_id, grade_id
        FROM unnest(%(staff)s::bigint[]) AS wanted (staff_id)
        JOIN academy_assignment AS each ON each.staff_id = wanted.staff_id AND kind = 'primary'
            AND superseded_at IS NULL AND during @> %(day)s::date
    ), {_PATHS}
    SELECT post.staff_id, coalesce(path.bureau_id, post.organization_id), post.grade_id, person.hired_on
    FROM post
    JOIN path ON path.start = post.organization_id
    JOIN academy_staff AS person ON person.id = post.staff_id
"""


def places_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, Place]:
    """The place of each of many people on a day, in one statement; who holds no primary post that day is left out."""
    params: dict[str, Any] = {"staff": list(staff_ids), "day": on}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, params)
        rows = cursor.fetchall()
    year = fiscal_year_of(on)
    return {
        staff_id: Place(bureau_id, grade_id, fiscal_year_of(hired_on) == year)
        for staff_id, bureau_id, grade_id, hired_on in rows
    }


def facts_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, Facts]:
    """The facts of several people on a day, in one statement; who holds no primary post that day is left out."""
    return {facts.staff_id: facts for facts in _read([(staff_id, on) for staff_id in staff_ids])}


def asking(staff_ids: Iterable[int], *, on: dt.date) -> statements.Asking:
    """What `facts_of` asks: for `statements.ahead`."""
    return _asking([(staff_id, on) for staff_id in staff_ids])


def facts_on(staff_id: int, days: Iterable[dt.date]) -> dict[dt.date, Facts]:
    """The facts of one person on several days, in one statement; days without a primary post are left out."""
    return {facts.on: facts for facts in _read([(staff_id, day) for day in days])}


def facts_of_pairs(wanted: Iterable[tuple[int, dt.date]]) -> dict[tuple[int, dt.date], Facts]:
    """The facts of people, each on a day of their own, in one statement."""
    return {(facts.staff_id, facts.on): facts for facts in _read(list(wanted))}


def _read(wanted: list[tuple[int, dt.date]]) -> list[Facts]:
    return [_facts(row) for row in statements.run(*_asking(wanted))]


def _asking(wanted: list[tuple[int, dt.date]]) -> statements.Asking:
    params: dict[str, Any] = {
        "staff": [staff_id for staff_id, _ in wanted],
        "days": [day for _, day in wanted],
    }
    return _FACTS, params


def _facts(row: tuple[Any, ...]) -> Facts:
    staff_id, on, path, *columns, statuses = row
    columns.append(frozenset(statuses or ()))
    return Facts(staff_id, on, tuple(path), *columns)
