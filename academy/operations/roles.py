"""Giving and ending roles."""

import datetime as dt
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from academy import clock
from academy.errors import Faults
from academy.models import JobFamily, Organization, Role, RoleGrant, User
from academy.models.roles import NEEDS_ORGANIZATION, NEEDS_PROGRAM
from academy.operations.base import note, operation


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
    """Give a role within a scope, from today unless dated; nobody gives a role to themselves."""
    begins = valid_from or clock.today()
    faults = Faults()
    if by is not None and by.pk == user.pk:
        faults.add("/user", "own_role", "自分に権限は付与できません。", "Nobody grants a role to themselves.")
    if role in NEEDS_ORGANIZATION and organization is None:
        faults.add("/organization", "required", "この役割には組織が必要です。", "This role needs an organisation.")
    if role in NEEDS_PROGRAM and program is None:
        faults.add("/program", "required", "この役割には研修が必要です。", "This role needs a programme.")
    if valid_to is not None and valid_to < begins:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    faults.refuse()
    grant = RoleGrant.objects.create(
        user=user,
        role=role,
        organization=organization,
        program=program,
        job_family=job_family,
        during=DateRange(begins, valid_to + dt.timedelta(days=1) if valid_to else None),
        granted_by=by,
    )
    note(grant, role=role, user=user.public_id)
    return grant


@operation
def end_role(*, grant_id: int, by: User) -> RoleGrant:
    """End a role with the end of yesterday, so that it does not count from the next request on.

    A grant that would then never have held is kept as one day that lies before it began to count.
    """
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    today = clock.today()
    begins = min(grant.during.lower, today - dt.timedelta(days=1))
    if grant.during.upper is None or grant.during.upper > today:
        grant.during = DateRange(begins, today)
        grant.save(update_fields=["during"])
    note(grant, role=grant.role)
    return grant
