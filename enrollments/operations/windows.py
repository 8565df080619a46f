"""追加募集: taking applications again for the seats that are left. It asks the queue first, so it belongs here."""

import datetime as dt

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.deadlines import COLUMNS
from courses.models import Deadline, Session
from courses.operations.sessions.standing import refuse_unpublished
from courses.operations.sessions.windows import check_end, refuse_selection, write_window
from enrollments import eligibility
from enrollments.errors import SessionBegun, SessionOver
from enrollments.errors.windows import NoSeatLeft, WindowNotEnded
from enrollments.evidence import timetable_of
from enrollments.models import StageDeadline
from enrollments.operations import queue


@operation
def reopen_session(*, session_id: int, apply_until: dt.datetime, by: User | None) -> Session:
    """Take applications again from now, as a further round, once the window of a published session has ended.

    It is for seats that are left when whoever waits has had their turn: they are promoted first. Not once the first meeting
    has begun, nor after the last day. Deadlines of approvals and of the bureaus' lists that passed in the round before end
    with it; the office sets new ones, or there are none.
    """
    session = Session.objects.locked().with_audience().get(pk=session_id)
    refuse_unpublished(session)
    refuse_selection(session)
    if session.apply_until is None or session.now < session.apply_until or session.apply_from is None:
        raise WindowNotEnded(
            begins=eligibility.time_text(session.apply_from), ends=eligibility.time_text(session.apply_until)
        )
    if clock.business_date(session.now) > session.ends_on:
        raise SessionOver
    if timetable_of(session, session.now).begun(session.now):
        raise SessionBegun
    faults = Faults()
    check_end(session, apply_until, faults)
    faults.refuse()
    left = None if session.undated else queue.seats_for_newcomers(session, by=by).free
    if left is not None and left <= 0:
        raise NoSeatLeft
    _end_passed_deadlines(session)
    write_window(session, session.now, apply_until, by_hand=True)
    note(session, round=session.rounds.count(), left=left)
    return session


def _end_passed_deadlines(session: Session) -> None:
    """Otherwise what comes in the new round would be overdue when it comes."""
    untils = {kind: getattr(session, COLUMNS[kind]) for kind in (Deadline.APPROVE, Deadline.NOMINATE)}
    passed = [kind for kind, until in untils.items() if until is not None and until <= session.now]
    for kind in passed:
        setattr(session, COLUMNS[kind], None)
    session.fixed_deadlines = [kind.value for kind in Deadline if kind in {*session.fixed_deadlines, *passed}]
    session.save(update_fields=[*(COLUMNS[kind] for kind in passed), "fixed_deadlines"])
    StageDeadline.objects.filter(session=session, until__lte=session.now).delete()
