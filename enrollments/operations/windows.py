"""追加募集: taking applications again for the seats that are left. It asks the queue first, so it belongs here."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import TypedDict, Unpack, cast

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.deadlines import COLUMNS
from courses.models import Deadline, Session
from courses.operations.sessions.standing import refuse_unpublished
from courses.operations.sessions.windows import check_ahead, refuse_selection, write_window
from enrollments import eligibility
from enrollments.errors import SessionBegun, SessionOver
from enrollments.errors.windows import NoSeatLeft, WindowNotEnded
from enrollments.evidence import timetable_of
from enrollments.models import StageDeadline
from enrollments.operations import queue

Untils = Mapping[Deadline, dt.datetime | None]
OF_A_ROUND = (Deadline.APPROVE, Deadline.NOMINATE)  # in the order in which they come, after that of applications


class RoundDeadlines(TypedDict, total=False):
    approve_until: dt.datetime | None
    nominate_until: dt.datetime | None


@operation
def reopen_session(
    *, session_id: int, apply_until: dt.datetime, by: User | None, **given: Unpack[RoundDeadlines]
) -> Session:
    """Take applications again from now, as a further round, once the window of a published session has ended.

    It is for seats that are left when whoever waits has had their turn: they are promoted first. Not once the first meeting
    has begun, nor after the last day. The round has the deadlines of approvals and of the bureaus' lists that are given: all
    of them lie ahead, first that of applications, then of heads of units, then of bureaus. Of those that are not given one
    that passed ends with its round, and one that lies ahead stays.
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
    untils = cast("Mapping[str, dt.datetime | None]", given)
    asked = {kind: untils[COLUMNS[kind]] for kind in OF_A_ROUND if COLUMNS[kind] in untils}
    check_ahead(session, {Deadline.APPLY: apply_until, **asked}, faults)
    standing = {kind: asked[kind] if kind in asked else _ahead(session, kind) for kind in OF_A_ROUND}
    _check_sequence(apply_until, standing, asked, faults)
    faults.refuse()
    left = None if session.undated else queue.seats_for_newcomers(session, by=by).free
    if left is not None and left <= 0:
        raise NoSeatLeft
    _set_deadlines(session, standing, asked)
    write_window(session, session.now, apply_until, by_hand=True)
    note(session, round=session.rounds.count(), left=left, deadlines=sorted(asked))
    return session


def _ahead(session: Session, kind: Deadline) -> dt.datetime | None:
    """A deadline of the session that has not passed."""
    until: dt.datetime | None = getattr(session, COLUMNS[kind])
    return until if until is not None and until > session.now else None


def _check_sequence(apply_until: dt.datetime, standing: Untils, asked: Collection[Deadline], faults: Faults) -> None:
    """A bureau hands in its list when its heads have agreed, and each of them when the last application can be there."""
    before = {Deadline.APPLY: apply_until}
    for kind, until in standing.items():
        if until is None:
            continue
        wrong = [earlier for earlier, first in before.items() if until < first and {kind, earlier} & {*asked}]
        if wrong:
            faults.add(
                f"/{COLUMNS[kind if kind in asked else wrong[0]]}",
                "out_of_order",
                "申込み、所属長の承認、局の取りまとめの順です。",
                "Applications end first, then heads of units approve, then bureaus hand in their lists.",
            )
        before[kind] = until


def _set_deadlines(session: Session, standing: Untils, asked: Collection[Deadline]) -> None:
    """What passed would make what comes in the new round overdue when it comes."""
    changed = [kind for kind, until in standing.items() if kind in asked or getattr(session, COLUMNS[kind]) != until]
    for kind in changed:
        setattr(session, COLUMNS[kind], standing[kind])
    session.fixed_deadlines = [kind.value for kind in Deadline if kind in {*session.fixed_deadlines, *changed}]
    session.save(update_fields=[*(COLUMNS[kind] for kind in changed), "fixed_deadlines"])
    StageDeadline.objects.filter(session=session, until__lte=session.now).delete()
