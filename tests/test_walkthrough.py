"""The README's walk-through, replayed against a live server over a freshly loaded demo.

`WRITE_DOCUMENTS=1 pytest tests/test_walkthrough.py` writes what is printed into the README: lines to review.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from academy.operations import jobs
from tests import walkthrough


@contextmanager
def a_worker() -> Iterator[None]:
    """Does the jobs that wait, as a worker does; looked for every tenth of a second."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.1):
            while jobs.run_next_job():
                pass
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    yield
    over.set()
    worker.join()


@pytest.mark.django_db(transaction=True)
def test_the_commands_print_what_the_readme_says(
    live_server: LiveServer, business_time: object, tmp_path: Path
) -> None:
    assert shutil.which("curl"), "the walk-through is written with curl"
    call_command("load_demo", verbosity=0)
    with a_worker():
        printed = walkthrough.play(f"{live_server.url}/api/v1", tmp_path)
    if os.environ.get("WRITE_DOCUMENTS"):
        walkthrough.write(printed)
    for (commands, promised), found in zip(walkthrough.blocks(), printed, strict=True):
        assert found == promised, commands


def test_every_block_says_what_it_prints() -> None:
    assert len(walkthrough.blocks()) >= 8
    assert all(promised for _, promised in walkthrough.blocks())
