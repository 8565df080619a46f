"""May this person take part in this session, and if not, why: every rule with what is required and what is the case.

Rules are evaluated for the *reference date*: the day of the first live meeting in Tokyo (the first of the month where
only that is known), or today's business date where the session has no meeting. The rules read nothing; what they need
is `enrollments.evidence`. `findings` holds all rules for a person who applies, `personal_findings` those that hold on
every way to a seat: application, promotion from the queue, assignment.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.conf import settings

from academy import clock
from academy.errors import DomainError, Fault
from academy.text import Text, in_both
from courses.audiences import Finding
from courses.entry import policy_of
from courses.models import BY_APPLICATION, SELF_SERVICE, ApprovalChain, Selection, Session, SessionStatus
from enrollments.errors import (
    AlreadyApplied,
    CourseTaken,
    NotEligible,
    NotSelfService,
    PersonClash,
    SessionClosed,
    SessionNotOpen,
)
from enrollments.errors.leaving import NoShowBlocked
from enrollments.errors.requirements import CourseCompleted, PrerequisiteMissing
from enrollments.errors.seats import QuotaFull, SeatsKept
from enrollments.evidence import Evidence
from enrollments.prior_learning import Requirement, taken_once
from enrollments.seating import Quota

MET = "met"
NONE = Text("なし", "none")
REFUSALS: Mapping[str, type[DomainError]] = {
    each.code: each
    for each in (
        AlreadyApplied,
        CourseCompleted,
        CourseTaken,
        NoShowBlocked,
        NotSelfService,
        PersonClash,
        PrerequisiteMissing,
        SessionClosed,
        SessionNotOpen,
    )
}


def findings(evidence: Evidence, staff_id: int) -> list[Finding]:
    """Every rule for one who applies, in the order in which they refuse, and last how the seats stand."""
    session, now = evidence.session, evidence.now
    return [
        published(session),
        window(session, now),
        selection(session),
        *personal_findings(evidence, staff_id),
        *own_quotas(evidence, staff_id),
        seats(session, evidence.waiting, _no_seat(evidence, staff_id)),
    ]


def personal_findings(evidence: Evidence, staff_id: int, *, waiting_here: bool = False) -> list[Finding]:
    """The rules about the person. `waiting_here`: the person's own place in this queue does not stand in the way."""
    found = [
        *prior_learning(evidence, staff_id),
        *no_show(evidence, staff_id),
        *audience(evidence, staff_id),
        clash(evidence, staff_id),
    ]
    return found if waiting_here else [not_here_yet(evidence, staff_id), *found]


def prior_learning(evidence: Evidence, staff_id: int) -> list[Finding]:
    """The rules about what the person has taken and completed so far."""
    return [
        course_once_a_year(evidence, staff_id),
        *course_once(evidence, staff_id),
        *prerequisites(evidence, staff_id),
    ]


def blocking(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.blocks]


def refuse(found: Iterable[Finding]) -> None:
    """Raise the refusal of the first rule that fails; its faults list every rule that fails."""
    failed = blocking(found)
    if failed:
        refusal = REFUSALS.get(failed[0].code, NotEligible)
        raise refusal(faults=[Fault("", finding.code, finding.text) for finding in failed])


def _verdict(
    condition: str, code: str, *, failed: bool, required: Text, actual: Text, text: Text, fix: Text | None = None
) -> Finding:
    if failed:
        return Finding(condition, "", False, code, required, actual, text, fix, blocks=True)
    return Finding(condition, "", True, MET, required, actual, text)


def time_text(instant: dt.datetime | None) -> Text:
    """An instant in Tokyo as a place in a sentence."""
    if instant is None:
        return Text("未定", "not set")
    shown = instant.astimezone(settings.BUSINESS_TIME_ZONE).strftime("%Y-%m-%d %H:%M")
    return Text(shown, shown)


# The session.


