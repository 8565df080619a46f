"""名簿: who serves in an organisation and its subtree on a day, written in the columns in which a roster comes in.

One row for each post: the primary one, and concurrent posts and secondments. What is written here and read again as a
roster of everybody for the same day changes nothing.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from academy.access import Viewer, people_of_hr
from academy.models import AssignmentKind, Organization, Role, Staff, StatusKind
from academy.models.organizations import number_issuer
from academy.text import in_both

NAME = "roster"
HEADINGS = (
    "職員番号", "氏", "名", "氏カナ", "名カナ", "旧姓", "メールアドレス", "採用年月日", "採用区分", "発令区分", "所属コード",
    "勤務先コード", "職層", "職種", "職名", "所属長", "代理", "勤務場所", "状況", "名簿非公開",
)  # fmt: skip
AT_A_TIME = 5_000
YES, NO = "○", ""

_ROWS = """
    SELECT coalesce(person.staff_number, ''),
        coalesce(name.family_name, person.family_name), coalesce(name.given_name, person.given_name),
        coalesce(name.family_kana, person.family_kana), coalesce(name.given_kana, person.given_kana),
        person.former_name, coalesce(person.email, ''), person.hired_on::text, category.code, held.kind,
        unit.code, coalesce(place.code, ''), ladder.code || '.' || grade.code, family.code, held.post,
        held.head_of_unit, held.deputy_of_unit, held.headquarters,
        CASE held.kind WHEN 'primary' THEN status.held END, person.directory_hidden
    FROM academy_assignment AS held
    JOIN academy_staff AS person ON person.id = held.staff_id
    JOIN academy_organization AS unit ON unit.id = held.organization_id
    LEFT JOIN academy_organization AS place ON place.id = held.work_place_id
    JOIN academy_grade AS grade ON grade.id = held.grade_id
    JOIN academy_gradeladder AS ladder ON ladder.id = grade.ladder_id
    JOIN academy_jobfamily AS family ON family.id = held.job_family_id
    JOIN academy_hiringcategory AS category ON category.id = person.hiring_category_id
    LEFT JOIN academy_staffname AS name
        ON name.staff_id = person.id AND name.superseded_at IS NULL AND name.during @> %(day)s
    LEFT JOIN (
        SELECT staff_id, array_agg(ARRAY[kind, reason] ORDER BY kind, reason) AS held FROM academy_staffstatus
        WHERE superseded_at IS NULL AND during @> %(day)s GROUP BY staff_id
    ) AS status ON status.staff_id = person.id
    WHERE held.superseded_at IS NULL AND held.during @> %(day)s
      AND held.organization_id IN (SELECT academy_subtree(ARRAY[%(root)s]::bigint[], %(day)s))
      AND person.issuer_id = %(issuer)s AND (%(all)s OR person.id = ANY(%(people)s))
    ORDER BY person.number_folded, person.id, held.kind <> 'primary', held.id
"""


def rows(root: Organization, on: dt.date, *, viewer: Viewer) -> Iterator[tuple[str, ...]]:
    """The cells of each row, as text: of the people whose numbers count there and of whom the viewer is HR today."""
    issuer, everybody = number_issuer(root, on), viewer.everywhere(Role.ACADEMY_HR)
    people = Staff.objects.filter(people_of_hr(viewer), issuer=issuer).values_list("pk", flat=True)
    params: dict[str, Any] = {
        "root": root.pk,
        "day": on,
        "issuer": issuer.pk,
        "all": everybody,
        "people": [] if everybody else list(people),
    }
    kinds = {str(kind): in_both(kind.label).ja for kind in AssignmentKind}
    statuses = {str(kind): in_both(kind.label).ja for kind in StatusKind}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, params)
        while part := cursor.fetchmany(AT_A_TIME):
            for *first, kind, unit, place, grade, family, post, head, deputy, headquarters, held, hidden in part:
                yield (
                    *first, kinds[kind], unit, place, grade, family, post, YES if head else NO, YES if deputy else NO,
                    "本庁" if headquarters else "事業所",
                    ";".join(f"{statuses[each]}({reason})" if reason else statuses[each] for each, reason in held or ()),
                    YES if hidden else NO,
                )  # fmt: skip
