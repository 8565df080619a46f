"""Reference data: what a file says of organisations and grades, loaded again and again, and what is wrong with a file."""

import datetime as dt
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.errors import InvalidInput
from academy.models import (
    AuditEvent,
    Grade,
    GradeEquivalence,
    Organization,
    OrganizationEdge,
    OrganizationSuccession,
)
from academy.operations import reference_data

REFORM = dt.date(2022, 7, 1)
EVE = dt.date(2022, 6, 30)


def shipped() -> dict[str, Any]:
    return reference_data.data_file("academy", "organizations.yaml")


def succession(predecessor: str, successor: str, day: dt.date = REFORM, **changes: str) -> dict[str, Any]:
    told = {"predecessor": predecessor, "successor": successor, "from": day, "kind": "renamed", "certainty": "known"}
    return {**told, **changes}


def unit(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": "bureau", "ja": code, **more}


# What the shipped file says.


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return shipped()


def test_whatever_ended_has_a_successor_or_a_reason_why_not(file: dict[str, Any]) -> None:
    ended = {entry["code"] for entry in file["organizations"] if "to" in entry}
    succeeded = {entry["predecessor"] for entry in file["successions"]}
    explained = {code for entry in file["without_successor"] for code in entry["codes"] if entry["note"]}
    assert ended - succeeded - explained == set()
    assert {"B07", "B11", "B12", "B30", "B10-R0", "P01"} <= ended


def test_the_reform_and_the_bureaus_that_came_and_went(file: dict[str, Any]) -> None:
    told = {
        (each["predecessor"], each["successor"], str(each["from"]), each["certainty"]) for each in file["successions"]
    }
    assert {
        ("B10-R0", "B10-R1", "2022-07-01", "source"),
        ("P01", "I01", "2022-07-01", "source"),
        ("B12", "I01", "2022-07-01", "known"),
        ("B12", "B11-R1", "2022-07-01", "guess"),
        ("B11", "B31", "2023-07-01", "known"),
        ("B11", "B32", "2023-07-01", "known"),
        ("B07", "B33", "2025-04-01", "known"),
        ("B07", "B34", "2025-04-01", "guess"),
        ("B07", "B35", "2025-04-01", "known"),
        ("B30", "B36", "2025-04-01", "known"),
        *((f"B12-H{number}", f"I01-H{number}", "2022-07-01", "known") for number in range(1, 9)),
    } <= told
    names = {entry["ja"] for entry in file["organizations"]}
    assert "戦略広報調整監" not in names  # a post


def test_an_office_moves_with_the_division_of_its_bureau(db: None, file: dict[str, Any]) -> None:
    reference_data.load_organizations(content=file)
    edges = OrganizationEdge.objects.filter(child__code="B11-R1").order_by("during")
    assert [(edge.parent.code, edge.during.lower, edge.during.upper) for edge in edges] == [
        ("B11", REFORM, dt.date(2023, 7, 1)),
        ("B32", dt.date(2023, 7, 1), None),
    ]


# Loading.


def test_loading_twice_changes_nothing(db: None, file: dict[str, Any]) -> None:
    def everything() -> list[Any]:
        models = (Organization, OrganizationEdge, OrganizationSuccession, Grade, GradeEquivalence)
        return [list(model._default_manager.order_by("pk").values_list()) for model in models]

    grades = reference_data.data_file("academy", "grades.yaml")
    for _ in range(2):
        reference_data.load_organizations(content=file)
        reference_data.load_grades(content=grades)
        loaded = everything()
    reference_data.load_organizations(content=file)
    reference_data.load_grades(content=grades)
    assert everything() == loaded
    details = AuditEvent.objects.order_by("-pk").values_list("detail", flat=True)
    assert (details[0]["equivalences"], details[1]["edges"]) == (0, 0)


def test_a_later_file_ends_what_an_earlier_one_began(db: None) -> None:
    first = {"organizations": [unit("A"), unit("B"), unit("C", parent="A")]}
    reference_data.load_organizations(content=first)
    parents = [{"code": "A", "to": EVE}, {"code": "B", "from": REFORM}]
    reference_data.load_organizations(content={"organizations": [unit("A"), unit("B"), unit("C", parents=parents)]})
    edges = OrganizationEdge.objects.order_by("during")
    assert [(edge.parent.code, edge.during.lower, edge.during.upper) for edge in edges] == [
        ("A", None, REFORM),
        ("B", REFORM, None),
    ]


def test_a_succession_is_corrected_by_a_later_file(db: None) -> None:
    both = [unit("A", to=EVE), unit("B", **{"from": REFORM})]
    reference_data.load_organizations(
        content={"organizations": both, "successions": [succession("A", "B", certainty="guess")]}
    )
    reference_data.load_organizations(
        content={"organizations": both, "successions": [succession("A", "B", kind="merged", note="統合")]}
    )
    [row] = OrganizationSuccession.objects.all()
    assert (row.kind, row.certainty, row.note, row.on) == ("merged", "known", "統合", REFORM)


def test_every_fault_of_a_file_is_named_in_one_pass(db: None) -> None:
    content = {
        "organizations": [
            unit("A", to=EVE),
            unit("B", **{"from": REFORM}),
            unit("B", **{"from": REFORM}),
            unit("C", parent="Z"),
            unit("D", kind="castle"),
            unit("E", parent="A", **{"from": REFORM}),
            unit("F", **{"from": REFORM, "to": dt.date(2022, 6, 1)}),
            unit("G", parents=[{"code": "C"}, {"code": "D", "from": REFORM}]),
            unit("H", to=EVE),
        ],
        "successions": [
            succession("A", "Z"),
            succession("Y", "B"),
            succession("A", "B", EVE),
            succession("A", "B", dt.date(2022, 7, 2)),
            succession("B", "A"),
            succession("C", "C"),
            succession("C", "D", kind="eaten", certainty="maybe"),
        ],
        "without_successor": [{"note": "…", "codes": ["H", "C", "A", "X"]}],
    }
    with pytest.raises(InvalidInput) as refused:
        reference_data.load_organizations(content=content)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/organizations/2/code", "repeated"),
        ("/organizations/3/parent", "unknown"),
        ("/organizations/4/kind", "unknown"),
        ("/organizations/5/parent", "never_together"),
        ("/organizations/6/to", "ends_before_it_begins"),
        ("/organizations/7/parents/1", "overlap"),
        ("/successions/0/successor", "unknown"),
        ("/successions/1/predecessor", "unknown"),
        ("/successions/2/from", "contradicts_lives"),
        ("/successions/3", "repeated"),
        ("/successions/3/from", "contradicts_lives"),
        ("/successions/4/from", "contradicts_lives"),
        ("/successions/5", "repeated"),
        ("/successions/6/kind", "unknown"),
        ("/successions/6/certainty", "unknown"),
        ("/without_successor/0/codes/1", "contradicts_lives"),
        ("/without_successor/0/codes/2", "contradicts_lives"),
        ("/without_successor/0/codes/3", "unknown"),
    ]
    assert not Organization.objects.exists()


