"""`embedded run` as a person meets it: one start, one clean stop, and no process left by any ending."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from academy.embedded import cluster, postgres, processes, storage
from academy.embedded.home import Home
from academy.management.commands.embedded import DEMO_MARK
from tests.embedded.conftest import Command, end_everything

SECONDS_TO_START = 240  # a busy machine takes long to migrate; how fast it is otherwise, `make test-long` measures


@pytest.fixture
def command(home: Home, tmp_path: Path) -> Iterator[Command]:
    yield from _killed_at_the_end(Command(home, str(_free_port()), tmp_path / "words"))


@pytest.fixture
def installed(installation: Home, tmp_path: Path) -> Iterator[Command]:
    """The command on the installation, which has no demonstration data: they have tests of their own."""
    with postgres.server_for_tests(installation, cluster.DEMO) as server:
        server.placement.account.write(server.placement.data_folder / DEMO_MARK, "")
    yield from _killed_at_the_end(Command(installation, str(_free_port()), tmp_path / "words"))
    end_everything(installation)


def _killed_at_the_end(command: Command) -> Iterator[Command]:
    yield command
    if command.process is not None and command.process.poll() is None:
        command.process.kill()
        command.process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def answers(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def started(command: Command) -> "subprocess.Popen[bytes]":
    process = command.start("run")
    ready = processes.wait_until(
        lambda: process.poll() is not None or "Ctrl-C stops it" in command.words, SECONDS_TO_START
    )
    assert ready, command.words
    assert process.poll() is None, command.words
    return process


def nothing_runs(home: Home) -> bool:
    server = postgres.find_server(home)
    return not processes.survivors(home) and (server is None or server.postmaster() is None)


def test_one_life_of_an_installation(installed: Command, tmp_path: Path) -> None:
    home, port = installed.home, installed.port
    first = started(installed)
    assert answers(port)
    assert f"http://127.0.0.1:{port}/api/v1/docs/" in installed.words
    # web and its two, worker and its two, beat
    assert processes.wait_until(lambda: len(processes.survivors(home)) >= 7, 30)

    second_copy = Command(home, str(_free_port()), tmp_path / "second")
    assert second_copy.finish("run") == 1
    assert "A copy is already running" in second_copy.words
    assert answers(port)

    # What is killed is started again.
    team = processes.remembered(home)
    for pid in team:
        os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not set(team) & set(processes.remembered(home)), 15)
    assert answers(port)

    # The supervisor is killed: the kernel ends its processes, the database server waits for the next run.
    first.send_signal(signal.SIGKILL)
    first.wait()
    again = started(installed)
    assert answers(port)

    again.send_signal(signal.SIGINT)
    assert again.wait(timeout=30) == 0
    assert nothing_runs(home)
    assert not answers(port)


def test_stop_ends_a_run_in_another_terminal(installed: Command, tmp_path: Path) -> None:
    process = started(installed)
    stop = Command(installed.home, installed.port, tmp_path / "stop")
    assert stop.finish("stop") == 0
    assert "Stopped." in stop.words
    assert process.wait(timeout=5) == 0
    assert nothing_runs(installed.home)


def test_a_taken_port_is_refused_and_nothing_is_made(home: Home, command: Command) -> None:
    with socket.create_server(("127.0.0.1", int(command.port))):
        assert command.finish("run") == 1
    assert f"Port {command.port} cannot be used" in command.words
    assert f"ポート {command.port} は使えません" in command.words
    assert "Traceback" not in command.words
    assert not (home.root / "postgres").exists()


def test_a_port_that_is_no_number_is_refused(home: Home, command: Command) -> None:
    command.port = "http"
    assert command.finish("run") == 1
    assert "PORT is a number from 1 to 65535, not 'http'." in command.words
    assert not home.root.exists()


def test_a_stop_during_the_first_run_leaves_nothing_running(home: Home, command: Command) -> None:
    process = command.start("run")
    assert processes.wait_until(lambda: (home.root / "postgres" / "data").exists(), 30)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=40)
    assert "Traceback" not in command.words
    assert nothing_runs(home)


def test_start_and_stop_of_the_database_alone(home: Home, command: Command) -> None:
    assert command.finish("start") == 0
    assert f"postgresql://academy@/academy?host={home.socket_folder}" in command.words
    server = postgres.find_server(home)
    assert server is not None
    pid = server.postmaster()
    assert command.finish("start") == 0
    assert server.postmaster() == pid
    assert command.finish("stop") == 0
    assert nothing_runs(home)
    assert command.finish("stop") == 0
    assert "Nothing is running" in command.words


def test_a_process_left_behind_is_ended_by_the_next_start(home: Home) -> None:
    storage.prepare_home(home)
    left = subprocess.Popen(["sleep", "600"], env={**os.environ, processes.MARK: str(home.root)})
    stranger = subprocess.Popen(["sleep", "600"], env={**os.environ, processes.MARK: f"{home.root}-other"})
    processes.remember(home, [stranger.pid])
    try:
        assert processes.end_survivors(home) == 1
        assert left.wait(timeout=5) == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


@pytest.mark.long
def test_a_second_run_answers_within_five_seconds(installed: Command) -> None:
    started(installed).send_signal(signal.SIGTERM)
    assert installed.process is not None
    assert installed.process.wait(timeout=30) == 0
    begun = time.monotonic()
    started(installed).send_signal(signal.SIGTERM)
    assert time.monotonic() - begun < 5
    assert installed.process.wait(timeout=30) == 0
