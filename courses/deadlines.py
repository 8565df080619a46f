"""Until when people apply, change details and send a substitute, counted back from the day of the first meeting.

A rule is a number of

    business days  the n-th business day before that day (`academy.business_days`)
    days           calendar days before it
    weeks          with a weekday: that weekday of the week (Monday to Sunday) n weeks before the week of that day;
                   without: n times seven days before it

and a time of day in Tokyo. A number is at least 1, so that what a rule gives lies before the first meeting begins; a
deadline on the day itself is set by hand. A course without a rule for substitutes has the one of the source text: 17:00 of the previous
business day. A session of which only the month is known is counted from the first of the month. Reads and writes nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from academy.business_days import business_days_before
from academy.errors import Faults
from courses.models import Deadline, DeadlineUnit

MOST = 366  # of any unit
COLUMNS: Mapping[Deadline, str] = {
    Deadline.APPLY: "apply_until",
    Deadline.CHANGE: "change_until",
    Deadline.SUBSTITUTE: "substitute_until",
    Deadline.APPROVE: "approve_until",
    Deadline.NOMINATE: "nominate_until",
    Deadline.WITHDRAW: "withdraw_until",
    Deadline.PROMOTE: "promote_until",
}
LATER = tuple(kind for kind in COLUMNS if kind != Deadline.APPLY)  # all but the window, which opens and closes


@dataclass(frozen=True)
class Rule:
    """`weekday`: 0 is Monday; only with weeks."""

    kind: Deadline
    count: int
    unit: DeadlineUnit
    time: dt.time
    weekday: int | None = None

    def before(self, first_day: dt.date) -> dt.datetime:
        """The instant at which the deadline of a session falls that begins on this day."""
        return dt.datetime.combine(self._day(first_day), self.time, tzinfo=settings.BUSINESS_TIME_ZONE)

    def _day(self, first_day: dt.date) -> dt.date:
        if self.unit == DeadlineUnit.BUSINESS_DAY:
            return business_days_before(first_day, self.count)
        if self.unit == DeadlineUnit.DAY:
            return first_day - dt.timedelta(days=self.count)
        that_day = first_day - dt.timedelta(weeks=self.count)
        if self.weekday is None:
            return that_day
        return that_day + dt.timedelta(days=self.weekday - that_day.weekday())


BY_DEFAULT = {
    Deadline.SUBSTITUTE: Rule(Deadline.SUBSTITUTE, 1, DeadlineUnit.BUSINESS_DAY, dt.time(17)),
}


def deadlines_of(rules: Iterable[Rule], first_day: dt.date) -> dict[Deadline, dt.datetime]:
    """When each deadline falls that a rule, or the default, speaks of."""
    by_kind = {**BY_DEFAULT, **{rule.kind: rule for rule in rules}}
    return {kind: rule.before(first_day) for kind, rule in by_kind.items()}


def check_rules(rules: Iterable[Rule], faults: Faults, *, at: str = "/rules") -> None:
    """A kind has one rule, a number lies from 1 to 366, and a weekday goes with weeks."""
    seen: set[Deadline] = set()
    for index, rule in enumerate(rules):
        place = f"{at}/{index}"
        if rule.kind in seen:
            faults.add(f"{place}/deadline", "repeated", "同じ期限が二度あります。", "A deadline is given twice.")
        seen.add(rule.kind)
        if not 1 <= rule.count <= MOST:
            faults.add(f"{place}/count", "out_of_range", f"1から{MOST}までです。", f"From 1 to {MOST}.")
        _check_weekday(rule, faults, place)


def _check_weekday(rule: Rule, faults: Faults, place: str) -> None:
    if rule.weekday is None:
        return
    if rule.unit != DeadlineUnit.WEEK:
        faults.add(f"{place}/weekday", "counts_weeks", "曜日は週単位の期限だけです。", "A weekday goes with weeks.")
    elif not 0 <= rule.weekday <= 6:
        faults.add(f"{place}/weekday", "out_of_range", "0(月)から6(日)までです。", "From 0 (Monday) to 6 (Sunday).")


def check_order(given: Mapping[Deadline, dt.datetime | None], begins_at: dt.datetime | None, faults: Faults) -> None:
    """No deadline comes after the first meeting begins; where there is none, it may come at any time."""
    for kind, until in given.items():
        if until is not None and begins_at is not None and until > begins_at:
            column = COLUMNS[kind]
            faults.add(
                f"/{column}", "after_begin", "最初のコマの開始より後です。", "It comes after the first meeting begins."
            )
