"""Sessions as they are, in the shape in which a schedule writes and compares them: a few statements for any number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Max, QuerySet

from courses.models import Meeting, Session, SessionInstructor
from courses.schedules.values import Follows
from courses.schedules.written import DEADLINES, Stored
from courses.scheduling import Slot, slots_in_places


def stored(sessions: QuerySet[Session]) -> list[tuple[Session, Stored]]:
    """The sessions in the order of the query, each with its meetings, those that were cancelled left out."""
    found = list(sessions.select_related("course", "audience"))
    slots, instructors = _slots(found), _instructors(found)
    counting = _counting({session.course_id for session in found})
    return [
        (session, _one(session, slots[session.pk], instructors[session.pk], session.course_id in counting))
        for session in found
    ]


def _one(session: Session, slots: Sequence[Slot], instructors: Sequence[SessionInstructor], counts_all: bool) -> Stored:
    deadlines = {name: getattr(session, name) for name in DEADLINES}
    by_hand = set(session.fixed_deadlines)
    days_given = not session.undated and not any(slot.live for slot in slots)
    values = {
        "all_time_ordinal": session.all_time_ordinal,
        "title_ja": session.title_ja,
        "title_en": session.title_en,
        "selection": session.selection,
        "capacity": session.capacity,
        "minimum": session.minimum,
        "apply_from": session.apply_from,
        **{name: deadlines[name] if kind in by_hand else Follows.RULE for name, kind in DEADLINES.items()},
        "undated": session.undated,
        "starts_on": session.starts_on if days_given else None,
        "ends_on": session.ends_on if days_given else None,
        "instructors": frozenset(each.instructor_id for each in instructors),
        "rule": None if session.audience is None else session.audience.rule,
    }
    return Stored(
        course=session.course.code,
        fiscal_year=session.fiscal_year,
        ordinal=session.ordinal,
        status=session.status,
        counts_all=counts_all,
        values=values,
        ruled=deadlines,
        instructors=[each.instructor for each in instructors],
        slots=slots,
    )


def _slots(sessions: Iterable[Session]) -> Mapping[int, list[Slot]]:
    rows = Meeting.objects.filter(session__in=sessions, cancelled_at=None).select_related("venue")
    by_session: dict[int, list[Meeting]] = defaultdict(list)
    for row in rows.order_by("session_id", "position"):
        by_session[row.session_id].append(row)
    return defaultdict(list, {key: slots_in_places(meetings) for key, meetings in by_session.items()})


def _instructors(sessions: Iterable[Session]) -> Mapping[int, list[SessionInstructor]]:
    found: dict[int, list[SessionInstructor]] = defaultdict(list)
    rows = SessionInstructor.objects.filter(session__in=sessions).select_related("instructor").order_by("pk")
    for row in rows:
        found[row.session_id].append(row)
    return found


def _counting(courses: Iterable[int]) -> set[int]:
    """The courses that give their sessions a number of all."""
    counted = Session.objects.filter(course__in=courses).values("course").annotate(last=Max("all_time_ordinal"))
    return {row["course"] for row in counted if row["last"] is not None}
