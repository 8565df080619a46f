"""Giving and ending roles."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from academy import clock
from academy.access import DIMENSIONS, READS
from academy.errors import AlreadyExists, Faults
from academy.models import JobFamily, Organization, Role, RoleGrant, User
from academy.models.roles import NEEDS_ORGANIZATION, NEEDS_PROGRAM
from academy.operations.base import note, operation
from academy.text import Text

Scope = dict[str, Any]


NOT_READ: Mapping[str, Text] = {
    "organization": Text("この役割に組織の範囲はありません。", "This role has no scope by organisation."),
    "program": Text("この役割に研修の範囲はありません。", "This role has no scope by programme."),
    "job_family": Text("この役割に職種の範囲はありません。", "This role has no scope by job family."),
}


@operation
def grant_role(
    *,
    user: User,
    role: Role,
    organization: Organization | None = None,
    program: UUID | None = None,
    job_family: JobFamily | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by: User | None,
) -> RoleGrant:
    """Give a role within a scope, from today unless dated; nobody gives a role to themselves, and no role twice."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    begins = valid_from or clock.today()
    scope: Scope = {"organization": organization, "program": program, "job_family": job_family}
    faults = _faults_of(role, scope)
    if by is not None and by.pk == user.pk:
        faults.add("/user", "own_role", "自分に権限は付与できません。", "Nobody grants a role to themselves.")
    if valid_to is not None and valid_to < begins:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    faults.refuse()
    during = DateRange(begins, valid_to + dt.timedelta(days=1) if valid_to else None)
    same = RoleGrant.objects.filter(user=user, role=role, revoked_at=None, **scope)
    if same.filter(during__overlap=during).exists():
        raise AlreadyExists
    grant = RoleGrant.objects.create(user=user, role=role, during=during, granted_by=by, **scope)
    note(grant, role=role, user=user.public_id)
    return grant


def _faults_of(role: Role, scope: Scope) -> Faults:
    """What is missing from a scope, and what of it no rule of the role would read."""
    faults = Faults()
    if role in NEEDS_ORGANIZATION and scope["organization"] is None:
        faults.add("/organization", "required", "この役割には組織が必要です。", "This role needs an organisation.")
    if role in NEEDS_PROGRAM and scope["program"] is None:
        faults.add("/program", "required", "この役割には研修が必要です。", "This role needs a programme.")
    for part in DIMENSIONS:
        if scope[part] is not None and part not in READS[role]:
            faults.add(f"/{part}", "scope_not_read", NOT_READ[part].ja, NOT_READ[part].en)
    return faults


@operation
def end_role(*, grant_id: int, by: User) -> RoleGrant:
    """End a role from the next request on: what held until yesterday keeps those days, what had not is taken back."""
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    today = clock.today()
    if grant.during.lower >= today:
        grant.revoked_at = grant.revoked_at or clock.real_now()
    elif grant.during.upper is None or grant.during.upper > today:
        grant.during = DateRange(grant.during.lower, today)
    grant.save(update_fields=["during", "revoked_at"])
    note(grant, role=grant.role)
    return grant
