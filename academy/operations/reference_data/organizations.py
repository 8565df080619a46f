"""Organisations, who belonged to whom and when, and what became of those that ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.errors import Faults
from academy.models import (
    Certainty,
    Organization,
    OrganizationEdge,
    OrganizationKind,
    OrganizationSuccession,
    SuccessionKind,
    User,
)
from academy.operations.base import note, operation
from academy.operations.reference_data.entries import (
    DAY,
    Entry,
    Identify,
    common_life,
    life_of,
    lives_some_time,
    new_id,
    same_days,
)


@operation
def load_organizations(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, Organization]:
    """Bring organisations, their place in the tree and their successions to the file; what is wrong is named at once.

    A child belongs to its parent while both live: to `parent`, or to each of `parents` on its days.
    """
    entries: Sequence[Entry] = content["organizations"]
    successions: Sequence[Entry] = content.get("successions", ())
    _refuse_faulty(entries, successions, content.get("without_successor", ()))
    made = [_organization(position, entry, identify) for position, entry in enumerate(entries, start=1)]
    Organization.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "name_ja", "name_en", "name_kana", "name_folded", "area", "position", "during"],
    )
    by_code = Organization.objects.in_bulk([entry["code"] for entry in entries], field_name="code")
    edges = _bring_edges(entries, by_code, identify)
    OrganizationSuccession.objects.bulk_create(
        [_succession(entry, by_code, identify) for entry in successions],
        update_conflicts=True,
        unique_fields=["predecessor", "successor"],
        update_fields=["on", "kind", "certainty", "note"],
    )
    note(organizations=len(made), edges=edges, successions=len(successions))
    return by_code


def _refuse_faulty(entries: Sequence[Entry], successions: Sequence[Entry], without_successor: Sequence[Entry]) -> None:
    faults, lives = Faults(), dict[str, DateRange]()
    for row, entry in enumerate(entries):
        place = f"/organizations/{row}"
        if entry["kind"] not in OrganizationKind.values:
            faults.add(f"{place}/kind", "unknown", "種別が不明です。", "The kind is unknown.")
        if entry["code"] in lives:
            faults.add(f"{place}/code", "repeated", "コードが重複しています。", "The code is there twice.")
        if not lives_some_time(life_of(entry)):
            faults.add(
                f"{place}/to", "ends_before_it_begins", "終わりが始まりより前です。", "It ends before it begins."
            )
        _check_parents(place, entry, lives, faults)
        lives[entry["code"]] = life_of(entry)
    _check_successions(successions, lives, faults)
    _check_endings(without_successor, successions, lives, faults)
    faults.refuse()


def _check_parents(place: str, entry: Entry, lives: Mapping[str, DateRange], faults: Faults) -> None:
    """A parent stands in the file before its children, lives at some time with the child, and is the only one then."""
    edges: list[DateRange] = []
    for index, parent in enumerate(_parents(entry)):
        at = f"{place}/parent" if "parent" in entry else f"{place}/parents/{index}"
        if parent["code"] not in lives:
            faults.add(at, "unknown", "上位組織が前にありません。", "The parent must come before it.")
            continue
        during = common_life(life_of(parent), life_of(entry), lives[parent["code"]])
        if not lives_some_time(during):
            faults.add(at, "never_together", "上位組織と同じ時期にありません。", "They never lived at the same time.")
        elif any(lives_some_time(common_life(during, other)) for other in edges):
            faults.add(at, "overlap", "上位組織が同時に二つあります。", "There are two parents at a time.")
        else:
            edges.append(during)


def _check_successions(successions: Sequence[Entry], lives: Mapping[str, DateRange], faults: Faults) -> None:
    """`from` is the first day of the successor's work: it lives then, and the predecessor lived until the day before."""
    told = set()
    for row, entry in enumerate(successions):
        place, pair = f"/successions/{row}", (entry["predecessor"], entry["successor"])
        for name, words in (("kind", SuccessionKind), ("certainty", Certainty)):
            if entry[name] not in words.values:
                faults.add(f"{place}/{name}", "unknown", "この語は使えません。", "There is no such word.")
        if pair in told or pair[0] == pair[1]:
            faults.add(place, "repeated", "二重か、自身への承継です。", "Told twice, or of itself.")
        told.add(pair)
        unknown = [name for name in ("predecessor", "successor") if entry[name] not in lives]
        for name in unknown:
            faults.add(f"{place}/{name}", "unknown", "この組織はありません。", "There is no such organisation.")
        if not unknown and (entry["from"] - DAY not in lives[pair[0]] or entry["from"] not in lives[pair[1]]):
            faults.add(
                f"{place}/from",
                "contradicts_lives",
                "双方の存続期間と合いません。",
                "It contradicts the lives of both.",
            )


