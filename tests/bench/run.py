"""All works on one set, in their order."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test import override_settings

from tests.bench import applying, assigning, audiences, databases, deciding, lists, reporting, rosters
from tests.bench.figures import Figure, table
from tests.bench.sizes import LEAST, WORKS, Size

Say = Callable[[str], object]


@dataclass(frozen=True)
class Effort:
    """How often what is measured."""

    list_turns: int = 40
    attempts: int = 400
    many_sessions: int = 100
    apply_turns: int = 2
    people: int = 40_000
    assign_turns: int = 2
    applicants: int = 20_000
    seats: int = 300
    report_turns: int = 3
    roster_rows: int = rosters.ROWS


def run(size: Size, effort: Effort, say: Say, only: Collection[str] = WORKS) -> list[Figure]:
    """Every figure at a size; the lists also at the least one, because they must not grow with the rows."""
    base = str(connection.settings_dict["NAME"])
    with override_settings(ROOT_URLCONF="tests.bench.rivals"):
        for each in (LEAST, size):
            say(f"{each} …")
            if databases.use(each, base):
                say("made anew")
        found = measure(size, effort, say, only)
        if "flatness" in only:
            say("flatness …")
            large, least = partial(databases.connect, size.database), partial(databases.connect, LEAST.database)
            words = f"{size.enrollments:,} beside {LEAST.enrollments:,} rows"
            found += lists.flatness(large, least, words, turns=effort.list_turns // 2)
            databases.connect(size.database)
    return found


def measure(size: Size, effort: Effort, say: Say, only: Collection[str] = WORKS) -> list[Figure]:
    """Every figure of the set that is connected; each is said when it is there, since a later work may fail."""
    people, applicants = min(effort.people, size.staff), min(effort.applicants, size.staff)
    works: dict[str, Callable[[], list[Figure]]] = {
        "lists": lambda: lists.measure(turns=effort.list_turns),
        "applications": lambda: applying.measure(
            attempts=effort.attempts, many=effort.many_sessions, turns=effort.apply_turns
        ),
        "assignment": lambda: assigning.measure(people=people, turns=effort.assign_turns),
        "decision": lambda: deciding.measure(people=applicants, seats=effort.seats),
        "roster": lambda: rosters.measure(rows=min(effort.roster_rows, size.staff)),
        "audiences": lambda: audiences.measure(turns=effort.report_turns),
        "reports": lambda: reporting.measure(turns=effort.report_turns),
    }
    found: list[Figure] = []
    for name, work in works.items():
        if name in only:
            say(f"{name} …")
            figures = work()
            say(table(figures))
            found += figures
    return found


def machine(size: Size) -> str:
    """What the figures were measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        version, stored = cursor.fetchone()
        cursor.execute("SELECT current_setting('fsync'), current_setting('shared_buffers')")
        fsync, buffers = cursor.fetchone()
    cores = os.cpu_count()
    return f"{cores} cores, PostgreSQL {version} (fsync {fsync}, shared_buffers {buffers}), {size}: {stored}"


def report(figures: list[Figure], size: Size) -> str:
    return f"{machine(size)}\n\n{table(figures)}\n"
