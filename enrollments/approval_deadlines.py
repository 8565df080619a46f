"""Until when a stage of an approval is to be decided, and what it waits for.

The end of a stage is the earliest of

    the session's: `approve_until` of heads of units, `nominate_until` of bureaus;
    the bureau's own, which is earlier;
    17:00 of the last of the business days that the programme's policy gives, counted from the day the stage began.

An end that was past when the stage began is none: nobody is late before being asked. While a roster is awaited that may
change who is in charge, time stands still (`academy.waiting`). The first meeting ends every stage, whatever else is said.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Min

from academy.business_days import business_days_after
from academy.clock import business_date, start_of
from academy.waiting import Pause, deadline_after, pauses_over_staff, waits_until
from courses.entry import policy_of
from courses.models import EnrollmentPolicy, Meeting, Overdue, Session
from enrollments.models import Approval, ApprovalLevel, StageDeadline

CLOSING_TIME = dt.time(17)


@dataclass(frozen=True)
class Standing:
    """How a stage stands now. `due_at`: before this instant; None: without an end. `waits_until`: a roster is awaited."""

    due_at: dt.datetime | None
    waits_until: dt.datetime | None
    begins_at: dt.datetime | None
    now: dt.datetime

    @property
    def overdue(self) -> bool:
        return self.due_at is not None and self.due_at <= self.now

    @property
    def begun(self) -> bool:
        return self.begins_at is not None and self.begins_at <= self.now


def standing(
    since: dt.datetime,
    *,
    ends: Iterable[dt.datetime | None],
    days: int | None,
    pauses: Sequence[Pause],
    begins_at: dt.datetime | None,
    now: dt.datetime,
) -> Standing:
    """Of a stage that began at `since`; `ends` are the instants set by the session and the bureau."""
    known = [each for each in ends if each is not None and each > since]
    if days is not None:
        known.append(_closing(business_days_after(business_date(since), days)))
    moved = [deadline_after(min(known), pauses, since=since, now=now).at] if known else []
    limits = [*moved, *([begins_at] if begins_at else [])]
    return Standing(min(limits, default=None), waits_until(pauses, since=since, now=now), begins_at, now)


def _closing(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, CLOSING_TIME, tzinfo=settings.BUSINESS_TIME_ZONE)


def days_of(policy: EnrollmentPolicy, level: str) -> int | None:
    """The business days that a stage has; the office has as long as there is."""
    return {ApprovalLevel.UNIT_HEAD: policy.unit_head_days, ApprovalLevel.BUREAU: policy.bureau_days}.get(
        ApprovalLevel(level)
    )


def rule_of(policy: EnrollmentPolicy, level: str) -> Overdue | None:
    """What becomes of a stage that is overdue; with the office it waits until the session begins."""
    found = {ApprovalLevel.UNIT_HEAD: policy.unit_head_overdue, ApprovalLevel.BUREAU: policy.bureau_overdue}.get(
        ApprovalLevel(level)
    )
    return Overdue(found) if found else None


def session_end(session: Session, level: str) -> dt.datetime | None:
    """When the session ends a stage."""
    found = {ApprovalLevel.UNIT_HEAD: session.approve_until, ApprovalLevel.BUREAU: session.nominate_until}
    return found.get(ApprovalLevel(level))


def beginnings_of(session_ids: Iterable[int]) -> dict[int, dt.datetime]:
    """When sessions begin: the first live meeting, one of which only the month is known with the first day of the month."""
    rows = Meeting.objects.live().filter(session__in=set(session_ids)).values("session_id").order_by()
    found = {}
    for row in rows.annotate(begins=Min("during__startswith"), first=Min("month")):
        known = [row["begins"], start_of(row["first"]) if row["first"] else None]
        instants = [each for each in known if each is not None]
        if instants:
            found[row["session_id"]] = min(instants)
    return found


def standings_of(approval_ids: Iterable[int], *, now: dt.datetime) -> dict[UUID, Standing]:
    """How several stages stand, in a fixed number of statements."""
    read = Approval.objects.filter(pk__in=list(approval_ids))
    rows = list(read.select_related("enrollment__session__course__program__enrollment_policy"))
    sessions = {each.enrollment.session_id for each in rows}
    begins = beginnings_of(sessions)
    pauses = pauses_over_staff({each.applicant_id for each in rows}) if rows else {}
    set_by_bureaus = {
        (each.session_id, each.organization_id, each.level): each.until
        for each in StageDeadline.objects.filter(session__in=sessions)
    }
    found = {}
    for each in rows:
        session, bureau = each.enrollment.session, each.enrollment.bureau_id
        found[each.public_id] = standing(
            each.since,
            ends=[session_end(session, each.level), set_by_bureaus.get((session.pk, bureau, each.level))],
            days=days_of(policy_of(session), each.level),
            pauses=pauses.get(each.applicant_id, []),
            begins_at=begins.get(session.pk),
            now=now,
        )
    return found
