"""The PostgreSQL of a run. Imported before Django is ready: the settings need the server's address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from academy.embedded import cluster, postgres
from academy.embedded.home import Home

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def server() -> Iterator[None]:
    """The server that DATABASE_URL names, or the embedded one with durable settings in a home of its own."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with postgres.server_for_tests(Home.from_environment(REPOSITORY / "var" / "bench"), cluster.DEMO):
        yield
