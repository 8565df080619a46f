"""Ladders of grades, and where each grade stands on the common scale."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from academy.errors import Faults
from academy.models import Certainty, Grade, GradeEquivalence, GradeGroup, GradeLadder, User
from academy.operations.base import note, operation
from academy.operations.reference_data.entries import (
    Entry,
    Identify,
    common_life,
    life_of,
    lives_some_time,
    new_id,
    same_days,
)


@operation
def load_grades(*, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id) -> dict[str, Grade]:
    """Bring the ladders and their grades to the file; returns them by `<ladder>.<grade>`, as audience rules name them."""
    _refuse_faulty(content["ladders"])
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
    changed = _bring_equivalences(content["ladders"], by_code, identify)
    note(grades=len(grades), equivalences=changed)
    return by_code


def _refuse_faulty(ladders: Sequence[Entry]) -> None:
    """A grade stands at one place of the common scale at a time, and its certainty and group are known words."""
    faults = Faults()
    for row, ladder in enumerate(ladders):
        for column, grade in enumerate(ladder["grades"]):
            place = f"/ladders/{row}/grades/{column}"
            if grade["group"] not in GradeGroup.values:
                faults.add(f"{place}/group", "unknown", "区分が不明です。", "The group is unknown.")
            lives: list[DateRange] = []
            for index, entry in enumerate(grade.get("equivalents", ())):
                at, during = f"{place}/equivalents/{index}", life_of(entry)
                if entry["certainty"] not in Certainty.values:
                    faults.add(f"{at}/certainty", "unknown", "確からしさが不明です。", "The certainty is unknown.")
                if any(lives_some_time(common_life(during, other)) for other in lives):
                    faults.add(at, "overlap", "期間が重なっています。", "The days overlap.")
                lives.append(during)
    faults.refuse()


def _bring_equivalences(ladders: Sequence[Entry], by_code: Mapping[str, Grade], identify: Identify) -> int:
    """Bring the ranks on the common scale to the file, by grade and first day; returns how many were not there as such.

    A grade without one has no row: it is not comparable.
    """
    rows = GradeEquivalence.objects.filter(grade__in=by_code.values()).order_by("pk")
    existing = {(row.grade_id, row.during.lower): row for row in rows}
    changed, made = [], []
    for ladder in ladders:
        for grade in ladder["grades"]:
            code = f"{ladder['code']}.{grade['code']}"
            for entry in grade.get("equivalents", ()):
                during = life_of(entry)
                rank, certainty = entry["rank"], Certainty(entry["certainty"])
                held = existing.get((by_code[code].pk, during.lower))
                if held is None:
                    public_id = identify("grade_equivalence", f"{code}/{during.lower}")
                    held = GradeEquivalence(public_id=public_id, grade=by_code[code])
                    made.append(held)
                elif held.rank != rank or held.certainty != certainty or not same_days(held.during, during):
                    changed.append(held)
                held.rank, held.certainty, held.during = rank, certainty, during
    GradeEquivalence.objects.bulk_update(changed, ["rank", "certainty", "during"])
    GradeEquivalence.objects.bulk_create(made)
    return len(changed) + len(made)


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
