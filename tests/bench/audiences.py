"""The preview of an audience over the whole staff, beside the hand-written statement of the same counts."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from courses import audiences
from courses.models import Audience, Course
from tests.bench import seed
from tests.bench.calls import expect
from tests.bench.figures import Figure, in_turns, seconds_of

ON = dt.date(2022, 12, 1)
RULE = {"any": [{"grade_at_most": "tmg.g3"}, {"job_family": ["f1", "f2"]}]}
EDITED = {
    "all": [{"grade_at_least": "tmg.g3"}, {"organization_kind": ["bureau"]}, {"years_in_grade_at_least": 3}],
}
AT_LEAST = 0.5
SLOWEST = 1.0  # seconds over HTTP
WORDS = "audience by bureau and grade before and after a rule, whole staff"
_BY_HAND = """
    SELECT body.id, grade.id, count(*), count(*) FILTER (WHERE was), count(*) FILTER (WHERE becomes),
        count(*) FILTER (WHERE becomes AND NOT was), count(*) FILTER (WHERE was AND NOT becomes)
    FROM (
        SELECT post.organization_id, post.grade_id,
            grade.rank <= 30 OR family.code IN ('f1', 'f2') AS was,
            grade.rank >= 30 AND body.kind = 'bureau' AND since.began <= %(on)s::date - interval '3 years' AS becomes
        FROM academy_assignment AS post
        JOIN academy_grade AS grade ON grade.id = post.grade_id
        JOIN academy_jobfamily AS family ON family.id = post.job_family_id
        JOIN academy_organizationedge AS edge ON edge.child_id = post.organization_id AND edge.during @> %(on)s
        JOIN academy_organization AS body ON body.id = edge.parent_id
        JOIN (
            SELECT staff_id, grade_id, min(lower(during)) AS began FROM academy_assignment
            WHERE kind = 'primary' AND superseded_at IS NULL GROUP BY staff_id, grade_id
        ) AS since ON since.staff_id = post.staff_id AND since.grade_id = post.grade_id
        WHERE post.kind = 'primary' AND post.superseded_at IS NULL AND post.during @> %(on)s
    ) AS each
    JOIN academy_organizationedge AS edge ON edge.child_id = each.organization_id AND edge.during @> %(on)s
    JOIN academy_organization AS body ON body.id = edge.parent_id
    JOIN academy_grade AS grade ON grade.id = each.grade_id
    GROUP BY body.id, grade.id
"""


def measure(*, turns: int) -> list[Figure]:
    """Seconds of the counts and of the statement, and of the preview over HTTP; both give the same counts."""
    audience = Audience(rule=RULE)
    _refuse_difference(audience)
    ours, rival = in_turns(partial(_counted, audience), _by_hand, turns=turns)
    ratio = rival / ours
    course: UUID = Course.objects.order_by("pk").values_list("public_id", flat=True)[0]
    path = f"/api/v1/courses/{course}/audience-preview/"
    ask = partial(expect, 200, path, seed.HR, {"rule": EDITED})
    ask()  # the application is loaded
    taken = seconds_of(ask)
    return [
        Figure(WORDS, "s", ours, rival, ratio, f"≥ {AT_LEAST} ×", ratio >= AT_LEAST),
        Figure(f"{WORDS}, over HTTP", "s", taken, None, None, f"< {SLOWEST:.0f} s", taken < SLOWEST),
    ]


def _counted(audience: Audience) -> audiences.Preview:
    return audiences.preview(audience, ON, edited=audiences.parse(EDITED))


def _by_hand() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, {"on": ON})
        return list(cursor.fetchall())


def _refuse_difference(audience: Audience) -> None:
    found = _counted(audience)
    by_bureau: dict[int, list[int]] = {}
    by_grade: dict[int, list[int]] = {}
    for bureau, grade, *figures in _by_hand():
        for groups, key in ((by_bureau, bureau), (by_grade, grade)):
            before = groups.get(key, [0] * len(figures))
            groups[key] = [mine + more for mine, more in zip(before, figures, strict=True)]
    for ours, theirs in ((found.by_bureau, by_bureau), (found.by_grade, by_grade)):
        told = {key: [each.staff, each.before, each.after, each.joined, each.left] for key, each in ours.items()}
        if told != theirs:
            raise RuntimeError("the preview and the statement count differently")