def _check_endings(
    without_successor: Sequence[Entry], successions: Sequence[Entry], lives: Mapping[str, DateRange], faults: Faults
) -> None:
    """Said to have no successor is only what ended, and has none."""
    succeeded = {entry["predecessor"] for entry in successions}
    for row, entry in enumerate(without_successor):
        for index, code in enumerate(entry["codes"]):
            place = f"/without_successor/{row}/codes/{index}"
            if code not in lives:
                faults.add(place, "unknown", "この組織はありません。", "There is no such organisation.")
            elif lives[code].upper is None or code in succeeded:
                faults.add(
                    place, "contradicts_lives", "続いているか、承継先があります。", "It goes on, or is succeeded."
                )


def _parents(entry: Entry) -> Sequence[Entry]:
    if "parent" in entry:
        return [{"code": entry["parent"]}]
    parents: Sequence[Entry] = entry.get("parents", ())
    return parents


def _organization(position: int, entry: Entry, identify: Identify) -> Organization:
    row = Organization(
        public_id=identify("organization", entry["code"]),
        code=entry["code"],
        kind=entry["kind"],
        name_ja=entry["ja"],
        name_en=entry.get("en", ""),
        name_kana=entry.get("kana", ""),
        area=entry.get("area", ""),
        position=position,
        during=life_of(entry),
    )
    row.fold_names()
    return row


def _bring_edges(entries: Sequence[Entry], by_code: Mapping[str, Organization], identify: Identify) -> int:
    """Bring the edges to the file, by child, parent and first day; returns how many were not there as such."""
    rows = OrganizationEdge.objects.filter(child__in=by_code.values()).order_by("pk")
    existing = {(row.child_id, row.parent_id, row.during.lower): row for row in rows}
    changed, made = [], []
    for entry in entries:
        child = by_code[entry["code"]]
        for place in _parents(entry):
            parent = by_code[place["code"]]
            during = common_life(life_of(place), child.during, parent.during)
            held = existing.get((child.pk, parent.pk, during.lower))
            if held is None:
                public_id = identify("organization_edge", _edge_name(child, parent, place))
                made.append(OrganizationEdge(public_id=public_id, child=child, parent=parent, during=during))
            elif not same_days(held.during, during):
                held.during = during
                changed.append(held)
    OrganizationEdge.objects.bulk_update(changed, ["during"])
    OrganizationEdge.objects.bulk_create(made)
    return len(changed) + len(made)


def _edge_name(child: Organization, parent: Organization, place: Entry) -> str:
    """A child may come back to a parent: the day tells its edges apart."""
    since = f"/{place['from']}" if "from" in place else ""
    return f"{child.code}/{parent.code}{since}"


def _succession(entry: Entry, by_code: Mapping[str, Organization], identify: Identify) -> OrganizationSuccession:
    return OrganizationSuccession(
        public_id=identify("organization_succession", f"{entry['predecessor']}/{entry['successor']}"),
        predecessor=by_code[entry["predecessor"]],
        successor=by_code[entry["successor"]],
        on=entry["from"],
        kind=SuccessionKind(entry["kind"]),
        certainty=Certainty(entry["certainty"]),
        note=entry.get("note", ""),
    )
