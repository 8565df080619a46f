"""Reference data from files: organisations, ladders of grades, job families, hiring categories.

Each loader takes what a YAML file holds and brings the tables to it, by code: loading twice changes nothing. What a file
no longer names stays, since history refers to it.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.errors import Faults
from academy.models import (
    Certainty,
    Grade,
    GradeEquivalence,
    GradeGroup,
    GradeLadder,
    HiringCategory,
    JobFamily,
    Organization,
    OrganizationEdge,
    OrganizationKind,
    User,
)
from academy.models.base import uuid7
from academy.operations.base import note, operation

# Gives a row its public id from its table and its code; a new one for an ordinary installation.
Identify = Callable[[str, str], UUID]
Entry = Mapping[str, Any]
_DAY = dt.timedelta(days=1)


def new_id(table: str, code: str) -> UUID:
    return uuid7()


def data_file(app: str, name: str) -> dict[str, Any]:
    """A data file that is shipped with an app."""
    path = Path(apps.get_app_config(app).path) / "data" / name
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def life_of(entry: Entry) -> DateRange:
    """The dates of an entry: `from` and `to` are both inclusive in the sources, a range excludes its end."""
    last = entry.get("to")
    return DateRange(entry.get("from"), last + _DAY if last else None)


def common_life(one: DateRange, other: DateRange) -> DateRange:
    """When both lived."""
    lowers = [bound for bound in (one.lower, other.lower) if bound is not None]
    uppers = [bound for bound in (one.upper, other.upper) if bound is not None]
    return DateRange(max(lowers, default=None), min(uppers, default=None))


@operation
def load_organizations(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, Organization]:
    """Bring organisations and their place in the tree to the file; a child belongs to its parent while both live."""
    entries: Sequence[Entry] = content["organizations"]
    _refuse_faulty(entries)
    made = [_organization(position, entry, identify) for position, entry in enumerate(entries, start=1)]
    Organization.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "name_ja", "name_en", "name_kana", "name_folded", "area", "position", "during"],
    )
    by_code = Organization.objects.in_bulk([entry["code"] for entry in entries], field_name="code")
    edges = _missing_edges(entries, by_code, identify)
    OrganizationEdge.objects.bulk_create(edges)
    note(organizations=len(made), edges=len(edges))
    return by_code


def _refuse_faulty(entries: Sequence[Entry]) -> None:
    """A parent must stand in the file before its children, and a kind must be known."""
    faults, lives = Faults(), dict[str, DateRange]()
    for row, entry in enumerate(entries):
        place = f"/organizations/{row}"
        if entry["kind"] not in OrganizationKind.values:
            faults.add(f"{place}/kind", "unknown", "種別が不明です。", "The kind is unknown.")
        if entry["code"] in lives:
            faults.add(f"{place}/code", "repeated", "コードが重複しています。", "The code is there twice.")
        parent = entry.get("parent")
        if parent is not None and parent not in lives:
            faults.add(f"{place}/parent", "unknown", "上位組織が前にありません。", "The parent must come before it.")
        lives[entry["code"]] = life_of(entry)
    faults.refuse()


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


def _missing_edges(
    entries: Sequence[Entry], by_code: Mapping[str, Organization], identify: Identify
) -> list[OrganizationEdge]:
    rows = OrganizationEdge.objects.filter(child__in=by_code.values()).values_list("child_id", "parent_id", "during")
    existing = {(child, parent, during.lower, during.upper) for child, parent, during in rows}
    edges = []
    for entry in entries:
        if "parent" not in entry:
            continue
        child, parent = by_code[entry["code"]], by_code[entry["parent"]]
        during = common_life(child.during, parent.during)
        if (child.pk, parent.pk, during.lower, during.upper) not in existing:
            public_id = identify("organization_edge", f"{child.code}/{parent.code}")
            edges.append(OrganizationEdge(public_id=public_id, child=child, parent=parent, during=during))
    return edges


@operation
def load_grades(*, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id) -> dict[str, Grade]:
    """Bring the ladders and their grades to the file; returns them by `<ladder>.<grade>`, as audience rules name them."""
    grades = []
    for entry in content["ladders"]:
        names = {"name_ja": entry["ja"], "name_en": entry.get("en", "")}
        ladder, _ = GradeLadder.objects.update_or_create(
            code=entry["code"],
            defaults=names,
            create_defaults={**names, "public_id": identify("grade_ladder", entry["code"])},
        )
        grades += [_grade(ladder, grade, identify) for grade in entry["grades"]]
    Grade.objects.bulk_create(
        grades,
        update_conflicts=True,
        unique_fields=["ladder", "code"],
        update_fields=["name_ja", "name_en", "rank", "group"],
    )
    rows = Grade.objects.filter(ladder__code__in=[entry["code"] for entry in content["ladders"]])
    by_code = {f"{grade.ladder.code}.{grade.code}": grade for grade in rows.select_related("ladder").order_by("pk")}
    equivalences = _missing_equivalences(content["ladders"], by_code, identify)
    GradeEquivalence.objects.bulk_create(equivalences)
    note(grades=len(grades), equivalences=len(equivalences))
    return by_code


def _missing_equivalences(
    ladders: Sequence[Entry], by_code: Mapping[str, Grade], identify: Identify
) -> list[GradeEquivalence]:
    """The ranks on the common scale that the file names and the table lacks. A grade with none has no row."""
    rows = GradeEquivalence.objects.filter(grade__in=by_code.values()).values_list("grade_id", "rank", "during")
    existing = {(grade, rank, during.lower, during.upper) for grade, rank, during in rows}
    made = []
    for ladder in ladders:
        for grade in ladder["grades"]:
            code = f"{ladder['code']}.{grade['code']}"
            for entry in grade.get("equivalents", ()):
                during = life_of(entry)
                if (by_code[code].pk, entry["rank"], during.lower, during.upper) not in existing:
                    made.append(
                        GradeEquivalence(
                            public_id=identify("grade_equivalence", f"{code}/{during.lower}"),
                            grade=by_code[code],
                            rank=entry["rank"],
                            certainty=Certainty(entry["certainty"]),
                            during=during,
                        )
                    )
    return made


def _grade(ladder: GradeLadder, entry: Entry, identify: Identify) -> Grade:
    return Grade(
        public_id=identify("grade", f"{ladder.code}.{entry['code']}"),
        ladder=ladder,
        code=entry["code"],
        name_ja=entry["ja"],
        name_en=entry.get("en", ""),
        rank=entry["rank"],
        group=GradeGroup(entry["group"]),
    )


@operation
def load_job_families(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, JobFamily]:
    """Bring the job families to the file, in its order."""
    rows = [
        JobFamily(
            public_id=identify("job_family", entry["code"]),
            code=entry["code"],
            name_ja=entry["ja"],
            name_en=entry.get("en", ""),
            field=entry.get("field", ""),
            position=position,
        )
        for position, entry in enumerate(content["job_families"], start=1)
    ]
    fields = ["name_ja", "name_en", "field", "position"]
    JobFamily.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    note(job_families=len(rows))
    return JobFamily.objects.in_bulk([row.code for row in rows], field_name="code")


@operation
def load_hiring_categories(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, HiringCategory]:
    """Bring the hiring categories to the file, in its order."""
    rows = [
        HiringCategory(
            public_id=identify("hiring_category", entry["code"]),
            code=entry["code"],
            name_ja=entry["ja"],
            name_en=entry.get("en", ""),
            position=position,
        )
        for position, entry in enumerate(content["hiring_categories"], start=1)
    ]
    fields = ["name_ja", "name_en", "position"]
    HiringCategory.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    note(hiring_categories=len(rows))
    return HiringCategory.objects.in_bulk([row.code for row in rows], field_name="code")
