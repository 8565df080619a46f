"""Two people change places between two sessions at the same instant; the order of the locks is also taken away."""

from collections.abc import Iterable, Iterator
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from courses.models import Session
from courses.models.sessions import SessionQuerySet
from enrollments.models import Enrollment
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_leaving import another, transfer
from tests.enrollments.threads import Move, at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)


def crosswise(cast: Cast) -> tuple[list[Session], list[Move]]:
    """Two sessions with a free seat each; whoever sits in one goes to the other."""
    one = open_session(capacity=2)
    two = another(one, capacity=2)
    first, second = apply(one, cast.ict), apply(two, cast.ict2)
    return [one, two], [partial(transfer, first, two, cast.ict.user), partial(transfer, second, one, cast.ict2.user)]


def seats(sessions: list[Session]) -> list[tuple[int, int]]:
    """Of each session as the database keeps count of them, and as they are."""
    found = []
    for session in sessions:
        session.refresh_from_db()
        found.append((session.seats_taken, Enrollment.objects.filter(session=session).seated().count()))
    return found


def test_two_people_who_change_places_at_once_both_keep_a_seat(cast: Cast) -> None:
    """The locks are taken in one order, so that neither waits for the other."""
    sessions, moves = crosswise(cast)
    assert codes(at_once(moves)) == []
    assert seats(sessions) == [(1, 1), (1, 1)]


def test_control_without_the_order_of_the_locks_each_waits_for_the_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each locks first the session that it leaves; nobody takes the second lock before both have the first."""
    sessions, moves = crosswise(cast)
    locked, order_by = Barrier(2), SessionQuerySet.order_by

    def in_the_order_named(found: SessionQuerySet, *fields: str) -> Iterable[Session]:
        return one_by_one(found) if found.query.select_for_update else order_by(found, *fields)

    def one_by_one(found: SessionQuerySet) -> Iterator[Session]:
        named: Any = found.query.where.children[-1]
        for number, key in enumerate(named.rhs):
            if number:
                locked.wait(timeout=30)
            yield from found.filter(pk=key)

    monkeypatch.setattr(SessionQuerySet, "order_by", in_the_order_named)
    results = at_once(moves)
    monkeypatch.undo()
    assert set(codes(results)) == {"lock_timeout"}
    assert seats(sessions) in ([(0, 0), (2, 2)], [(2, 2), (0, 0)], [(1, 1), (1, 1)])
