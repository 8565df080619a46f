"""An entry is what the table of entries holds, and its keys are those of staff."""

import dataclasses
import io
from typing import Any, BinaryIO, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from academy.folding import LONGEST_NUMBER
from academy.models import RosterEntry, Staff
from academy.rosters import columns, reading, values
from academy.rosters.columns import KNOWN
from academy.tables.characters import Unacceptable
from academy.tables.columns import Column, Known
from academy.tables.faults import Fault
from academy.tables.workbooks import DATE, ERROR, NUMBER, TRUTH
from tests.academy.rosters.files import HEADINGS, LOOKUPS, SATO, csv_file, outcome, xlsx_file


def test_the_fields_are_those_of_the_table() -> None:
    stored = {field.attname for field in RosterEntry._meta.concrete_fields} - {"id", "roster_id", "staff_id"}
    assert {field.name for field in dataclasses.fields(values.Entry)} == stored


def test_every_known_column_fills_fields_of_an_entry_and_has_a_reader() -> None:
    fields = {field.name for field in dataclasses.fields(values.Entry)}
    assert {field for known in KNOWN for field in known.fields} <= fields
    assert set(values.READERS) == {known.name for known in KNOWN}


def test_no_value_is_longer_than_its_field() -> None:
    longest = {field.attname: field.max_length for field in RosterEntry._meta.concrete_fields}
    assert (longest["family_name"], longest["post"], longest["email"], longest["staff_number"]) == (50, 100, 254, 20)
    assert (values.LONGEST_POST, values.LONGEST_EMAIL, LONGEST_NUMBER) == (100, 254, 20)


def test_the_search_keys_are_those_of_staff() -> None:
    [entry] = outcome(csv_file(("1", "髙橋 新一郎", "タカハシ シンイチロウ", "A10"))).entries
    staff = Staff(family_name="髙橋", given_name="新一郎", family_kana="タカハシ", given_kana="シンイチロウ")
    staff.fold_names()
    assert (entry.name_folded, entry.kana_folded, entry.romaji_folded) == (
        staff.name_folded,
        staff.kana_folded,
        staff.romaji_folded,
    )


def test_a_row_without_optional_columns_leaves_everything_as_it_is() -> None:
    [entry] = outcome(csv_file(SATO)).entries
    assert dataclasses.asdict(entry) == {
        "line": 2, "staff_number": "00123", "leaves": False, "kind": "primary", "family_name": "佐藤", "given_name": "花子", "family_kana": "サトウ",
        "given_kana": "ハナコ", "name_folded": "佐藤花子", "kana_folded": "サトウハナコ", "romaji_folded": "satohanako", "former_name": None, "email": None,
        "hired_on": None, "hiring_category_id": None, "organization_id": 1, "work_place_id": None, "grade_id": None, "job_family_id": None, "post": None,
        "head_of_unit": None, "deputy_of_unit": None, "headquarters": None, "statuses": None, "directory_hidden": None,
    }  # fmt: skip


@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_the_cells_of_a_column_that_is_not_known_never_leave_the_reader(file: Any) -> None:
    data = file((*SATO[:2], "123456789012", *SATO[2:]), headings=(*HEADINGS[:2], "マイナンバー", *HEADINGS[2:]))
    table = reading.read(io.BytesIO(data), mode="snapshot")
    rows = [*table.rows()]
    assert rows == [(2, [*SATO])]
    assert table.unmapped == ["マイナンバー"]
    assert "123456789012" not in repr([vars(table), rows])


def test_columns_are_kept_and_restored() -> None:
    table = reading.read(io.BytesIO(csv_file(SATO, headings=("職員 番号", *HEADINGS[1:]))), mode="snapshot")
    stored = [column.stored() for column in table.columns]
    assert stored[0] == {"heading": "職員 番号", "field": "staff_number"}
    assert columns.restored(stored) == table.columns


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_every_way_of_heading_a_column_is_known_as_that_column(known: Known) -> None:
    for heading in (known.heading, known.english, known.name, *known.aliases):
        for written in (
            heading,
            f" {heading}　",
            f"{heading}※",
            f"【{heading}】",
            heading.upper(),
            heading.replace("_", " "),
        ):
            assert columns.BY_HEADING[columns.heading_key(written)] is known


def test_no_heading_is_of_two_columns() -> None:
    seen: dict[str, str] = {}
    for known in KNOWN:
        for heading in (known.heading, known.english, known.name, *known.aliases):
            assert seen.setdefault(columns.heading_key(heading), known.name) == known.name


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("staff_number", NUMBER + "123", "numeric_cell"),
        ("staff_number", TRUTH + "1", "numeric_cell"),
        ("organization", DATE + "2023-04-01", "numeric_cell"),
        ("grade", NUMBER + "1", "numeric_cell"),
        ("former_name", ERROR, "error_cell"),
        ("hired_on", ERROR, "error_cell"),
        ("hired_on", DATE + "2023-04-01T09:30:00", "time_in_date"),
        ("hired_on", DATE + "T12:00:00", "time_in_date"),
        ("hired_on", NUMBER + "45017", "not_a_date"),
        ("post", DATE + "2023-04-01", "not_text"),
    ],
)
def test_a_cell_of_another_kind_is_a_fault(name: str, cell: str, code: str) -> None:
    column = Column(columns.BY_NAME[name], "列")
    entry, faults = values.entry(7, [cell], [column], LOOKUPS, "changes")
    assert entry is None
    assert faults == [Fault(7, "列", code)]


def test_a_name_in_ladder_that_two_grades_share_is_ambiguous_and_its_code_is_not() -> None:
    lookups = values.Lookups({}, {"a": 1, "係長": 1, "b": 2, "係 長": 2}, {}, {})
    assert lookups.key("grades", "a", "unknown_grade") == 1
    with pytest.raises(Unacceptable, match="ambiguous_name"):
        lookups.key("grades", "係　長", "unknown_grade")


@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_an_upload_is_read_where_it_lies_and_stays_open(file: Any) -> None:
    data = file(SATO)
    for upload in (SimpleUploadedFile("r", data), TemporaryUploadedFile("r", None, len(data), None)):
        if isinstance(upload, TemporaryUploadedFile):
            upload.write(data)
        table = reading.read(cast(BinaryIO, upload), mode="snapshot")
        assert [*table.rows()] == [(2, [*SATO])]
        upload.seek(0)
        assert upload.read() == data
