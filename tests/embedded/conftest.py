"""Homes of their own for the embedded mode, and its command as a person runs it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from academy.embedded import postgres, processes
from academy.embedded.home import Home

REPOSITORY = Path(__file__).resolve().parents[2]
OF_THE_SUITE = ("ACADEMY_", "DATABASE_URL", "CELERY_", "DJANGO_", "PYTEST_", "PORT")


@pytest.fixture
def home() -> Iterator[Home]:
    """An empty home that any account can reach. pytest's own temporary folders are closed to the server's account."""
    folder = Path(tempfile.mkdtemp(prefix="academy-test-")).resolve()
    folder.chmod(0o755)
    yield from _cleared(Home(folder / "home"), folder)


@pytest.fixture
def closed_home() -> Iterator[Home]:
    """A home below a folder that nobody but its owner may pass."""
    folder = Path(tempfile.mkdtemp(prefix="academy-test-")).resolve()
    yield from _cleared(Home(folder / "home"), folder)


@pytest.fixture(scope="session")
def installation() -> Iterator[Home]:
    """The home of an installation for several tests: what the first run makes, the next ones find."""
    folder = Path(tempfile.mkdtemp(prefix="academy-test-")).resolve()
    folder.chmod(0o755)
    yield from _cleared(Home(folder / "home"), folder)


def end_everything(home: Home) -> None:
    processes.end_survivors(home)
    postgres.stop(home)


def _cleared(home: Home, folder: Path) -> Iterator[Home]:
    try:
        yield home
    finally:
        end_everything(home)
        base = home.state().get("base")
        for leftover in (folder, Path(base) if base else folder):
            shutil.rmtree(leftover, ignore_errors=True)
        if base:
            with suppress(OSError):  # other homes of this machine are there
                Path(base).parent.rmdir()


def clean_environment(home: Home) -> dict[str, str]:
    """Nothing of what the suite set for itself."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_SUITE)}
    return {**inherited, "ACADEMY_HOME": str(home.root)}


@dataclass
class Command:
    """`manage.py embedded …` in a process of its own, its words collected in a file."""

    home: Home
    port: str
    output: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self, action: str) -> "subprocess.Popen[bytes]":
        with self.output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "embedded", action],
                cwd=REPOSITORY,
                env={**clean_environment(self.home), "PORT": self.port},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def finish(self, action: str) -> int:
        return self.start(action).wait(timeout=60)

    @property
    def words(self) -> str:
        return self.output.read_text(encoding="utf-8")