def published(session: Session) -> Finding:
    status = SessionStatus(session.status)
    required, actual = in_both(SessionStatus.PUBLISHED.label), in_both(status.label)
    return _verdict(
        "published",
        SessionNotOpen.code,
        failed=status != SessionStatus.PUBLISHED,
        required=required,
        actual=actual,
        text=Text("公開中の回に申し込めます(現在:{a})。", "Published sessions take applications (now: {a}).").format(
            a=actual
        ),
    )


def window(session: Session, now: dt.datetime) -> Finding:
    """From `apply_from`, before `apply_until`, and not after the last day; without a beginning it has not opened."""
    begins, ends = session.apply_from, session.apply_until
    required = Text("{b}から{e}まで", "from {b} until {e}").format(b=time_text(begins), e=time_text(ends))
    text = Text("申込期間:{r}(現在:{n})。", "Applications: {r} (now: {n}).").format(r=required, n=time_text(now))
    early = begins is None or now < begins
    late = not early and ((ends is not None and now >= ends) or clock.business_date(now) > session.ends_on)
    fix = Text("{b}から申し込めます。", "Opens at {b}.").format(b=time_text(begins)) if early and begins else None
    code = SessionNotOpen.code if early else SessionClosed.code
    return _verdict("window", code, failed=early or late, required=required, actual=time_text(now), text=text, fix=fix)


def selection(session: Session) -> Finding:
    required = Text("申込みのある選考方法", "a way in by application")
    actual = in_both(Selection(session.selection).label)
    return _verdict(
        "selection",
        NotSelfService.code,
        failed=session.selection not in BY_APPLICATION,
        required=required,
        actual=actual,
        text=Text("選考方法:{a}。", "Selection: {a}.").format(a=actual),
    )


def _no_seat(evidence: Evidence, staff_id: int) -> str | None:
    """Why the quotas leave no seat for the person, whatever is free: a code, or None."""
    facts = evidence.facts.get(staff_id)
    why = evidence.seats.why_not(facts) if facts else None
    return why if why in {QuotaFull.code, SeatsKept.code} else None


def own_quotas(evidence: Evidence, staff_id: int) -> list[Finding]:
    """For information: each quota that the person counts in and that has a ceiling; what others have is told to nobody."""
    facts = evidence.facts.get(staff_id)
    return [_quota(each) for each in evidence.seats.own(facts) if each.ceiling is not None] if facts else []


def _quota(quota: Quota) -> Finding:
    parts = {
        "組織": (quota.organization_id, "organisation"),
        "職層": (quota.grade_id, "grade"),
        "新規採用": (quota.new_recruits, "new recruits"),
    }
    said = [(ja, en) for ja, (about, en) in parts.items() if about]
    about = Text("・".join(ja for ja, _ in said), ", ".join(en for _, en in said))
    required = Text("{c}席まで", "at most {c} seats").format(c=quota.ceiling)
    actual = Text("{t}席を使用", "{t} seats taken").format(t=quota.taken)
    text = Text("自分の枠({o}):{r}、{a}。", "Own quota ({o}): {r}, {a}.").format(o=about, r=required, a=actual)
    fix = Text("枠の席が空くと受講できます。", "A seat of the quota has to come free.") if quota.full else None
    return Finding("quota", "", not quota.full, QuotaFull.code if quota.full else MET, required, actual, text, fix)


def seats(session: Session, waiting: int, kept_from: str | None = None) -> Finding:
    """For information: a seat at once, or a place in the queue; `kept_from` is why the quotas leave none. It never blocks."""
    if session.undated:
        return _no_date_yet(waiting)
    if (session.selection in BY_APPLICATION and session.selection not in SELF_SERVICE) or policy_of(
        session
    ).approval != ApprovalChain.NONE:
        return _decided_later(session)
    free = session.free_seats
    if free is None and kept_from is None:
        nothing = Text("定員なし", "no limit")
        return Finding("seats", "", True, MET, nothing, nothing, Text("定員はありません。", "There is no limit."))
    at_once = free is not None and free > 0 and waiting == 0 and kept_from is None
    left = Text("定員なし", "no limit") if free is None else Text("空席{f}", "{f} free").format(f=max(free, 0))
    actual = Text("{l}・キャンセル待ち{w}人", "{l}, {w} waiting").format(l=left, w=waiting)
    text = Text("席の状況:{a}。", "Seats: {a}.").format(a=actual)
    required = Text("空席があり、待つ人がいない", "a free seat and nobody waiting")
    fix = None if at_once else Text("キャンセル待ちに入ります。", "The application joins the queue.")
    return Finding("seats", "", at_once, MET if at_once else kept_from or "would_wait", required, actual, text, fix)


