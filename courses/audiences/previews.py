"""How many people an audience is of, by bureau and grade, as its rule is and as it would be with another rule."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When

from academy.models import Assignment
from courses.audiences.compiled import admitted, named
from courses.audiences.rules import Node, parse
from courses.disclosure import Counts
from courses.models import Audience, AudiencePersonKind

# Each person is asked once (materialised: else a rule is worked out anew for every count), and the tree for a few hundred
# organisations.
_COUNTED = """
    WITH person AS MATERIALIZED ({people}), counted AS (
        SELECT organization_id, grade_id, count(*) AS staff, count(*) FILTER (WHERE was) AS before,
            count(*) FILTER (WHERE becomes) AS after, count(*) FILTER (WHERE becomes AND NOT was) AS joined,
            count(*) FILTER (WHERE was AND NOT becomes) AS gone, count(*) FILTER (WHERE included) AS included,
            count(*) FILTER (WHERE excluded) AS excluded
        FROM person GROUP BY organization_id, grade_id
    )
    SELECT coalesce(bureau.bureau_id, counted.organization_id), grade_id, sum(staff)::int, sum(before)::int,
        sum(after)::int, sum(joined)::int, sum(gone)::int, sum(included)::int, sum(excluded)::int
    FROM counted LEFT JOIN academy_bureaus(%s) AS bureau ON bureau.organization_id = counted.organization_id
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Preview:
    """Counts of the people who hold a primary post on a day, by the keys of bureau and grade.

    `included` and `excluded` are those of them who are named, whatever the rule says of them.
    """

    by_bureau: Mapping[int, Counts] = field(default_factory=dict)
    by_grade: Mapping[int, Counts] = field(default_factory=dict)
    total: Counts = field(default_factory=Counts)
    included: int = 0
    excluded: int = 0


def preview(audience: Audience, on: dt.date, *, edited: Node | None = None, among: Q | None = None) -> Preview:
    """Count an audience on a day, and beside it what it would be with an edited rule; of some people only with `among`.

    One statement counts, whatever the rule and however many people; `among` is a condition on primary posts.
    """
    before = admitted(audience, parse(audience.rule), on)
    people = Assignment.objects.on(on).primary()
    each = (people if among is None else people.filter(among)).values_list(
        "organization_id",
        "grade_id",
    )
    flagged = each.annotate(
        was=_is(before),
        becomes=_is(before if edited is None else admitted(audience, edited, on)),
        included=_is(named(audience, AudiencePersonKind.INCLUDE)),
        excluded=_is(named(audience, AudiencePersonKind.EXCLUDE)),
    )
    try:
        statement, params = flagged.query.sql_with_params()
    except EmptyResultSet:  # a scope that holds nobody
        return Preview()
    with connection.cursor() as cursor:
        # Only the ORM's own statement is put into the text; every value is a parameter.
        cursor.execute(_COUNTED.format(people=statement), (*params, on))
        return _gathered(cursor.fetchall())


def _gathered(cells: list[tuple[int, ...]]) -> Preview:
    bureaus: defaultdict[int, Counts] = defaultdict(Counts)
    grades: defaultdict[int, Counts] = defaultdict(Counts)
    total, included, excluded = Counts(), 0, 0
    for bureau, grade, *figures, added, left_out in cells:
        counts = Counts(*figures)
        bureaus[bureau] += counts
        grades[grade] += counts
        total += counts
        included += added
        excluded += left_out
    return Preview(bureaus, grades, total, included, excluded)


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
