"""Writing deadlines: the rules of a course, and what they come to for a session."""

import datetime as dt
from collections.abc import Mapping, Sequence

from academy.clock import business_date, start_of
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.deadlines import COLUMNS, Rule, check_rules, deadlines_of
from courses.models import Course, Deadline, DeadlineRule, DeadlineUnit, Meeting, Session, SessionStatus
from courses.operations.rounds import keep_round


@operation
def set_deadline_rules(*, course_id: int, rules: Sequence[Rule], by: User | None) -> Course:
    """Replace the rules of a course. Its drafts follow at once; what is published keeps what people were told.

    A published session follows the new rules when it is rescheduled.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    faults = Faults()
    check_rules(rules, faults)
    faults.refuse()
    course.deadline_rules.all().delete()
    DeadlineRule.objects.bulk_create(
        DeadlineRule(
            course=course, kind=rule.kind, count=rule.count, unit=rule.unit, weekday=rule.weekday, time=rule.time
        )
        for rule in rules
    )
    note(course, rules=len(rules), drafts=_follow(course))
    return course


def _follow(course: Course) -> int:
    """Let the drafts of a course follow its rules; returns how many."""
    drafts = list(Session.objects.locked().filter(course=course, status=SessionStatus.DRAFT).order_by("pk"))
    meeting = set(Meeting.objects.live().filter(session__in=drafts).values_list("session_id", flat=True))
    changed = [each for each in drafts if set_deadlines(each, each.starts_on if each.pk in meeting else None, {})]
    Session.objects.bulk_update(changed, [*COLUMNS.values()])
    return len(changed)


def set_deadlines(
    session: Session, first_day: dt.date | None, given: Mapping[Deadline, dt.datetime | None]
) -> list[str]:
    """Set the deadlines of a locked or new session that begins on `first_day`, and name the columns that changed.

    What is given is fixed by hand, also that there is none (None), and no rule moves it any more; the others follow the
    rules of the course. One that was set by hand and would come after the first day, because the session moved forward, is
    fixed no longer. Without a first day (no date yet, no meeting) a rule gives none. An end of the application window
    that has passed stays, since moving it would take applications again; so does one of which no rule speaks. The caller
    saves the session; the round of one that is published is written here.
    """
    rules = _rules_of(session.course_id)
    derived = {} if first_day is None else deadlines_of(rules, first_day)
    before = _shown(session)
    overtaken = _overtaken(session, first_day) - given.keys()
    fixed = {*session.fixed_deadlines, *given} - overtaken
    for kind, column in COLUMNS.items():
        if kind in given:
            setattr(session, column, given[kind])
        elif kind in overtaken and kind not in derived:
            setattr(session, column, start_of(first_day) if first_day else None)
        elif kind not in fixed and not (kind == Deadline.APPLY and _window_stays(session, rules)):
            setattr(session, column, derived.get(kind))
    session.fixed_deadlines = [kind.value for kind in Deadline if kind in fixed]
    changed = [name for name, value in _shown(session).items() if value != before[name]]
    if session.status == SessionStatus.PUBLISHED and COLUMNS[Deadline.APPLY] in changed:
        keep_round(session)
    return changed


def ruled_deadlines(session: Session, first_day: dt.date | None) -> dict[Deadline, dt.datetime]:
    """What the rules of the course give a session that begins on `first_day`; nothing without a first day."""
    return {} if first_day is None else deadlines_of(_rules_of(session.course_id), first_day)


def _overtaken(session: Session, first_day: dt.date | None) -> set[Deadline]:
    """The deadlines set by hand that would come after the first day."""
    if first_day is None:
        return set()
    untils = {kind: getattr(session, COLUMNS[kind]) for kind in COLUMNS if kind in session.fixed_deadlines}
    return {kind for kind, until in untils.items() if until is not None and business_date(until) > first_day}


def _shown(session: Session) -> dict[str, object]:
    return {name: getattr(session, name) for name in (*COLUMNS.values(), "fixed_deadlines")}


def _window_stays(session: Session, rules: Sequence[Rule]) -> bool:
    if all(rule.kind != Deadline.APPLY for rule in rules):
        return True
    ends = session.apply_until
    return session.status == SessionStatus.PUBLISHED and ends is not None and ends <= session.now


def _rules_of(course_id: int) -> list[Rule]:
    rows = DeadlineRule.objects.filter(course=course_id)
    return [Rule(Deadline(row.kind), row.count, DeadlineUnit(row.unit), row.time, weekday=row.weekday) for row in rows]
