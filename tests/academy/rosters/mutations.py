"""Damaged rosters: cut off, with bits turned, with columns moved, with cells replaced. Each with what it came from."""

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.academy.rosters.files import (
    HEADINGS,
    SHEET,
    STRINGS,
    Outcome,
    outcome,
    parts_of,
    repacked,
    table_text,
    xlsx_file,
)

MANY = (*HEADINGS, "採用年月日", "職層", "職種", "所属長", "状況", "マイナンバー")
ROWS = [
    (f"{number:05d}", f"{family} {given}", f"{family_kana} {given_kana}", "A10", day, "主事", "ICT", mark, "なし", "123456789012")
    for number, (family, given, family_kana, given_kana, day, mark) in enumerate(
        [
            ("佐藤", "花子", "サトウ", "ハナコ", "R5.4.1", "○"),
            ("髙橋", "一郎", "タカハシ", "イチロウ", "2023-04-01", ""),
            ("山﨑", "真理", "ヤマザキ", "マリ", "平成31年4月1日", "×"),
            ("鈴木", "次郎", "スズキ", "ジロウ", "20220401", ""),
        ]
    )
]  # fmt: skip
TEXT = table_text(*ROWS, headings=MANY)
SOURCES = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with its mark": TEXT.encode("utf-8-sig"),
    "CP932": TEXT.encode("cp932"),
    "XLSX": xlsx_file(*ROWS, headings=MANY),
}
STRANGE = (
    "",
    "\0",
    '"',
    "\r",
    "\n",
    "\t",
    ",",
    "=1+1",
    "\u202e",
    "\ue000",
    "😀",
    "9" * 300,
    "24:00",
    "２",
    "'",
    "\x01",
    "#N/A",
    "<t>",
    "&amp;",
    "\ufeff",
)


@dataclass(frozen=True)
class Mutation:
    kind: str
    source: str
    data: bytes


def truncations(source: str, step: int) -> Iterator[Mutation]:
    data = SOURCES[source]
    for length in range(0, len(data), step):
        yield Mutation("truncated", source, data[:length])


def flips(source: str, count: int, seed: int) -> Iterator[Mutation]:
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(SOURCES[source])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        yield Mutation("flipped", source, bytes(data))


def changed_parts(count: int, seed: int) -> Iterator[Mutation]:
    """Workbooks that are sound archives with damaged XML: what a program that writes XLSX by hand may give."""
    chance = random.Random(seed)
    data = SOURCES["XLSX"]
    parts = parts_of(data)
    names = [SHEET, SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
    for _ in range(count):
        name = chance.choice(names)
        part = bytearray(parts[name])
        place = chance.randrange(len(part))
        match chance.randrange(4):
            case 0:
                part[place] ^= 1 << chance.randrange(8)
            case 1:
                del part[place : place + chance.randrange(1, 40)]
            case 2:
                part[place:place] = part[place : place + chance.randrange(1, 40)]
            case _:
                part[place:place] = str(chance.choice([-1, 0, 99, 10**6, 10**12])).encode()
        yield Mutation("changed inside", "XLSX", repacked(data, {name: bytes(part)}))


def rearranged(count: int, seed: int) -> Iterator[Mutation]:
    """Columns swapped, doubled or missing; cells replaced by something strange; rows doubled or cut."""
    chance = random.Random(seed)
    for _ in range(count):
        rows: list[list[str]] = [list(MANY), *map(list, ROWS)]
        for _ in range(chance.randrange(1, 4)):
            _rearrange(rows, chance)
        if chance.randrange(2):
            yield Mutation("rearranged", "UTF-8", _written(rows).encode(chance.choice(["utf-8", "utf-8-sig"])))
        else:
            yield Mutation("rearranged", "XLSX", xlsx_file(*rows[1:], headings=rows[0]))


def _rearrange(rows: list[list[str]], chance: random.Random) -> None:
    row = chance.choice(rows)
    place = chance.randrange(len(row) or 1)
    match chance.randrange(6):
        case 0:
            for each in rows:
                each.insert(chance.randrange(len(each) + 1), f"{chance.randrange(10**6)}")
        case 1:
            for each in rows:
                del each[place : place + 1]
        case 2:
            for each in rows:
                each[place:place] = each[place : place + 1]
        case 3:
            row[place : place + 1] = [chance.choice(STRANGE)]
        case 4:
            row[place : place + 1] = [cell + chance.choice(STRANGE) for cell in row[place : place + 1]]
        case _:
            rows.append(row[:place])


def _written(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()


def check(mutation: Mutation) -> None:
    """Nothing but a fault with its place comes of damage, no row is lost without one, and no row that was read is torn."""
    found = outcome(mutation.data)
    if found.refused:
        assert found.faults
        return
    whole = outcome(SOURCES[mutation.source])
    before, after = ([replace(each, line=0) for each in entries] for entries in (whole.entries, found.entries))
    if mutation.kind == "flipped":
        assert found.faults or len(after) == len(before)
        # One bit is in one row, or joins or parts two; in a heading it makes a column one that is not known.
        if _columns(found) == _columns(whole):
            assert sum(each not in before for each in after) <= (0 if mutation.source == "XLSX" else 2)
        else:
            assert found.table is not None
            assert found.faults or len(found.table.unmapped) > 1
    elif mutation.kind == "truncated":
        assert mutation.source != "XLSX"
        assert after[:-1] == before[: max(0, len(after) - 1)]
    assert "123456789012" not in repr([found.entries, found.faults])


def _columns(found: Outcome) -> list[str]:
    return [column.name for column in found.table.columns] if found.table else []
