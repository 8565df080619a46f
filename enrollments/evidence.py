"""What the rules of `enrollments.eligibility` ask about one session and any number of people.

It is read with as many statements for thousands of people as for one.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Aggregate, BooleanField, ExpressionWrapper, F, Func, Max, Min, Q, QuerySet, Value

from academy import clock, facts, statements
from academy.facts import Facts
from academy.models.base import TimesField
from academy.statements import AmongGiven, Asking, Given, Statement
from academy.text import Text
from courses import audiences, reference_dates
from courses.audiences import Verdict
from courses.models import Meeting, Session, SessionInstructor
from enrollments import seating
from enrollments.models import JUDGED, LIVE, SEATED, Enrollment
from enrollments.models.enrollments import Times
from enrollments.no_shows import NoShows, no_shows_for
from enrollments.prior_learning import PriorLearning, prior_learning_for
from enrollments.seating import Seats


class RangeAgg(Aggregate):
    """Several ranges as one multirange; null of none."""

    function = "range_agg"
    output_field = TimesField()


class Overlaps(Func):
    template = "coalesce(%(expressions)s, false)"
    arg_joiner = " && "
    arity = 2
    output_field = BooleanField()


@dataclass(frozen=True)
class Timetable:
    """When a session meets: its first dated meeting, all dated meetings as one value, and the reference date.

    `first_month` and `last_month` are of the meetings of which only the month is known, as its first day.
    """

    begins_at: dt.datetime | None
    busy: Times
    first_month: dt.date | None
    last_month: dt.date | None
    reference_date: dt.date

    def begun(self, now: dt.datetime) -> bool:
        """Whether the first meeting has begun, one of which only the month is known with the first day of the month.

        A year-round session has no meeting and never counts as begun.
        """
        if self.begins_at is not None and self.begins_at <= now:
            return True
        return self.first_month is not None and self.first_month <= clock.business_date(now)

    def ended(self, now: dt.datetime) -> bool:
        """Whether the last meeting has ended, one of which only the month is known with the month; never without any."""
        if self.last_month is not None and clock.business_date(now).replace(day=1) <= self.last_month:
            return False
        if not self.busy:
            return self.last_month is not None
        end: dt.datetime | None = self.busy[-1].upper
        return end is not None and end <= now


@dataclass(frozen=True)
class Standing:
    """What a person has already that bears on a session."""

    here: bool = False  # applied, waiting, seated or judged in this session
    taken: bool = False  # a seat of the course in the fiscal year
    clash: Text | None = None  # the title of a session at the same time
    teaches: bool = False  # that session is one the person teaches


@dataclass(frozen=True)
class Evidence:
    session: Session
    now: dt.datetime
    timetable: Timetable
    seats: Seats
    waiting: int  # how many wait in the queue
    facts: dict[int, Facts]
    verdicts: dict[int, Verdict]
    standings: dict[int, Standing]
    prior: PriorLearning
    no_shows: NoShows

    def standing(self, staff_id: int) -> Standing:
        return self.standings.get(staff_id, Standing())


def evidence_for(session: Session, staff_ids: Sequence[int], *, now: dt.datetime) -> Evidence:
    timetable = timetable_of(session, now)
    with statements.ahead(
        facts.asking(staff_ids, on=timetable.reference_date),
        seating.asking(session, now=now),
        *audiences.asking(session.applicable_audience, staff_ids),
        _asking_standings(session, staff_ids, timetable.busy),
    ):
        people = facts.facts_of(staff_ids, on=timetable.reference_date)
        seats, waiting = seating.seats_and_queue_of(session, now=now)
        return Evidence(
            session=session,
            now=now,
            timetable=timetable,
            seats=seats,
            waiting=waiting,
            facts=people,
            verdicts=audiences.explain_all(session.applicable_audience, people.values()),
            standings=_standings(session, staff_ids, timetable.busy),
            prior=prior_learning_for(session, staff_ids, now=now),
            no_shows=no_shows_for(session, staff_ids),
        )


def asking_timetable(session_id: int) -> Asking:
    """What `timetable_of` asks: for `statements.ahead`."""
    return _MEETINGS.asked(session=session_id)


def timetable_of(session: Session, now: dt.datetime) -> Timetable:
    begins_at, busy, first_month, last_month = _MEETINGS.first(session=session.pk) or (None,) * 4
    return Timetable(begins_at, busy, first_month, last_month, reference_date(begins_at, first_month, now))


_MEETINGS = Statement(
    lambda: (
        Meeting.objects.live()
        .filter(session=Given("session"))
        .order_by()
        .values("session")
        .annotate(begins_at=Min("during__startswith"), busy=RangeAgg("during"), since=Min("month"), until=Max("month"))
        .values_list("begins_at", "busy", "since", "until")
    )
)


def over(session: Session, timetable: Timetable, now: dt.datetime) -> bool:
    """Whether nothing of a session is left to take part in: its last day is past, or its last meeting has ended."""
    return clock.business_date(now) > session.ends_on or timetable.ended(now)


def reference_date(begins_at: dt.datetime | None, month: dt.date | None, now: dt.datetime) -> dt.date:
    """The day of the first live meeting in Tokyo (the first of a month that only is known), or today if there is none."""
    return reference_dates.reference_date(begins_at, month) or clock.business_date(now)


_COLUMNS = ("session_id", "taken", "at_once", "session__title_ja", "session__title_en")


def _in_the_way() -> QuerySet[Enrollment, Any]:
    here = Q(session=Given("session"), status__in=[*LIVE, *JUDGED])
    taken = Q(course=Given("course"), fiscal_year=Given("fiscal_year"), one_seat_key=True, status__in=SEATED)
    at_once = Overlaps(F("busy"), Given("busy", TimesField()))
    rows = (
        Enrollment.objects.filter(AmongGiven("staff_id", "people"))
        .annotate(at_once=at_once, taken=ExpressionWrapper(taken, BooleanField()))
        .filter(here | Q(taken=True) | Q(at_once=True, status__in=SEATED))
        .values_list("staff_id", *_COLUMNS, Value(False))
    )
    taught = (
        SessionInstructor.objects.filter(AmongGiven("instructor__staff_id", "people"))
        .exclude(session=Given("session"))
        .annotate(at_once=at_once, taken=Value(False))
        .filter(at_once=True)
        .values_list("instructor__staff_id", *_COLUMNS, Value(True))
    )
    return rows.union(taught, all=True)


_IN_THE_WAY = Statement(_in_the_way)


def _asking_standings(session: Session, staff_ids: Sequence[int], busy: Times) -> Asking:
    return _IN_THE_WAY.asked(
        people=list(staff_ids),
        session=session.pk,
        course=session.course_id,
        fiscal_year=session.fiscal_year,
        busy=busy,
    )


def _standings(session: Session, staff_ids: Sequence[int], busy: Times) -> dict[int, Standing]:
    """One statement finds every enrolment of these people that stands in the way, and what they teach meanwhile."""
    rows = statements.run(*_asking_standings(session, staff_ids, busy))
    found: dict[int, Standing] = {}
    for staff_id, at, taken_already, overlaps, title_ja, title_en, teaches in rows:
        before = found.get(staff_id, Standing())
        if at == session.pk:
            found[staff_id] = replace(before, here=True)
        else:
            found[staff_id] = before = replace(before, taken=before.taken or bool(taken_already))
            if overlaps:
                clash = Text(title_ja, title_en or title_ja)
                found[staff_id] = replace(before, clash=clash, teaches=bool(teaches))
    return found
