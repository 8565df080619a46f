"""A roster of all staff is read within its share of the memory, and what is too large is turned away."""

import io
from pathlib import Path

import pytest

from academy.rosters import reading
from academy.tables.faults import Fault
from tests.academy.rosters.files import HEADINGS, SATO, csv_file, outcome
from tests.academy.rosters.measure import KINDS, PEOPLE, measured, write


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_all_staff_are_read_in_little_memory(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "roster"
    write(path, kind, PEOPLE)
    found = measured(path, "understand")
    assert found["rows"] == PEOPLE
    assert found["peak MiB"] < (360 if kind == "xlsx" else 128)


@pytest.mark.long
def test_ten_million_rows_are_turned_away_by_their_size() -> None:
    data = csv_file(headings=HEADINGS) + b"1,2,3,4\r\n" * 10_000_000
    with pytest.raises(reading.Unreadable) as refused:
        reading.read(io.BytesIO(data), mode="snapshot")
    assert refused.value.faults == [Fault(0, "", "too_large")]


@pytest.mark.long
def test_what_is_beyond_the_last_row_is_a_fault_of_the_file() -> None:
    data = csv_file(headings=HEADINGS) + (",".join(SATO) + "\r\n").encode() * 400_001
    found = outcome(data)
    assert (found.faults, len(found.entries)) == ([(400_002, "", "too_many_rows")], 400_000)
