"""Opening and closing audit cases, and writing down what was read in one."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from academy import clock
from academy.errors import Faults
from academy.models import AuditCase, Organization, Role, RoleGrant, User
from academy.operations.base import note, operation

# So many ids of what was read are written one by one; of more, their number.
MOST_IDS = 100


@operation
def open_audit_case(
    *,
    auditor: User,
    purpose: str,
    organization: Organization | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date,
    by: User,
) -> AuditCase:
    """Let an auditor read for a purpose until a day, in one organisation or in all; never by the auditor."""
    User.objects.select_for_update(no_key=True).get(pk=auditor.pk)
    begins = valid_from or clock.today()
    faults = Faults()
    if by.pk == auditor.pk:
        faults.add("/auditor", "own_case", "自分の案件は開けません。", "Nobody opens a case for themselves.")
    if not RoleGrant.objects.in_force(begins).filter(user=auditor, role=Role.AUDITOR).exists():
        faults.add(
            "/auditor", "not_an_auditor", "監査の役割がありません。", "The account does not hold the role auditor."
        )
    if not purpose.strip():
        faults.add("/purpose", "required", "目的が必要です。", "A case needs a purpose.")
    if valid_to < begins:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    faults.refuse()
    case = AuditCase.objects.create(
        auditor=auditor,
        opened_by=by,
        purpose=purpose.strip(),
        organization=organization,
        during=DateRange(begins, valid_to + dt.timedelta(days=1)),
    )
    note(case, auditor=auditor.public_id, organization=organization.public_id if organization else None)
    return case


@operation
def close_audit_case(*, case_id: int, by: User) -> AuditCase:
    """Close a case: from the next request on it shows nothing. One that is closed stays as it was closed."""
    case = AuditCase.objects.select_for_update(no_key=True).get(pk=case_id)
    if case.closed_at is None:
        case.closed_at = clock.real_now()
        case.save(update_fields=["closed_at"])
    note(case, auditor=case.auditor.public_id)
    return case


@operation
def audit_read(
    *,
    case: AuditCase,
    address: str,
    parameters: Sequence[str],
    ids: Sequence[UUID],
    counted: int | None = None,
    by: User,
) -> None:
    """Write down one reading in a case: where, by which parameters (not their values), which rows, how many counted."""
    read = [str(each) for each in ids] if len(ids) <= MOST_IDS else None
    note(case, address=address, parameters=list(parameters), rows=len(ids), ids=read, counted=counted)
