"""Gives the suite its database: a private server for tests, or the one that DATABASE_URL names.

Loaded by `-p` before pytest-django reads the settings. Workers of pytest-xdist inherit what their controller set.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from academy.embedded import cluster, postgres
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home

REPOSITORY = Path(__file__).resolve().parents[1]
OWN_SERVER = "TESTS_OWN_SERVER"
SERVER = pytest.StashKey[ExitStack]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    os.environ["ACADEMY_ENV"] = "test"
    if os.environ.get("DATABASE_URL") or "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ["ACADEMY_HOME"] = str(REPOSITORY / "var" / "test")
    servers = early_config.stash.setdefault(SERVER, ExitStack())
    try:
        servers.enter_context(postgres.server_for_tests(Home.from_environment(REPOSITORY), cluster.TEST))
        os.environ[OWN_SERVER] = "1"
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(SERVER, ExitStack()).close()
