"""Moves that are made at the same instant, each by a thread with a connection of its own; and how a guard is taken away."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from academy.errors import DomainError
from academy.statements import Statement
from courses.models.sessions import SessionQuerySet
from enrollments.models import Enrollment, EnrollmentStep, Status
from enrollments.operations import applications

Move = Callable[[], object]


def at_once(moves: Sequence[Move]) -> list[object]:
    """What each move returned, or the refusal it met; anything else that is raised fails the test."""
    start = Barrier(len(moves))

    def make(move: Move) -> object:
        start.wait(timeout=30)
        try:
            return move()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(moves)) as threads:
        return list(threads.map(make, moves))


def elsewhere(move: Move) -> object:
    """Make one move on another connection, and wait for it."""
    [result] = at_once([move])
    return result


def without_the_lock(monkeypatch: pytest.MonkeyPatch, *writes: tuple[Any, str]) -> None:
    """Sessions are read without a lock. `writes`, an owner and a name for each move: nobody writes before all have looked."""
    for name in ("locked", "locked_whole"):
        monkeypatch.setattr(SessionQuerySet, name, _unlocked(getattr(SessionQuerySet, name)))
    monkeypatch.setattr(applications, "LOCKED", Statement(applications.LOCKED.build))  # it was written with the lock
    if writes:
        looked = Barrier(len(writes))
        for owner, name in dict.fromkeys(writes):
            monkeypatch.setattr(owner, name, _after(looked, getattr(owner, name)))


def _unlocked(locked: Callable[[SessionQuerySet], SessionQuerySet]) -> Callable[[SessionQuerySet], SessionQuerySet]:
    def read(found: SessionQuerySet) -> SessionQuerySet:
        rows = locked(found)
        rows.query.select_for_update = False
        return rows

    return read


def _after(looked: Barrier, write: Callable[..., object]) -> Callable[..., object]:
    def late(*args: Any, **kwargs: Any) -> object:
        looked.wait(timeout=30)
        return write(*args, **kwargs)

    return late


@contextmanager
def counting_seats_without(statement: str, instead: str = "") -> Iterator[None]:
    """The triggers that count seats without what a pattern names in them, or with something else instead of it."""
    of_triggers = "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_seats_on_%'"
    with connection.cursor() as cursor:
        cursor.execute(of_triggers)
        functions = [function for (function,) in cursor.fetchall()]
        changed = [re.sub(statement, instead, function, flags=re.DOTALL) for function in functions]
        assert all(before != after for before, after in zip(functions, changed, strict=True))
        cursor.execute(";".join(changed))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(";".join(functions))


def ends_of_the_offer(enrollment: Enrollment) -> list[str]:
    """What became of a seat that was offered, each time that the offer was left."""
    left = EnrollmentStep.objects.filter(subject=enrollment, old=Status.OFFERED)
    return list(left.order_by("pk").values_list("new", flat=True))


def codes(results: Sequence[object]) -> list[str]:
    """The codes of the refusals among the results, in order."""
    return sorted(result.code for result in results if isinstance(result, DomainError))
