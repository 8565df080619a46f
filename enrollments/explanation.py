"""Why an enrolment stands where it does: promoted or not, and what would have to happen; of other people only counts.

It reads and writes nothing; what moves up is decided by `enrollments.promotion` under the session's lock.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.conf import settings

from academy.text import Text, in_both
from courses.audiences import Finding
from courses.models import Session
from enrollments import eligibility
from enrollments.errors import SessionFull
from enrollments.errors.seats import QuotaFull, SeatsKept
from enrollments.evidence import Evidence, Timetable, evidence_for, timetable_of
from enrollments.models import ENDED, SEATED, ApprovalLevel, EndedAs, Enrollment, EnrollmentStep, Status
from enrollments.promotion import competing_before, promotes
from enrollments.seating import Seats


class Standing(NamedTuple):
    """Where an enrolment stands beside its state; each is None where it does not apply."""

    queue_position: int | None
    awaiting: str | None  # whose approval
    offer_expires_at: dt.datetime | None


@dataclass(frozen=True)
class Explanation:
    """`verdict` is a stable code, `text` one sentence. `findings` are of whoever has no seat for good yet."""

    standing: Standing
    verdict: str
    text: Text
    promotes: bool
    promotes_until: dt.datetime | None
    ahead: int | None = None  # how many wait before the person
    seat_since: dt.datetime | None = None
    findings: tuple[Finding, ...] = field(default=())


def explain(enrollment: Enrollment, *, now: dt.datetime, in_full: bool) -> Explanation:
    """Not `in_full`: of the rules about the person only whether they are met, as whoever gives seats is told."""
    session = Session.objects.with_audience().get(pk=enrollment.session_id)
    row: Any = Enrollment.objects.with_queue_position().with_standing().get(pk=enrollment.pk)
    standing = Standing(row.queue_position, row.awaiting, row.offer_expires_at)
    case = _Case(enrollment, session, standing, now)
    if enrollment.status in ENDED:
        return case.says("ended", _ended(enrollment))
    if enrollment.status in SEATED and enrollment.status != Status.OFFERED:
        return _seated(case)
    evidence = evidence_for(session, [enrollment.staff_id], now=now)
    found = _findings(evidence, enrollment.staff_id, in_full=in_full)
    if enrollment.status == Status.WAITLISTED:
        return _waiting(case, evidence, found)
    if enrollment.status == Status.OFFERED:
        until = eligibility.time_text(standing.offer_expires_at)
        text = Text("席を案内中です({u}まで)。", "A seat is offered until {u}.").format(u=until)
        return case.says("offered", text, findings=found)
    return case.says(*_undecided(standing), findings=found)


@dataclass(frozen=True)
class _Case:
    enrollment: Enrollment
    session: Session
    standing: Standing
    now: dt.datetime

    def says(
        self,
        verdict: str,
        text: Text,
        *,
        ahead: int | None = None,
        seat_since: dt.datetime | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> Explanation:
        moves, until = promotes(self.session, self.now), _until(self.session, timetable_of(self.session, self.now))
        return Explanation(self.standing, verdict, text, moves, until, ahead, seat_since, findings)


def _until(session: Session, timetable: Timetable) -> dt.datetime | None:
    """Until when the queue moves up: its deadline, the first meeting or the last day, whichever comes first."""
    if session.undated:
        return None
    zone = settings.BUSINESS_TIME_ZONE
    days = [session.ends_on + dt.timedelta(days=1), timetable.first_month]
    midnights = [dt.datetime.combine(day, dt.time(), zone) for day in days if day is not None]
    return min(each for each in (*midnights, session.promote_until, timetable.begins_at) if each is not None)


def _ended(enrollment: Enrollment) -> Text:
    said = EndedAs(enrollment.ended_as).label if enrollment.ended_as else Status(enrollment.status).label
    return Text("終わっています:{e}。", "It has ended: {e}.").format(e=in_both(said))


# Someone with a seat: how it was given, by the first step to it.

_GIVEN = {
    "promoted": Text("{t}に待ち行列から席を得ました。", "Got the seat from the queue at {t}."),
    "decided": Text("{t}に決定で席を得ました。", "Got the seat by a decision at {t}."),
    "assigned": Text("{t}に事務局から席を与えられました。", "Was given the seat by the office at {t}."),
    "given_at_once": Text("{t}に席を得ました。", "Got the seat at {t}, without waiting."),
}
_FROM = {Status.WAITLISTED.value: "promoted", Status.APPLIED.value: "decided"}


def _seated(case: _Case) -> Explanation:
    enrollment = case.enrollment
    steps = EnrollmentStep.objects.filter(subject=enrollment, new__in=SEATED).exclude(old__in=SEATED)
    first = steps.order_by("pk").first()
    at = first.at if first else enrollment.decided_at
    given = "assigned" if enrollment.batch_id else "given_at_once"
    verdict = _FROM.get(first.old, given) if first else given
    return case.says(verdict, _GIVEN[verdict].format(t=eligibility.time_text(at)), seat_since=at)


def _undecided(standing: Standing) -> tuple[str, Text]:
    if standing.awaiting:
        level = in_both(ApprovalLevel(standing.awaiting).label)
        return "awaiting_approval", Text("{l}の承認を待っています。", "It waits for an approval: {l}.").format(l=level)
    return "awaiting_decision", Text("決定を待っています。", "It waits for the decision.")


# Someone who waits.


def _waiting(case: _Case, evidence: Evidence, found: tuple[Finding, ...]) -> Explanation:
    enrollment = case.enrollment
    seats = _one_more(evidence.seats)
    ahead = (case.standing.queue_position or 1) - 1
    findings = (*found, *eligibility.own_quotas(evidence, enrollment.staff_id), _seats(evidence, enrollment.staff_id))
    verdict, text = _not_promoted(enrollment, evidence, seats, ahead)
    return case.says(verdict, text, ahead=ahead, findings=findings)


def _one_more(seats: Seats) -> Seats:
    """The seats as they are, or with the next that comes free."""
    return seats if seats.free is None or seats.free > 0 else replace(seats, free=1)


def _not_promoted(enrollment: Enrollment, evidence: Evidence, seats: Seats, ahead: int) -> tuple[str, Text]:
    """The first of the reasons that stands in the way, from what nobody can help to whose turn it is."""
    session, now, staff_id = evidence.session, evidence.now, enrollment.staff_id
    if session.undated:
        return "no_date_yet", Text("日程が決まると席が決まります。", "Seats are given when a date is set.")
    if not promotes(session, now):
        return "promotion_over", Text("繰上げは終わりました。", "The queue moves up no more.")
    if eligibility.blocking(eligibility.personal_findings(evidence, staff_id, waiting_here=True)):
        return "rule_fails", Text("満たしていない条件があります。", "A condition is not met.")
    why = seats.why_not(evidence.facts[staff_id])
    if why == QuotaFull.code:
        return why, Text("自分の枠に空きがありません。", "A quota of theirs is full.")
    if why == SeatsKept.code:
        return why, Text("空席は別の枠のために確保されています。", "What is free is kept for others.")
    before = competing_before(enrollment, seats, session, now) if seats.quotas else ahead
    if before:
        text = Text("先に待つ人が{b}人います。", "Others come first: {b}.").format(b=before)
        return "behind_others", text
    return "would_be_next", Text("次に渡せる席を得ます。", "The next seat that can be given is theirs.")


def _seats(evidence: Evidence, staff_id: int) -> Finding:
    """A seat that may be given to the person now; what other quotas have is not told, only until when they keep it."""
    seats, facts = evidence.seats, evidence.facts.get(staff_id)
    why = seats.why_not(facts) if facts else None
    why = None if why == QuotaFull.code else why  # said of the quota itself
    free = Text("定員なし", "no limit") if seats.free is None else Text("{f}席", "{f}").format(f=max(seats.free, 0))
    text = Text("空席:{f}。", "Free seats: {f}.").format(f=free)
    required = Text("渡せる空席がある", "a free seat that can be given")
    fix = _release(seats) if why == SeatsKept.code else None
    if why == SessionFull.code:
        fix = Text("席が空くと順に繰り上がります。", "When a seat comes free, the queue moves up.")
    return Finding("seats", "", why is None, why or eligibility.MET, required, free, text, fix)


def _release(seats: Seats) -> Text:
    until = [quota.until for quota in seats.quotas if quota.outstanding and quota.until is not None]
    if not until:
        return Text("開放の予定はありません。", "No day is set on which they are released.")
    text = Text("使われない席は{u}から開放されます。", "Unused seats are released from {u}.")
    return text.format(u=eligibility.time_text(min(until)))


# The rules about the person.


def _findings(evidence: Evidence, staff_id: int, *, in_full: bool) -> tuple[Finding, ...]:
    if in_full:
        return tuple(eligibility.personal_findings(evidence, staff_id, waiting_here=True))
    verdict = evidence.verdicts.get(staff_id)
    conditions = verdict.for_others().findings if verdict else eligibility.audience(evidence, staff_id)
    found = [
        *eligibility.prior_learning(evidence, staff_id),
        *eligibility.no_show(evidence, staff_id),
        *conditions,
        eligibility.clash(evidence, staff_id),
    ]
    return tuple(_bare(each) for each in found)


_NOTHING, _MET, _NOT_MET = (
    Text("", ""),
    Text("満たしています。", "It is met."),
    Text("満たしていません。", "It is not met."),
)


def _bare(finding: Finding) -> Finding:
    """Only whether it is met: what somebody attends or completed elsewhere is not the office's to know."""
    said = _MET if finding.passed else _NOT_MET
    return replace(finding, required=_NOTHING, actual=_NOTHING, text=said, fix=None)
