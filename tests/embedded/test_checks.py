"""What is refused before anything is started, and in which words."""

import socket
from pathlib import Path

import pytest

from academy.embedded import checks, storage
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home


def test_the_port_is_8000_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert checks.port_from_environment() == 8000
    monkeypatch.setenv("PORT", "8321")
    assert checks.port_from_environment() == 8321


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "８０００", "99999999999999"])
def test_a_port_that_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(EmbeddedError) as refusal:
        checks.port_from_environment()
    assert port in refusal.value.japanese
    assert "PORT is a number from 1 to 65535" in refusal.value.english


def test_a_taken_port_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(EmbeddedError) as refusal:
            checks.listen(taken)
    assert f"Port {taken} cannot be used" in refusal.value.english
    assert "make run PORT=8001" in refusal.value.japanese


def test_a_nearly_full_disk_is_refused_before_anything_is_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "free_bytes", lambda _folder: 10 * checks.MEGABYTE)
    with pytest.raises(EmbeddedError, match="The disk is full"):
        checks.check_space(home)
    assert not home.root.exists()


def test_a_system_without_unix_processes_is_refused() -> None:
    with pytest.raises(EmbeddedError, match="Use Linux, macOS or WSL"):
        checks.check_platform("nt")


def test_one_command_at_a_time_on_a_home(home: Home) -> None:
    with storage.locked(home):
        assert storage.in_use(home)
        with pytest.raises(EmbeddedError, match="A copy is already running"), storage.locked(home):
            pytest.fail("the lock was given twice")
    assert not storage.in_use(home)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert (Home(file).state(), Home(file).secret("secret_key")) == ({}, "")
    with pytest.raises(EmbeddedError, match="is not a folder"), storage.locked(Home(file)):
        pytest.fail("a file was locked as a home")


def test_the_business_clock_is_anchored_once(home: Home) -> None:
    storage.prepare_home(home)
    storage.record(home, {"today": "2022-06-28", "today_set_on": "2020-01-01"})
    storage.anchor_business_clock(home)
    assert home.state() == {"today": "2022-06-28", "today_set_on": "2020-01-01"}


def test_secrets_are_random_private_and_kept(home: Home, tmp_path: Path) -> None:
    storage.prepare_home(home)
    key, password = home.secret("secret_key"), home.secret("database_password")
    storage.prepare_home(home)
    assert (home.secret("secret_key"), home.secret("database_password")) == (key, password)
    assert len(key) >= 50
    assert {path.stat().st_mode & 0o777 for path in home.secrets.iterdir()} == {0o600}
    other = Home(tmp_path / "other")
    storage.prepare_home(other)
    assert other.secret("secret_key") != key
