"""Processes of this machine: who runs, from where, and the end of those that a killed supervisor left behind."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from academy.embedded import storage
from academy.embedded.home import UNREADABLE, Home

PROC = Path("/proc/self/environ")
MARK = "DIGITAL_ACADEMY_SUPERVISED"  # in the environment of every supervised process: the home it belongs to
SET_PARENT_DEATH_SIGNAL = 1  # prctl(2) PR_SET_PDEATHSIG
SECONDS_TO_END = 8.0


def alive(pid: int) -> bool:
    """Running: a finished child that its parent has not asked about counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    return True


def process_ids() -> list[int]:
    """Every process where the system has /proc; elsewhere none, and the recorded ids have to do."""
    if not PROC.exists():
        return []
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid()
    ]


def working_folder(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
    ps = shutil.which("ps")
    if ps is None:
        return ""
    shown = subprocess.run(
        [ps, "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return shown.stdout


def remember(home: Home, pids: Iterable[int]) -> None:
    storage.write_whole(home.processes_file, json.dumps(sorted(pids)) + "\n")


def survivors(home: Home) -> list[int]:
    """Processes of this home that outlived their supervisor: known by a mark, never by a number alone."""
    mark = f"{MARK}={home.root}".encode()
    marked = [pid for pid in process_ids() if mark in _environment(pid)]
    named = [pid for pid in remembered(home) if alive(pid) and home.digest in command_line(pid)]
    return sorted({*marked, *named})


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def remembered(home: Home) -> list[int]:
    try:
        return [int(pid) for pid in json.loads(home.processes_file.read_text(encoding="utf-8"))]
    except (*UNREADABLE, ValueError):
        return []


def end_survivors(home: Home) -> int:
    """How many there were. Asked politely first: a job in work may finish its transaction."""
    found = survivors(home)
    for number, seconds in ((signal.SIGTERM, SECONDS_TO_END), (signal.SIGKILL, 2.0)):
        for pid in survivors(home):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        wait_until(lambda: not survivors(home), seconds)
    return len(found)


def ask_to_stop(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in time."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends a child whose supervisor was killed; elsewhere the next start ends it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