def _no_date_yet(waiting: int) -> Finding:
    """A session without a date collects applications; seats are given when it has one."""
    required, actual = Text("日程が決まっている", "a date is set"), Text("日程未定", "no date yet")
    text = Text(
        "日程が決まるまで、申込順に待ちます(今申し込むと{p}番目)。",
        "Until the date is set, applications wait in their order (number {p} by now).",
    ).format(p=waiting + 1)
    fix = Text("キャンセル待ちに入ります。", "The application joins the queue.")
    return Finding("seats", "", False, "no_date_yet", required, actual, text, fix)


def _decided_later(session: Session) -> Finding:
    """Where somebody has to agree or decide, an application takes no seat yet, however many are free."""
    required = Text("空席があり、待つ人がいない", "a free seat and nobody waiting")
    if session.selection in SELF_SERVICE:
        actual, fix = (
            Text("承認制", "by approval"),
            Text("承認の後に席が決まります。", "A seat is given after approval."),
        )
    else:
        actual = in_both(Selection(session.selection).label)
        fix = Text("決定の後に席が決まります。", "A seat is given by a decision.")
    text = Text("席の決まり方:{a}。", "Seats: {a}.").format(a=actual)
    return Finding("seats", "", False, "decided_later", required, actual, text, fix)


# The person.


def not_here_yet(evidence: Evidence, staff_id: int) -> Finding:
    here = evidence.standing(staff_id).here
    actual = Text("あり", "yes") if here else NONE
    return _verdict(
        "not_here_yet",
        AlreadyApplied.code,
        failed=here,
        required=NONE,
        actual=actual,
        text=Text("この回への申込み:{a}。", "An application for this session: {a}.").format(a=actual),
    )


def course_once_a_year(evidence: Evidence, staff_id: int) -> Finding:
    """One seat of a course in a fiscal year, unless the course allows repeats."""
    taken = evidence.standing(staff_id).taken
    actual = Text("あり", "yes") if taken else NONE
    year = evidence.session.fiscal_year
    return _verdict(
        "course_once_a_year",
        CourseTaken.code,
        failed=taken,
        required=NONE,
        actual=actual,
        text=Text("{y}年度のこの講座の席:{a}。", "A seat of this course in fiscal year {y}: {a}.").format(
            y=year, a=actual
        ),
        fix=Text("{y}年度に申し込めます。", "Apply in fiscal year {y}.").format(y=year + 1),
    )


def course_once(evidence: Evidence, staff_id: int) -> list[Finding]:
    """A course that is taken once is not taken again after it was completed in an earlier year; else there is no rule."""
    course, year = evidence.session.course, evidence.session.fiscal_year
    if not taken_once(course):
        return []
    earlier = [each for each in evidence.prior.years(staff_id, course.pk) if each < year]
    actual = _in_year(max(earlier, default=None))
    finding = _verdict(
        "course_once",
        CourseCompleted.code,
        failed=bool(earlier),
        required=NONE,
        actual=actual,
        text=Text("一度だけ受講する講座の修了:{a}。", "Completed before, of a course that is taken once: {a}.").format(
            a=actual
        ),
    )
    return [finding]


def prerequisites(evidence: Evidence, staff_id: int) -> list[Finding]:
    """Each prerequisite, completed in the fiscal year of the session or an earlier one, as far back as it says."""
    return [_prerequisite(evidence, each, staff_id) for each in evidence.prior.requirements]


