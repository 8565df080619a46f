"""Moves that are made at the same instant, each by a thread with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from academy.errors import DomainError

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


def codes(results: Sequence[object]) -> list[str]:
    """The codes of the refusals among the results, in order."""
    return sorted(result.code for result in results if isinstance(result, DomainError))
