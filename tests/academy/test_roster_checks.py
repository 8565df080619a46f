"""What is wrong with a roster against itself and against what is known: each place by line, column and code, in one pass."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import Organization, RosterFault, RosterImport, RosterLine, Staff
from academy.reports.roster import HEADINGS
from tests.cast import ALWAYS, SINCE, Cast, organization, person, post
from tests.rosters import Line, applied, everything, exported, faults_of, sent, work, written

DAY = dt.date(2022, 7, 1)


@pytest.fixture
def rows(cast: Cast) -> list[Line]:
    """The roster of everybody, as it is."""
    return exported(cast.tmg, DAY, cast.hr)


def line_of(rows: list[Line], staff: Staff) -> int:
    """The line of the file that a person stands in; the first one is the headings."""
    return [row["職員番号"] for row in rows].index(staff.staff_number or "") + 2


def row_of(rows: list[Line], staff: Staff) -> Line:
    return rows[line_of(rows, staff) - 2]


def recruit(**cells: str) -> Line:
    return {
        "職員番号": "00000077", "氏": "新", "名": "人", "氏カナ": "アタラシ", "名カナ": "ヒト", "採用年月日": "R4.7.1",
        "採用区分": "I-B", "発令区分": "本務", "所属コード": "skills", "職層": "主事", "職種": "ICT", **cells,
    }  # fmt: skip


def sent_all(cast: Cast, rows: list[Line], **options: object) -> RosterImport:
    return sent(written(rows), cast.tmg, effective_on=DAY, by=cast.hr, **options)  # type: ignore[arg-type]


def test_the_roster_that_was_written_is_read_without_a_change(cast: Cast, rows: list[Line]) -> None:
    made = sent_all(cast, rows)
    assert (made.status, made.summary["kinds"], made.lines, made.faults) == ("ready", {}, 6, 0)


def test_somebody_who_stands_there_twice(cast: Cast, rows: list[Line]) -> None:
    made = sent_all(cast, [*rows, {**row_of(rows, cast.ict), "職員番号": "０００００００２"}])
    assert (made.status, faults_of(made)) == ("faulty", [(8, "職員番号", "duplicate_person")])


def test_every_fault_is_named_in_one_pass(cast: Cast, rows: list[Line]) -> None:
    organization("old", "section", "旧課", cast.digital)
    Organization.objects.filter(code="old").update(during=DateRange(SINCE, DAY))
    organization("131016", "municipality", "千代田区")
    row_of(rows, cast.ict)["所属コード"] = "131016"
    row_of(rows, cast.ict2)["所属コード"] = "old"
    row_of(rows, cast.staff)["所属コード"] = "nowhere"
    row_of(rows, cast.trainer)["所属長"] = "○"
    rows.append(recruit(採用年月日="", 職層="", 採用区分=""))
    rows.append(recruit(職員番号="00000078", 採用年月日="R4.7.2"))
    made = sent_all(cast, rows)
    assert made.status == "faulty"
    assert faults_of(made) == sorted(
        [
            (line_of(rows, cast.ict), "所属コード", "outside_root"),
            (line_of(rows, cast.ict2), "所属コード", "organization_ended"),
            (line_of(rows, cast.staff), "所属コード", "unknown_organization"),
            (max(line_of(rows, cast.trainer), line_of(rows, cast.head)), "所属長", "two_heads"),
            (8, "採用年月日", "required_for_joiner"),
            (8, "採用区分", "required_for_joiner"),
            (8, "職層", "required_for_joiner"),
            (9, "採用年月日", "hired_after_effective"),
        ]
    )
    assert made.faults == 8


def test_somebody_who_serves_outside_of_the_organisation_is_not_taken_away_from_there(
    cast: Cast, rows: list[Line]
) -> None:
    inside = [row for row in rows if row["所属コード"] == "skills"]
    taken = {**row_of(rows, cast.staff), "所属コード": "skills"}
    made = sent(written([*inside, taken]), cast.digital, effective_on=DAY, by=cast.hr)
    assert (made.status, faults_of(made)) == ("faulty", [(len(inside) + 2, "職員番号", "serves_elsewhere")])
    made = sent(written([*inside, taken]), cast.digital, effective_on=DAY, by=cast.bureau_hr)
    assert (made.status, faults_of(made)) == ("faulty", [(len(inside) + 2, "", "not_importable")])


def test_leavers_of_a_file_of_changes_must_serve(cast: Cast, rows: list[Line]) -> None:
    gone = {"職員番号": "00000099", "氏": "無", "名": "人", "氏カナ": "ム", "名カナ": "ニン", "異動区分": "退職"}
    elsewhere = person(("外", "人", "ソト", "ヒト"), "00000098", issuer=cast.tmg, hiring=cast.hiring)
    left = {**gone, "職員番号": elsewhere.staff_number or ""}
    headings = [*rows[0], "異動区分"]
    made = sent(written([gone, left], headings=headings), cast.tmg, effective_on=DAY, by=cast.hr, mode="changes")
    assert faults_of(made) == [(2, "職員番号", "unknown_person"), (3, "職員番号", "no_change_of_nobody")]


def test_a_body_whose_people_have_no_numbers_knows_them_by_name_and_day_of_hiring(cast: Cast) -> None:
    ward = organization("131016", "municipality", "千代田区")
    for _ in range(2):
        same = person(("同", "名", "ドウ", "メイ"), None, issuer=ward, hiring=cast.hiring)
        post(same, ward, cast.grades["shuji"], cast.office_family)
    one = person(("単", "名", "タン", "メイ"), None, issuer=ward, hiring=cast.hiring)
    post(one, ward, cast.grades["shuji"], cast.office_family)
    made = sent(written(exported(ward, DAY, cast.hr)), ward, effective_on=DAY, by=cast.hr)
    found = faults_of(made)
    assert {code for _, _, code in found} == {"ambiguous_person", "duplicate_person"}
    assert len([code for _, _, code in found if code == "ambiguous_person"]) == 2
    made = sent(
        written(
            [
                {**row, "職層": "tmg.shunin", "異動区分": "昇任"}
                for row in exported(ward, DAY, cast.hr)
                if row["氏"] == "単"
            ],
            headings=[*HEADINGS, "異動区分"],
        ),
        ward,
        effective_on=DAY,
        by=cast.hr,
        mode="changes",
    )
    assert made.summary["kinds"] == {"promotion": 1}


def test_hidden_people_are_neither_ended_nor_touched_by_who_does_not_see_them(cast: Cast, rows: list[Line]) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    seen = exported(cast.digital, DAY, cast.bureau_hr)
    assert cast.ict.staff_number not in [row["職員番号"] for row in seen]
    made = sent(written(seen), cast.digital, effective_on=DAY, by=cast.bureau_hr)
    assert (made.status, made.summary["kinds"], made.serving_before) == ("ready", {}, 3)
    whole = [row for row in rows if row["所属コード"] == "skills"]
    made = sent(written(whole), cast.digital, effective_on=DAY, by=cast.bureau_hr)
    assert faults_of(made) == [(line_of(whole, cast.ict), "", "not_importable")]


def test_nothing_of_a_faulty_roster_is_applied_and_columns_that_are_not_known_are_nowhere(
    cast: Cast, rows: list[Line]
) -> None:
    before = everything()
    marked = [{**row, "マイナンバー": "123456789018"} for row in rows]
    row_of(marked, cast.ict)["所属コード"] = "nowhere"
    made = sent(written(marked, headings=["マイナンバー", *rows[0]]), cast.tmg, effective_on=DAY, by=cast.hr)
    assert (made.status, made.unmapped) == ("faulty", ["マイナンバー"])
    assert everything() == before
    assert not [
        cell for cells in RosterLine.objects.values_list("cells", flat=True) for cell in cells if cell == "123456789018"
    ]


def test_a_faulty_roster_is_mended_outside_and_checked_again(cast: Cast, rows: list[Line]) -> None:
    from academy.operations.rosters.uploading import check_again

    row_of(rows, cast.ict)["所属コード"] = "new"
    made = sent_all(cast, rows)
    assert made.status == "faulty"
    organization("new", "section", "新課", cast.digital)
    check_again(roster_id=made.pk, by=cast.hr)
    work()
    made.refresh_from_db()
    assert (made.status, made.summary["kinds"]) == ("ready", {"move": 1})
    assert not RosterFault.objects.filter(roster=made).exists()


def test_the_same_file_in_the_encoding_of_older_programs(cast: Cast, rows: list[Line]) -> None:
    Staff.objects.filter(pk=cast.head.pk).update(family_name="吉田")  # 𠮷 is not in it
    rows = exported(cast.tmg, DAY, cast.hr)
    made = sent(written(rows, encoding="cp932"), cast.tmg, effective_on=DAY, by=cast.hr)
    assert (made.status, made.encoding, made.summary["kinds"]) == ("ready", "cp932", {})


def test_a_second_person_looks_at_a_roster_that_ends_many(cast: Cast, rows: list[Line]) -> None:
    from academy.errors import RosterNeedsSecond
    from academy.models import Role, RoleGrant
    from academy.operations.rosters.applying import approve_roster, request_apply
    from tests.cast import account

    made = sent_all(cast, [row for row in rows if row["職員番号"] != cast.ict.staff_number])
    assert (made.status, made.ending, made.serving_before) == ("held", 1, 6)
    with pytest.raises(RosterNeedsSecond):
        request_apply(roster_id=made.pk, by=cast.hr)
    with pytest.raises(RosterNeedsSecond):
        approve_roster(roster_id=made.pk, by=cast.hr)
    second = account("hr-2")
    RoleGrant.objects.create(user=second, role=Role.ACADEMY_HR, during=ALWAYS)
    assert approve_roster(roster_id=made.pk, by=second).status == "ready"
    assert applied(made, by=cast.hr).status == "applied"


@pytest.mark.parametrize(
    ("people", "gone", "status"), [(20, 1, "ready"), (19, 1, "held"), (40, 2, "ready"), (40, 3, "held")]
)
def test_exactly_one_in_twenty_needs_no_second_person(cast: Cast, people: int, gone: int, status: str) -> None:
    ward = organization("131016", "municipality", "千代田区")
    for number in range(people):
        one = person(("区", "民", "ク", "ミン"), f"{number:05}", issuer=ward, hiring=cast.hiring)
        post(one, ward, cast.grades["shuji"], cast.office_family)
    rows = exported(ward, DAY, cast.hr)
    made = sent(written(rows[gone:]), ward, effective_on=DAY, by=cast.hr)
    assert (made.status, made.ending, made.serving_before) == (status, gone, people)
