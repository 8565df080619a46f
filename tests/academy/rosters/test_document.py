"""The description of the format says what the code does. `WRITE_DOCUMENTS=1` writes its tables."""

import os
import re
from pathlib import Path

import pytest

from academy.rosters import words
from academy.rosters.columns import CHANGES, KNOWN, SNAPSHOT
from academy.rosters.faults import AGAINST_THE_RECORDS, OF_A_ROW, OF_THE_FILE, TEXTS
from academy.tables.columns import Known

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "roster.md"


def columns() -> str:
    lines = ["| 見出し | ほかの見出し / also | 全件 | 異動分 | 書き方 | how |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {each.heading} | {', '.join([*each.aliases, each.english])} | {_needed(each, SNAPSHOT)} | {_needed(each, CHANGES)} | {each.note.ja} | {each.note.en} |"
        for each in KNOWN
    ]
    return "\n".join(lines)


def _needed(known: Known, mode: str) -> str:
    if known.fills and known.name in ("name", "kana"):
        return "（二列の代わり）"
    return "" if mode not in known.needed else "◎" if mode in known.filled else "○"


def vocabulary() -> str:
    lines = ["| 列 / column | 意味 / meaning | 言葉 / words |", "|---|---|---|"]
    for column, meanings in words.VOCABULARY.items():
        lines += [f"| {column} | {meaning} | {'、'.join(several.split())} |" for meaning, several in meanings.items()]
    return "\n".join(lines)


def faults() -> str:
    lines = []
    for title, texts in (
        ("ファイル全体 / The file", OF_THE_FILE),
        ("行とセル / Rows and cells", OF_A_ROW),
        ("登録内容との照合 / Against the records", AGAINST_THE_RECORDS),
    ):
        lines += [f"### {title}", "", "| code | 日本語 | English |", "|---|---|---|"]
        lines += [f"| `{code}` | {text.ja} | {text.en} |" for code, text in texts.items()]
        lines.append("")
    return "\n".join(lines).strip()


def test_the_tables_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    made = text
    for name, table in (("columns", columns()), ("words", vocabulary()), ("faults", faults())):
        before, _, rest = made.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition("<!-- end -->")
        made = f"{before}<!-- {name} -->\n\n{table}\n\n<!-- end -->{after}"
    if os.environ.get("WRITE_DOCUMENTS"):
        DOCUMENT.write_text(made, encoding="utf-8")
        text = made
    assert text == made


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_fault_says_what_to_do_in_both_languages_and_has_no_place_for_a_value(code: str) -> None:
    text = TEXTS[code]
    assert text.ja.endswith("。")
    assert re.search(r"[.)]$", text.en)
    assert not re.search(r"[{}]", text.ja + text.en)
    assert len(code) <= 40


def test_no_code_is_given_twice() -> None:
    assert len(TEXTS) == len(OF_THE_FILE) + len(OF_A_ROW) + len(AGAINST_THE_RECORDS)
