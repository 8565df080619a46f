"""What the embedded mode writes under its home: folders, state and secrets, each whole or not at all."""

import datetime as dt
import errno
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from academy.embedded.errors import EmbeddedError, no_space
from academy.embedded.home import Home

DEMO_TODAY = "2022-06-28"  # the day the demonstration data are about
SECRETS = {"secret_key": 64, "database_password": 32, "superuser_password": 32}
REAL_TIME_ZONE = ZoneInfo("Asia/Tokyo")


def prepare_home(home: Home) -> None:
    """The home, its folders and secrets are there and belong to whoever runs the command."""
    with readable_refusals(home.root):
        make_root(home)
        for folder in (home.logs, home.broker, home.broker / "control"):
            folder.mkdir(exist_ok=True)
        home.secrets.mkdir(mode=0o700, exist_ok=True)
        # Another account's secrets are noticed here, not as a wrong password later.
        for name, size in SECRETS.items():
            path = home.secrets / name
            if not (path.exists() and path.read_text(encoding="utf-8").strip()):
                write_whole(path, secrets.token_urlsafe(size) + "\n", mode=0o600)


def make_root(home: Home) -> None:
    """A home that root makes lets the server's account through, whatever the umask; one that was there keeps its mode."""
    if not home.root.exists():
        home.root.mkdir(parents=True)
        if os.geteuid() == 0:
            home.root.chmod(0o755)


@contextmanager
def readable_refusals(where: Path) -> Iterator[None]:
    """Turns what the operating system refuses about the home into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space(where) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise EmbeddedError(
                f"{error.filename or where} に書き込めません。フォルダーの所有者で実行するか、ACADEMY_HOME で別の場所を指定してください。",
                f"{error.filename or where} cannot be used by this account. Run as the owner of that folder, or set ACADEMY_HOME.",
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise EmbeddedError(
                f"ACADEMY_HOME {where} はフォルダーではありません。", f"ACADEMY_HOME {where} is not a folder."
            ) from error
        raise


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """A reader, and a run after a power cut, sees the old content or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def record(home: Home, values: Mapping[str, str]) -> None:
    """Adds to the state; what stands there already is kept unless named."""
    write_whole(home.state_file, json.dumps({**home.state(), **values}, ensure_ascii=False, indent=2) + "\n")


def anchor_business_clock(home: Home) -> None:
    """The first run fixes which real day counts as the demonstration's day: later runs go on from there."""
    if "today" not in home.state():
        today = dt.datetime.now(REAL_TIME_ZONE).date()
        record(home, {"today": DEMO_TODAY, "today_set_on": today.isoformat()})


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One command at a time on a home. The kernel frees the lock with the process, however it ends."""
    with readable_refusals(home.root):
        make_root(home)
        descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock_or_refuse(home, descriptor)
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _lock_or_refuse(home: Home, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise EmbeddedError(
            f"このフォルダーでは既に動いています: {home.root}。止めるか、ACADEMY_HOME で別の場所を指定してください。",
            f"A copy is already running on {home.root}. Stop it, or set ACADEMY_HOME to another folder.",
        ) from error


def lock_holder(home: Home) -> int | None:
    """Who wrote its number into the lock; meaningful only while the home is in use."""
    try:
        return int(home.lock_file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def in_use(home: Home) -> bool:
    try:
        descriptor = os.open(home.lock_file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