# Grades.


def ladder(*equivalents: dict[str, Any], group: str = "staff") -> dict[str, Any]:
    grade = {"code": "g", "ja": "級", "rank": 10, "group": group, "equivalents": list(equivalents)}
    return {"ladders": [{"code": "body", "ja": "団体", "grades": [grade]}]}


def test_an_equivalence_changes_on_a_day_in_a_later_file(db: None) -> None:
    reference_data.load_grades(content=ladder({"rank": 20, "certainty": "guess"}))
    reference_data.load_grades(
        content=ladder(
            {"rank": 20, "certainty": "known", "to": EVE}, {"rank": 30, "certainty": "guess", "from": REFORM}
        )
    )
    rows = GradeEquivalence.objects.order_by("during")
    assert [(row.rank, row.certainty, row.during.upper) for row in rows] == [(20, "known", REFORM), (30, "guess", None)]
    assert GradeEquivalence.objects.on(EVE).get().rank == 20
    assert GradeEquivalence.objects.on(REFORM).get().during == DateRange(REFORM, None)


def test_faults_of_grades_are_named_in_one_pass(db: None) -> None:
    twice = ladder(
        {"rank": 20, "certainty": "guess", "to": REFORM}, {"rank": 30, "certainty": "no", "from": REFORM}, group="x"
    )
    with pytest.raises(InvalidInput) as refused:
        reference_data.load_grades(content=twice)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/ladders/0/grades/0/group", "unknown"),
        ("/ladders/0/grades/0/equivalents/1/certainty", "unknown"),
        ("/ladders/0/grades/0/equivalents/1", "overlap"),
    ]


def test_the_ranks_of_police_and_fire_are_those_of_the_law() -> None:
    ladders = {
        entry["code"]: entry["grades"] for entry in reference_data.data_file("academy", "grades.yaml")["ladders"]
    }
    assert [grade["ja"] for grade in ladders["police"]] == [
        "巡査", "巡査部長", "警部補", "警部", "警視", "警視正", "警視長", "警視監", "警視総監",
    ]  # fmt: skip
    assert [grade["ja"] for grade in ladders["fire"]] == [
        "消防士", "消防副士長", "消防士長", "消防司令補", "消防司令", "消防司令長", "消防監", "消防正監", "消防司監", "消防総監",
    ]  # fmt: skip
    for code in ("school", "police", "fire"):
        ranks = [grade["rank"] for grade in ladders[code]]
        assert ranks == sorted(set(ranks))
        told = [each for grade in ladders[code] for each in grade.get("equivalents", ())]
        assert {each["certainty"] for each in told} == {"guess"}
        standing = [each["rank"] for each in told]
        assert standing == sorted(standing)
