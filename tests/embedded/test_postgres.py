"""The embedded PostgreSQL: private, complete or not there, and up again after any kill."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from academy.embedded import binaries, cluster, placement, postgres, processes, storage
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home
from academy.embedded.postgres import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")


@contextmanager
def running(home: Home) -> Iterator[Server]:
    with postgres.server_for_tests(home, cluster.TEST) as server:
        yield server


def one(server: Server, query: str) -> object:
    with closing(server.connect()) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_it_is_private_and_its_role_is_no_superuser(home: Home) -> None:
    with running(home) as server:
        assert one(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert one(server, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
        assert one(server, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'academy'") == "academy"
        assert one(server, "SHOW listen_addresses") == ""
        assert one(server, "SHOW server_encoding") == "UTF8"
        assert one(server, "SHOW timezone") == "UTC"
        assert server.placement.socket_folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(
                host=str(server.placement.socket_folder), dbname="academy", user="academy", password="guessed"
            )
    assert server.postmaster() is None


def test_the_demonstration_server_keeps_what_was_committed(home: Home) -> None:
    with postgres.server_for_tests(home, cluster.DEMO) as server:
        durable = [one(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert durable == ["on", "on", "on"]


def test_what_a_killed_first_run_left_is_thrown_away(home: Home) -> None:
    with storage.locked(home):
        storage.prepare_home(home)
        place = placement.place(home)
    place.account.run(["mkdir", place.server_folder / "data.new"])
    place.account.write(place.server_folder / "data.new" / "PG_VERSION", "18\n")
    with running(home) as server:
        assert one(server, "SELECT 1") == 1
    assert not (place.server_folder / "data.new").exists()


def test_a_second_start_finds_the_data(home: Home) -> None:
    with running(home) as server, closing(server.connect()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with running(home) as server:
        assert one(server, "SELECT answer FROM kept") == 42


def test_it_starts_after_the_server_was_killed(home: Home) -> None:
    with storage.locked(home):
        server = postgres.start(home, cluster.TEST)
        pid = server.postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: server.postmaster() is None, 5)
    with running(home) as server:
        assert one(server, "SELECT 1") == 1


def test_a_server_left_running_is_used_again(home: Home) -> None:
    with storage.locked(home):
        left = postgres.start(home, cluster.TEST).postmaster()
    with running(home) as server:
        assert server.postmaster() == left


def test_a_process_number_that_now_belongs_to_another_is_forgotten(home: Home) -> None:
    with running(home) as server:
        pass
    number = f"{os.getpid()}\n{server.placement.data_folder}\n"
    server.placement.account.write(server.placement.data_folder / "postmaster.pid", number)
    with running(home) as server:
        assert one(server, "SELECT 1") == 1


def test_data_of_another_version_are_refused(home: Home) -> None:
    with running(home) as server:
        pass
    server.placement.account.write(server.placement.data_folder / "PG_VERSION", "14\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 14"), running(home):
        pytest.fail("started on data of another version")


def test_a_lost_password_is_replaced_and_two_lost_ones_are_said(home: Home) -> None:
    with running(home):
        (home.secrets / "database_password").unlink()
        storage.prepare_home(home)
    with running(home) as server:
        assert one(server, "SELECT 1") == 1
    shutil.rmtree(home.secrets)
    with pytest.raises(EmbeddedError, match="The database does not let us in"), running(home):
        pytest.fail("let in without a password")
    assert server.postmaster() is None


def test_a_copy_of_a_home_keeps_to_itself(home: Home) -> None:
    with running(home) as original:
        pass
    copied = Home(home.root.with_name("copy"))
    subprocess.run(["cp", "-a", home.root, copied.root], check=True)
    with running(copied) as copy:
        assert copy.placement.data_folder != original.placement.data_folder
        assert copied.socket_folder != home.socket_folder


@as_root
def test_root_puts_the_data_where_the_server_may_reach_them(closed_home: Home) -> None:
    mode = closed_home.root.parent.stat().st_mode
    with running(closed_home) as server:
        elsewhere = server.placement.elsewhere
        assert elsewhere is not None
        assert elsewhere.parent.name == "academy-embedded"
        assert closed_home.state()["base"] == str(elsewhere)
        assert (server.placement.server_folder.stat().st_mode & 0o777, elsewhere.stat().st_uid) == (0o700, 0)
    assert closed_home.root.parent.stat().st_mode == mode
    with running(closed_home) as again:
        assert again.placement.elsewhere == elsewhere


@as_root
def test_root_copies_programs_that_the_server_may_not_reach(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = binaries.find()
    if not found.tree:
        pytest.skip("the programs of the system are there for everybody")
    hidden = binaries.copy_to(found, tmp_path / "hidden")  # pytest's folder is closed to other accounts
    tree = (tmp_path / "hidden" / binaries.WHEEL / binaries.INSTALLATION, found.tree[1])
    hidden_with_tree = binaries.Binaries(hidden.folder, tree)
    monkeypatch.setattr(binaries, "find", lambda: hidden_with_tree)
    with running(home) as server:
        assert server.placement.binaries.folder.is_relative_to(home.root / "programs")
        assert one(server, "SELECT 1") == 1


@as_root
def test_a_disk_that_fills_up_leaves_no_half_made_data(home: Home, small_disk: Callable[[Path, int], None]) -> None:
    home.root.mkdir()
    small_disk(home.root, 20)
    with pytest.raises(EmbeddedError, match="The disk is full"), running(home):
        pytest.fail("fitted on a disk of 20 MB")
    assert not (home.root / "postgres" / "data").exists()
    assert not (home.root / "postgres" / "data.new").exists()


@pytest.fixture
def small_disk() -> Iterator[Callable[[Path, int], None]]:
    mounted: list[Path] = []

    def mount(folder: Path, megabytes: int) -> None:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder], check=False
        )
        if done.returncode:
            pytest.skip("this machine does not let us mount a small disk")
        mounted.append(folder)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)
