"""What a roster does to training: each part of the service tells it of its own rows.

A part registers an *effect*: a generator that looks at its rows, yields while the roster is applied, looks again, puts
right what is its own to put right, and returns what it has to tell. A preview runs the same and is rolled back.
"""

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from academy.models import RosterImport
from academy.text import Text


@dataclass(frozen=True)
class Change:
    """Whom a roster concerns: people whose primary post or status becomes another, and those of them who leave."""

    roster: RosterImport
    concerned: Sequence[int]
    leavers: Sequence[int]

    @property
    def effective_on(self) -> dt.date:
        return self.roster.effective_on


@dataclass(frozen=True)
class Told:
    """One thing to know before applying. `code` is that of an effect; `detail` holds ids, codes and names of things."""

    code: str
    staff_id: int | None = None
    target_kind: str = ""
    target: UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)


Watch = Generator[None, None, Iterable[Told]]
Effect = Callable[[Change], Watch]

_effects: list[Effect] = []
LABELS: dict[str, Text] = {}


def roster_effect(**labels: Text) -> Callable[[Effect], Effect]:
    """Register an effect with the codes that it tells and what they mean."""

    def register(effect: Effect) -> Effect:
        _effects.append(effect)
        LABELS.update(labels)
        return effect

    return register


def watched(change: Change, carry_out: Callable[[], object]) -> list[Told]:
    """Carry a roster out under the eyes of every part; returns what they tell."""
    watches = [effect(change) for effect in _effects]
    for watch in watches:
        next(watch)
    carry_out()
    return [told for watch in watches for told in _last_word(watch)]


def _last_word(watch: Watch) -> Iterable[Told]:
    try:
        next(watch)
    except StopIteration as ended:
        return ended.value or ()
    raise RuntimeError("an effect yields once")
