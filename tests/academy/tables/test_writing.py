"""What the writer of tables writes is read back, cell by cell, and holds no formula."""

import io

import pytest
import python_calamine

from academy.tables import reading
from academy.tables.columns import Known, Vocabulary
from academy.tables.reading import Limits
from academy.tables.writing import Sheet, csv_text, encoded, guarded, quoted, xlsx_file
from academy.text import Text

VOCABULARY = Vocabulary((Known("first", "甲", "First", Text("", "")), Known("second", "乙", "Second", Text("", ""))))
LIMITS = Limits(file=1 << 20, rows=100, columns=2, cell=100)
CELLS = ["=1", "'x", "''", '="1"', "-", "＠", "\tx", "a\nb", '"', "0012", "〓", "x"]


def read(data: bytes) -> list[list[str | None]]:
    table = reading.read(io.BytesIO(data), vocabulary=VOCABULARY, mode="", limits=LIMITS)
    found = [cells for _, cells in table.rows()]
    assert table.faults == []
    return found


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_read_back_as_it_was(cell: str) -> None:
    text = csv_text(("甲", "乙"), [[quoted(cell), "z"]])
    assert read(encoded(text, "utf-8")[0]) == [[cell, "z"]]
    assert read(xlsx_file(Sheet("表", ("甲", "乙"), [(cell, "z")]))) == [[cell, "z"]]


def test_a_report_keeps_an_apostrophe_as_it_is() -> None:
    assert (guarded("'x"), quoted("'x"), guarded("=x"), quoted("=x")) == ("'x", "''x", "'=x", "'=x")


def test_cp932_tells_what_it_does_not_have() -> None:
    assert encoded("𠮷野〜𠮷", "cp932") == ("〓野～〓".encode("cp932"), "𠮷")


def test_a_sheet_to_work_in_has_its_heading_in_sight_and_text_columns() -> None:
    data = xlsx_file(Sheet("表", ("甲", "乙"), [("1", "")], (10, 20)), Sheet("選択肢", ("甲",), [("x",)], (5,)))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["表", "選択肢"]
    assert book.get_sheet_by_name("表").to_python() == [["甲", "乙"], ["1", ""]]


def test_what_xml_cannot_write_does_not_break_the_workbook() -> None:
    assert read(xlsx_file(Sheet("表", ("甲", "乙"), [("a\uffffb\x07", "c")]))) == [["a\ufffdb\x07", "c"]]


def test_the_limits_are_those_of_the_format() -> None:
    wide = csv_text(("甲", "乙", "丙"), []).encode()
    for data, code in ((b"x" * ((1 << 20) + 1), "too_large"), (wide, "too_many_columns")):
        with pytest.raises(reading.Unreadable) as refused:
            reading.read(io.BytesIO(data), vocabulary=VOCABULARY, mode="", limits=LIMITS)
        assert [fault.code for fault in refused.value.faults] == [code]
    for rows, code in (([["x", "y"]] * 101, "too_many_rows"), ([["x" * 101, "y"]], "field_too_long")):
        table = reading.read(
            io.BytesIO(csv_text(("甲", "乙"), rows).encode()), vocabulary=VOCABULARY, mode="", limits=LIMITS
        )
        list(table.rows())
        assert [fault.code for fault in table.faults] == [code]
