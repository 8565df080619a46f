"""`make bench`: speed as ratios in one run, on one PostgreSQL, against hand-written SQL and bare views.

make bench                          170,000 staff, 3,000,000 enrolments, 2,000 sessions (the first run makes them)
make bench ARGS=--small             10,000 staff, 100,000 enrolments, 200 sessions
make bench ARGS="--staff N --enrollments N --sessions N"
make bench ARGS="--only applications decision"
DATABASE_URL=… make bench           on another server, in databases of its own; its role may create them
"""

import argparse
import os
import sys
from pathlib import Path

from tests.bench.sizes import FULL, SMALL, TODAY, WORKS, Size


def asked() -> tuple[Size, list[str]]:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a set that finishes in about a minute")
    parser.add_argument("--staff", type=int)
    parser.add_argument("--enrollments", type=int)
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    given = parser.parse_args()
    usual = SMALL if given.small else FULL
    try:
        size = Size(
            given.staff or usual.staff, given.enrollments or usual.enrollments, given.sessions or usual.sessions
        )
    except ValueError as error:
        parser.error(str(error))
    return size, given.only


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> None:
    size, only = asked()
    home = Path(__file__).resolve().parents[2] / "var" / "bench"
    os.environ.update(
        ACADEMY_ENV="demo", ACADEMY_HOME=str(home), ACADEMY_TODAY=TODAY, DJANGO_SETTINGS_MODULE="academy.settings"
    )
    import django  # the settings read the environment

    from tests.bench import servers

    with servers.server():
        django.setup()
        from tests.bench import run

        figures = run.run(size, run.Effort(), say, only)
        sys.stdout.write(run.report(figures, size))


main()
