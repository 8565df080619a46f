"""無断欠席: who stayed away from sessions of a programme without a word, and until when that keeps them from applying.

A no-show is an enrolment that was judged absent, with a live meeting of which the person gave no absence notice and from
which nobody exempted them; the last such meeting says on which day. Who only waited, withdrew, took part in a part, was
exempted from the course by that day or told of the absence has none.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, TruncDate

from courses.entry import policy_of
from courses.models import Meeting, Session
from enrollments.models import THERE, AbsenceNotice, Attendance, Enrollment, Exemption, MeetingExemption, Status


@dataclass(frozen=True)
class NoShowRule:
    """More than `allowed` no-shows in `months` block for `days` days from the day of the last one."""

    allowed: int
    months: int
    days: int

    def blocked_until(self, absences: Sequence[dt.date], today: dt.date) -> dt.date | None:
        """The day from which the person may apply again; None for who may today.

        That is when the last absence is `days` days ago, or when so many have left the window that the rest is allowed.
        """
        counted = sorted(self.counted(absences, today))
        if len(counted) <= self.allowed:
            return None
        leaves = later(counted[-self.allowed - 1], self.months)
        until = min(counted[-1] + dt.timedelta(days=self.days), leaves)
        return until if today < until else None

    def counted(self, absences: Sequence[dt.date], today: dt.date) -> list[dt.date]:
        """The absences that are not yet `months` months ago."""
        return [day for day in absences if today < later(day, self.months)]


@dataclass(frozen=True)
class NoShows:
    """The rule of a programme, if it has one, and on which days people were no-shows in it."""

    rule: NoShowRule | None = None
    days: Mapping[int, Sequence[dt.date]] = field(default_factory=dict)

    def of(self, staff_id: int) -> Sequence[dt.date]:
        return self.days.get(staff_id, ())


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def no_show_rule(session: Session) -> NoShowRule | None:
    policy = policy_of(session)
    if policy.absences_allowed is None or policy.absence_months is None or policy.blocked_days is None:
        return None
    return NoShowRule(policy.absences_allowed, policy.absence_months, policy.blocked_days)


def no_shows_for(session: Session, staff_ids: Collection[int]) -> NoShows:
    """Read for any number of people with one statement, and with none where the programme has no rule."""
    rule = no_show_rule(session)
    if rule is None:
        return NoShows()
    told = AbsenceNotice.objects.filter(enrollment=OuterRef(OuterRef("pk")), meeting=OuterRef("pk"), withdrawn_at=None)
    excused = MeetingExemption.objects.filter(enrollment=OuterRef(OuterRef("pk")), meeting=OuterRef("pk"))
    missed = (
        Meeting.objects.live()
        .filter(~Exists(told), ~Exists(excused), session=OuterRef("session"))
        .annotate(day=Coalesce(TruncDate("during__startswith", tzinfo=settings.BUSINESS_TIME_ZONE), "month"))
        .order_by("-day")
    )
    exempt = Exemption.objects.filter(enrollment=OuterRef("pk"), superseded_at=None, from_on__lte=OuterRef("day"))
    corrected = Attendance.objects.filter(
        enrollment=OuterRef("enrollment"), meeting=OuterRef("meeting"), revision__gt=OuterRef("revision")
    )
    there = Attendance.objects.filter(~Exists(corrected), enrollment=OuterRef("pk"), mark__in=THERE)
    absent = (
        Enrollment.objects.filter(~Exists(there), staff_id__in=staff_ids, status=Status.ABSENT)
        .filter(course__program=session.course.program_id)
        .annotate(day=Subquery(missed.values("day")[:1]))
        .filter(~Exists(exempt), day__isnull=False)
    )
    days: dict[int, list[dt.date]] = defaultdict(list)
    for staff_id, day in absent.values_list("staff_id", "day"):
        days[staff_id].append(day)
    return NoShows(rule, dict(days))
