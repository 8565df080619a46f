"""The description of the format says what the code does. `WRITE_DOCUMENTS=1` writes its tables."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from academy.tables.columns import Known, Vocabulary, heading_key
from courses.plan_tables import faults as plan_texts
from courses.plan_tables import lines as plan_lines
from courses.schedules import values
from courses.schedules.columns import HEADINGS, KNOWN, VOCABULARY, WIDTHS
from courses.schedules.faults import OF_A_ROW, OF_THE_FILE

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "schedule.md"


def columns(known: Sequence[Known] = KNOWN) -> str:
    lines = ["| 見出し | ほかの見出し / also | 書き方 | how |", "|---|---|---|---|"]
    lines += [
        f"| {each.heading} | {', '.join([*each.aliases, each.english])} | {each.note.ja} | {each.note.en} |"
        for each in known
    ]
    return "\n".join(lines)


def faults() -> str:
    lines = []
    for title, texts in (("ファイル全体 / The file", OF_THE_FILE), ("行とセル / Rows and cells", OF_A_ROW)):
        lines += [f"### {title}", "", "| code | 日本語 | English |", "|---|---|---|"]
        lines += [f"| `{code}` | {text.ja} | {text.en} |" for code, text in texts.items()]
        lines.append("")
    return "\n".join(lines).strip()


def plan_faults() -> str:
    own = {
        code: text
        for code, text in plan_texts.TEXTS.items()
        if text != OF_A_ROW.get(code) and text != OF_THE_FILE.get(code)
    }
    lines = ["| code | 日本語 | English |", "|---|---|---|"]
    lines += [f"| `{code}` | {text.ja} | {text.en} |" for code, text in own.items()]
    return "\n".join(lines)


def test_the_tables_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    made = text
    for name, table in (
        ("columns", columns()),
        ("faults", faults()),
        ("plan columns", columns(plan_lines.KNOWN)),
        ("plan faults", plan_faults()),
    ):
        before, _, rest = made.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition("<!-- end -->")
        made = f"{before}<!-- {name} -->\n\n{table}\n\n<!-- end -->{after}"
    if os.environ.get("WRITE_DOCUMENTS"):
        DOCUMENT.write_text(made, encoding="utf-8")
        text = made
    assert text == made


@pytest.mark.parametrize(
    ("vocabulary", "known"),
    [*[(VOCABULARY, known) for known in KNOWN], *[(plan_lines.VOCABULARY, known) for known in plan_lines.KNOWN]],
    ids=lambda each: getattr(each, "name", ""),
)
def test_every_way_of_heading_a_column_is_of_that_column_alone(vocabulary: Vocabulary, known: Known) -> None:
    for heading in (known.heading, known.english, known.name, *known.aliases):
        assert vocabulary.by_heading[heading_key(heading)] is known, heading


def test_every_column_is_read_and_has_its_width() -> None:
    assert set(values.READERS) == {known.name for known in KNOWN}
    assert set(values.BLANK) <= set(values.READERS)
    assert len(WIDTHS) == len(HEADINGS)
    assert set(plan_lines.READERS) == {known.name for known in plan_lines.KNOWN}
    assert len(plan_lines.WIDTHS) == len(plan_lines.HEADINGS)