def _prerequisite(evidence: Evidence, requirement: Requirement, staff_id: int) -> Finding:
    last, within = evidence.session.fiscal_year, requirement.within_years
    years = [each for each in evidence.prior.years(staff_id, requirement.course_id) if each <= last]
    latest = max(years, default=None)
    first = None if within is None else last - within + 1
    span = Text("", "") if first is None else Text("({y}年度以降)", " (since fiscal year {y})").format(y=first)
    required = Text("「{t}」の修了{s}", "“{t}” completed{s}").format(t=requirement.title, s=span)
    actual = _in_year(latest)
    return _verdict(
        "prerequisite",
        PrerequisiteMissing.code,
        failed=latest is None or (first is not None and latest < first),
        required=required,
        actual=actual,
        text=Text("前提講座:{r}(現在:{a})。", "Prerequisite: {r} (now: {a}).").format(r=required, a=actual),
        fix=_next_session(requirement),
    )


def _in_year(year: int | None) -> Text:
    return NONE if year is None else Text("{y}年度に修了", "completed in fiscal year {y}").format(y=year)


def _next_session(requirement: Requirement) -> Text:
    if requirement.next_day is None:
        text = Text("「{t}」の公開中の回はまだありません。", "No session of “{t}” is published yet.")
        return text.format(t=requirement.title)
    text = Text("「{t}」の次の回は{d}からです。", "The next session of “{t}” begins on {d}.")
    return text.format(t=requirement.title, d=requirement.next_day.isoformat())


def no_show(evidence: Evidence, staff_id: int) -> list[Finding]:
    """Who stayed away without notice too often waits before the next application; without a rule there is no finding.

    Whoever assigns seats is not bound by it: to send somebody again is a decision of the office.
    """
    rule = evidence.no_shows.rule
    if rule is None:
        return []
    today, absences = clock.business_date(evidence.now), evidence.no_shows.of(staff_id)
    until = rule.blocked_until(absences, today)
    required = Text("過去{m}か月に{n}回以内", "at most {n} in the last {m} months").format(
        m=rule.months, n=rule.allowed
    )
    actual = Text("{n}回", "{n}").format(n=len(rule.counted(absences, today)))
    finding = _verdict(
        "no_show",
        NoShowBlocked.code,
        failed=until is not None,
        required=required,
        actual=actual,
        text=Text("無断欠席:{r}(現在:{a})。", "Absences without notice: {r} (now: {a}).").format(r=required, a=actual),
        fix=Text("{d}から申し込めます。", "Apply from {d}.").format(d=until),
    )
    return [finding]


def audience(evidence: Evidence, staff_id: int) -> list[Finding]:
    """The conditions of the audience, in the words meant for the person and HR."""
    verdict = evidence.verdicts.get(staff_id)
    if verdict is not None:
        return list(verdict.findings)
    day = evidence.timetable.reference_date.isoformat()
    required = Text("{d}に本務がある", "a primary post on {d}").format(d=day)
    text = Text("{d}に本務がありません。", "There is no primary post on {d}.").format(d=day)
    return [Finding("post", "", False, "no_post", required, NONE, text, blocks=True)]


_SEAT_ELSEWHERE = Text("同じ時間の別の席:{o}。", "A seat elsewhere at the same time: {o}.")


def clash(evidence: Evidence, staff_id: int) -> Finding:
    standing = evidence.standing(staff_id)
    other, text, fix = standing.clash, _SEAT_ELSEWHERE, None
    if standing.teaches:
        text = Text("同じ時間に講師を務める回:{o}。", "Teaches a session at the same time: {o}.")
    elif other is not None:
        fix = Text("「{o}」を辞退すると申し込めます。", "Withdraw from “{o}” first.").format(o=other)
    return _verdict(
        "no_clash",
        PersonClash.code,
        failed=other is not None,
        required=NONE,
        actual=other or NONE,
        text=text.format(o=other or NONE),
        fix=fix,
    )
