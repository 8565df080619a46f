"""What reading a roster costs: `python -m tests.academy.rosters.measure` prints seconds of CPU and the peak of memory.

170,000 rows of 19 columns, in each kind of file; read alone, and read and understood.
"""

import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import xlsxwriter

PEOPLE = 170_000
HEADINGS = (
    "職員番号", "氏", "名", "氏カナ", "名カナ", "旧姓", "メールアドレス", "採用年月日", "採用区分", "発令区分", "所属コード", "職層", "職種", "職名", "所属長",
    "代理", "勤務場所", "状況", "マイナンバー",
)  # fmt: skip
FAMILY = [(first + last, one + two) for first, one in zip("大小上中高西東南北山", "オコウナタニヒミキヤ", strict=True) for last, two in zip("田村川原野沢島崎橋本", "タムカハノサシキバモ", strict=True)]  # fmt: skip
GIVEN = [(first + last, one + two) for first, one in zip("太一二三健陽花美和明", "タイニサケヨハミカア", strict=True) for last, two in zip("郎子介人香奈之樹斗生", "ロコストカナユキトオ", strict=True)]  # fmt: skip
KINDS = ("utf-8-sig", "cp932", "xlsx")
Figures = dict[str, float]


def rows(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        family, given = FAMILY[number * 7 % 100], GIVEN[number * 13 // 100 % 100]
        yield (
            f"{number:08d}", family[0], given[0], family[1], given[1], "", f"u{number}@example.lg.jp", f"R{number % 4 + 2}.{number % 12 + 1}.{number % 28 + 1}",
            "I-B", "本務", f"O{number % 3000:05d}", "主任級" if number % 3 else "shuji", "事務", "主事", "" if number % 50 else "○", "", "本庁",
            "" if number % 70 else "休職(育児休業)", "123456789012",
        )  # fmt: skip


def write(path: Path, kind: str, count: int) -> None:
    table = itertools.chain([HEADINGS], rows(count))
    if kind == "xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate(table):
                for place, cell in enumerate(row):
                    if cell:  # Excel keeps no cell for a blank
                        sheet.write_string(line, place, cell)
    else:
        with path.open("w", encoding=kind, newline="") as file:
            csv.writer(file).writerows(table)


def measured(path: Path, work: str) -> Figures:
    """In a process of its own, so that the peak is that of this work alone."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.academy.rosters.measure", str(path), work]
    found: Figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _measure(path: Path, work: str) -> Figures:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings")
    django.setup()
    from academy.rosters import reading, values

    organizations = {f"O{number:05d}": number + 1 for number in range(3000)}
    lookups = values.Lookups(organizations, {"shuji": 1, "主任級": 2}, {"事務": 1}, {"I-B": 1})
    begun = time.process_time()
    count = 0
    with path.open("rb") as file:
        table = reading.read(file, mode="snapshot")
        for line, cells in table.rows():
            if work == "understand":
                entry, _ = values.entry(line, cells, table.columns, lookups, "snapshot")
                count += entry is not None
            else:
                count += 1
    return {"rows": count, "CPU seconds": round(time.process_time() - begun, 2), "peak MiB": _peak()}


def _peak() -> int:
    """Of this process alone: `getrusage` gives a child the peak of the parent that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_measure(Path(sys.argv[1]), sys.argv[2])))
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder) / kind
            write(path, kind, PEOPLE)
            for work in ("read", "understand"):
                sys.stdout.write(f"{kind}, {path.stat().st_size >> 20} MiB, {work}: {measured(path, work)}\n")


if __name__ == "__main__":
    main()
