"""The roster of everybody after a reshuffle: read, checked, compared, applied; beside COPY of the same rows.

The work is done by a process of its own, so that its memory can be told, inside a transaction that is rolled back.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connection, transaction

from academy.access import Viewer
from academy.models import Organization, User
from academy.reports import roster
from tests.bench import seed
from tests.bench.figures import Figure, seconds_of
from tests.bench.roster_child import DAY

SLOWEST = 60.0  # seconds, for 170,000 rows
LARGEST = 512.0  # MiB
ROWS = 170_000


def measure(*, rows: int) -> list[Figure]:
    """Seconds and peak memory of ours, seconds of COPY into a table of text; as many joiners as make the number up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        written = _write(path, rows)
        _copy(path)
        rival = min(seconds_of(lambda: _copy(path)) for _ in range(2))
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.roster_child", str(connection.settings_dict["NAME"]), str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
    told = json.loads(done.stdout)
    if told["lines"] != written or told["faults"]:
        raise RuntimeError(f"{told}: not every row was understood")
    whole = told["upload"] + told["check"] + told["apply"]
    most, words = SLOWEST * rows / ROWS, f"roster of {written:,} people"
    parts = ("upload", "check", "apply")
    return [
        Figure(f"{words}: read, checked, applied", "s", whole, rival, rival / whole, f"< {most:.2g} s", whole < most),
        *(Figure(f"{words}: {part}", "s", told[part], None, None, "", None) for part in parts),
        Figure(
            f"{words}: peak memory", "MiB", told["memory"], None, None, f"< {LARGEST:.0f}", told["memory"] < LARGEST
        ),
    ]


def _write(path: Path, rows: int) -> int:
    """The roster of the metropolis with one in five moved and one in twelve promoted, and new people up to the number."""
    chance = random.Random(2023)
    root, hr = Organization.objects.get(pk=1), User.objects.get(username=seed.HR)
    units = list(Organization.objects.within([1], DAY).filter(kind="section").values_list("code", flat=True))
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(roster.HEADINGS)
        unit, grade = roster.HEADINGS.index("所属コード"), roster.HEADINGS.index("職層")
        for each in roster.rows(root, DAY, viewer=Viewer(hr)):
            row = list(each)
            if chance.random() < 0.2:
                row[unit] = chance.choice(units)
            if chance.random() < 1 / 12 and not row[grade].endswith("6"):
                row[grade] = f"tmg.g{int(row[grade][-1]) + 1}"
            writer.writerow(row)
            count += 1
            if count == rows:
                return count
        for number in range(rows - count):
            joiner = [
                f"J{number:07}",
                "新",
                "人",
                "アタラシ",
                "ヒト",
                "",
                "",
                str(DAY),
                "I-B",
                "本務",
                chance.choice(units),
            ]
            writer.writerow([*joiner, "", "tmg.g1", "f1", "", "", "", "本庁", "", ""])
    return rows


def _copy(path: Path) -> None:
    columns = ", ".join(f"c{number} text" for number in range(len(roster.HEADINGS)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_roster ({columns})")
        with path.open("rb") as file, cursor.copy("COPY bench_roster FROM STDIN (FORMAT csv, HEADER)") as copy:
            while part := file.read(1 << 20):
                copy.write(part)
        transaction.set_rollback(True)
