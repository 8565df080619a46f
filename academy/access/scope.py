"""Whom a scope reaches: the one reading of organisation × job family that academy, skills and enrolments share.

A grant without a scope reaches everybody; one with an organisation whoever holds a post in its subtree today, of any
kind; one with a job family those whose *primary* post today is of it, inside the organisation if that is named too.
A grant for a programme reaches people only by the organisation that it names besides.

Each QuerySet condition here (over rows that name a person, at `of`; over people themselves where `of` is empty) has its
predicate, which reads the person's posts one by one.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from academy.access.viewer import READS, Viewer
from academy.models import Assignment, AssignmentKind, Organization, Role, RoleGrant, Staff
from academy.models.organizations import subtree

NOBODY = Q(pk__in=[])


def serving_within(roots: Iterable[int], on: dt.date) -> QuerySet[Assignment, Any]:
    """The staff ids of whoever holds a post inside the subtrees on a day."""
    return Assignment.objects.on(on).filter(organization_id__in=subtree(roots, on)).values("staff_id")


def shown(of: str = "") -> Q:
    """People who are not hidden in the directory."""
    return Q(**{f"{of}__directory_hidden" if of else "directory_hidden": False})


def unhidden(of: str) -> Q:
    """The same as `shown`, without a join: for a condition on many rows of which few come as far as this question."""
    return ~Q(**{f"{key_of(of)}__in": Staff.objects.filter(directory_hidden=True).values("pk")})


def key_of(of: str) -> str:
    return f"{of}_id" if of else "pk"


def posts_reached(grants: Iterable[RoleGrant], on: dt.date) -> Q:
    """Over posts: those that bring whoever holds them into the reach of grants that have a scope."""
    whole = [grant.organization_id for grant in grants if grant.organization_id and not grant.job_family_id]
    reached = Q(organization_id__in=subtree(whole, on)) if whole else NOBODY
    for grant in grants:
        if grant.job_family_id:
            narrowed = Q(kind=AssignmentKind.PRIMARY, job_family_id=grant.job_family_id)
            if grant.organization_id:
                narrowed &= Q(organization_id__in=subtree([grant.organization_id], on))
            reached |= narrowed
    return reached


def post_is_reached(grant: RoleGrant, post: Assignment, on: dt.date) -> bool:
    """The predicate beside `posts_reached`."""
    if grant.job_family_id and (post.kind != AssignmentKind.PRIMARY or post.job_family_id != grant.job_family_id):
        return False
    if grant.organization_id:
        return inside([grant.organization_id], [post.organization_id], on)
    return grant.job_family_id is not None


def people_reached(grants: Sequence[RoleGrant], on: dt.date, of: str = "") -> Q:
    """The people whom grants reach on a day."""
    if any(_is_boundless(grant) for grant in grants):
        return Q(**{f"{key_of(of)}__isnull": False})
    bounded = [grant for grant in grants if grant.organization_id or grant.job_family_id]
    if not bounded:
        return NOBODY
    posts = Assignment.objects.on(on).filter(posts_reached(bounded, on))
    return Q(**{f"{key_of(of)}__in": posts.values("staff_id")})


def person_is_reached(grants: Sequence[RoleGrant], staff_id: int, on: dt.date) -> bool:
    """The predicate beside `people_reached`."""
    if any(_is_boundless(grant) for grant in grants):
        return True
    held = list(Assignment.objects.on(on).filter(staff_id=staff_id)) if grants else []
    return any(post_is_reached(grant, post, on) for grant in grants for post in held)


def _is_boundless(grant: RoleGrant) -> bool:
    return grant.organization_id is None and grant.job_family_id is None and grant.program is None


def people_in_scope(viewer: Viewer, *roles: Role, of: str = "") -> Q:
    """The people whom the viewer's grants of the roles reach today. Who is hidden is the caller's question."""
    return people_reached(viewer.held(*roles), viewer.day, of)


def reaches(viewer: Viewer, staff_id: int, *roles: Role) -> bool:
    """The predicate beside `people_in_scope`."""
    return person_is_reached(viewer.held(*roles), staff_id, viewer.day)


# A grant with a part that the rules of its role do not read opens nothing (`Viewer.grants`).
_REACHED = """
    WITH held AS MATERIALIZED (
        SELECT DISTINCT user_id, organization_id, job_family_id FROM academy_rolegrant
        WHERE role = %(role)s AND during @> %(day)s::date AND revoked_at IS NULL
            AND (organization_id IS NULL OR %(organization)s) AND (job_family_id IS NULL OR %(job_family)s)
            AND program IS NULL
    ), tree AS MATERIALIZED (
        SELECT root.id AS root, academy_subtree(ARRAY[root.id], %(day)s::date) AS unit
        FROM (SELECT DISTINCT organization_id AS id FROM held WHERE organization_id IS NOT NULL) AS root
    ), post AS MATERIALIZED (
        SELECT staff_id, organization_id, CASE WHEN kind = 'primary' THEN job_family_id END AS job_family_id
        FROM academy_assignment
        WHERE staff_id = ANY(%(staff)s) AND during @> %(day)s::date AND superseded_at IS NULL
    )
    SELECT held.user_id, post.staff_id FROM held
    JOIN tree ON tree.root = held.organization_id JOIN post ON post.organization_id = tree.unit
    WHERE held.job_family_id IS NULL OR held.job_family_id = post.job_family_id
    UNION
    SELECT held.user_id, post.staff_id FROM held JOIN post ON post.job_family_id = held.job_family_id
    WHERE held.organization_id IS NULL
    UNION
    SELECT held.user_id, person FROM held CROSS JOIN unnest(%(staff)s::bigint[]) AS person
    WHERE held.organization_id IS NULL AND held.job_family_id IS NULL
