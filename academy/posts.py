"""Whose approval is needed on a day: who heads the units above a person, and who acts in a head's place.

The decision (`approver`) is pure. What it decides on is read with one statement for any number of people: for every
unit at or above the person's own, nearest first, its heads and deputies of the day, whether they are on leave, and to
whom the heads have delegated. The own unit is the organisation of the primary post: a person on secondment is still
decided on where they are sent from. A unit that does not exist on the day is headed by nobody.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import TextChoices

from academy.text import bilingual


class Capacity(TextChoices):
    """As what somebody decides."""

    HEAD = "head", bilingual("所属長", "Head of unit")
    DELEGATE = "delegate", bilingual("専決の代行", "Delegate")
    DEPUTY = "deputy", bilingual("職務代理", "Deputy")


@dataclass(frozen=True)
class Delegate:
    """To whom a head has delegated; `serves`: holds a post that day and is not on leave."""

    staff_id: int
    serves: bool


@dataclass(frozen=True)
class Holder:
    """A head or a deputy of a unit on a day. Only a head's delegation counts."""

    staff_id: int
    on_leave: bool = False
    delegate: Delegate | None = None


@dataclass(frozen=True)
class Unit:
    """One unit above a person. Several heads stand in order: who has the unit as primary post first."""

    id: int
    heads: tuple[Holder, ...] = ()
    deputies: tuple[Holder, ...] = ()


@dataclass(frozen=True)
class Chain:
    """The units at and above a person's own, nearest first."""

    staff_id: int
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Approver:
    """Who decides, as what, for which unit; `in_place_of` is the head who does not decide, none if the post is vacant."""

    staff_id: int
    capacity: Capacity
    unit_id: int
    in_place_of: int | None = None


def approver(chain: Chain) -> Approver | None:
    """The nearest unit that has somebody to decide; None if no unit up to the root has.

    In a unit the heads are asked in order, the person left out. A delegation is followed one step, never to the person
    and only to somebody who serves that day; where it leads to nobody, a head who is there decides. If every head is on
    leave, or there is none, a deputy who is there decides, never the person, and never on a head of the own unit.
    """
    return next((found for unit in chain.units if (found := _decides(unit, chain.staff_id))), None)


def _decides(unit: Unit, person: int) -> Approver | None:
    heads = [head for head in unit.heads if head.staff_id != person]
    for head in heads:
        delegate = head.delegate
        if delegate and delegate.serves and delegate.staff_id != person:
            return Approver(delegate.staff_id, Capacity.DELEGATE, unit.id, head.staff_id)
        if not head.on_leave:
            return Approver(head.staff_id, Capacity.HEAD, unit.id)
    if len(heads) < len(unit.heads):
        return None
    absent = heads[0].staff_id if heads else None
    for deputy in unit.deputies:
        if deputy.staff_id != person and not deputy.on_leave:
            return Approver(deputy.staff_id, Capacity.DEPUTY, unit.id, absent)
    return None


def unit_head(chain: Chain) -> int | None:
    """所属長: the head of the nearest unit whose head is not the person, whoever acts in their place."""
    heads = (head.staff_id for unit in chain.units for head in unit.heads)
    return next((head for head in heads if head != chain.staff_id), None)


def approver_of(staff_id: int, *, on: dt.date) -> Approver | None:
    """Whose approval a person needs on a day; None if nobody's is to be had."""
    return approvers_of([staff_id], on=on).get(staff_id)


def approvers_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, Approver]:
    """Whose approval each of several people needs, in one statement; who has no approver is left out."""
    return {chain.staff_id: found for chain in chains_of(staff_ids, on=on) if (found := approver(chain))}


def unit_head_of(staff_id: int, *, on: dt.date) -> int | None:
    return unit_heads_of([staff_id], on=on).get(staff_id)


def unit_heads_of(staff_ids: Iterable[int], *, on: dt.date) -> dict[int, int]:
    """The unit heads of several people, in one statement; who has none is left out."""
    return {chain.staff_id: found for chain in chains_of(staff_ids, on=on) if (found := unit_head(chain))}


# Climbs once from each organisation that somebody serves in, however many serve there.
_CHAINS = """
    WITH RECURSIVE own AS (
        SELECT organization_id AS id, array_agg(staff_id) AS staff FROM academy_assignment
        WHERE staff_id = ANY(%(staff)s) AND kind = 'primary' AND during @> %(day)s::date AND superseded_at IS NULL
        GROUP BY organization_id
    ), above AS (
        SELECT own.id AS start, own.id, 0 AS distance FROM own
        UNION
        SELECT above.start, edge.parent_id, above.distance + 1 FROM above
        JOIN academy_organizationedge AS edge ON edge.child_id = above.id AND edge.during @> %(day)s::date
        WHERE above.distance < 12
    ), holder AS (
        SELECT post.organization_id AS unit, post.id, post.kind = 'primary' AS first, post.staff_id, post.head_of_unit,
            EXISTS (
                SELECT FROM academy_staffstatus AS status WHERE status.staff_id = post.staff_id
                AND status.kind = 'on_leave' AND status.during @> %(day)s::date AND status.superseded_at IS NULL
            ) AS away,
            delegation.delegate_id,
            NOT EXISTS (
                SELECT FROM academy_staffstatus AS status WHERE status.staff_id = delegation.delegate_id
                AND status.kind = 'on_leave' AND status.during @> %(day)s::date AND status.superseded_at IS NULL
            ) AND EXISTS (
                SELECT FROM academy_assignment AS held WHERE held.staff_id = delegation.delegate_id
                AND held.during @> %(day)s::date AND held.superseded_at IS NULL
            ) AS serves
        FROM academy_assignment AS post
        JOIN academy_organization AS body ON body.id = post.organization_id AND body.during @> %(day)s::date
        LEFT JOIN academy_delegation AS delegation ON delegation.delegator_id = post.staff_id
            AND delegation.during @> %(day)s::date AND delegation.revoked_at IS NULL
        WHERE post.organization_id IN (SELECT id FROM above) AND (post.head_of_unit OR post.deputy_of_unit)
            AND post.during @> %(day)s::date AND post.superseded_at IS NULL
    )
    SELECT own.id, own.staff, above.distance, holder.unit,
        holder.staff_id, holder.head_of_unit, holder.away, holder.delegate_id, holder.serves
    FROM own JOIN above ON above.start = own.id JOIN holder ON holder.unit = above.id
    ORDER BY own.id, above.distance, holder.first DESC, holder.id
"""


def chains_of(staff_ids: Iterable[int], *, on: dt.date) -> Iterator[Chain]:
    """The chains of several people on a day, in one statement; without a primary post or any holder there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, {"staff": list(staff_ids), "day": on})
        rows = cursor.fetchall()
    for _, found in groupby(rows, key=lambda row: row[0]):
        of_unit = list(found)
        units = tuple(_unit(list(holders)) for _, holders in groupby(of_unit, key=lambda row: row[2:4]))
        for staff_id in of_unit[0][1]:
            yield Chain(staff_id, units)


def _unit(rows: list[tuple[Any, ...]]) -> Unit:
    heads, deputies = [], []
    for _, _, _, _, staff_id, is_head, away, delegate_id, serves in rows:
        if is_head:
            heads.append(Holder(staff_id, away, Delegate(delegate_id, serves) if delegate_id else None))
        else:
            deputies.append(Holder(staff_id, away))
    return Unit(rows[0][3], tuple(heads), tuple(deputies))
