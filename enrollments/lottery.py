"""The arithmetic of a draw, byte for byte, so that anybody can do it again. It reads and writes nothing.

The list, UTF-8, every line ended by LF (0x0A), the last too:

    session <id>                the session's public id
    round <n>
    classes <digest>            SHA-256 of the priority classes, see below
    entrants <n>                how many lines follow
    <class>,<ticket>            sorted by class as a number, then by ticket as text

A ticket and an id are a UUID in lower case with hyphens, 36 ASCII characters; a number has no leading zero.

    classes     the published classes as JSON: members sorted by name, no space after "," and ":", characters as they are
    commitment  SHA-256 of the secret, which is 32 bytes; published before applications close
    digest      SHA-256 of the bytes of the list; published when it is frozen
    seed        SHA-256 of the 32 bytes of the secret followed by the UTF-8 bytes of the beacon, exactly as published
    key         of an entrant: HMAC-SHA256 with the 32 bytes of the seed as key and the 36 bytes of the ticket as message
    order       by class, in a class by key (as bytes, the smallest first), equal keys by ticket

Digests, the secret and the seed are written as 64 lower-case hexadecimal digits. The result has the head of the list and
lines `<position>,<class>,<ticket>`, position 1 first. `docs/verify_draw.py` does the same again without this project.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

SECRET_BYTES = 32


@dataclass(frozen=True)
class Head:
    """What a list and its result are of."""

    session: UUID
    round: int
    classes: Any


class Entrant(NamedTuple):
    """A ticket in the list, and the class under which it is drawn."""

    priority_class: int
    ticket: UUID

    @property
    def line(self) -> str:
        return f"{self.priority_class},{self.ticket}"


def commitment_of(secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def list_text(head: Head, entrants: Iterable[Entrant]) -> str:
    """The list in its one form, whatever the order in which the entrants are given."""
    return _text(head, [each.line for each in sorted(entrants, key=_in_list)])


def result_text(head: Head, drawn: Sequence[Entrant]) -> str:
    """The result; `drawn` in their order."""
    return _text(head, [f"{place},{each.line}" for place, each in enumerate(drawn, start=1)])


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(secret: str, beacon: str) -> str:
    return hashlib.sha256(bytes.fromhex(secret) + beacon.encode()).hexdigest()


def order(seed: str, entrants: Iterable[Entrant]) -> list[Entrant]:
    """The entrants as drawn: the first gets the first seat."""
    key = bytes.fromhex(seed)
    return sorted(entrants, key=lambda each: (each.priority_class, _key(key, each.ticket), str(each.ticket)))


def _key(seed: bytes, ticket: UUID) -> bytes:
    return hmac.digest(seed, str(ticket).encode(), "sha256")


def _in_list(entrant: Entrant) -> tuple[int, str]:
    return entrant.priority_class, str(entrant.ticket)


def _text(head: Head, lines: Sequence[str]) -> str:
    classes = json.dumps(head.classes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    numbers = (f"round {head.round}", f"classes {digest_of(classes)}", f"entrants {len(lines)}")
    return "".join(f"{line}\n" for line in (f"session {head.session}", *numbers, *lines))