"""


def reached_by_each(role: Role, staff_ids: Iterable[int], on: dt.date) -> dict[int, set[int]]:
    """Which of several people the grants of a role reach on a day, by account: `reaches` for everybody, in one statement."""
    found: dict[int, set[int]] = defaultdict(set)
    read = {part: part in READS[role] for part in ("organization", "job_family")}
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"role": role.value, "day": on, "staff": list(staff_ids), **read})
        for user_id, staff_id in cursor.fetchall():
            found[user_id].add(staff_id)
    return found


def people_of_hr(viewer: Viewer, of: str = "") -> Q:
    """The people of whom the viewer is HR today; those who are hidden are their academy HR's alone."""
    found = people_in_scope(viewer, Role.ACADEMY_HR, of=of)
    if viewer.has(Role.BUREAU_HR):
        found |= people_in_scope(viewer, Role.BUREAU_HR, of=of) & shown(of)
    return found


def is_hr_of(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `people_of_hr`."""
    if reaches(viewer, staff.pk, Role.ACADEMY_HR):
        return True
    return not staff.directory_hidden and reaches(viewer, staff.pk, Role.BUREAU_HR)


def people_headed(viewer: Viewer, of: str = "") -> Q:
    """Who serves today in a unit that the viewer is head of, unless hidden."""
    if not viewer.headed_units:
        return NOBODY
    return Q(**{f"{key_of(of)}__in": serving_within(viewer.headed_units, viewer.day)}) & shown(of)


def is_head_of(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `people_headed`."""
    return not staff.directory_hidden and serves_in(viewer.headed_units, staff.pk, viewer.day)


def people_audited(viewer: Viewer, of: str = "") -> Q:
    """Whom the viewer's open audit cases are about: who serves today in the organisation of one, unless hidden."""
    if not viewer.audit_cases:
        return NOBODY
    roots = [case.organization_id for case in viewer.audit_cases if case.organization_id]
    if len(roots) < len(viewer.audit_cases):
        return shown(of)
    return Q(**{f"{key_of(of)}__in": serving_within(roots, viewer.day)}) & shown(of)


def is_audited(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `people_audited`."""
    return not staff.directory_hidden and any(
        case.organization_id is None or serves_in([case.organization_id], staff.pk, viewer.day)
        for case in viewer.audit_cases
    )


def inside(roots: Sequence[int], organizations: Sequence[int], on: dt.date) -> bool:
    """Whether one of the organisations lies in the subtrees on a day."""
    return bool(roots) and Organization.objects.within(roots, on).filter(pk__in=organizations).exists()


def serves_in(roots: Sequence[int], staff_id: int, on: dt.date) -> bool:
    """Whether a person holds a post inside the subtrees on a day."""
    if not roots:
        return False
    held = Assignment.objects.on(on).filter(staff_id=staff_id).values_list("organization_id", flat=True)
    return inside(roots, list(held), on)
