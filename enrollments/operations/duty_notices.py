"""Telling those in charge what waits for their approval: once a business day, and only where there is news.

News is what came since the last business day, or ends soon. What waits all the same is counted, and told of by itself no
more: it stands in `me/tasks/`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from academy import clock
from academy.access import Viewer
from academy.business_days import business_days_after, business_days_before
from academy.clock import business_date
from academy.mails import at_digest_hour, digests_begin
from academy.models import Notice, RoleGrant, Staff, User
from academy.operations.base import kind_of, note, operation
from academy.operations.notices import Letter, tell_each
from academy.posts import approvers_of
from enrollments.access.approvals import approvals_in_charge_of
from enrollments.approval_deadlines import Standing, standings_of
from enrollments.models import Approval, ApprovalLevel

SOON = 2  # business days


@operation
def tell_of_waiting_approvals(*, by: User | None) -> int:
    """Tell everybody in charge how many applications wait for them, where some are new or end soon; returns how many people."""
    told = tell_each(_letters(clock.now()))
    note(told=told)
    return told


def anybody_waits() -> bool:
    """Whether somebody is to be told today who was not."""
    return bool(_letters(clock.now()))


def _letters(now: dt.datetime) -> list[Letter]:
    begin = digests_begin(now)
    if begin is None:
        return []
    today = business_date(begin)
    occasion = f"{kind_of(Approval())}:waiting:{today}"
    waiting = Approval.objects.pending().filter(since__lt=begin)
    since = dict(waiting.values_list("pk", "since"))
    if not since:
        return []
    charges = _charges(since, today, occasion)
    concerned = {pk for keys in charges.values() for pk in keys}
    standings = _standings(concerned, now)
    news = at_digest_hour(business_days_before(today, 1))
    ends = clock.start_of(business_days_after(today, SOON) + dt.timedelta(days=1))
    people = Staff.objects.in_bulk(charges)
    letters = []
    for staff_id, keys in sorted(charges.items()):
        dues = {pk: due for pk in keys if (due := standings[pk].due_at)}
        soon = [pk for pk, due in dues.items() if due < ends]
        if not soon and not any(since[pk] >= news for pk in keys):
            continue
        facts = {
            "number": len(keys),
            "number_due": len(soon),
            "due_at": min(dues.values()).isoformat() if dues else None,
        }
        about = (kind_of(Staff()), people[staff_id].public_id, facts)
        letters.append(Letter("approvals_waiting", occasion, staff_id, *about))
    return letters


def _standings(approval_ids: set[int], now: dt.datetime) -> dict[int, Standing]:
    found = standings_of(approval_ids, now=now)
    keys = Approval.objects.filter(pk__in=approval_ids).values_list("pk", "public_id")
    return {pk: found[public_id] for pk, public_id in keys}


def _charges(waiting: Mapping[int, dt.datetime], today: dt.date, occasion: str) -> dict[int, set[int]]:
    """Who is in charge of which of the approvals today, of those who were not told today.

    Heads and who acts for them are found in one statement for all applicants; of those with a role there are few.
    """
    found: dict[int, set[int]] = defaultdict(set)
    rows = Approval.objects.filter(pk__in=waiting)
    led = rows.filter(level=ApprovalLevel.UNIT_HEAD, applicant__directory_hidden=False)
    applicants = dict(led.values_list("pk", "applicant_id"))
    approvers = approvers_of(set(applicants.values()), on=today)
    for pk, applicant in applicants.items():
        if applicant in approvers:
            found[approvers[applicant].staff_id].add(pk)
    if len(applicants) < len(waiting):
        holders = RoleGrant.objects.in_force(today).filter(user__is_active=True, user__staff__isnull=False)
        for user in User.objects.filter(pk__in=holders.values("user")).select_related("staff").order_by("pk"):
            charge = approvals_in_charge_of(Viewer(user)).filter(pk__in=waiting).values_list("pk", flat=True)
            found[user.staff.pk].update(charge)
    told = Notice.objects.filter(recipient__in=found, occasion=occasion).values_list("recipient", flat=True)
    return {staff_id: keys for staff_id, keys in found.items() if keys and staff_id not in set(told)}
