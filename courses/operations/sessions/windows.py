"""The application window of a session, opened and closed, and its other deadlines.

Opening it again for the seats that are left is in enrollments.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from academy.text import in_both
from courses.deadlines import COLUMNS, check_order
from courses.errors import SelectionTakesNoApplications
from courses.models import BY_APPLICATION, Deadline, Selection, Session, SessionStatus
from courses.operations.deadlines import ruled_deadlines
from courses.operations.rounds import keep_round
from courses.operations.sessions.standing import begin_of, locked, refuse_unpublished


class WindowEnd(TypedDict, total=False):
    apply_until: dt.datetime | None


class LaterDeadlines(TypedDict, total=False):
    change_until: dt.datetime | None
    substitute_until: dt.datetime | None
    approve_until: dt.datetime | None
    nominate_until: dt.datetime | None
    withdraw_until: dt.datetime | None
    promote_until: dt.datetime | None


@operation
def open_session(*, session_id: int, by: User | None, **end: Unpack[WindowEnd]) -> Session:
    """Take applications from now until the given time, or without an end (None); an open session keeps its beginning.

    Where no end is said the course's rule says it, or there is none. Only a published session whose seats are not
    assigned takes applications. Once an earlier window has ended, this is a further round.
    """
    session = locked(session_id)
    refuse_unpublished(session)
    refuse_selection(session)
    by_hand = "apply_until" in end
    until = end["apply_until"] if by_hand else _ruled_end(session)
    faults = Faults()
    check_ahead(session, {Deadline.APPLY: until}, faults)
    faults.refuse()
    write_window(session, session.apply_from if window_open(session) else session.now, until, by_hand=by_hand)
    return session


@operation
def close_session(*, session_id: int, by: User | None) -> Session:
    """Take no more applications; a window that has ended stays as it was, one that has not begun is taken away."""
    session = locked(session_id)
    refuse_unpublished(session)
    if session.apply_until is not None and session.apply_until <= session.now:
        return session
    coming = session.apply_from is not None and session.apply_from > session.now
    write_window(session, None if coming else session.apply_from, session.now, by_hand=True)
    return session


@operation
def change_deadlines(
    *, session_id: int, follow_rules: Sequence[Deadline] = (), by: User | None, **given: Unpack[LaterDeadlines]
) -> Session:
    """Set deadlines of a draft or a published session by hand, or let them follow the rules again; the others stay.

    The end of the application window is not among them: it opens, closes and opens again.
    """
    session = locked(session_id)
    if session.status != SessionStatus.DRAFT:
        refuse_unpublished(session)
    by_hand = {kind: given.get(column) for kind, column in COLUMNS.items() if column in given}
    faults = Faults()
    if Deadline.APPLY in follow_rules:
        faults.add("/follow_rules", "apply", "申込期間は open で変更します。", "The window changes by `open`.")
    begins_at = begin_of(session)
    untils = {kind: until for kind, until in by_hand.items() if isinstance(until, dt.datetime)}
    check_order(untils, begins_at, faults)
    faults.refuse()
    ruled = ruled_deadlines(session, session.starts_on if begins_at else None)
    changes = {**{kind: ruled.get(kind) for kind in follow_rules}, **by_hand}
    for kind, until in changes.items():
        setattr(session, COLUMNS[kind], until)
    fixed = {*session.fixed_deadlines} - {*follow_rules} | {*by_hand}
    session.fixed_deadlines = [kind.value for kind in Deadline if kind in fixed]
    session.save(update_fields=[*COLUMNS.values(), "fixed_deadlines"])
    note(session, by_hand=sorted(by_hand), follow_rules=sorted(follow_rules))
    return session


def refuse_selection(session: Session) -> None:
    if session.selection not in BY_APPLICATION:
        raise SelectionTakesNoApplications(selection=in_both(Selection(session.selection).label))


def check_ahead(session: Session, given: Mapping[Deadline, dt.datetime | None], faults: Faults) -> None:
    """What is set for a window that is open now lies ahead, and not after the first meeting begins."""
    past = {kind for kind, until in given.items() if until is not None and until <= session.now}
    for kind in past:
        faults.add(f"/{COLUMNS[kind]}", "past", "終了は現在より後です。", "The end lies in the future.")
    check_order({kind: until for kind, until in given.items() if kind not in past}, begin_of(session), faults)


def write_window(session: Session, begins: dt.datetime | None, ends: dt.datetime | None, *, by_hand: bool) -> None:
    """Write the window of a locked session, and the round that it is."""
    fixed = {*session.fixed_deadlines} - {Deadline.APPLY.value} | ({Deadline.APPLY.value} if by_hand else set())
    session.apply_from, session.apply_until = begins, ends
    session.fixed_deadlines = [kind.value for kind in Deadline if kind.value in fixed]
    session.save(update_fields=["apply_from", "apply_until", "fixed_deadlines"])
    keep_round(session)


def window_open(session: Session) -> bool:
    begun = session.apply_from is not None and session.apply_from <= session.now
    return begun and (session.apply_until is None or session.now < session.apply_until)


def _ruled_end(session: Session) -> dt.datetime | None:
    return ruled_deadlines(session, session.starts_on if begin_of(session) else None).get(Deadline.APPLY)
