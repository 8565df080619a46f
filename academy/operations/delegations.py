"""Handing on the approvals of some days, and taking them back."""

import datetime as dt

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import access, clock
from academy.access import Viewer
from academy.calendar import fiscal_year_of
from academy.errors import CircularDelegation, Faults, Forbidden
from academy.models import Assignment, Delegation, Staff, User
from academy.operations.base import note, operation, take_turn


@operation
def delegate_approvals(
    *,
    delegator: Staff,
    delegate: Staff,
    valid_to: dt.date,
    valid_from: dt.date | None = None,
    reason: str = "",
    by: User,
) -> Delegation:
    """A head of unit, or HR for one of its scope, hands on the approvals of some days of one fiscal year, from today on.

    One delegation at a time, and none that leads back: delegations are made one after another. Nobody takes somebody
    else's approvals for themselves.
    """
    take_turn("delegations")
    to_oneself = delegate.user_id == by.pk and delegator.user_id != by.pk
    if to_oneself or not access.may_delegate_for(Viewer(by), delegator):
        raise Forbidden
    begins = valid_from or clock.today()
    _refuse_faults(delegator, delegate, begins, valid_to)
    during = DateRange(begins, valid_to + dt.timedelta(days=1))
    if _leads_to(delegator, delegate, during):
        raise CircularDelegation
    return Delegation.objects.create(
        delegator=delegator, delegate=delegate, during=during, reason=reason, created_by=by
    )


@operation
def end_delegation(*, delegation_id: int, by: User) -> Delegation:
    """End a delegation from the next request on: its days until yesterday stay, one that began today is taken back."""
    held = Delegation.objects.select_for_update(no_key=True, of=("self",)).select_related("delegator")
    delegation = held.get(pk=delegation_id)
    if not access.may_end_delegation(Viewer(by), delegation):
        raise Forbidden
    today = clock.today()
    if delegation.during.lower >= today:
        delegation.revoked_at = delegation.revoked_at or clock.now()
    elif delegation.during.upper > today:
        delegation.during = DateRange(delegation.during.lower, today)
    delegation.save(update_fields=["during", "revoked_at"])
    note(delegation)
    return delegation


def _refuse_faults(delegator: Staff, delegate: Staff, begins: dt.date, ends: dt.date) -> None:
    faults = Faults()
    if delegate.pk == delegator.pk:
        faults.add("/delegate", "self", "自分には代行させられません。", "Nobody delegates to themselves.")
    if begins < clock.today():
        faults.add(
            "/valid_from", "past", "過去の日からは代行させられません。", "A delegation does not begin in the past."
        )
    if ends < begins:
        faults.add("/valid_to", "before_start", "終了日が開始日より前です。", "The end lies before the start.")
    if fiscal_year_of(ends) > fiscal_year_of(begins):
        faults.add(
            "/valid_to", "next_fiscal_year", "年度末までです。", "A delegation ends with the fiscal year at the latest."
        )
    posts = Assignment.objects.on(begins)
    if not posts.filter(staff=delegator, head_of_unit=True).exists():
        faults.add("/delegator", "heads_no_unit", "開始日に所属長でありません。", "Heads no unit on the first day.")
    if not posts.filter(staff=delegate).exists():
        faults.add("/delegate", "holds_no_post", "開始日に在職していません。", "Holds no post on the first day.")
    faults.refuse()


# Follows from the delegate whatever was handed on, as long as the days overlap.
_HANDED_ON = """
    WITH RECURSIVE handed AS (
        SELECT %(delegate)s::bigint AS holder, daterange(%(begins)s::date, %(ends)s::date) AS during
        UNION
        SELECT next.delegate_id, handed.during * next.during FROM handed
        JOIN academy_delegation AS next ON next.delegator_id = handed.holder
            AND next.revoked_at IS NULL AND next.during && handed.during
    )
    SELECT EXISTS (SELECT FROM handed WHERE holder = %(delegator)s)
"""


def _leads_to(delegator: Staff, delegate: Staff, during: DateRange) -> bool:
    """Whether what the delegate handed on comes back to the delegator on one of the days."""
    given = {"delegator": delegator.pk, "delegate": delegate.pk, "begins": during.lower, "ends": during.upper}
    with connection.cursor() as cursor:
        cursor.execute(_HANDED_ON, given)
        return bool(cursor.fetchone()[0])
